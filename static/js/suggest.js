// A combobox on the search box: roles and titles while typing, told to screen readers.
const PAUSE = 120;
const FEWEST = 2;

function option(item, number) {
  const row = document.createElement("li");
  const detail = document.createElement("span");
  row.id = `sugerencia-${number}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.dataset.url = item.url;
  detail.textContent = item.detail;
  row.append(`${item.name} `, detail);
  return row;
}

function suggestOn(box) {
  const input = box.querySelector("input");
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let waiting;
  let running;
  let chosen = -1;

  list.id = "sugerencias";
  list.hidden = true;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  box.append(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }

  function close() {
    running?.abort();
    clearTimeout(waiting);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(number) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = number;
    const row = list.children[chosen];
    if (!row) return input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    running?.abort();
    const mine = (running = new AbortController());
    const asked = new URLSearchParams({ q: input.value });
    try {
      const response = await fetch(`${box.dataset.suggest}?${asked}`, { signal: mine.signal });
      const { options } = await response.json();
      choose(-1);
      list.replaceChildren(...options.map(option));
      list.hidden = options.length === 0;
      input.setAttribute("aria-expanded", String(options.length > 0));
      told.textContent = options.length ? `${options.length} ${box.dataset.found}` : "";
    } catch {
      // Suggestions are a help: without a connection, or after newer letters, there are none.
      if (!mine.signal.aborted) close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    if (input.value.trim().length < FEWEST) return close();
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen + step < -1 ? count - 1 : chosen + step >= count ? -1 : chosen + step);
    } else if (event.key === "Enter" && count && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.url);
    }
  });
  // Before the box loses the focus, which would close the list under the finger.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) location.assign(row.dataset.url);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
}

document.querySelectorAll("[data-suggest]").forEach(suggestOn);
