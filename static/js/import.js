// The import page: pointing at a value lights the lines it was read from, pointing at a line lights its values.
"use strict";

(() => {
  const panes = document.querySelector("[data-import]");
  if (!panes) return;
  const lines = (entry) => (entry.dataset.lines || "").split(" ").filter(Boolean).map((number) => document.getElementById(`line-${number}`));
  const entries = (line) => (line.dataset.entries || "").split(" ").filter(Boolean).map((anchor) => document.getElementById(anchor));
  const others = (part) => (part.matches(".read") ? lines(part) : entries(part)).filter(Boolean);
  const partOf = (node) => node.closest?.(".read, .paper-line");

  const light = (part) => {
    for (const lit of panes.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!part) return;
    for (const each of [part, ...others(part)]) each.classList.add("lit");
  };
  // Only the other pane moves, and only when what it should show is out of sight.
  const show = (node) => {
    const pane = node.closest(".pane-text, .pane-read");
    const place = node.getBoundingClientRect();
    const room = pane.getBoundingClientRect();
    if (pane.scrollHeight <= pane.clientHeight) return;
    if (place.top < room.top + 48 || place.bottom > room.bottom) {
      pane.scrollTop += place.top - room.top - room.height / 3;
    }
  };

  panes.addEventListener("pointerover", (event) => light(partOf(event.target)));
  panes.addEventListener("focusin", (event) => {
    const part = partOf(event.target);
    if (!part?.classList.contains("lit")) light(part);
  });
  panes.addEventListener("click", (event) => {
    const part = partOf(event.target);
    if (!part || event.target.closest("a") || window.getSelection().toString()) return;
    light(part);
    const first = others(part)[0];
    if (first) show(first);
  });
  // A link to a line or a value: both sides stay lit after the jump.
  const arrive = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const part = target && partOf(target);
    if (!part || !panes.contains(part)) return;
    if (!part.classList.contains("lit")) light(part); // a value's own link lit all its lines already
    part.focus({ preventScroll: true });
  };
  addEventListener("hashchange", arrive);
  arrive();
})();
