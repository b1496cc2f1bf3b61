// Results while typing: the same address, fetched, and the parts that changed put in place.
// A question that is sent, a filter, a chip: each is a step that Back leads to.
const form = document.querySelector("[data-search]");
const PAUSE = 200;
const PARTS = ["[data-search-filters]", "[data-search-results]"];
let waiting;
let running;

function address(fields = form) {
  const asked = new URLSearchParams(new FormData(fields));
  const parts = [...asked].filter(([, value]) => value !== "");
  const query = new URLSearchParams(parts).toString().replaceAll("%3A", ":");
  return query ? `${form.action}?${query}` : form.action;
}

function replacePart(selector, fresh) {
  const old = document.querySelector(selector);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceChildren(...fresh.querySelector(selector).childNodes);
  if (focused) (document.getElementById(focused) || form.elements.q).focus();
}

// What is typed is one step however many letters it has, and sending it adds none.
let isTyping = false;
function remember(url, step) {
  const replaces = isTyping && step !== "chosen";
  if (step && url !== location.href) history[replaces ? "replaceState" : "pushState"](null, "", url);
  isTyping = step === "typed";
}

async function show(url, step) {
  running?.abort();
  running = new AbortController();
  const results = document.querySelector("[data-search-results]");
  const headline = document.querySelector("[data-search-headline]");
  let answered = false;
  results.setAttribute("aria-busy", "true");
  try {
    // Only what is sent is a question that may be counted.
    const headers = step === "sent" ? {} : { "X-Typed": "1" };
    const response = await fetch(url, { signal: running.signal, headers });
    const html = await response.text();
    answered = true;
    if (!response.ok && response.status !== 400) throw new Error(response.status);
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const filters = fresh.querySelector(".search-filters");
    if (filters) filters.open = document.querySelector(".search-filters")?.open;
    PARTS.forEach((selector) => replacePart(selector, fresh));
    const found = fresh.querySelector("[data-search-headline]");
    headline.textContent = found?.textContent ?? "";
    document.title = fresh.title;
    remember(url, step);
    results.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name === "AbortError") return;
    if (answered) return location.assign(url);
    // Without a connection there is no other page to go to: this one stays.
    results.removeAttribute("aria-busy");
    headline.textContent = headline.dataset.offline;
  }
}

function search(pause, step) {
  // An answer on its way knows nothing of what is asked now, and would put its own filters back.
  running?.abort();
  clearTimeout(waiting);
  waiting = setTimeout(() => show(address(), step), pause);
}

form.addEventListener("input", (event) => event.target.name === "q" && search(PAUSE, "typed"));
// Who moves through a list by keys has not chosen until he leaves it.
let isKeyed = false;
form.addEventListener("keydown", () => (isKeyed = true));
form.addEventListener("pointerdown", () => (isKeyed = false));
form.addEventListener("change", ({ target }) => {
  if (target.name === "q") return;
  const choose = () => search(0, "chosen");
  if (!isKeyed) return choose();
  running?.abort();
  clearTimeout(waiting);
  target.addEventListener("blur", choose, { once: true });
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(0, "sent");
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-chip]");
  if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  clearTimeout(waiting);
  show(chip.href, "chosen");
});
window.addEventListener("popstate", () => {
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  show(location.href, "");
});
// What was typed or chosen before this script came has an answer too.
const untouched = form.cloneNode(true);
untouched.reset();
if (address() !== address(untouched)) search(0, "sent");
