// Keeps what is typed in this browser until the site has it: a session that ends, a lost line or
// a refused save then loses nothing. Only changed fields are kept, per page and per person.
(() => {
  const bar = document.querySelector("[data-drafts]");
  const PAUSE = 400;
  const PENDING = "desk-pending";
  const SAVES = ["_save", "_continue", "_addanother"];

  // The page that a save leads to is the only proof that a draft is not needed any more, and only
  // where it says "saved"; what a later page says is about something else.
  const pending = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  if (pending && document.querySelector(".messagelist .success")) localStorage.removeItem(pending);
  if (!bar) return;

  const form = bar.closest("form");
  const key = `desk:${bar.dataset.user}:${bar.dataset.drafts}`;
  const OWN = /^(csrfmiddlewaretoken|stamp|save_over|action|_.*|CHANGE_FORM-.*)$|__prefix__|-(INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-(id|profile|role)$/;
  let waiting;

  function values() {
    const found = {};
    for (const field of form.elements) {
      if (!field.name || OWN.test(field.name) || field.type === "submit") continue;
      if (field.type === "checkbox" || field.type === "radio") {
        found[field.name] ??= [];
        if (field.checked) found[field.name].push(field.value);
      } else if (field.multiple) {
        found[field.name] = [...field.selectedOptions].map((option) => option.value);
      } else {
        found[field.name] = [field.value.replace(/\r\n/g, "\n").trim()];
      }
    }
    return found;
  }

  const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);
  const opened = values();
  const refused = Boolean(document.querySelector(".errornote"));

  function changed() {
    const now = values();
    return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(value, opened[name])));
  }

  function keep() {
    const draft = changed();
    if (Object.keys(draft).length || refused) {
      localStorage.setItem(key, JSON.stringify({ when: Date.now(), fields: { ...stored(), ...draft } }));
    }
  }

  // After a refused save the page holds the typed text already; what it was refused for stays kept.
  function stored() {
    return refused ? (read()?.fields ?? {}) : {};
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function addRows(fields) {
    for (const [name, [total]] of Object.entries(fields)) {
      if (!name.endsWith("-TOTAL_FORMS")) continue;
      const prefix = name.replace("-TOTAL_FORMS", "");
      const counter = form.elements[name];
      const add = document.querySelector(`#${prefix}-group .add-row a`);
      while (add && Number(counter.value) < Number(total)) add.click();
    }
  }

  function put(field, value) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.multiple) [...field.options].forEach((o) => (o.selected = value.includes(o.value)));
    else field.value = value[0] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function recover(fields) {
    addRows(fields);
    for (const field of form.elements) {
      if (field.name in fields && !field.name.endsWith("_FORMS")) put(field, fields[field.name]);
    }
    bar.hidden = true;
  }

  function offer(draft) {
    const unsaved = Object.entries(draft.fields).filter(([name, value]) => !same(value, opened[name]));
    if (!unsaved.length) return localStorage.removeItem(key);
    bar.querySelector("[data-when]").textContent = new Date(draft.when).toLocaleString("es-AR", { dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
    bar.querySelector("[data-recover]").addEventListener("click", () => recover(draft.fields));
    bar.querySelector("[data-forget]").addEventListener("click", () => {
      localStorage.removeItem(key);
      bar.hidden = true;
    });
    bar.hidden = false;
  }

  // Ctrl+S (⌘S) saves and goes on writing, instead of saving the page as a file.
  document.addEventListener("keydown", (event) => {
    const save = form.querySelector("[name=_continue]");
    if (!save || !(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    save.click();
  });

  const draft = read();
  if (draft && !refused) offer(draft);
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    keep();
    if (SAVES.includes(event.submitter?.name)) sessionStorage.setItem(PENDING, key);
  });
})();
