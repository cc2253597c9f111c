// The chat page: asks without leaving it. Without this script the forms do the same by themselves.
import { answerArticle } from "./answer.js";
import { addCopyButton } from "./copy.js";
import { el } from "./dom.js";
import { placeChooser, remember } from "./places.js";
import { openSourcesInDialog } from "./source-dialog.js";

const MAX_EARLIER = 20;
const TIMEOUT_MS = 60_000;

const form = document.getElementById("ask");
const question = form.elements.question;
const submit = form.querySelector("button[type=submit]");
const answers = document.getElementById("answers");
const progress = document.getElementById("progress");
const problem = document.getElementById("problem");
const plainPlace = form.elements.place;

let chooser = null;
let busy = false;

const place = () => (chooser ? chooser.value : plainPlace.value).trim();

async function ask(asked) {
  if (busy) return;
  setBusy(true);
  showProblem("");
  question.value = asked.question;
  try {
    const answer = await fetchAnswer(asked);
    form.elements.conversation_id.value = answer.conversation_id;
    show(answerArticle(answer, asked));
    progress.classList.add("unseen"); // read aloud; the answer itself is what is seen
    progress.textContent = `${answer.headline}。${answer.text}`;
    history.replaceState(null, "", `/ask?${new URLSearchParams(withoutEmpty(asked))}`);
    document.title = `${asked.question} · 职责台`;
  } catch (error) {
    progress.textContent = "";
    showProblem(error.message);
  } finally {
    setBusy(false);
  }
}

async function fetchAnswer(asked) {
  const response = await fetch("/api/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    // An empty place is said, too: an earlier one no longer holds.
    body: JSON.stringify({
      ...withoutEmpty(asked),
      place: asked.place,
      conversation_id: form.elements.conversation_id.value,
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => { throw new Error("没有连上，请检查网络后再试。"); });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail ?? "暂时答不了，请稍后再试。");
  return body;
}

function withoutEmpty(asked) {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

function show(article) {
  foldEarlier();
  addCopyButton(article);
  answers.prepend(article);
  document.getElementById("examples")?.remove();
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
  submit.textContent = now ? "正在查…" : "查一查";
  answers.setAttribute("aria-busy", String(now));
  if (now) {
    progress.classList.remove("unseen");
    progress.textContent = "正在查…";
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
  if (words) ask({ question: words, place: place(), as_of: form.elements.as_of.value });
  else showProblem("请先写下要问的事。");
});

question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// Examples, related matters and choices are forms of buttons; the button pressed is the answer.
document.getElementById("main").addEventListener("submit", (event) => {
  if (event.target === form || !event.submitter) return;
  event.preventDefault();
  const sent = Object.fromEntries(new FormData(event.target, event.submitter));
  if (event.submitter.name === "place" && chooser) {
    chooser.value = sent.place;
    remember(chooser.value);
  }
  ask({ question: sent.question, place: sent.place ?? place(), as_of: sent.as_of ?? form.elements.as_of.value });
});

const answered = answers.querySelector(".answer");
if (answered) addCopyButton(answered);
openSourcesInDialog(answers);
placeChooser(document.getElementById("place-fields"), Boolean(answered))
  .then((made) => { chooser = made; })
  .catch(() => {}); // the plain chooser stays
