// What can be done with an answer: copy, pass on, print, say whether it helped.
import { el } from "./dom.js";

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
    keep.prepend(button("复制答复", "quiet copy", async (pressed) =>
      say(pressed, (await copied(plainText(article))) ? "已复制" : "没能复制")));
    keep.append(button("打印", "quiet spare", () => print()));
  }
  article.querySelector(".feedback")?.addEventListener("submit", sendFeedback);
}

function button(words, classes, pressed) {
  const made = el("button", { type: "button", class: classes }, words);
  made.addEventListener("click", () => pressed(made));
  return made;
}

function say(pressed, words) {
  const before = pressed.dataset.words ??= pressed.textContent;
  pressed.textContent = words;
  setTimeout(() => { pressed.textContent = before; }, SHOWN_MS);
}

async function passOn(share) {
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ title: document.title, url: share.href }).catch(() => {});
    return;
  }
  say(share, (await copied(share.href)) ? "链接已复制" : "没能复制");
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
    response.ok ? "收到了，谢谢。" : "没有送到，请稍后再试。");
  form.querySelector("[role=status]")?.remove();
  if (response.ok) form.replaceChildren(thanks);
  else form.append(thanks);
  thanks.focus();
}

function plainText(article) {
  const words = (selector) => [...article.querySelectorAll(selector)].map((node) => node.textContent.trim());
  const sources = [...article.querySelectorAll(".citations li")].map((item) =>
    [...item.children].map((child) => child.textContent.trim()).filter(Boolean).join("\n  "));
  return [`问：${words(".asked")}`, `答：${words(".text p").join("\n    ")}`, ...sources].join("\n");
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
