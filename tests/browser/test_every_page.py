"""Every kind of page in one window: it fits and is quiet, and every control is reached by Tab."""

import subprocess
from itertools import chain

import pytest
from django.urls import resolve

from tests.browser.keyboard import walk
from tests.helpers.audit import EVERY_PAGE, LATE_SCRIPTS, PAGE_TYPES
from tests.security.addresses import public_paths

# Redirects, suggestions, and the page of a share link, which has tests of its own.
NO_KIND = {"root", "profiles:find_role", "profiles:suggest", "profiles:preview"}
# A small phone, a phone, a window of 1280 pixels at 200 % zoom, the same window at 100 %.
WIDTHS = (320, 390, 640, 1280)
# Elements that stand outside the window or show less than they hold (a select: its choice beside
# an arrow of 16 pixels), but not those that are hidden from sight on purpose (for screen readers,
# or until they are focused), nor the names in a comparison's head, whole in its title.
CUT = """() => {
  const seen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true });
  };
  const hidden =
    ".skip-link, .visually-hidden, .search-filters__legend, .profile > .context-switch, " +
    ".compare-head";
  const away = (element) => element.closest(hidden);
  const cut = ({ left, right }) => left < -1 || right > innerWidth + 1;
  const clips = (element) =>
    getComputedStyle(element).overflowX !== "visible" &&
    element.scrollWidth > element.clientWidth + 1;
  const pen = document.createElement("canvas").getContext("2d");
  const short = (select) => {
    const style = getComputedStyle(select);
    pen.font = style.font;
    const room = select.clientWidth - 2 * parseFloat(style.paddingLeft) - 16;
    return pen.measureText(select.selectedOptions[0]?.text ?? "").width > room;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((e) => seen(e) && !away(e) && (cut(e.getBoundingClientRect()) || clips(e) ||
      (e.matches("select") && short(e))))
    .map((e) => `${e.tagName}.${e.getAttribute("class")}: ${e.textContent.trim().slice(0, 40)}`);
}"""
SIZES = """() => new Set([...document.body.querySelectorAll("*")].filter((element) =>
    element.checkVisibility() && !element.closest("svg, option, .skip-link, .visually-hidden") &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
  ).map((element) => getComputedStyle(element).fontSize)).size"""
MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
    const style = getComputedStyle(element);
    const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
    return style.scrollBehavior === "smooth" || times.some((time) => parseFloat(time) > 0);
  }).map((element) => element.tagName)"""
# Once the page is painted and its scripts have run, which would change it during the walk.
EARLY = f"""async () => {{
  const painted = await new Promise((done) => new PerformanceObserver((list) =>
    list.getEntriesByName("first-contentful-paint").forEach(({{ startTime }}) => done(startTime))
  ).observe({{ type: "paint", buffered: true }}));
  await {LATE_SCRIPTS};
  const early = ({{ name, startTime }}) => name.endsWith(".js") && startTime < painted;
  return performance.getEntriesByType("resource").filter(early).map(({{ name }}) => name);
}}"""
KEPT = """async () => [
  document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, window.caches ? (await caches.keys()).length : 0,
  (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
]"""


@pytest.fixture(scope="module")
def page(window):
    """One window for all pages; without smooth scrolling, each stands where it belongs at once."""
    return window(reduced_motion="reduce")


def test_every_kind_of_page_is_here():
    kinds = {resolve(path.partition("?")[0]).view_name for path in EVERY_PAGE}
    pages = [path for path in public_paths() if path.endswith("/") and "/api/" not in path]
    assert {resolve(path).view_name for path in pages} - kinds == NO_KIND


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_page_fits_is_quiet_and_works_by_keyboard(page, site, path):
    page.problems.clear()
    page.goto(path)
    assert page.evaluate(EARLY) == []
    wide, sizes = {}, set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        sizes.add(page.evaluate(SIZES))
        wide[width] = [*page.evaluate(CUT), *([overflow] if overflow > 0 else [])]
    assert wide == {width: [] for width in WIDTHS}
    assert max(sizes) <= 8
    assert page.evaluate(MOVING) == []
    # At 1280 pixels; at 320 what a menu or a list of filters hides is not there to be reached.
    assert walk(page) == []
    if path in PAGE_TYPES:
        page.set_viewport_size({"width": 320, "height": 900})
        assert walk(page) == []
    assert page.evaluate(KEPT) == ["", 0, 0, 0, 0, 0]
    # The browser itself writes down that an address answered 400 or 404.
    assert [problem for problem in page.problems if "status of 40" not in problem] == []
    assert (page.hosts, page.context.cookies()) == ({site.split("/")[2]}, [])


def test_printed_kit_splits_no_question(page, tmp_path):
    """A question begins and ends, with the room for notes, on one sheet of paper."""
    file = tmp_path / "kit.pdf"
    page.goto("/guia-de-roles/global/mlops-engineer/entrevista/")
    questions = page.locator(".block-question h3").all_inner_texts()
    page.pdf(path=file, format="A4")
    command = ["pdftotext", "-layout", file, "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    sheets = [" ".join(sheet.split()) for sheet in text.split("\f")]
    begun = [[question for question in questions if question in sheet] for sheet in sheets]
    assert sorted(chain.from_iterable(begun)) == sorted(questions)
    assert [sheet.count("Notas: lo que dijo") for sheet in sheets] == list(map(len, begun))
