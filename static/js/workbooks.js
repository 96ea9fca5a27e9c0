// A file may be dropped on the form that sends workbooks; without this the plain file field does the same.
document.querySelectorAll("[data-drop-zone]").forEach((form) => {
  const field = form.querySelector("input[type=file]");
  const hint = form.querySelector("[data-drop-hint]");
  const name = form.querySelector("[data-drop-name]");
  if (!field || !hint || !name) return;
  hint.hidden = false;

  const tell = () => {
    name.textContent = field.files.length ? field.files[0].name : name.dataset.empty;
  };
  field.addEventListener("change", tell);

  ["dragenter", "dragover"].forEach((kind) =>
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    }),
  );
  ["dragleave", "drop"].forEach((kind) =>
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.remove("is-over");
    }),
  );
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    tell();
    field.focus();
  });
});
