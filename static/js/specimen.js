// The large mark of the start page goes through the sizes once, and to the one that is pointed at.
const PAUSE = 1100;
const figure = document.querySelector("[data-specimen]");
const sizes = figure ? [...figure.querySelectorAll("[data-specimen-size]")] : [];
const bands = figure ? figure.querySelectorAll("[data-specimen-mark] rect") : [];
let playing;

function show(size) {
  sizes.forEach((each) => each.classList.toggle("is-shown", each === size));
  size.querySelectorAll("rect").forEach((own, at) => {
    bands[at].style.y = `${own.getAttribute("y")}px`;
    bands[at].style.height = `${own.getAttribute("height")}px`;
    bands[at].classList.toggle("critical", own.classList.contains("critical"));
  });
}

function play(next) {
  if (next === sizes.length) return;
  show(sizes[next]);
  playing = setTimeout(play, PAUSE, next + 1);
}

for (const size of sizes) {
  for (const event of ["pointerenter", "focus"]) {
    size.addEventListener(event, () => {
      clearTimeout(playing);
      show(size);
    });
  }
}
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) playing = setTimeout(play, PAUSE, 1);
