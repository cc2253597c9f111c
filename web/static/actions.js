// What can be done with an answer: copy, pass on, print, say whether it helped.
import { el } from "./dom.js";
import { say } from "./words.js";

const SHOWN_MS = 2000;

export function addActions(article) {
  const keep = article.querySelector(".keep");
  if (keep) { // a question back is nothing to keep
    const share = keep.querySelector(".share");
    share.setAttribute("role", "button");
    share.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      passOn(share);
    });
    keep.prepend(button(say("copy"), "quiet copy", async (pressed) =>
      tell(pressed, say((await copied(plainText(article))) ? "copied" : "not-copied"))));
    keep.append(button(say("print"), "quiet spare", () => print()));
  }
  article.querySelector(".feedback")?.addEventListener("submit", sendFeedback);
}

function button(words, classes, pressed) {
  const made = el("button", { type: "button", class: classes }, words);
  made.addEventListener("click", () => pressed(made));
  return made;
}

function tell(pressed, words) {
  const before = pressed.dataset.words ??= pressed.textContent;
  pressed.textContent = words;
  setTimeout(() => { pressed.textContent = before; }, SHOWN_MS);
}

async function passOn(share) {
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ title: document.title, url: share.href }).catch(() => {});
    return;
  }
  tell(share, say((await copied(share.href)) ? "link-copied" : "not-copied"));
}

async function sendFeedback(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const response = await fetch("/api/feedback", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form, event.submitter))),
  }).catch(() => ({ ok: false }));
  const thanks = el("p", { role: "status", tabindex: "-1" },
    say(response.ok ? "thanks" : "not-sent"));
  form.querySelector("[role=status]")?.remove();
  if (response.ok) form.replaceChildren(thanks);
  else form.append(thanks);
  thanks.focus();
}

function plainText(article) {
  const words = (selector) => [...article.querySelectorAll(selector)].map((node) => node.textContent.trim());
  const sources = [...article.querySelectorAll(".citations li")].map((item) =>
    [...item.children].map((child) => child.textContent.trim()).filter(Boolean).join("\n  "));
  return [say("question", { words: words(".asked") }), say("answer", { words: words(".text p").join("\n    ") }), ...sources].join("\n");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text); // pages without https have no clipboard API
  }
}

function copiedBySelection(text) {
  const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
