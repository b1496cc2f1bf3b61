"""Profiles and comparisons in a real browser: contrast, the way around, no JavaScript."""

import pytest
from django.conf import settings

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
COMPARE = "/guia-de-roles/comparar/"
PAIR = f"{COMPARE}?perfil=global/mlops-engineer&perfil=perfiles/data-engineer"
LONG = (
    *("especialista-en-compensaciones-y-beneficios", "responsable-de-seguridad-e-higiene"),
    *("sales-development-representative", "site-reliability-engineer"),
)


PAINTED = """new Promise((done) =>
  new PerformanceObserver(done).observe({ type: "paint", buffered: true }))"""


def test_script_is_asked_for_once_something_can_be_read(window):
    """Not once the background is painted: on a slow line the text comes later."""
    page = window()
    script = f"<script data-src='/late.js'>{settings.LATE_SCRIPT}</script>"
    empty = f"<!doctype html><body style='background: navy'>{script}"
    page.route("**/empty", lambda route: route.fulfill(body=empty, content_type="text/html"))
    page.route("**/late.js", lambda route: route.fulfill(content_type="text/javascript"))
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto("/empty")
    page.evaluate(PAINTED)
    assert asked == ["empty"]
    with page.expect_request("**/late.js"):
        page.evaluate("document.body.append('El texto')")


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
    for way in (".site-header__nav", "#otros-contextos"):
        assert not page.locator(way).is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Abrir todas").click()
    assert page.locator(".question details:not([open])").count() == 0
    page.get_by_role("button", name="Cerrar todas").click()
    assert page.locator(".question details[open]").count() == 0


def test_paper_gives_the_address_of_the_occupation(open_page):
    page = open_page("/guia-de-roles/perfiles/mlops-engineer/")
    page.emulate_media(media="print")
    occupation = page.locator("main [href*='data.europa.eu']")
    assert "://" in occupation.evaluate("link => getComputedStyle(link, '::after').content")


@pytest.mark.parametrize("width", [390, 1280])
def test_names_stay_while_one_reads_and_reasons_open_by_keyboard(open_page, width):
    page = open_page(PAIR, width=width)
    kept = float(
        page.evaluate("parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)")
    )
    reasons = page.locator(".compare-trait details").first
    assert not reasons.locator("p").first.is_visible()
    reasons.locator("summary").focus()
    page.keyboard.press("Enter")
    assert reasons.locator("p").first.is_visible()
    page.locator("#donde-crece").scroll_into_view_if_needed()
    head = page.locator(".compare-head").bounding_box()
    assert head["y"] == pytest.approx(0, abs=1)
    assert head["height"] < kept
    # Nor do four long names cover what the keyboard reaches.
    page.goto(f"{COMPARE}?{'&'.join(f'perfil=enterprise/{slug}' for slug in LONG)}")
    assert page.locator(".compare-head").bounding_box()["height"] < kept


def test_bands_are_told_apart_by_lane_and_letter_and_print_shows_the_reasons(open_page):
    page = open_page(PAIR, width=320)
    lanes = page.locator(".lanes").first
    first, second = [lane.bounding_box() for lane in lanes.locator("svg > rect").all()]
    assert first["y"] + first["height"] < second["y"]
    assert lanes.locator(".lanes__name").all_text_contents() == ["A", "B"]
    page.emulate_media(media="print")
    assert page.locator(".compare-trait details p").first.is_visible()
    assert not page.locator(".compare-add").is_visible()


def test_letters_twice_as_large_fit_the_smallest_phone(open_page):
    base = "/guia-de-roles/perfiles/mlops-engineer/"
    for path in (PROFILE, base, f"{base}por-tamano/", PAIR, "/guia-de-roles/perfiles/"):
        page = open_page(path, width=320)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
