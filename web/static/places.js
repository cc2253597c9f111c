// The place chooser: county, then township; remembered on this device only.
import { el } from "./dom.js";

const KEY = "dutydesk.place";
const TOWNSHIP = "乡镇";

export async function placeChooser(box, answered) {
  const response = await fetch("/api/places");
  if (!response.ok) throw new Error("places");
  const places = await response.json();
  const plain = box.querySelector("[name=place]");
  const chooser = new Chooser(places, answered ? plain.value : plain.value || remembered());
  box.replaceChildren(...chooser.fields);
  box.classList.toggle("cascade", chooser.hasTownships);
  return chooser;
}

class Chooser {
  constructor(places, chosen) {
    this.places = new Map(places.map((place) => [place.code, place]));
    this.upper = el("select", { id: "place-upper" });
    this.lower = el("select", { id: "place-lower" });
    const known = new Set(places.filter((place) => place.level !== TOWNSHIP).map((place) => place.code));
    this.hasTownships = places.some((place) => place.level === TOWNSHIP && known.has(place.parent));
    const tops = places.filter((place) => place.level !== TOWNSHIP || !known.has(place.parent));
    fill(this.upper, "不限地方", tops.map((place) => [place.code, this.#indented(place)]));
    this.upper.addEventListener("change", () => { this.#offerTownships(); remember(this.value); });
    this.lower.addEventListener("change", () => remember(this.value));
    this.value = chosen;
  }

  get fields() {
    if (!this.hasTownships) {
      return [el("div", { class: "field" }, el("label", { for: "place-upper" }, "在哪里"), this.upper)];
    }
    return [
      el("div", { class: "field" }, el("label", { for: "place-upper" }, "县（市、区）"), this.upper),
      el("div", { class: "field" }, el("label", { for: "place-lower" }, "乡镇（街道）"), this.lower),
    ];
  }

  get value() {
    return this.lower.value || this.upper.value;
  }

  set value(code) {
    const place = this.places.get(code);
    const isTownship = place?.level === TOWNSHIP && this.places.has(place.parent);
    this.upper.value = place ? (isTownship ? place.parent : code) : "";
    this.#offerTownships();
    this.lower.value = isTownship ? code : "";
  }

  #offerTownships() {
    const within = [...this.places.values()].filter(
      (place) => place.level === TOWNSHIP && place.parent === this.upper.value);
    fill(this.lower, "不限乡镇", within.map((place) => [place.code, place.name]));
    this.lower.disabled = within.length === 0;
  }

  #indented(place) {
    return "　".repeat(this.#depth(place)) + place.name;
  }

  #depth(place) {
    return this.places.has(place.parent) ? 1 + this.#depth(this.places.get(place.parent)) : 0;
  }
}

function fill(select, none, options) {
  select.replaceChildren(
    el("option", { value: "" }, none),
    ...options.map(([value, label]) => el("option", { value }, label)));
}

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // storage may be switched off
  }
}

export function remember(code) {
  try {
    if (code) localStorage.setItem(KEY, code);
    else localStorage.removeItem(KEY);
  } catch {
    // storage may be switched off: the choice then lasts for this page only
  }
}
