// Large type and dark at once, without loading the page again; the form does it without a script.

const root = document.documentElement;
const form = document.getElementById("look");
const TAB_ROOM = 40; // pixels of the tab before, which say that there are more
const KEPT_S = 365 * 24 * 3600;

// On a phone the tabs are a strip wider than the screen: it opens at the page's own.
for (const tab of document.querySelectorAll("nav [aria-current]")) {
  const strip = tab.parentElement;
  strip.scrollLeft += tab.getBoundingClientRect().left - strip.getBoundingClientRect().left - TAB_ROOM;
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.name === "script") return; // characters are converted on the server
  event.preventDefault();
  const on = button.name === "size" ? root.classList.toggle("large") : toggleDark();
  button.setAttribute("aria-pressed", String(on));
  const wanted = ["large", "light", "dark"].filter((name) => root.classList.contains(name));
  if (root.lang === "zh-Hant") wanted.push("hant");
  document.cookie = `look=${wanted.join("-")}; path=/; max-age=${KEPT_S}; samesite=lax`;
});

function toggleDark() {
  const deviceIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = !(root.classList.contains("dark") || (deviceIsDark && !root.classList.contains("light")));
  root.classList.remove("light", "dark");
  if (dark !== deviceIsDark) root.classList.add(dark ? "dark" : "light");
  return dark;
}
