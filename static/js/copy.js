// Copies with one tap: a text or, with an empty data-copy, the address of the page; or what stands
// on the page, as text: the data-copy-part around the button, or else all of that name on the page.
// The buttons are hidden in the HTML and appear only where copying works.
const REFUSED = "No se pudo copiar: el navegador no dio permiso";
const SKIPPED = "button, textarea, .visually-hidden, [hidden], .block-notes, .block-fields";
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);
let said;

// Own questions travel in the fragment, which no server sees; another fragment is only a place.
function address() {
  return location.hash.startsWith("#propias=") ? location.href : location.href.split("#")[0];
}

function line(element) {
  const mark = { LI: "- ", DT: "" }[element.tagName] ?? "";
  return `${mark}${element.textContent.trim().replace(/\s+/g, " ")}`;
}

function rating(item) {
  const anchor = line(item.querySelector("dd"));
  return anchor && `${line(item.querySelector("dt"))}: ${anchor}`;
}

// A paragraph of a list's item is said with the item.
function isInside(element, part) {
  const item = element.parentElement.closest("li");
  return item && item !== part && part.contains(item);
}

function partText(part) {
  const seen = [...part.querySelectorAll("h1, h2, h3, h4, p, li, tr, dl > div")];
  const lines = seen
    .filter((element) => !element.closest(SKIPPED) && !isInside(element, part))
    .map((element) => (element.matches("dl > div") ? rating(element) : row(element)));
  return lines.filter(Boolean).join("\n");
}

function row(element) {
  if (element.tagName !== "TR") return line(element);
  return [...element.cells].map(line).filter(Boolean).join(" · ");
}

function wanted(button) {
  const { copy, copyPart } = button.dataset;
  if (!copyPart) return copy || address();
  const around = button.closest(copyPart);
  const parts = around ? [around] : [...document.querySelectorAll(copyPart)];
  return parts.map(partText).join("\n\n");
}

// A button with an icon has its words in a span.
function say(button, text) {
  const label = button.querySelector("span") ?? button;
  const words = (button.dataset.words ??= label.textContent);
  status.textContent = label.textContent = text;
  button.dataset.said = "";
  clearTimeout(button.shown);
  clearTimeout(said);
  button.shown = setTimeout(() => {
    label.textContent = words;
    delete button.dataset.said;
  }, 2000);
  said = setTimeout(() => (status.textContent = ""), 2000);
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(wanted(button));
    say(button, button.dataset.copied ?? "Copiado");
  } catch {
    say(button, REFUSED);
  }
}

// The system's own sheet; a reader who closes it wants nothing copied either.
function share(button) {
  const page = { title: document.title, url: wanted(button) };
  navigator.share(page).catch(({ name }) => name === "AbortError" || copy(button));
}

function showCopyButtons() {
  const buttons = document.querySelectorAll("[data-copy], [data-copy-part]");
  buttons.forEach((button) => (navigator.clipboard ? (button.hidden = false) : button.remove()));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-copy], [data-copy-part]");
  if (button) "share" in button.dataset && navigator.share ? share(button) : copy(button);
});
// Parts of a page that are put in place later bring buttons of their own.
document.addEventListener("sheet:shown", showCopyButtons);
showCopyButtons();
