// Draws the range of each trait while it is typed, on the same scale as the page's chart:
// from x = 8 to x = 312 for 1 to 5, the base profile's range behind it.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const x = (point) => 8 + (304 * (point - 1)) / 4;

  function shape(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function band(name, low, high, top, height) {
    if (!(low >= 1 && high <= 5 && high > low)) return null;
    return shape("rect", { class: name, x: x(low), y: top, width: x(high) - x(low), height, rx: 2 });
  }

  function scale() {
    const group = shape("g", { class: "desk-range__scale" });
    group.append(shape("path", { d: "M8 17h304M8 12v10M84 12v10M160 12v10M236 12v10M312 12v10" }));
    for (let point = 1; point <= 5; point++) {
      const label = shape("text", { x: x(point), y: 32, "text-anchor": "middle" });
      label.textContent = point;
      group.append(label);
    }
    return group;
  }

  function draw(picture, low, high) {
    const number = (field) => Number(field.value.replace(",", "."));
    const base = low.dataset.baseLow
      ? band("desk-range__base", Number(low.dataset.baseLow), Number(low.dataset.baseHigh), 9.5, 15)
      : null;
    const own = band("desk-range__own", number(low), number(high), 12.5, 9);
    picture.replaceChildren(scale(), ...[base, own].filter(Boolean));
  }

  for (const row of document.querySelectorAll(".targets tr.form-row")) {
    const low = row.querySelector("input[name$='-low']");
    const high = row.querySelector("input[name$='-high']");
    if (!low || !high) continue;
    const cell = document.createElement("td");
    cell.className = "desk-range";
    const picture = shape("svg", { viewBox: "0 0 320 34", "aria-hidden": "true" });
    cell.append(picture);
    row.querySelector("td.field-trait").after(cell);
    const show = () => draw(picture, low, high);
    [low, high].forEach((field) => field.addEventListener("input", show));
    show();
  }
})();
