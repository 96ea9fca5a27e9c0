// <form data-unsaved-guard>: leaving the page asks first when something typed has not been sent.
"use strict";

(() => {
  const touched = new Set();
  const guarded = (event) => event.target.closest?.("form[data-unsaved-guard]");
  const touch = (event) => {
    const form = guarded(event);
    if (form) touched.add(form);
  };
  document.addEventListener("input", touch);
  document.addEventListener("change", touch);
  document.addEventListener("submit", (event) => touched.delete(event.target));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = guarded(event);
    if (form && event.detail.successful) touched.delete(form);
  });
  // A form that came back refused (422) still holds what was typed.
  document.querySelectorAll("form[data-unsaved-guard] .is-invalid").forEach((control) => touched.add(control.form));
  window.addEventListener("beforeunload", (event) => {
    for (const form of touched) if (!form.isConnected) touched.delete(form);
    if (touched.size) event.preventDefault();
  });
})();
