// Speech to text where the browser brings it; the button is hidden elsewhere.

import { say } from "./words.js";

export function offerVoice(button, box) {
  const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
  if (!Recognition || !button) return;
  let listening = null;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (listening) {
      listening.stop();
      return;
    }
    listening = new Recognition();
    listening.lang = "zh-CN";
    listening.interimResults = true;
    listening.addEventListener("result", (event) => {
      box.value = [...event.results].map((result) => result[0].transcript).join("");
    });
    listening.addEventListener("error", () => { box.placeholder = say("unheard"); });
    listening.addEventListener("end", () => {
      listening = null;
      show(button, false);
      box.focus();
    });
    show(button, true);
    listening.start();
  });
}

function show(button, on) {
  button.setAttribute("aria-pressed", String(on));
  button.textContent = say(on ? "listening" : "speak");
}
