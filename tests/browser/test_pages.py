"""Profile pages in a real browser: contrast, the way around, what works without JavaScript."""

import pytest

PROFILE = "/guia-de-roles/global/mlops-engineer/"
# The relative luminance of a colour, as WCAG 2.2 has it, and the contrast with the paper.
CONTRAST = """(element, property) => {
  const part = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const one = light(getComputedStyle(element)[property]);
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return (Math.max(one, paper) + 0.05) / (Math.min(one, paper) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_have_contrast(open_page, scheme):
    page = open_page(PROFILE, color_scheme=scheme)
    for selector in ("h1", ".profile__summary", ".trait-row__notes", ".breadcrumbs a"):
        assert page.locator(selector).first.evaluate(CONTRAST, "color") >= 7, selector
    for mark in page.locator(".fingerprint--large rect:not(.pale)").all():
        assert mark.evaluate(CONTRAST, "fill") >= 4.5


def test_profile_works_without_javascript(open_page):
    page = open_page(PROFILE, javascript=False)
    first, second = page.locator(".question").all()[:2]
    assert first.locator(".anchors").is_visible()
    assert not second.locator(".anchors").is_visible()
    second.locator("summary").click()
    assert second.locator(".anchors").is_visible()
    page.get_by_role("link", name="Startup 1–50", exact=True).click()
    assert page.locator("h1").inner_text() == "MLOps Engineer en Startup"
    assert page.locator(".context-switch [aria-current]").inner_text().startswith("Startup")


def test_another_size_opens_where_this_one_is_read(open_page):
    page = open_page(f"{PROFILE}#preguntas")
    page.locator(".contents [aria-current]", has_text="Preguntas").wait_for()
    # Playwright would first scroll to where the tabs, which stick, would otherwise stand.
    page.get_by_role("link", name="Startup 1–50", exact=True).evaluate("link => link.click()")
    page.wait_for_url("**/startup/mlops-engineer/#preguntas")


@pytest.mark.parametrize("javascript", [True, False])
def test_contents_lead_on_a_phone_and_never_cover_what_they_lead_to(open_page, javascript):
    page = open_page(PROFILE, width=390, javascript=javascript, reduced_motion="reduce")
    page.get_by_role("button", name="Ir a").click()
    page.get_by_role("link", name="Preguntas de Entrevista").click()
    page.wait_for_url("**/#preguntas")
    heading = page.get_by_role("heading", name="Preguntas de Entrevista").bounding_box()
    tabs = page.locator(".context-switch").bounding_box()
    contents = page.locator(".contents")
    assert heading["y"] >= tabs["y"] + tabs["height"]
    if javascript:
        assert not contents.is_visible()
    else:
        assert heading["y"] + heading["height"] < contents.bounding_box()["y"]


def test_questions_open_all_at_once_and_print_shows_the_answers(open_page):
    page = open_page(PROFILE)
    page.emulate_media(media="print")
    assert page.locator(".anchors").first.is_visible()
    assert not page.locator(".site-header__nav").is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Abrir todas").click()
    assert page.locator(".question details:not([open])").count() == 0
    page.get_by_role("button", name="Cerrar todas").click()
    assert page.locator(".question details[open]").count() == 0


def test_first_tab_reaches_the_skip_link(open_page):
    page = open_page(PROFILE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    page.keyboard.press("Enter")
    assert page.url.endswith("#contenido")
