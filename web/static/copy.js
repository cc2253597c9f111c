// The answer with its sources as plain text, on the clipboard.
import { el } from "./dom.js";

const SHOWN_MS = 2000;

export function addCopyButton(article) {
  if (!article.querySelector(".citations")) return; // a question back is nothing to keep
  const button = el("button", { type: "button", class: "quiet copy" }, "复制答复");
  button.addEventListener("click", async () => {
    button.textContent = (await copied(plainText(article))) ? "已复制" : "没能复制";
    setTimeout(() => { button.textContent = "复制答复"; }, SHOWN_MS);
  });
  article.querySelector(".said").append(button);
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
