// One box that ticks many: of the whole form, or of the group it stands in. Without this file each is ticked by itself.
"use strict";

const masters = document.querySelectorAll("[data-check-all]");

function boxesOf(master) {
  const within = master.closest("[data-check-group]") || master.closest("form");
  return [...within.querySelectorAll(`input[name="${master.dataset.checkAll}"]:not(:disabled)`)];
}

function refresh() {
  for (const master of masters) {
    const boxes = boxesOf(master);
    const ticked = boxes.filter((box) => box.checked).length;
    master.hidden = boxes.length === 0;
    master.checked = boxes.length > 0 && ticked === boxes.length;
    master.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}

for (const master of masters) {
  master.addEventListener("change", () => {
    for (const box of boxesOf(master)) box.checked = master.checked;
    refresh();
  });
}
document.addEventListener("change", (event) => {
  if (event.target.matches('input[type="checkbox"][name]')) refresh();
});
refresh();
