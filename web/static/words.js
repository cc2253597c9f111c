// The script's own words stand in the page: the server writes them in the characters that a person wants.
const words = document.getElementById("words").content;

export function say(name, values = {}) {
  return words.getElementById(name).textContent.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
