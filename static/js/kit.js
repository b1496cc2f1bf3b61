// The kit on screen follows each tick: the same address, fetched, and the parts that changed put in
// place. Own questions are added here, kept in the fragment of the address, which is never sent.
const form = document.querySelector("[data-sheet-form]");
const own = document.querySelector("[data-own]");
const FRAGMENT = "#propias=";
let running;

function parts(root) {
  return [...root.querySelectorAll("[data-kit]")];
}

async function show() {
  running?.abort();
  running = new AbortController();
  try {
    const response = await fetch(location.pathname + location.search, { signal: running.signal });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = parts(fresh);
    parts(document).forEach((part, i) => part.replaceChildren(...next[i].childNodes));
    addOwn();
    document.dispatchEvent(new Event("sheet:shown"));
  } catch {
    // Without a connection the kit of before stays; its files could not come either.
  }
}

function ownTexts() {
  const lines = own.querySelector("textarea").value.split("\n");
  return lines.map((text) => text.trim()).filter(Boolean).slice(0, 10);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function ownQuestion(text, number) {
  const { label, notes } = own.querySelector("textarea").dataset;
  const block = element("div", "block-question", "");
  block.dataset.ownQuestion = "";
  const heading = element("h3", "", ` ${text}`);
  heading.prepend(element("span", "block-question__number", `${number}.`));
  block.append(heading, element("p", "block-question__detail", label));
  block.append(element("p", "block-notes", notes));
  return block;
}

// The table of all questions by their numbers has a line for each own one, too.
function ownRow(last, number) {
  const row = last.cloneNode(true);
  row.dataset.ownRow = "";
  row.cells[0].textContent = number;
  row.cells[1].textContent = own.querySelector("textarea").dataset.label;
  return row;
}

function sayOwnMinutes(count, asked) {
  const said = document.querySelector("[data-own-minutes]");
  const { words, each } = said.dataset;
  said.textContent = count ? words.replace("%c", count + asked).replace("%m", count * each) : "";
  said.hidden = !count;
}

function addOwn() {
  const added = document.querySelectorAll("[data-own-question], [data-own-row]");
  added.forEach((block) => block.remove());
  const asked = [...document.querySelectorAll(".block-question")];
  const texts = ownTexts();
  asked.at(-1)?.after(...texts.map((text, i) => ownQuestion(text, asked.length + 1 + i)));
  const numbered = [...document.querySelectorAll("[data-sheet] tr")];
  const last = numbered.findLast((row) => row.cells[0].textContent.trim() === `${asked.length}`);
  last?.after(...texts.map((_text, i) => ownRow(last, asked.length + 1 + i)));
  sayOwnMinutes(texts.length, asked.length);
}

function keepOwn() {
  const texts = ownTexts();
  const hash = texts.length ? FRAGMENT + encodeURIComponent(texts.join("\n")) : "";
  history.replaceState(null, "", location.pathname + location.search + hash);
  addOwn();
}

function readOwn() {
  if (!location.hash.startsWith(FRAGMENT)) return;
  try {
    own.querySelector("textarea").value = decodeURIComponent(location.hash.slice(FRAGMENT.length));
    own.open = true;
  } catch {
    // A damaged fragment holds no question.
  }
  addOwn();
}

// Own questions go along to the same kit in another length or size, instead of the place on the page.
function keepFragment(target, name) {
  const isPage = name === "href" || target[name].includes("#");
  if (!location.hash.startsWith(FRAGMENT) || !isPage) return;
  target[name] = target[name].replace(/#.*|$/, location.hash);
}

form.addEventListener("submit", ({ submitter }) => {
  keepFragment(submitter, "formAction");
  // Where the ticks have been followed the address is the same, and no new page closes it.
  const chooser = submitter.closest(".kit__chooser");
  if (chooser) chooser.open = false;
});
document.addEventListener("click", ({ target }) => {
  const link = target.closest(".switch a, .kit__reset");
  if (link) keepFragment(link, "href");
});
document.addEventListener("sheet:asked", show);
own.hidden = false;
own.addEventListener("input", keepOwn);
readOwn();
