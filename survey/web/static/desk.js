// The pages work without this; it adds dropping anywhere, one click where two would do no more, and
// progress that does not reload the page.
"use strict";

const drop = document.querySelector("form[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    drop.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("dropping");
    input.files = event.dataTransfer.files;
    drop.requestSubmit();
  });
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

const busy = document.querySelector("[data-poll]");
if (busy) {
  const bar = busy.querySelector("progress");
  const said = busy.querySelector("[role=status]");
  const look = async () => {
    const answer = await fetch(busy.dataset.poll, { headers: { accept: "application/json" } });
    const state = await answer.json();
    if (!state.busy) return location.reload();
    if (state.rows) { bar.max = state.rows; bar.value = state.done; }
    if (said.textContent !== state.text) said.textContent = state.text;
    setTimeout(look, 1000);
  };
  setTimeout(function tryAgain() { look().catch(() => setTimeout(tryAgain, 3000)); }, 500);
}
