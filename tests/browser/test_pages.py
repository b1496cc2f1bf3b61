"""Pages in a real browser: contrast, the way around, what works without JavaScript, print."""

import pytest


def luminance(colour):
    """Return the relative luminance (WCAG 2.2) of a CSS "rgb(…)" colour."""
    channels = [int(part) / 255 for part in colour.strip("rgb()").split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOUR = "element => getComputedStyle(element)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_have_contrast(open_page, scheme):
    page = open_page("/guia-de-roles/global/mlops-engineer/", scheme=scheme)
    paper = page.locator("body").evaluate(f"({COLOUR})(document.body).backgroundColor")
    for selector in ("h1", ".profile__summary", ".trait-row__notes", ".breadcrumbs a"):
        colour = page.locator(selector).first.evaluate(f"e => ({COLOUR})(e).color")
        assert contrast(colour, paper) >= 7, (selector, colour)
    for mark in page.locator(".fingerprint--large rect:not(.pale)").all():
        colour = mark.evaluate(f"e => ({COLOUR})(e).fill")
        assert contrast(colour, paper) >= 4.5, colour


def test_profile_works_without_javascript(open_page):
    page = open_page("/guia-de-roles/global/mlops-engineer/", javascript=False)
    first, second = page.locator(".question").all()[:2]
    assert first.locator(".anchors").is_visible()
    assert not second.locator(".anchors").is_visible()
    second.locator("summary").click()
    assert second.locator(".anchors").is_visible()
    page.get_by_role("link", name="Startup 1–50", exact=True).click()
    assert page.locator("h1").inner_text() == "MLOps Engineer en Startup"
    assert page.locator(".context-switch [aria-current]").inner_text().startswith("Startup")


def test_another_size_opens_where_this_one_is_read(open_page):
    page = open_page("/guia-de-roles/global/mlops-engineer/#preguntas")
    page.locator(".contents [aria-current]", has_text="Preguntas").wait_for()
    # Playwright would first scroll to where the tabs, which stick, would otherwise stand.
    page.get_by_role("link", name="Startup 1–50", exact=True).evaluate("link => link.click()")
    page.wait_for_url("**/startup/mlops-engineer/#preguntas")


@pytest.mark.parametrize("javascript", [True, False])
def test_contents_lead_on_a_phone_and_never_cover_what_they_lead_to(open_page, javascript):
    page = open_page("/guia-de-roles/global/mlops-engineer/", width=390, javascript=javascript)
    page.emulate_media(reduced_motion="reduce")
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


def test_questions_open_all_at_once(open_page):
    page = open_page("/guia-de-roles/perfiles/mlops-engineer/")
    page.get_by_role("button", name="Abrir todas").click()
    assert page.locator(".question details:not([open])").count() == 0
    page.get_by_role("button", name="Cerrar todas").click()
    assert page.locator(".question details[open]").count() == 0


def test_first_tab_reaches_the_skip_link(open_page):
    page = open_page("/guia-de-roles/global/mlops-engineer/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    page.keyboard.press("Enter")
    assert page.url.endswith("#contenido")


def test_unknown_page_is_designed(open_page):
    page = open_page("/guia-de-roles/perfiles/mlop-enginer/", width=390)
    assert page.locator("h1").inner_text() == "No encontramos esa página"
    assert page.get_by_role("link", name="MLOps Engineer").count() == 1


def test_print_shows_the_answers_and_hides_the_furniture(open_page):
    page = open_page("/guia-de-roles/global/mlops-engineer/")
    page.emulate_media(media="print")
    assert page.locator(".anchors").first.is_visible()
    assert not page.locator(".site-header__nav").is_visible()
