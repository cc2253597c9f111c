// Inside the dialog: Escape closes it, though the focus is in this frame.
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && parent !== window) parent.postMessage("dutydesk:close", location.origin);
});
