// How far a build is; without a script the page is reloaded by its link.
const job = document.querySelector("#job");
const EVERY_MS = 1000;

async function look() {
  const response = await fetch("/editors/job");
  if (!response.ok) return;
  const now = await response.json();
  if (now.state !== "running") {
    location.assign("/editors");
    return;
  }
  document.querySelector("#job-words").textContent = `${now.stage} ${now.done}/${now.total}`;
  const bar = document.querySelector("#job-bar");
  bar.max = now.total || 1;
  bar.value = now.done;
  setTimeout(look, EVERY_MS);
}

if (job?.dataset.state === "running") setTimeout(look, EVERY_MS);
