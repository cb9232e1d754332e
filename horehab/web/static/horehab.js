// Pages work without this file. It only keeps a second tap on "save" from being sent, and guards what was typed.
"use strict";
for (const form of document.querySelectorAll("form[data-once]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    changed = false;
  });
  addEventListener("beforeunload", (event) => { if (changed) { event.preventDefault(); } });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
}
