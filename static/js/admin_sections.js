// A long form: its sections say how much is in them, a question folds to one line, and after a
// save the page stands where it stood.
(() => {
  const PLACE = "desk-place";
  const form = document.querySelector("#content-main > form");
  if (!form) return;
  const rowsOf = (group) => [...group.querySelectorAll(".form-row[id], .inline-related[id]")].filter((row) => !row.classList.contains("empty-form") && row.closest(".js-inline-admin-formset") === group);
  const say = (count, one, many) => `${count} ${count === 1 ? one : many}`;

  // --- how much is in a section, and how much of it «Qué falta» names ---

  function badge(group) {
    const heading = group.querySelector("summary h2");
    if (!heading) return () => {};
    const note = document.createElement("span");
    note.className = "desk-inside";
    heading.append(" ", note);
    const named = [...document.querySelectorAll(".desk-problems__error a[href^='#']")];
    return () => {
      const kept = rowsOf(group).filter((row) => !row.querySelector("input[name$='-DELETE']")?.checked);
      const missing = named.filter((link) => group.contains(document.getElementById(link.hash.slice(1)))).length;
      note.textContent = missing ? `${kept.length} · ${say(missing, "cosa falta", "cosas faltan")}` : kept.length;
    };
  }

  // --- a question on one line ---

  function fold(row, open) {
    const box = document.createElement("details");
    const line = document.createElement("summary");
    const tools = document.createElement("div");
    const heading = row.querySelector("h3");
    const label = heading.querySelector(".inline_label");
    const text = row.querySelector("[name$='-text']");
    const trait = row.querySelector("select[name$='-trait']");
    box.className = "desk-fold";
    box.open = open || Boolean(row.querySelector(".errorlist"));
    tools.className = "desk-tools";
    line.append(heading);
    box.append(line, ...row.querySelectorAll(":scope > fieldset, :scope > .errorlist"));
    tools.append(...heading.querySelectorAll(".delete, .inline-deletelink"));
    row.prepend(tools, box);
    const show = () => {
      const named = trait?.value ? ` · ${trait.selectedOptions[0].text}` : "";
      label.textContent = `${text.value.trim() || "Sin texto"}${named}`;
    };
    row.addEventListener("input", show);
    row.addEventListener("change", show);
    if (text) show();
  }

  for (const group of document.querySelectorAll(".js-inline-admin-formset")) {
    const count = badge(group);
    const folds = group.querySelector(".questions");
    if (folds) rowsOf(group).forEach((row) => fold(row, false));
    group.addEventListener("change", count);
    group.addEventListener("formset:added", (event) => {
      if (folds) fold(event.target, true);
      count();
    });
    document.addEventListener("formset:removed", count);
    count();
  }

  // --- the place after a save ---

  const boxes = () => [...document.querySelectorAll("#content-main details")];
  const name = (box) => box.querySelector(":scope > summary [id]")?.id ?? box.closest("[id]").id;
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.id && event.target.type !== "submit") last = event.target.id;
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    const seen = document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest("[id]");
    const place = {
      path: location.pathname,
      open: boxes().filter((box) => box.open).map(name),
      anchor: seen?.id,
      top: seen?.getBoundingClientRect().top,
      focus: last,
    };
    sessionStorage.setItem(PLACE, JSON.stringify(place));
  });

  function comeBack(place) {
    for (const box of boxes()) if (place.open.includes(name(box))) box.open = true;
    // What was refused is explained at the top.
    if (document.querySelector(".errornote")) return;
    document.getElementById(place.focus)?.focus({ preventScroll: true });
    const anchor = document.getElementById(place.anchor);
    if (anchor) window.scrollBy(0, anchor.getBoundingClientRect().top - place.top);
  }

  const place = JSON.parse(sessionStorage.getItem(PLACE));
  sessionStorage.removeItem(PLACE);
  // After the other scripts, which add lines to the page.
  if (place?.path === location.pathname) document.addEventListener("DOMContentLoaded", () => comeBack(place));

  // The answer to a save stands at the top, which may be out of sight.
  const said = form.querySelector("[data-said]");
  if (said) said.textContent = [...document.querySelectorAll(".messagelist li")].map((item) => item.textContent.trim()).join(" ");
})();
