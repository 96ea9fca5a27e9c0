// Who came: the arrows move between the rows, Enter saves the row and goes to the next one.
"use strict";

(() => {
  const grid = document.querySelector("table.attendance");
  if (!grid) return;
  const step = (field, by) => {
    const rows = [...grid.querySelectorAll("tr[data-row]")];
    const next = rows[rows.indexOf(field.closest("tr")) + by];
    const target = next?.querySelector(`[name="${field.name}"]`);
    target?.focus();
    target?.select();
    return Boolean(target);
  };
  grid.addEventListener("keydown", (event) => {
    const field = event.target.closest('input[name="attended"], textarea[name="names"]');
    if (!field || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const inNames = field.name === "names";
    if (event.key === "Enter" && !event.shiftKey && !inNames) {
      event.preventDefault();
      if (!step(field, 1)) field.blur();
    } else if (!inNames && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(field, event.key === "ArrowDown" ? 1 : -1);
    }
  });
})();
