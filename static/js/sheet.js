// The score sheet: rows save themselves by htmx; here are their states, the keyboard, and what waits on this device.
"use strict";

(() => {
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  // Drafts are a person's own: who signs in next on this device never meets them.
  const prefix = `sheet:${sheet.dataset.person}:${sheet.dataset.sheet}:${sheet.dataset.mode}:`;
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

  // Evidence and comments open below their row.
  const panelOf = (node) => node.closest?.("tbody[data-panel]");
  const closePanel = (panel) => {
    panel.hidden = true;
    panel.querySelector("[id^=panel]").replaceChildren();
    document.querySelector(`#row${panel.dataset.panel} .row-acts a`)?.focus();
  };
  sheet.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) closePanel(panelOf(event.target));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    // Only GET opens a panel from its row: a second click on the same link closes it.
    const opener = event.detail.elt.closest?.(".row-acts a");
    const panel = opener && panelOf(event.detail.target);
    if (!panel || panel.hidden || panel.dataset.open !== opener.getAttribute("href")) return;
    event.preventDefault();
    closePanel(panel);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const panel = panelOf(event.detail.target) ?? panelOf(document.activeElement);
    if (!panel) return;
    panel.hidden = false;
    const opener = event.detail.requestConfig?.elt;
    if (opener?.matches(".row-acts a")) {
      panel.dataset.open = opener.getAttribute("href");
      panel.querySelector("input:not([type=hidden]), textarea, button, a")?.focus();
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    // The row may have been saved since its panel was opened.
    const panel = panelOf(event.detail.elt);
    const version = panel && document.querySelector(`#f${panel.dataset.panel} [name=version]`);
    if (version && event.detail.verb === "post") event.detail.parameters.version = version.value;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (panelOf(event.detail.target) && event.detail.xhr.status === 409) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  if (!sheet.querySelector("tbody[data-row]")) return;

  // What is typed is kept on this device until it is stored, with the version it was based on: a conflict is still seen
  // later.
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
  const store = (row) => {
    const values = fieldsOf(row).map((field) =>
      ["radio", "checkbox"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value],
    );
    try {
      localStorage.setItem(keyOf(row), JSON.stringify(values));
    } catch {
      // A full or forbidden store: the row still says that it is not saved.
    }
  };
  const keep = (row) => {
    store(row);
    show(row, "unsaved");
  };
  const forget = (row) => {
    localStorage.removeItem(keyOf(row));
    row.dataset.state = "";
    tell();
  };
  const draftOf = (row) => {
    try {
      return JSON.parse(localStorage.getItem(keyOf(row)) ?? "null");
    } catch {
      return null;
    }
  };
  // Whether the draft says something else than the row does as it was loaded.
  const fill = (row, draft) => {
    let differs = false;
    for (const [name, value, checked] of draft) {
      for (const field of fieldsOf(row)) {
        if (field.name !== name) continue;
        if (checked === undefined) {
          if (name !== "version" && field.value !== value) differs = true;
          field.value = value;
        } else if (field.value === value) {
          if (field.checked !== checked) differs = true;
          field.checked = checked;
        }
      }
    }
    return differs;
  };
  const restore = (row) => {
    const draft = draftOf(row);
    if (!draft) return false;
    const loaded = row.querySelector("[name=version]").value;
    if (fill(row, draft)) {
      show(row, "draft");
      return true;
    }
    row.querySelector("[name=version]").value = loaded;
    forget(row);
    return false;
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
    // Refused or in conflict: what was typed stays on this device until it is stored or given up.
    if (event.detail.xhr.status < 300) forget(row);
    else if (event.detail.xhr.status < 500) row.dataset.state = "";
    tell();
  });
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
    document.addEventListener(failure, (event) => {
      const row = rowOf(event.detail.elt);
      if (row) keep(row);
    });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const row = rowOf(event.detail.elt);
    if (row && ![409, 422].includes(event.detail.xhr.status)) keep(row);
  });
  window.addEventListener("online", sendWaiting);
  setInterval(sendWaiting, 30000);
  window.addEventListener("beforeunload", (event) => {
    const row = rowOf(document.activeElement ?? document.body);
    if (row?.dataset.half || waiting().length) event.preventDefault();
  });

  sheet.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) store(row);
  });
  sheet.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.closest("[data-keep-stored]")) forget(row);
  });

  // Last year's answer is filled in by a click, and saved only when the person says so.
  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("[data-suggestion]");
    const row = button && rowOf(button);
    if (!row) return;
    const answer = JSON.parse(button.dataset.suggestion);
    for (const field of row.querySelectorAll(".answer :is(input, select)")) {
      const said = answer[field.name];
      if (["radio", "checkbox"].includes(field.type)) field.checked = [said].flat().map(String).includes(field.value);
      else field.value = said === undefined ? "" : String(said);
    }
    store(row);
    show(row, "filled");
    row.querySelector(".answer :is(input, select)")?.focus();
  });
  sheet.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.closest("[data-save-now]")) send(row);
  });

  // Drafts of an earlier visit: shown in their rows, saved or dropped as the person says.
  const drafts = document.querySelector("[data-drafts]");
  const drafted = () => [...sheet.querySelectorAll("tbody[data-row]")].filter((row) => row.dataset.state === "draft");
  drafts?.querySelector("[data-drafts-save]").addEventListener("click", () => {
    drafts.hidden = true;
    drafted().forEach(send);
  });
  drafts?.querySelector("[data-drafts-drop]").addEventListener("click", () => {
    for (const row of drafted()) localStorage.removeItem(keyOf(row));
    location.reload();
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
      if (["filled", "draft"].includes(row.dataset.state)) send(row);
      if (!go(row, event.shiftKey ? -1 : 1)) target.blur();
    } else if ((key === "ArrowDown" || key === "ArrowUp") && target.tagName !== "SELECT") {
      if (go(row, key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
  });

  const restored = [...sheet.querySelectorAll("tbody[data-row]")].filter(restore).length;
  if (drafts && restored) {
    drafts.querySelector("[data-drafts-count]").textContent = String(restored);
    drafts.hidden = false;
  }
})();
