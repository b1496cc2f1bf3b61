// A sheet that is filled in on screen: its address follows each tick, and what is added to an
// advert is searched for words that keep people away. Nothing is sent.
const form = document.querySelector("[data-sheet-form]");
const advert = document.querySelector("[data-advert]");

function query() {
  const asked = [...new FormData(form)].filter(([, value]) => value);
  return new URLSearchParams(asked.filter((pair) => pair.join() !== "papel,a4")).toString();
}

function follow() {
  const asked = query();
  history.replaceState(null, "", `${location.pathname}${asked && `?${asked}`}${location.hash}`);
}

function untickOther(box) {
  const boxes = box.closest("[data-either]")?.querySelectorAll("input") ?? [];
  boxes.forEach((other) => (other.checked &&= other === box || !box.checked));
}

function plain(text) {
  return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
}

function search() {
  const text = plain(advert.querySelector("textarea").value);
  const status = advert.querySelector("[data-advert-status]");
  const found = [...advert.querySelectorAll("[data-pattern]")].filter((word) => {
    word.hidden = Boolean(text.trim()) && !new RegExp(word.dataset.pattern).test(text);
    return text.trim() && !word.hidden;
  });
  const names = found.map((word) => word.querySelector("dt").textContent).join("; ");
  const answer = found.length ? `${status.dataset.found} ${names}.` : status.dataset.none;
  status.textContent = text.trim() ? answer : "";
}

document.addEventListener("change", ({ target }) => {
  if (target.form !== form) return;
  untickOther(target);
  follow();
  document.dispatchEvent(new CustomEvent("sheet:asked", { detail: target.name }));
});
// What was ticked before this script was there.
const elements = [...(form?.elements ?? [])];
if (elements.some(({ checked, defaultChecked }) => checked !== defaultChecked)) follow();
if (advert) {
  advert.querySelector("[data-advert-text]").hidden = false;
  advert.addEventListener("input", search);
}
