// Puts the parts of an inline in order by dragging, by buttons and by the number field that works
// without JavaScript. New places are numbers in that field; the server keeps them as they are.
(() => {
  const STEP = { up: -1, down: 1 };
  // This near to the edge of the window (in pixels) dragging scrolls it.
  const EDGE = 48;
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

  // Where a row would be dropped at a height of the window: beside which other, and on which side.
  function spot(group, row, height) {
    for (const beside of rowsOf(group)) {
      const box = beside.getBoundingClientRect();
      if (height < box.top || height > box.bottom) continue;
      return beside === row ? null : { beside, after: height > box.top + box.height / 2 };
    }
    return null;
  }

  function show(group, found) {
    for (const row of rowsOf(group)) {
      row.classList.toggle("desk-drop-before", row === found?.beside && !found.after);
      row.classList.toggle("desk-drop-after", row === found?.beside && found.after);
    }
  }

  function scrollNearEdge(height) {
    if (height < EDGE) window.scrollBy(0, -EDGE / 2);
    else if (height > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 2);
  }

  // Pointer events: the same for a mouse, a finger and a pen.
  function handle(group, row) {
    const grip = document.createElement("span");
    grip.className = "desk-grip";
    grip.textContent = "⠿";
    grip.title = "Arrastrar";
    grip.setAttribute("aria-hidden", "true");
    let found = null;

    function finish() {
      show(group, null);
      row.classList.remove("desk-dragged");
      group.classList.remove("desk-dragging");
      found = null;
    }
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      row.classList.add("desk-dragged");
      group.classList.add("desk-dragging");
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      scrollNearEdge(event.clientY);
      found = spot(group, row, event.clientY);
      show(group, found);
    });
    grip.addEventListener("pointerup", () => {
      if (found) place(group, row, found.beside, found.after);
      finish();
    });
    grip.addEventListener("pointercancel", finish);
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
    const bar = row.querySelector(".desk-tools");
    if (bar) bar.prepend(tools);
    else order.after(tools);
  }

  document.body.append(status);
  for (const group of document.querySelectorAll(".js-inline-admin-formset")) {
    rowsOf(group).forEach((row) => equip(group, row));
    group.addEventListener("formset:added", (event) => {
      const order = orderOf(event.target);
      // Behind the last: places have gaps where parts were deleted.
      const places = rowsOf(group).filter((row) => row !== event.target).map((row) => Number(orderOf(row).value));
      if (order) order.value = Math.max(0, ...places) + 1;
      equip(group, event.target);
    });
  }
})();
