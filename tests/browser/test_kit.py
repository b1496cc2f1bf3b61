"""From a profile to the interview kit and its files, with and without JavaScript."""

import pytest

PROFILE = "/guia-de-roles/global/mlops-engineer/"
KIT = f"{PROFILE}entrevista/"


@pytest.mark.parametrize("javascript", [True, False])
def test_recruiter_chooses_questions_and_takes_the_files(open_page, javascript):
    page = open_page(PROFILE, javascript=javascript)
    page.get_by_role("link", name="Guía de entrevista").click()
    assert page.locator("h1").inner_text().endswith("MLOps Engineer en Global")
    page.locator(".kit__chooser summary").click()
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("checkbox").nth(1).check()
    page.get_by_role("checkbox").nth(3).check()
    page.get_by_role("button", name="Armar con estas preguntas").click()
    assert page.url.count("pregunta=") == 3
    assert page.url.endswith("&pregunta=")
    assert page.locator(".kit-question").count() == 2
    assert page.locator(".kit__plan").inner_text().startswith("30 minutos")
    for name, start in (("PDF", b"%PDF-"), ("Word", b"PK"), ("CSV", b"\xef\xbb\xbf")):
        link = page.get_by_role("link", name=name)
        assert link.get_attribute("href").count("pregunta=") == 2
        answer = page.request.get(link.get_attribute("href"))
        assert answer.ok
        assert answer.body().startswith(start)
    page.get_by_role("link", name="Volver a la selección sugerida").click()
    assert page.url.endswith(KIT)
    assert page.problems == []


def test_question_and_address_are_copied_with_one_tap(open_page):
    page = open_page(PROFILE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    question = page.locator(".question").first
    button = question.get_by_role("button", name="Copiar pregunta")
    button.click()
    page.get_by_role("status").filter(has_text="Copiado").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == question.locator(".question__text").inner_text()
    page.get_by_role("button", name="Copiar enlace").click()
    page.get_by_role("button", name="Copiado").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    question.get_by_role("button", name="Copiar pregunta").wait_for()


def test_copy_button_pressed_twice_gets_its_words_back(open_page):
    page = open_page(PROFILE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator(".question .copy").first
    button.click()
    page.wait_for_timeout(700)
    button.click()
    page.wait_for_timeout(2500)
    assert button.inner_text() == "Copiar pregunta"


def test_refused_copy_is_told(open_page):
    page = open_page(PROFILE)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('no'); }")
    page.get_by_role("button", name="Copiar enlace").click()
    page.get_by_role("status").filter(has_text="No se pudo copiar").wait_for()
    page.get_by_role("button", name="Copiar enlace").wait_for()
    assert page.problems == []


def test_copied_address_of_the_kit_keeps_the_questions(open_page):
    page = open_page(f"{KIT}?pregunta=relevo-escrito")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copiar enlace").click()
    page.get_by_role("status").filter(has_text="Copiado").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith("?pregunta=relevo-escrito")


def test_without_javascript_there_is_no_dead_button(open_page):
    page = open_page(PROFILE, javascript=False)
    assert page.locator(".copy").count() > 0
    assert [button for button in page.locator(".copy").all() if button.is_visible()] == []


def test_printed_kit_has_no_furniture_and_whole_questions(open_page):
    page = open_page(KIT)
    page.emulate_media(media="print")
    for selector in (".kit__chooser", ".kit__tools", ".copy", ".breadcrumbs", ".site-header__nav"):
        assert not page.locator(selector).first.is_visible(), selector
    for selector in (".kit__fields", ".rating", ".kit-question__notes", ".kit__summary"):
        assert page.locator(selector).first.is_visible(), selector
    breaks = page.locator(".kit-question").evaluate_all(
        "items => items.map(item => getComputedStyle(item).breakInside)"
    )
    assert set(breaks) == {"avoid"}


def test_kit_is_chosen_by_keyboard(open_page):
    page = open_page(KIT)
    page.locator(".kit__chooser summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert not page.get_by_role("checkbox").first.is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/entrevista/?pregunta=*")
    assert page.locator(".kit-question").count() == 4
