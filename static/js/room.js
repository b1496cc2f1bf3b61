// The kit on a phone, in the room: one question a screen, a number, notes, a clock. All of it lives
// in this module's memory: no request, no storage; «Borrar todo» or leaving the page ends it.
const room = document.querySelector("[data-room]");
const answers = new Map();
let questions = [];
let at = 0;
let begun;
let ticking;

function part(name) {
  return room.querySelector(`[data-room-${name}]`);
}

// The number in front moves when another question is chosen.
function text(question) {
  return question.querySelector("h3").lastChild.textContent.trim();
}

function answer() {
  const key = text(questions[at]);
  if (!answers.has(key)) answers.set(key, { rating: "", notes: "" });
  return answers.get(key);
}

function isEmpty() {
  return ![...answers.values()].some(({ rating, notes }) => rating || notes);
}

function help(question) {
  const parts = question.querySelectorAll(":scope > ul, .block-question__instead, .rating");
  return [...parts].map((element) => element.cloneNode(true));
}

function show(step) {
  at = Math.min(Math.max(at + step, 0), questions.length - 1);
  const { rating, notes } = answer();
  part("place").textContent = `${at + 1} / ${questions.length}`;
  part("text").textContent = questions[at].querySelector("h3").textContent.trim();
  part("help").replaceChildren(...help(questions[at]));
  room.querySelectorAll("[name=nota]").forEach((input) => (input.checked = input.value === rating));
  part("notes").value = notes;
  part("back").disabled = at === 0;
  part("next").disabled = at === questions.length - 1;
  part("text").focus();
}

function tick() {
  const seconds = Math.floor((Date.now() - begun) / 1000);
  part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function open() {
  questions = [...document.querySelectorAll("[data-sheet] .block-question")];
  begun ??= Date.now();
  tick();
  ticking = setInterval(tick, 1000);
  part("screen").showModal();
  show(0);
}

function summary() {
  return questions
    .map((question, i) => {
      const { rating, notes } = answers.get(text(question)) ?? {};
      return [`${i + 1}. ${text(question)}`, `→ ${rating || "–"}`, notes].filter(Boolean).join("\n");
    })
    .join("\n\n");
}

async function copy(button) {
  const words = button.textContent;
  await navigator.clipboard?.writeText(summary());
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = words), 2000);
}

function clear(button) {
  const words = (button.dataset.words ??= button.textContent);
  const sure = button.textContent === button.dataset.sure;
  button.textContent = sure ? words : button.dataset.sure;
  if (!sure) return;
  answers.clear();
  begun = Date.now();
  at = 0;
  show(0);
}

room.hidden = false;
part("open").addEventListener("click", open);
part("close").addEventListener("click", () => part("screen").close());
part("screen").addEventListener("close", () => clearInterval(ticking));
part("back").addEventListener("click", () => show(-1));
part("next").addEventListener("click", () => show(1));
part("copy").addEventListener("click", ({ target }) => copy(target));
part("clear").addEventListener("click", ({ target }) => clear(target));
room.addEventListener("input", ({ target }) => {
  if (target.name === "nota") answer().rating = target.value;
  else answer().notes = target.value;
});
addEventListener("beforeunload", (event) => isEmpty() || event.preventDefault());
