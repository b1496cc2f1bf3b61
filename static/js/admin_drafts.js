// Keeps what is typed in this browser until the site has it: a session that ends, a lost line or
// a refused save then loses nothing. Only changed fields are kept, per page and per person.
(() => {
  const bar = document.querySelector("[data-drafts]");
  const PAUSE = 400;
  const PENDING = "desk-pending";
  const SAVES = ["_save", "_continue", "_addanother"];

  const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);
  const only = (fields, wanted) => Object.fromEntries(Object.entries(fields).filter(([name, value]) => wanted(name, value)));

  function read(storage, key) {
    try {
      return JSON.parse(storage.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, draft) {
    if (Object.keys(draft.fields).length) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  }

  // The page that a save leads to is the only proof that what was sent is not needed any more, and
  // only where it says "saved". What another tab keeps of the same page was not sent.
  const sent = read(sessionStorage, PENDING);
  sessionStorage.removeItem(PENDING);
  const saved = sent && document.querySelector(".messagelist .success") && read(localStorage, sent.key);
  if (saved) write(sent.key, { ...saved, fields: only(saved.fields, (name, value) => !same(value, sent.fields[name])) });
  if (!bar) return;

  const form = bar.closest("form");
  const key = `desk:${bar.dataset.user}:${bar.dataset.drafts}`;
  const stamp = form.elements.stamp;
  const OWN = /^(csrfmiddlewaretoken|stamp|asked|take-.*|action|_.*|CHANGE_FORM-.*)$|__prefix__|-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|-(id|profile|role)$/;
  const ROW = /^(.+?)-(\d+)-(.+)$/;
  const PART = /^(.+?)-([#+]\w+)-(.+)$/;
  let waiting;

  // A part's place in the form changes when somebody adds or deletes another: a draft names it by
  // its key ("strengths-#89-text"), one that has none yet by a word of its own ("strengths-+k3x-text").
  function part(prefix, number, row) {
    const id = form.elements[`${prefix}-${number}-id`]?.value;
    if (id) return `#${id}`;
    row.dataset.draft ??= Math.random().toString(36).slice(2);
    return `+${row.dataset.draft}`;
  }

  function steady(name) {
    const [, prefix, number, column] = ROW.exec(name) ?? [];
    const row = prefix && document.getElementById(`${prefix}-${number}`);
    return row ? `${prefix}-${part(prefix, number, row)}-${column}` : name;
  }

  const fields = () => [...form.elements].filter((field) => field.name && !OWN.test(field.name) && field.type !== "submit");

  function chosen(field, asItCame) {
    const found = [...field.options].filter((option) => (asItCame ? option.defaultSelected : option.selected));
    return found.length || field.multiple ? found : [...field.options].slice(0, 1);
  }

  // What the fields hold or, as the page came, held: this script may come after the first letters.
  function values(asItCame = false) {
    const found = {};
    for (const field of fields()) {
      const name = steady(field.name);
      if (field.type === "checkbox" || field.type === "radio") {
        found[name] ??= [];
        if (asItCame ? field.defaultChecked : field.checked) found[name].push(field.value);
      } else if (field.options) found[name] = chosen(field, asItCame).map((option) => option.value);
      else found[name] = [(asItCame ? field.defaultValue : field.value).replace(/\r\n/g, "\n").trim()];
    }
    return found;
  }

  const refused = Boolean(document.querySelector(".errornote"));
  // After a refused save the page comes with what was typed: it answers for that, and for each
  // part without a key, among which the server has put those that somebody deleted.
  const typed = refused && sent?.key === key ? sent.fields : {};
  const opened = only(values(true), (name) => !(refused && PART.exec(name)?.[2].startsWith("+")));
  let mine = typed;

  function changed() {
    return only(values(), (name, value) => name in typed || !same(value, opened[name]));
  }

  // The words of what was chosen: an autocomplete has no option for it when the page comes again.
  function words() {
    const selects = fields().filter((field) => field.options);
    return Object.fromEntries(
      selects.map((field) => [steady(field.name), Object.fromEntries(chosen(field).map((o) => [o.value, o.text]))]),
    );
  }

  // A draft may hold more than this page wrote: what it offers, and what another tab keeps. It is
  // as old as the oldest of it.
  function keep() {
    const draft = read(localStorage, key);
    const others = only(draft?.fields ?? {}, (name) => !(name in mine));
    mine = changed();
    write(key, {
      when: Date.now(),
      stamp: draft?.stamp ?? stamp?.value,
      words: { ...draft?.words, ...only(words(), (name) => name in mine) },
      fields: { ...others, ...mine },
    });
  }

  function addPart(prefix) {
    const number = form.elements[`${prefix}-TOTAL_FORMS`].value;
    document.querySelector(`#${prefix}-group .add-row a`)?.click();
    const row = document.getElementById(`${prefix}-${number}`);
    return row && part(prefix, number, row);
  }

  // The draft's names on this page, with a new part for each that it does not have: one that was
  // new, and one that was written in while somebody deleted it.
  function places(draft) {
    const there = values();
    const added = {};
    const found = {};
    for (const name of Object.keys(draft.fields)) {
      const [, prefix, was, column] = PART.exec(name) ?? [];
      if (!prefix || name in there) found[name] = name;
      else if (was.startsWith("+") || !["order", "DELETE"].includes(column)) {
        added[`${prefix}-${was}`] ??= addPart(prefix);
        found[`${prefix}-${added[`${prefix}-${was}`]}-${column}`] = name;
      }
    }
    return found;
  }

  function put(field, value, names) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.options) {
      const known = new Set([...field.options].map((option) => option.value));
      for (const key of value) if (!known.has(key)) field.add(new Option(names?.[key] ?? key, key));
      for (const option of field.options) option.selected = value.includes(option.value);
    } else field.value = value[0] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // As of the version it was written on: what somebody saved since, the server tells.
  function recover(draft) {
    const found = places(draft);
    for (const field of fields()) {
      const name = found[steady(field.name)];
      if (!name) continue;
      put(field, draft.fields[name], draft.words?.[name]);
      // Nothing comes back unseen.
      for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    }
    if (stamp && draft.stamp) stamp.value = draft.stamp;
    mine = { ...mine, ...draft.fields };
    keep();
    bar.hidden = true;
  }

  function offer(draft) {
    const unsaved = only(draft.fields, (name, value) => !same(value, opened[name]));
    if (!Object.keys(unsaved).length) return localStorage.removeItem(key);
    bar.querySelector("[data-when]").textContent = new Date(draft.when).toLocaleString("es-AR", { dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
    bar.querySelector("[data-recover]").addEventListener("click", () => recover(draft));
    bar.querySelector("[data-forget]").addEventListener("click", () => {
      write(key, { ...read(localStorage, key), fields: mine });
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

  const draft = read(localStorage, key);
  if (draft && !refused) offer(draft);
  if (refused || Object.keys(changed()).length) keep();
  const now = () => {
    clearTimeout(waiting);
    waiting = null;
    keep();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, PAUSE);
  };
  // Who leaves at once loses no word, nor does a phone that puts the page away.
  for (const [leaver, event] of [[window, "pagehide"], [document, "visibilitychange"]])
    leaver.addEventListener(event, () => waiting && now());
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    keep();
    if (SAVES.includes(event.submitter?.name)) sessionStorage.setItem(PENDING, JSON.stringify({ key, fields: mine }));
  });
})();
