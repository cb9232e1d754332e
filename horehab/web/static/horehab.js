// Pages work without this file. It keeps a second tap on "save" from being sent, what was typed from being lost, and
// drafts on the server while somebody types: nothing about a patient is kept in the browser.
"use strict";
const PAUSE = 1500;
const PATIENCE = 5000;
// A form that may be older than the sign-in under which it is sent asks our server for the token of now.
for (const form of document.querySelectorAll("form[data-token]")) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.renewed === "yes") { delete form.dataset.renewed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.renewed) { return; }
    form.dataset.renewed = "asked";
    const token = await fetch(form.dataset.token, { signal: AbortSignal.timeout(PATIENCE) })
      .then((answer) => (answer.ok ? answer.text() : ""), () => "");
    if (token) { form.elements.namedItem(form.dataset.tokenName).value = token; }
    form.dataset.renewed = "yes";
    form.requestSubmit(event.submitter);
  });
}
for (const form of document.querySelectorAll("form[data-once]")) {
  const said = form.querySelector("[data-said]");
  let changed = false;
  let timer;
  const say = (name) => { if (said) { said.textContent = name ? said.dataset[name] : ""; } };
  // Whether the server could be reached; what it thinks of the draft is for the form itself to hear.
  const keep = async () => {
    clearTimeout(timer);
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.draft, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) })
      .catch(() => null);
    if (answer?.ok) { changed = false; }
    say(answer ? (answer.ok ? "kept" : "") : "lost");
    return Boolean(answer);
  };
  form.addEventListener("input", () => {
    changed = true;
    if (!form.dataset.draft) { return; }
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sent === "kept") { form.dataset.sent = "yes"; return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (form.dataset.draft) {
      event.preventDefault();
      const button = event.submitter;
      if (!await keep()) { delete form.dataset.sent; return; }
      changed = false;
      form.dataset.sent = "kept";
      form.requestSubmit(button);
    }
    changed = false;
  });
  addEventListener("online", () => { if (changed && form.dataset.draft) { keep(); } });
  addEventListener("beforeunload", (event) => { if (changed) { event.preventDefault(); } });
  addEventListener("pageshow", () => { delete form.dataset.sent; });
}

// A table wider than the screen can be scrolled by the keyboard, where it has nothing else to stop at.
for (const box of document.querySelectorAll(".hr-scroll")) {
  if (box.scrollWidth > box.clientWidth && !box.querySelector("a, button, input, select")) { box.tabIndex = 0; }
}
// The picture of a chart comes alive when somebody points at it: that needs Vega, which is large.
for (const figure of document.querySelectorAll("[data-live]")) {
  figure.addEventListener("pointerover", () => {
    const script = document.createElement("script");
    script.type = "module";
    script.src = figure.dataset.live;
    document.head.append(script);
  }, { once: true });
}
