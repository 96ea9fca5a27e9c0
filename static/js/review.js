// <form data-review>: choose all; arrow keys go from report to report, Enter opens one.
"use strict";

(() => {
  document.querySelectorAll("form[data-review]").forEach((form) => {
    const boxes = () => [...form.querySelectorAll('input[type="checkbox"][name="id"]')];
    const all = form.querySelector("[data-choose-all]");
    if (all) {
      all.hidden = false;
      all.parentElement.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
      all.addEventListener("change", () => boxes().forEach((box) => { box.checked = all.checked; }));
      form.addEventListener("change", (event) => {
        if (event.target === all) return;
        const list = boxes();
        const chosen = list.filter((box) => box.checked).length;
        all.checked = chosen === list.length;
        all.indeterminate = chosen > 0 && chosen < list.length;
      });
    }
    form.addEventListener("keydown", (event) => {
      const list = boxes();
      const at = list.indexOf(event.target);
      if (at < 0) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const next = list[at + (event.key === "ArrowDown" ? 1 : -1)];
        if (next) next.focus();
        event.preventDefault();
      } else if (event.key === "Enter") {
        event.preventDefault();
        event.target.closest("tr").querySelector("a").click();
      }
    });
  });
})();
