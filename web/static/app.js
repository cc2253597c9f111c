// The chat page: asks without leaving it. Without this script the forms do the same by themselves.
import { addActions } from "./actions.js";
import { el, parsed } from "./dom.js";
import { placeChooser } from "./places.js";
import { openSourcesInDialog } from "./source-dialog.js";
import { askInPieces } from "./stream.js";
import { offerVoice } from "./voice.js";
import { say } from "./words.js";

const MAX_EARLIER = 20;

const form = document.getElementById("ask");
const question = form.elements.question;
const submit = form.querySelector("button[type=submit]");
const answers = document.getElementById("answers");
const progress = document.getElementById("progress");
const problem = document.getElementById("problem");
const answered = answers.querySelector(".answer");
const framed = document.body.classList.contains("embed");
const submitWords = submit.textContent;

const chooser = placeChooser(Boolean(answered));
let busy = false;

async function ask(asked) {
  if (busy) return;
  setBusy(true);
  showProblem("");
  question.value = asked.question;
  if (matchMedia("(pointer: coarse)").matches) question.blur(); // the keyboard would cover the answer
  const draft = writing(asked.question);
  try {
    const sent = { ...withoutEmpty(asked), place: asked.place, conversation_id: form.elements.conversation_id.value, embed: framed };
    const answer = await askInPieces(sent, (sentence) => {
      if (!draft.article.isConnected) show(draft.article);
      draft.add(sentence);
    });
    form.elements.conversation_id.value = answer.conversation_id;
    const article = parsed(answer.html).querySelector("article");
    addActions(article);
    if (draft.article.isConnected) {
      draft.article.replaceWith(article);
      comeTo(article);
    } else show(article);
    progress.textContent = answer.said;
    history.replaceState(null, "", `/ask?${new URLSearchParams(withoutEmpty({ ...asked, embed: framed ? "1" : "" }))}`);
    document.title = [asked.question, document.title.split(" · ").at(-1)].join(" · ");
  } catch (error) {
    draft.article.remove();
    progress.textContent = "";
    showProblem(error.message);
    question.focus();
  } finally {
    setBusy(false);
  }
}

// The article while its sentences come in; the whole one takes its place at the end.
function writing(question) {
  const text = el("div", { class: "text" });
  const article = el("article", { class: "answer writing" },
    el("header", {}, el("p", { class: "asked" }, question)),
    el("div", { class: "said" }, text));
  const add = (sentence) => text.append(
    el("p", {}, sentence.text, ...sentence.citations.map((label) => el("span", { class: "cite" }, `[${label}]`))));
  return { article, add };
}

function withoutEmpty(asked) {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

function show(article) {
  progress.classList.add("unseen"); // read aloud; the answer itself is what is seen
  foldEarlier();
  answers.prepend(article);
  document.getElementById("examples")?.remove();
  document.querySelector(".ask-panel").classList.add("asked-before");
  comeTo(article);
}

function comeTo(article) {
  article.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
}

function foldEarlier() {
  const latest = answers.querySelector(":scope > .answer");
  if (!latest) return;
  const words = latest.querySelector(".asked").textContent;
  const folded = el("details", { class: "earlier" }, el("summary", {}, words));
  latest.replaceWith(folded);
  folded.append(latest);
  [...answers.querySelectorAll(":scope > .earlier")].slice(MAX_EARLIER).forEach((old) => old.remove());
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function setBusy(now) {
  busy = now;
  submit.disabled = now;
  submit.textContent = now ? say("looking") : submitWords;
  answers.setAttribute("aria-busy", String(now));
  if (now) {
    progress.classList.remove("unseen");
    progress.textContent = say("looking");
  }
}

function showProblem(message) {
  problem.textContent = message;
  problem.hidden = !message;
  question.toggleAttribute("aria-invalid", Boolean(message));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = question.value.trim();
  if (words) ask({ question: words, place: chooser.value, as_of: form.elements.as_of.value });
  else showProblem(say("ask-first"));
});

question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// Examples, related matters and choices are forms of buttons; the button pressed is the answer.
document.getElementById("main").addEventListener("submit", (event) => {
  const ours = event.target.matches(".examples, .clarify, .related");
  if (!ours || !event.submitter) return;
  event.preventDefault();
  const sent = Object.fromEntries(new FormData(event.target, event.submitter));
  if (event.submitter.name === "place") chooser.choose(sent.place, event.submitter.textContent);
  ask({ question: sent.question, place: sent.place ?? chooser.value, as_of: sent.as_of ?? form.elements.as_of.value });
});

form.noValidate = true; // what is missing is said here, in our own words
if (answered) addActions(answered);
openSourcesInDialog(answers);
offerVoice(document.getElementById("voice"), question);
if (framed) {
  addEventListener("keydown", (event) => {
    const open = document.querySelector("dialog[open]");
    // The site around the frame is not known here, and the word tells nothing.
    if (event.key === "Escape" && !open) parent.postMessage("dutydesk:close", "*");
  });
}
