// Puts the chat on another site: <script src="https://desk.example/static/widget.js" data-place="…"></script>
(() => {
  const script = document.currentScript;
  const desk = new URL(script.src).origin;
  const wanted = new URLSearchParams({ embed: "1" });
  for (const name of ["place", "look"]) if (script.dataset[name]) wanted.set(name, script.dataset[name]);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet(); // not a style element: the site's own policy may forbid those
  style.replaceSync(`
    button { position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; min-height: 3rem; padding: .6rem 1.2rem; border: 0; border-radius: 99px;
      background: #9e2a2b; color: #fff; font: 700 1.05rem/1.4 system-ui, sans-serif; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); cursor: pointer; }
    button:focus-visible { outline: 3px solid #9e2a2b; outline-offset: 3px; }
    section { position: fixed; right: 1rem; bottom: 4.75rem; z-index: 2147483000; width: min(26rem, 100vw - 2rem); height: min(42rem, 100dvh - 6rem);
      border-radius: 14px; overflow: hidden; background: #f6f4ef; box-shadow: 0 8px 40px rgb(0 0 0 / 30%); }
    section[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    @media (max-width: 40rem) {
      section { inset: 0 0 3.5rem 0; width: auto; height: auto; border-radius: 0; }
      section:not([hidden]) + button { inset: auto 0 0 0; border-radius: 0; min-height: 3.5rem; }
    }`);
  root.adoptedStyleSheets = [style];

  const panel = document.createElement("section");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "职责台");
  const button = document.createElement("button");
  button.type = "button";
  const words = script.dataset.label || "这事归谁管？";
  let frame = null;

  function show(open) {
    panel.hidden = !open;
    button.textContent = open ? "关闭" : words;
    button.setAttribute("aria-expanded", String(open));
    if (!open) {
      button.focus();
      return;
    }
    if (!frame) { // nothing is loaded before a person asks for it
      frame = document.createElement("iframe");
      frame.title = "职责台：谁管这件事";
      frame.allow = `microphone ${desk}; clipboard-write ${desk}`;
      frame.src = `${desk}/?${wanted}`;
      frame.addEventListener("load", () => frame.focus(), { once: true });
      panel.append(frame);
    }
    frame.focus();
  }

  button.textContent = words;
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => show(panel.hidden));
  addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) show(false); });
  addEventListener("message", (event) => {
    const ours = event.origin === desk && frame && event.source === frame.contentWindow;
    if (ours && event.data === "dutydesk:close") show(false);
  });
  root.append(panel, button);
  document.body.append(host);
})();
