// What every page needs: theme, rail, toasts, the CSRF token on htmx requests, focus on what went wrong.
"use strict";

(() => {
  const year = 365 * 24 * 3600;
  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  };

  // Theme: the server reads the cookie, so the next page comes in the right colours.
  const root = document.documentElement;
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      root.dataset.bsTheme = theme;
      remember("theme", theme);
      button.textContent = theme === "dark" ? button.dataset.textLight : button.dataset.textDark;
    });
  }

  // Bootstrap has flipped the class by now (it listens while the click comes down); only the memory is ours.
  document.querySelector(".rail-toggle")?.addEventListener("click", (event) => {
    remember("rail", event.currentTarget.classList.contains("active") ? "narrow" : "wide");
  });

  // Toasts: good news leaves by itself, bad news stays until closed.
  const tray = document.getElementById("toasts");
  const arm = (toast) => {
    const stays = ["bad", "warn"].includes(toast.dataset.tone);
    bootstrap.Toast.getOrCreateInstance(toast, { autohide: !stays, delay: 8000 }).show();
    toast.addEventListener("hidden.bs.toast", () => toast.remove());
  };
  const say = (text, tone = "info") => {
    const template = document.getElementById(`toast-${tone}`) ?? document.getElementById("toast-info");
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector(".toast-text").textContent = text;
    tray.append(toast);
    arm(toast);
  };
  tray?.querySelectorAll(".toast").forEach(arm);
  document.addEventListener("toast", (event) => say(event.detail.text, event.detail.tone));

  // htmx: the token of any form on the page is the token of the person.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.textFailed, "bad"));
  document.addEventListener("htmx:timeout", () => say(document.body.dataset.textFailed, "bad"));
  document.addEventListener("htmx:responseError", (event) => {
    const own = event.detail.xhr.getResponseHeader("HX-Trigger") ?? "";
    if (own.includes("toast")) return;
    say(event.detail.xhr.status >= 500 ? document.body.dataset.textFailed : document.body.dataset.textRefused, "bad");
  });

  // A refused form: the reader goes to the list of what to correct.
  const attend = (place) => place.querySelector?.("[data-error-summary]")?.focus();
  attend(document);
  document.addEventListener("htmx:afterSwap", (event) => attend(event.detail.target));

  // "/" goes to the search box of the page, where there is one.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("main input[type=search]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
})();
