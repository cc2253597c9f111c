// Opens a cited source over the page; the same link works as a page of its own.
import { el } from "./dom.js";
import { say } from "./words.js";

export function openSourcesInDialog(root) {
  const dialog = document.getElementById("source-dialog");
  const frame = document.getElementById("source-dialog-frame");
  const page = document.getElementById("source-dialog-page");

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite, a.source");
    const opensElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || opensElsewhere || typeof dialog.showModal !== "function") return;
    event.preventDefault();
    page.href = link.href;
    // A new frame each time: changing the address of an old one would fill the page's history.
    frame.replaceChildren(el("iframe", { src: embedded(link.href), title: say("source") }));
    dialog.showModal();
  });
  document.getElementById("source-dialog-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => frame.replaceChildren());
  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.data === "dutydesk:close") dialog.close();
  });
}

function embedded(href) {
  const url = new URL(href);
  url.searchParams.set("embed", "1");
  return url.href;
}
