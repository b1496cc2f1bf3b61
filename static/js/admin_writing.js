// Beside what is written: how long it is, and what its Markdown will look like.
(() => {
  const PAUSE = 500;
  const SESSION_OVER = "La sesión terminó: entrá de nuevo en otra pestaña. Tu texto sigue acá.";
  const NO_ANSWER = "El sitio no responde: no se ve cómo queda. Tu texto sigue acá.";

  // Words as the rules count them (profiles/documents/text.py), characters as the server does.
  const WORD = /[\p{L}\p{Nl}\p{No}]+(?:[-’'][\p{L}\p{Nl}\p{No}]+)*|\p{Nd}+(?:[.,]\p{Nd}+)*/gu;
  const COUNTED = "[data-words], [data-line-limit], [data-limit]";
  const characters = (text) => [...text.trim().normalize()].length;

  // What to say of a text's length, and whether it breaks a rule.
  function measure(text, { words, lineLimit, limit }) {
    if (words) {
      const [low, high] = words.split("-").map(Number);
      const count = (text.normalize().match(WORD) ?? []).length;
      return [`${count} ${count === 1 ? "palabra" : "palabras"}; van de ${low} a ${high}`, count && (count < low || count > high)];
    }
    if (lineLimit) {
      const longest = Math.max(...text.split("\n").map(characters));
      return [`La línea más larga: ${longest} de ${lineLimit} caracteres`, longest > lineLimit];
    }
    return [`${characters(text)} de ${limit} caracteres`, characters(text) > limit];
  }

  function count(field) {
    let note = document.getElementById(`${field.id}_count`);
    if (!note) {
      note = document.createElement("span");
      note.className = field.dataset.words ? "desk-count desk-count--words" : "desk-count";
      note.id = `${field.id}_count`;
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
      (field.closest(".desk-beside") ?? field).after(note);
    }
    const [words, isWrong] = measure(field.value, field.dataset);
    note.textContent = words;
    note.classList.toggle("desk-count--long", Boolean(isWrong));
  }

  function preview(field) {
    const pane = document.createElement("div");
    pane.className = "desk-markdown";
    pane.setAttribute("aria-label", "Cómo se va a ver");
    pane.setAttribute("role", "region");
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    let waiting;
    let asked = 0;
    async function render() {
      const turn = ++asked;
      const response = await fetch(field.dataset.markdown, {
        method: "POST",
        headers: { "X-CSRFToken": token },
        body: new URLSearchParams({ text: field.value }),
      }).catch(() => null);
      const text = (await response?.text().catch(() => "")) ?? "";
      // An answer to an older text may come after that to a newer one.
      if (turn !== asked) return;
      const isOver = response?.redirected || response?.status === 403;
      if (response?.ok && !isOver) pane.innerHTML = text;
      else if (response?.status === 400) pane.textContent = text;
      else pane.textContent = isOver ? SESSION_OVER : NO_ANSWER;
    }
    const beside = document.createElement("div");
    beside.className = "desk-beside";
    field.before(beside);
    beside.append(field, pane);
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(render, PAUSE);
    });
    render();
  }

  document.querySelectorAll("[data-markdown]").forEach(preview);
  document.querySelectorAll(COUNTED).forEach((field) => {
    if (!field.closest(".empty-form")) count(field);
  });
  for (const event of ["focusin", "input"])
    document.addEventListener(event, ({ target }) => target.matches?.(COUNTED) && count(target));

  // The field inside an autocomplete says nothing of what it is for. Django makes it when jQuery
  // is ready, which may be after the page is; what is asked for later here is done later, too.
  window.django?.jQuery(() => {
    for (const select of document.querySelectorAll("select.admin-autocomplete[aria-label]")) {
      const field = select.parentElement.querySelector(".select2-search__field");
      field?.setAttribute("aria-label", select.getAttribute("aria-label"));
    }
  });

  // A link to a field inside a closed section opens it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const section = target.querySelector("details");
    if (section) section.open = true;
    target.focus();
  });
})();
