// The plan editor: rows are added, moved and taken out here; without JavaScript the same buttons send the form.
"use strict";

(() => {
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const state = form.querySelector("[data-editor-state]");
  const listOf = (row) => row.parentElement.closest("[data-list]");
  const rowsOf = (list) => [...list.children].filter((child) => child.matches("[data-row]"));
  const touched = () => form.dispatchEvent(new Event("input", { bubbles: true }));
  // What came back from the server with something typed in it is not saved either.
  if (form.hasAttribute("data-touched")) touched();

  let fresh = 0;
  const blank = (list) => {
    const template = [...list.children].find((child) => child.matches("template"));
    const holder = document.createElement("div");
    fresh += 1;
    holder.append(template.content.cloneNode(true));
    // Keys stand in names, ids and in the templates of rows within.
    const key = `js${Date.now().toString(36)}${fresh}`;
    const rename = (root) => {
      for (const node of root.querySelectorAll("*")) {
        for (const attribute of [...node.attributes]) {
          if (attribute.value.includes("__key__")) node.setAttribute(attribute.name, attribute.value.replaceAll("__key__", key));
        }
        if (node.matches("template")) rename(node.content);
      }
    };
    rename(holder);
    const row = holder.querySelector("[data-row]");
    return row;
  };
  const isCounted = (list) =>
    list.dataset.list === "tasks" && rowsOf(list).every((row, place) => row.querySelector(".edit-number").value.trim() === String(place + 1));
  const count = (list) => rowsOf(list).forEach((row, place) => (row.querySelector(".edit-number").value = String(place + 1)));
  const change = (list, act) => {
    const counted = isCounted(list);
    act();
    if (counted) count(list);
    touched();
  };
  const enter = (row) => {
    const field = row.querySelector("[data-enter]") ?? row.querySelector("textarea, input:not([type=hidden])");
    field?.focus();
    field?.setSelectionRange?.(field.value.length, field.value.length);
  };
  const add = (list, after) => {
    const row = blank(list);
    change(list, () => (after ? after.after(row) : list.insertBefore(row, [...list.children].find((child) => child.matches("template")))));
    window.htmx?.process(row);
    enter(row);
  };
  const move = (row, step) => {
    const list = listOf(row);
    const rows = rowsOf(list);
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    const focused = document.activeElement;
    change(list, () => (step < 0 ? other.before(row) : other.after(row)));
    if (row.contains(focused)) focused.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const remove = (row) => {
    const list = listOf(row);
    const rows = rowsOf(list);
    const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    change(list, () => row.remove());
    if (next) enter(next);
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    const { act, of } = button.dataset;
    if (act === "up" || act === "down") move(row, act === "up" ? -1 : 1);
    else if (act === "remove") remove(row);
    else if (act === "number") {
      count(form.querySelector('[data-list="tasks"]'));
      touched();
    } else if (act === "add") {
      const within = button.closest("[data-list]")?.contains(button) && !of ? button.closest("[data-list]") : null;
      const near = row?.querySelector(`[data-list="${of}"]`) ?? form.querySelector(`[data-list="${of}"]`);
      const list = within ?? near;
      if (!list) return;
      add(list);
    }
  });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const row = event.target.closest("[data-row]");
    if (event.altKey && row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      // A performer stands beside others: what moves is the task.
      const ordered = row.matches(".edit-performer") ? row.parentElement.closest("[data-row]") : row;
      event.preventDefault();
      move(ordered, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && event.target.matches("[data-enter]") && row) {
      event.preventDefault();
      add(listOf(row), row);
    } else if (event.key === "Enter" && event.target.matches("input") && event.target.form === form) {
      event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-save]"));
    }
  });

  // A table pasted into a task's title goes to the place that reads tables.
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!event.target.matches(".edit-title") || !/\t|\n.*\n/.test(text.trim())) return;
    event.preventDefault();
    const place = document.getElementById("paste");
    place.open = true;
    const area = place.querySelector("textarea");
    area.value = text;
    area.focus();
    place.scrollIntoView({ block: "center" });
    touched();
  });

  // What is wrong is said beside the field too; the list above leads there.
  for (const link of document.querySelectorAll("[data-error-summary] a[href^='#']")) {
    const field = document.getElementById(link.hash.slice(1));
    if (!field?.matches("input, textarea, select")) continue;
    field.closest("details")?.setAttribute("open", "");
    const note = document.createElement("span");
    note.className = "invalid-feedback";
    note.id = `${field.id}-error`;
    note.textContent = link.textContent.slice(link.textContent.indexOf(": ") + 2);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
    field.after(note);
  }

  form.addEventListener("input", () => {
    if (state && state.dataset.text) state.textContent = state.dataset.text;
  });
  form.addEventListener("submit", () => form.classList.add("edit-stale"));
  window.addEventListener("pageshow", () => form.classList.remove("edit-stale"));
})();
