// The desk: results while typing, and everything by keyboard. Without it the form still works.
import { parsed } from "./dom.js";

const WAIT_MS = 150;
const OPENED = "dutydesk.opened";
const form = document.querySelector("#desk-form");
const results = document.querySelector("#results");
const box = document.querySelector("#desk-form #q");
const row = document.querySelector(".row-full");
let asked = null;
let timer = 0;

function address() {
  const sent = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(sent).toString();
  return query ? `/desk?${query}` : "/desk";
}

async function show(href) {
  asked?.abort();
  asked = new AbortController();
  results.setAttribute("aria-busy", "true");
  try {
    const part = `${href}${href.includes("?") ? "&" : "?"}part=results`;
    const response = await fetch(part, { signal: asked.signal, headers: { accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const page = parsed(await response.text());
    const open = new Set([...results.querySelectorAll("details:not([open]) > summary")].map((s) => s.textContent));
    results.replaceChildren(...page.childNodes);
    for (const details of results.querySelectorAll("details")) {
      if (open.has(details.firstElementChild.textContent)) details.open = false;
    }
    history.replaceState(null, "", href);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(href);
  }
  results.removeAttribute("aria-busy");
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => show(address()), WAIT_MS);
}

// The rows found, and behind the last one the way to more of them.
function links() {
  return [...document.querySelectorAll(".hit-link, .pager [rel=next]")];
}

function step(by) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && by < 0) return;
  const next = at + by;
  if (next < 0) box.focus();
  else all[Math.min(next, all.length - 1)]?.focus();
}

function isTyping(target) {
  return target.matches("input, select, textarea");
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inBox = event.target === box;
  if (event.key === "/" && !isTyping(event.target)) {
    event.preventDefault();
    box ? box.select() : location.assign("/desk#q");
  } else if (event.key === "Escape" && !form) {
    if (!row) return;
    history.length > 1 ? history.back() : location.assign("/desk");
  } else if (event.key === "Escape" && inBox) {
    box.value = "";
    later();
  } else if (event.key === "Escape") {
    box.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inBox || !isTyping(event.target))) {
    if (!form || event.target.matches("summary")) return;
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
}

// Who comes back from a row goes on from there.
function remember(event) {
  const link = event.target.closest(".hit-link");
  if (link) sessionStorage.setItem(OPENED, link.href);
}

function comeBack() {
  const opened = sessionStorage.getItem(OPENED);
  sessionStorage.removeItem(OPENED);
  links().find((link) => link.href === opened)?.focus();
}

document.addEventListener("keydown", onKey);
row?.focus(); // its own links come next, not the tabs above it
if (form) {
  results.addEventListener("click", remember);
  addEventListener("pageshow", comeBack);
  if (location.hash === "#q") box.focus();
  form.addEventListener("input", (event) => {
    if (!event.isComposing) later();
  });
  form.addEventListener("compositionend", later);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(address()).then(() => links()[0]?.focus());
  });
  results.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-set]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const field = form.elements[link.dataset.set];
    if (!field) return;
    event.preventDefault();
    field.value = link.dataset.value;
    const chosen = `a[data-set="${link.dataset.set}"][aria-current]`;
    show(address()).then(() => (results.querySelector(chosen) ?? box).focus());
  });
}
