// Inside the dialog Escape closes it, though the focus is in this frame; printing needs a script.
if (parent !== window) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") parent.postMessage("dutydesk:close", location.origin);
  });
}
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
