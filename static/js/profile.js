// A profile's page: the sizes lead to the section being read, the contents show which one it is and
// close after a jump, all questions open at once.
const contents = document.querySelector(".contents");
const links = [...contents.querySelectorAll("a")];
const sizes = document.querySelector(".context-switch");
const openAll = document.querySelector("[data-open-all]");

function sectionOf(link) {
  return document.getElementById(link.hash.slice(1));
}

// The last section that begins above the upper third of the window.
function current() {
  const begun = links.filter((link) => sectionOf(link).getBoundingClientRect().top < innerHeight / 3);
  return begun.at(-1);
}

function markCurrent() {
  const here = current();
  links.forEach((link) => link.removeAttribute("aria-current"));
  here?.setAttribute("aria-current", "true");
}

// The first section is another one on each page: its reader stays at the top.
sizes.addEventListener("click", ({ target }) => {
  const here = links.indexOf(current());
  const link = target.closest("a");
  if (link && here > 0) link.hash = links[here].hash;
});

contents.addEventListener("click", ({ target }) => {
  if (target.closest("a")) contents.hidePopover?.();
});

if (navigator.clipboard) {
  const { content } = document.querySelector("template");
  document.querySelectorAll(".question > h3").forEach((heading) => heading.after(content.cloneNode(true)));
}

openAll.hidden = false;
openAll.addEventListener("click", () => {
  const questions = [...document.querySelectorAll(".question details")];
  const open = questions.some((question) => !question.open);
  questions.forEach((question) => (question.open = open));
  const said = openAll.textContent;
  openAll.textContent = openAll.dataset.other;
  openAll.dataset.other = said;
});

// A preview may be of a size that is not public yet.
sizes.scrollLeft = (sizes.querySelector("[aria-current]")?.offsetLeft ?? 0) - 16;

addEventListener("scroll", markCurrent, { passive: true });
markCurrent();
