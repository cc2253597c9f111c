// Speech to text where the browser brings it; the button is hidden elsewhere.

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
    listening.addEventListener("error", () => { box.placeholder = "没有听清，请再说一次或打字。"; });
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
  button.textContent = on ? "在听…" : "说话";
}
