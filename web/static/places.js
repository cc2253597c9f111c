// The place is chosen once, by name or down the tree, and remembered on this device only.
import { el, parsed } from "./dom.js";
import { say } from "./words.js";

const KEY = "dutydesk.place";
const TOWNSHIP = "乡镇";
const MAX_FOUND = 30;
const TYPING_MS = 120;

export function placeChooser(answered) {
  return new Chooser(document.getElementById("place-fields"), answered);
}

class Chooser {
  #dialog = document.getElementById("place-dialog");
  #list = document.getElementById("place-list");
  #search = document.getElementById("place-search");
  #count = document.getElementById("place-count");
  #tree = null;
  #turn = 0;

  constructor(box, answered) {
    const plain = box.querySelector("[name=place]");
    const kept = !answered && !plain.value ? remembered() : null;
    this.hidden = el("input", { type: "hidden", name: "place", value: kept?.code ?? plain.value });
    this.button = el("button", { type: "button", id: "place-button", class: "place-button", "aria-haspopup": "dialog" });
    box.replaceChildren(el("span", { class: "label", id: "place-label" }, say("where")), this.button, this.hidden);
    this.button.setAttribute("aria-labelledby", "place-label place-button");
    this.#show(kept?.name ?? box.dataset.name);
    if (kept) this.#sayHoldings();
    this.button.addEventListener("click", () => this.#open());
    this.#list.addEventListener("click", ({ target }) => {
      const pressed = target.closest("button[data-code]");
      if (pressed) this.#take(pressed.dataset.code, pressed.dataset.name);
    });
    document.getElementById("place-none").addEventListener("click", () => this.#take("", ""));
    document.getElementById("place-dialog-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("click", (event) => { if (event.target === this.#dialog) this.#dialog.close(); });
    this.#search.addEventListener("input", () => this.#type());
  }

  get value() {
    return this.hidden.value;
  }

  choose(code, name) {
    this.hidden.value = code;
    this.#show(name);
    remember(code, name);
    this.#sayHoldings();
  }

  #take(code, name) {
    this.choose(code, name);
    this.#dialog.close();
  }

  #show(name) {
    this.button.textContent = name || say("nowhere");
  }

  async #open() {
    this.#dialog.showModal();
    this.#search.focus();
    this.#tree ??= await this.#branch("").catch(() => null);
    if (!this.#search.value) this.#list.replaceChildren(...(this.#tree ?? []));
  }

  async #type() {
    const words = this.#search.value.trim();
    const turn = ++this.#turn;
    if (!words) {
      this.#count.textContent = "";
      this.#list.replaceChildren(...(this.#tree ?? []));
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, TYPING_MS); });
    if (turn !== this.#turn) return;
    const found = await places({ q: words, limit: MAX_FOUND }).catch(() => []);
    if (turn !== this.#turn) return;
    this.#list.replaceChildren(...found.map((place) => el("li", {}, choice(place, place.full_name))));
    const n = found.length;
    this.#count.textContent = say(!n ? "found-none" : n === MAX_FOUND ? "found-many" : "found", { n });
  }

  async #branch(parent) {
    const below = await places({ parent });
    return below.map((place) => el("li", {}, choice(place, place.name), place.level === TOWNSHIP ? null : this.#fold(place, !parent)));
  }

  #fold(place, open) {
    const list = el("ul", {});
    const folded = el("details", {}, el("summary", {}, say("below", place)), list);
    folded.addEventListener("toggle", async () => {
      if (list.children.length || !folded.open) return;
      const below = await this.#branch(place.code);
      if (below.length) list.replaceChildren(...below);
      else folded.remove();
    });
    folded.open = open;
    return folded;
  }

  async #sayHoldings() {
    const response = await fetch(`/holdings?${new URLSearchParams({ place: this.value })}`).catch(() => null);
    const line = document.getElementById("holdings");
    if (response?.ok && line) line.replaceChildren(...parsed(await response.text()).childNodes);
  }
}

function choice(place, words) {
  return el("button", { type: "button", class: "choice", "data-code": place.code, "data-name": place.full_name }, words);
}

const places = (wanted) => getJson(`/api/places?${new URLSearchParams(wanted)}`);

async function getJson(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(href);
  return response.json();
}

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept?.code && kept?.name ? kept : null;
  } catch {
    return null; // nothing kept, or storage is switched off
  }
}

function remember(code, name) {
  try {
    if (code) localStorage.setItem(KEY, JSON.stringify({ code, name }));
    else localStorage.removeItem(KEY);
  } catch {
    // storage may be switched off: the choice then lasts for this page only
  }
}
