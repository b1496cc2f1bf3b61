"""Every page type, in one browser window: it fits, nothing is cut, every control is reached."""

import subprocess
from itertools import chain

import pytest

from tests.audit import EVERY_PAGE
from tests.browser.keyboard import walk

KIT = "/guia-de-roles/global/mlops-engineer/entrevista/"
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
MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
    const style = getComputedStyle(element);
    const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
    return style.scrollBehavior === "smooth" || times.some((time) => parseFloat(time) > 0);
  }).map((element) => element.tagName)"""


@pytest.fixture(scope="module")
def window(chromium, site):
    """One window for all pages of this file; its console and its requests are kept."""
    # Without smooth scrolling the page stands where it belongs when the next key is pressed.
    context = chromium.new_context(base_url=site, locale="es-AR", reduced_motion="reduce")
    page = context.new_page()
    page.problems, page.hosts = [], set()
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
    yield page
    context.close()


@pytest.fixture
def go(window):
    """Return a function that opens a path in the window."""

    def go_to(path, *, width=1280):
        window.set_viewport_size({"width": width, "height": 900})
        window.problems.clear()
        window.goto(path)
        return window

    return go_to


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_page_fits_and_nothing_is_cut(go, site, path):
    page, found = go(path), {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow > 0 or page.evaluate(CUT):
            found[width] = overflow, page.evaluate(CUT)
    assert found == {}
    # The browser itself writes down that an address answered 400 or 404.
    assert [problem for problem in page.problems if "status of 40" not in problem] == []
    assert page.hosts == {site.split("/")[2]}
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_control_is_reached_by_keyboard_and_seen(go, path, width):
    assert walk(go(path, width=width)).problems == []


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_nothing_moves_for_who_asked_for_stillness(go, path):
    assert go(path).evaluate(MOVING) == []


def test_printed_kit_splits_no_question(go, tmp_path):
    """A question begins and ends, with the room for notes, on one sheet of paper."""
    page, file = go(KIT), tmp_path / "kit.pdf"
    questions = page.locator(".block-question h3").all_inner_texts()
    page.pdf(path=file, format="A4")
    command = ["pdftotext", "-layout", file, "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    sheets = [" ".join(sheet.split()) for sheet in text.split("\f")]
    begun = [[question for question in questions if question in sheet] for sheet in sheets]
    assert sorted(chain.from_iterable(begun)) == sorted(questions)
    assert [sheet.count("Notas: lo que dijo") for sheet in sheets] == list(map(len, begun))
