// The queue: choosing many sheets at once, and how many are chosen. Without it, each box and each button work alone.
"use strict";

(() => {
  const form = document.querySelector("[data-bulk]");
  const status = form?.querySelector("[data-chosen]");
  if (!status) return;
  const boxes = [...form.querySelectorAll('input[name="sheet"]')];
  const all = form.querySelector("[data-all]");
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    status.textContent = count ? `${status.dataset.text} ${count}` : "";
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  form.querySelector("[data-all-box]").classList.remove("d-none");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
})();
