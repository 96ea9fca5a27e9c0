// The score sheet: rows save themselves by htmx; here are their states, the keyboard, and what waits on this device.
"use strict";

(() => {
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const prefix = `sheet:${sheet.dataset.person}:${sheet.dataset.sheet}:`;
  const rowOf = (node) => node.closest?.("tbody[data-row]");
  const keyOf = (row) => prefix + row.dataset.row;
  const fieldsOf = (row) =>
    [...row.querySelectorAll("input, select, textarea")].filter((field) => !["csrfmiddlewaretoken", "overwrite"].includes(field.name));

  // Groups fold; printing shows them all (print styles).
  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("[data-group-toggle]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    for (const line of sheet.querySelectorAll("tbody.line")) {
      if (line.dataset.group === button.dataset.groupToggle) line.classList.toggle("show", open);
    }
  });

  if (!sheet.querySelector("tbody[data-row]")) return;

  // What could not be sent is kept on this device, with the version it was based on: a conflict is still seen later.
  const counter = document.querySelector("[data-unsaved-count]");
  const waiting = () => [...sheet.querySelectorAll("tbody[data-row]")].filter((row) => row.dataset.state === "unsaved");
  const show = (row, state) => {
    const template = document.getElementById(`row-${state}`);
    const place = row.querySelector(".save-cell .state");
    if (template && place) place.replaceChildren(template.content.cloneNode(true));
    row.dataset.state = state;
    tell();
  };
  const tell = () => {
    const count = waiting().length;
    counter.textContent = count ? `${counter.dataset.text} ${count}` : "";
    counter.classList.toggle("text-danger", count > 0);
  };
  const keep = (row) => {
    const values = fieldsOf(row).map((field) =>
      ["radio", "checkbox"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value],
    );
    try {
      localStorage.setItem(keyOf(row), JSON.stringify(values));
    } catch {
      // A full or forbidden store: the row still says that it is not saved.
    }
    show(row, "unsaved");
  };
  const forget = (row) => {
    localStorage.removeItem(keyOf(row));
    row.dataset.state = "";
    tell();
  };
  const restore = (row) => {
    const kept = localStorage.getItem(keyOf(row));
    if (!kept) return;
    for (const [name, value, checked] of JSON.parse(kept)) {
      for (const field of fieldsOf(row)) {
        if (field.name !== name) continue;
        if (checked === undefined) field.value = value;
        else if (field.value === value) field.checked = checked;
      }
    }
    show(row, "unsaved");
  };
  const send = (row) => htmx.trigger(row, "change");
  const sendWaiting = () => waiting().forEach(send);

  // An answer of two numbers goes when both are there, or when the person leaves the row.
  const isHalf = (row) => {
    const parts = [...row.querySelectorAll("[data-part]")];
    const filled = parts.filter((part) => part.value.trim()).length;
    return filled > 0 && filled < parts.length;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.detail.elt.matches("tbody[data-row]") && event.detail.elt;
    if (!row) return;
    if (isHalf(row) && !row.dataset.left) {
      row.dataset.half = "1";
      event.preventDefault();
      return;
    }
    delete row.dataset.half;
    show(row, "saving");
  });
  sheet.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (!row?.dataset.half || row.contains(event.relatedTarget)) return;
    row.dataset.left = "1";
    send(row);
    delete row.dataset.left;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(event.detail.requestConfig?.elt ?? event.detail.target);
    if (!row) return;
    // A page that is not about this row (a sign-in form) never lands in it.
    if (!event.detail.serverResponse.includes("sum-figures") && event.detail.requestConfig.verb === "post") {
      event.detail.shouldSwap = false;
      keep(row);
      return;
    }
    if (event.detail.xhr.status === 409) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    if (event.detail.xhr.status < 500) forget(row);
  });
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
    document.addEventListener(failure, (event) => {
      const row = rowOf(event.detail.elt);
      if (row) keep(row);
    });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const row = rowOf(event.detail.elt);
    if (row && (event.detail.xhr.status >= 500 || event.detail.xhr.status === 429)) keep(row);
  });
  window.addEventListener("online", sendWaiting);
  setInterval(sendWaiting, 30000);
  window.addEventListener("beforeunload", (event) => {
    const row = rowOf(document.activeElement ?? document.body);
    if (row?.dataset.half || waiting().length) event.preventDefault();
  });

  // The row one is in stands out.
  sheet.addEventListener("focusin", (event) => {
    for (const line of sheet.querySelectorAll("tr.current")) line.classList.remove("current");
    rowOf(event.target)?.querySelector("tr")?.classList.add("current");
  });

  // Up and down move between rows (a select keeps its own arrows); Enter saves and goes to the next row.
  const isField = (field) => field.matches(".answer input, .answer select");
  const go = (row, step) => {
    const rows = [...sheet.querySelectorAll("tbody[data-row].show")];
    const next = rows[rows.indexOf(row) + step];
    const field = next && (next.querySelector(".answer input:checked") ?? next.querySelector(".answer :is(input, select)"));
    if (!field) return false;
    field.focus();
    if (field.type === "text") field.select();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  sheet.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target, key } = event;
    if (!isField(target)) return;
    if (key === "Enter") {
      event.preventDefault();
      if (!go(row, event.shiftKey ? -1 : 1)) target.blur();
    } else if ((key === "ArrowDown" || key === "ArrowUp") && target.tagName !== "SELECT") {
      if (go(row, key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
  });

  for (const row of sheet.querySelectorAll("tbody[data-row]")) restore(row);
  if (navigator.onLine) window.addEventListener("load", sendWaiting);
})();
