// The form of one criterion: only the numbers of the chosen kind are shown, and how it will look on the sheet.
"use strict";

(() => {
  const form = document.getElementById("criterion-form");
  const kind = form?.elements.namedItem("scoring");
  if (!kind) return;
  const parts = form.querySelectorAll("[data-kind]");
  const choose = () => parts.forEach((part) => (part.hidden = part.dataset.kind !== kind.value));
  let waiting;
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (!response?.ok || mine !== asked) return;
    const read = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("preview");
    if (read) document.getElementById("preview").replaceWith(read);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 500);
  });
  kind.addEventListener("change", choose);
  choose();
})();
