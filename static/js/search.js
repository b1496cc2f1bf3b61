// Results while typing: the same address, fetched, and the parts that changed put in place.
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

async function show(url) {
  running = new AbortController();
  const results = document.querySelector("[data-search-results]");
  const headline = document.querySelector("[data-search-headline]");
  let answered = false;
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: running.signal });
    const html = await response.text();
    answered = true;
    if (!response.ok && response.status !== 400) throw new Error(response.status);
    const fresh = new DOMParser().parseFromString(html, "text/html");
    PARTS.forEach((selector) => replacePart(selector, fresh));
    const found = fresh.querySelector("[data-search-headline]");
    headline.textContent = found?.textContent ?? "";
    document.title = fresh.title;
    history.replaceState(null, "", url);
    results.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name === "AbortError") return;
    if (answered) return location.assign(url);
    // Without a connection there is no other page to go to: this one stays.
    results.removeAttribute("aria-busy");
    headline.textContent = headline.dataset.offline;
  }
}

function search(pause) {
  // An answer on its way knows nothing of what is asked now, and would put its own filters back.
  running?.abort();
  clearTimeout(waiting);
  waiting = setTimeout(() => show(address()), pause);
}

form.addEventListener("input", (event) => event.target.name === "q" && search(PAUSE));
form.addEventListener("change", (event) => event.target.name !== "q" && search(0));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(0);
});
// What was typed or chosen before this script came has an answer too.
const untouched = form.cloneNode(true);
untouched.reset();
if (address() !== address(untouched)) search(0);
