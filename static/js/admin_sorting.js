// Puts the parts of an inline in order by dragging, by buttons and by the number field that works
// without JavaScript. New places are numbers in that field; the server keeps them as they are.
(() => {
  const STEP = { up: -1, down: 1 };
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");

  const orderOf = (row) => row.querySelector("input[name$='-order']");
  const rowsOf = (group) =>
    [...group.querySelectorAll(".form-row, .inline-related")].filter(
      (row) => orderOf(row) && row.id && !row.classList.contains("empty-form"),
    );

  function number(group) {
    rowsOf(group).forEach((row, place) => {
      const order = orderOf(row);
      order.value = place + 1;
      order.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function say(group, row) {
    const rows = rowsOf(group);
    status.textContent = `Lugar ${rows.indexOf(row) + 1} de ${rows.length}.`;
  }

  function place(group, row, beside, after) {
    beside[after ? "after" : "before"](row);
    number(group);
    say(group, row);
  }

  function move(group, row, step) {
    const rows = rowsOf(group);
    const beside = rows[rows.indexOf(row) + step];
    if (beside) place(group, row, beside, step > 0);
  }

  function button(words, sign, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.title = words;
    made.setAttribute("aria-label", words);
    made.addEventListener("click", () => {
      act();
      made.focus();
    });
    return made;
  }

  function handle(group, row) {
    const grip = document.createElement("span");
    grip.className = "desk-grip";
    grip.textContent = "⠿";
    grip.title = "Arrastrar";
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("pointerdown", () => (row.draggable = true));
    grip.addEventListener("pointerup", () => (row.draggable = false));
    row.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.id);
      group.dragged = row;
    });
    row.addEventListener("dragend", () => {
      row.draggable = false;
      group.dragged = null;
    });
    row.addEventListener("dragover", (event) => group.dragged && event.preventDefault());
    row.addEventListener("drop", (event) => {
      if (!group.dragged || group.dragged === row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      place(group, group.dragged, row, event.clientY > box.top + box.height / 2);
    });
    return grip;
  }

  function equip(group, row) {
    const order = orderOf(row);
    if (!order || row.querySelector(".desk-sort") || row.classList.contains("empty-form")) return;
    const tools = document.createElement("span");
    tools.className = "desk-sort";
    tools.append(
      handle(group, row),
      button("Subir", "↑", () => move(group, row, STEP.up)),
      button("Bajar", "↓", () => move(group, row, STEP.down)),
    );
    order.after(tools);
  }

  document.body.append(status);
  for (const group of document.querySelectorAll(".js-inline-admin-formset")) {
    rowsOf(group).forEach((row) => equip(group, row));
    group.addEventListener("formset:added", (event) => {
      const order = orderOf(event.target);
      if (order) order.value = rowsOf(group).length;
      equip(group, event.target);
    });
  }
})();
