"""A page walked by Tab alone: what is reached, in which order, and whether it is seen."""

from itertools import pairwise

# A walk that is longer than what there is to reach by this much is a trap.
SPARE = 30
MAX_STOPS = 1500

# Lists what the keyboard has to reach and notes what takes the focus from now on.
RECORDER = """async () => {
  // A page that puts the focus into a field does so after its first frame.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const KINDS = "a[href], button, input, select, textarea, summary, [tabindex]";
  const shown = (e) => {
    const box = e.getBoundingClientRect();
    const seen = e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return seen && box.width > 1 && box.height > 1;
  };
  const name = (e) => {
    const words = (e.getAttribute("aria-label") || e.innerText || e.title || "").trim();
    return [e.tagName.toLowerCase(), e.id && `#${e.id}`, words.slice(0, 40)].join(" ");
  };
  // What is fixed to the window stands nowhere on the page.
  const place = (e) => {
    for (let p = e; p; p = p.parentElement) {
      if (getComputedStyle(p).position === "fixed") return null;
    }
    const box = e.getBoundingClientRect();
    return [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
  };
  // Of a group of radio buttons Tab reaches the chosen one, or the first.
  const stands = (e) => {
    if (e.type !== "radio") return true;
    const named = document.querySelectorAll(`input[type=radio][name="${CSS.escape(e.name)}"]`);
    const group = [...named].filter((radio) => radio.form === e.form);
    return e === (group.find((radio) => radio.checked) ?? group[0]);
  };
  const all = [...document.querySelectorAll(KINDS)].filter((e) => e.tabIndex >= 0);
  const wanted = all.filter((e) => shown(e) && !e.matches(":disabled") && stands(e));

  const ring = (target) => {
    // A field of the autocomplete is drawn by the box around it.
    const e = target.closest(".select2-selection") ?? target;
    const style = getComputedStyle(e);
    const width = parseFloat(style.outlineWidth);
    const list = e.closest("nav") ?? e;
    const [above, edge] = [e, list].map((part) => part.getBoundingClientRect().top);
    const cuts = list !== e && getComputedStyle(list).overflowY !== "visible";
    if (cuts && above - width - parseFloat(style.outlineOffset) < edge - 0.5) return "ring cut";
    return style.outlineStyle === "none" || width < 2 ? "no ring of 2px" : "";
  };
  const covered = (e) => {
    // A link of two lines is seen where its first one is.
    const box = [...e.getClientRects()].find(({ width }) => width > 0) ?? e.getBoundingClientRect();
    const x = box.left + box.width / 2;
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 10), 1), innerHeight - 2);
    const top = document.elementFromPoint(x, y);
    if (!top) return "out of the window";
    const own = e.contains(top) || top.contains(e) || top.closest("label")?.control === e;
    return own ? "" : `covered by ${name(top)}`;
  };
  const silent = (e) => {
    const said = e.labels?.length || e.getAttribute("aria-labelledby") || e.ariaLabel || e.title;
    const shows = e.innerText?.trim() || e.querySelector("img[alt]")?.alt || e.type === "submit";
    return said || shows || !e.matches("a, button, input, select, textarea") ? "" : "no name";
  };
  window.walk?.end.abort();
  window.walk = { wanted: wanted.map(name), stops: [], end: new AbortController() };
  // From the top, wherever the page itself has put the focus.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
  document.addEventListener("focusin", ({ target }) => {
    // What the browser does next; where that does not bring it in sight, nothing will.
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
    target.getAnimations({ subtree: true }).forEach((animation) => animation.finish());
    walk.stops.push({
      number: wanted.indexOf(target),
      name: name(target),
      place: place(target),
      faults: [
        ring(target), shown(target) ? "" : "hidden", covered(target), silent(target),
      ].filter(Boolean),
    });
  }, { signal: walk.end.signal });
  return wanted.length;
}"""
AT_THE_END = """document.activeElement === document.body
  || (walk.stops.length > 1 && walk.stops.at(-1).number === walk.stops[0].number)"""


def walk(page) -> list[str]:
    """Press Tab from the top of ``page`` to its end and return what was wrong on the way."""
    wanted = page.evaluate(RECORDER)
    for _ in range(wanted):
        page.keyboard.press("Tab")
    # A box that scrolls takes the focus too.
    for _ in range(SPARE):
        page.keyboard.press("Tab")
        if page.evaluate(AT_THE_END):
            break
    else:
        return ["a trap: no end after the last control"]
    seen = page.evaluate("({ wanted: walk.wanted, stops: walk.stops })")
    stops = seen["stops"]
    if len(stops) > 1 and stops[-1]["number"] == stops[0]["number"]:
        stops.pop()  # round the corner, at the top again
    reached = {stop["number"] for stop in stops}
    missed = [f"not reached: {n}" for i, n in enumerate(seen["wanted"]) if i not in reached]
    faults = [f"{stop['name']}: {', '.join(stop['faults'])}" for stop in stops if stop["faults"]]
    back = [
        f"back from {one['name']} to {other['name']}"
        for one, other in pairwise(stops)
        if one["place"] and other["place"] and goes_back(one["place"], other["place"])
    ]
    return [*missed, *faults, *back]


def goes_back(one, other) -> bool:
    """Tell whether ``other`` stands before ``one``: above it, and not in a column to its right."""
    above = other[3] <= one[1] + 1
    right = other[0] >= one[2] - 1
    return above and not right


def tab_to(page, target) -> None:
    """Press Tab until ``target`` has the focus; raises AssertionError where it never has."""
    wanted = target.element_handle()
    for _ in range(MAX_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")
