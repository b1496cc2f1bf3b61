"""Searching in a real browser: while typing, with the keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import hold, wait_for_one

URL = "/guia-de-roles/perfiles/"
FIRST = "[data-search-results] .role-row__name"
HEADLINE = "[data-search-headline]"


def first_name(page):
    return page.locator(FIRST).first.inner_text().strip()


def test_results_follow_the_typing_and_stay_in_the_address(open_page, site):
    page = open_page(URL, width=390)
    assert page.locator(HEADLINE).get_attribute("role") == "status"
    page.locator("#q").press_sequentially("mlops eng")
    page.wait_for_url(f"{site}{URL}?q=mlops+eng")
    expect(page.locator(HEADLINE)).to_contain_text("para «mlops eng»")
    assert first_name(page) == "MLOps Engineer"
    assert page.locator(f"{FIRST} mark").first.inner_text() == "MLOps"
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.problems == []


def test_filter_narrows_in_place_and_keeps_the_focus(open_page, site):
    page = open_page(f"{URL}?q=data")
    page.get_by_role("link", name="Global", exact=True).click()
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global")
    assert page.locator(FIRST).first.get_attribute("href").startswith("/guia-de-roles/global/")
    trait = page.get_by_label("Rasgo")
    trait.focus()
    trait.select_option("E:baja")
    expect(trait).to_be_focused()
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global&rasgo=E:baja")
    page.get_by_role("link", name="Extraversión: baja").click()
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global")


@pytest.mark.parametrize("control", ["#q", "#area"])
def test_what_was_chosen_before_the_script_came_has_an_answer(open_page, control):
    page = open_page("/guia-de-roles/metodologia/")
    held = hold(page, "**/js/search*.js")
    page.goto(f"{URL}?q=data", wait_until="commit")
    field = page.locator(control)
    field.fill("mlops") if control == "#q" else field.select_option(index=1)
    script, chosen = wait_for_one(page, held), field.input_value()
    script.continue_()
    answered = "([name, value]) => new URL(location).searchParams.get(name) === value"
    page.wait_for_function(answered, arg=[control[1:], chosen])
    assert page.problems == []


def test_back_leads_to_the_question_before(open_page, site):
    page = open_page(URL)
    for text in ("vendedora", "mlops"):
        page.locator("#q").fill(text)
        page.locator("#q").press("Enter")
        page.wait_for_url(f"{site}{URL}?q={text}")
        expect(page.locator(HEADLINE)).to_contain_text(f"«{text}»")
    page.go_back()
    expect(page.locator(HEADLINE)).to_contain_text("«vendedora»")
    assert (page.url, page.locator("#q").input_value()) == (f"{site}{URL}?q=vendedora", "vendedora")
    assert page.problems == []


def test_suggestions_are_a_combobox_for_the_keyboard(open_page, site):
    page = open_page("/guia-de-roles/")
    page.wait_for_load_state("networkidle")
    box = page.get_by_role("combobox", name="¿A quién buscás?")
    box.fill("product own")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Product Owner")
    assert box.get_attribute("aria-expanded") == "true"
    told = page.locator(".search-box [role=status]")
    expect(told).to_contain_text("sugerencias: flechas para elegir")
    # The sizes are no part of the list, which must not lie over them.
    sizes, shown = page.locator(".home__sizes"), page.get_by_role("listbox").bounding_box()
    assert shown["y"] >= sizes.bounding_box()["y"] + sizes.bounding_box()["height"]
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert options.first.get_attribute("aria-selected") == "true"
    box.press("Escape")
    expect(options.first).to_be_hidden()
    assert box.get_attribute("aria-expanded") == "false"
    box.press("End")
    box.press_sequentially("e")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    if box.get_attribute("aria-activedescendant") is None:
        box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url(f"{site}/guia-de-roles/perfiles/product-owner/")
    assert page.problems == []


def test_first_result_stands_above_the_keyboard_of_a_phone(open_page):
    page = open_page(f"{URL}?q=mlops", width=390)
    # A phone of 844 px shows about 450 of them while its keyboard is open.
    assert page.locator(FIRST).first.bounding_box()["y"] < 420
    assert not page.locator("#area").is_visible()
    page.locator(".search-filters summary").click()
    assert page.locator("#area").is_visible()
    wide = open_page(f"{URL}?q=mlops")
    assert wide.locator("#area").is_visible()
