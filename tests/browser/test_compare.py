"""Comparing and the views by size in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

PAIR = "/guia-de-roles/comparar/?perfil=global/mlops-engineer&perfil=perfiles/data-engineer"
AREA = "/guia-de-roles/areas/datos-e-ia/"


@pytest.mark.parametrize("javascript", [True, False])
def test_profile_to_comparison_and_back_to_one(open_page, javascript):
    page = open_page("/guia-de-roles/global/mlops-engineer/", javascript=javascript, width=390)
    page.get_by_role("link", name="Comparar", exact=True).click()
    expect(page.locator("h1")).to_have_text("Comparar MLOps Engineer en Global")
    page.get_by_label("Puesto", exact=True).select_option(label="Data Engineer")
    page.get_by_label("Tamaño de empresa").select_option("perfiles")
    page.get_by_role("button", name="Agregar").click()
    expect(page.locator(".lanes")).to_have_count(6)
    assert page.url.endswith(PAIR)
    own = page.get_by_role("group", name="MLOps Engineer en Global").last
    own.get_by_role("link", name="Quitar").click()
    page.wait_for_url("**/comparar/?perfil=perfiles/data-engineer")


@pytest.mark.parametrize("width", [390, 1280])
def test_names_stay_while_one_reads_and_reasons_open_by_keyboard(open_page, width):
    page = open_page(PAIR, width=width)
    reasons = page.locator(".compare-trait details").first
    assert not reasons.locator("p").first.is_visible()
    reasons.locator("summary").focus()
    page.keyboard.press("Enter")
    assert reasons.locator("p").first.is_visible()
    page.locator("#donde-crece").scroll_into_view_if_needed()
    head = page.locator(".compare-head").bounding_box()
    assert head["y"] == pytest.approx(0, abs=1)
    assert head["height"] < 90


@pytest.mark.parametrize("path", [AREA, "/guia-de-roles/perfiles/"])
def test_plate_compares_the_chosen_roles(open_page, path):
    page = open_page(path, javascript=False, width=320)
    page.get_by_label("Comparar MLOps Engineer").check()
    page.get_by_label("Comparar Data Engineer").check()
    page.get_by_role("button", name="Comparar los elegidos").click()
    expect(page.locator("h1")).to_have_text("¿Data Engineer o MLOps Engineer?")


def test_bands_are_told_apart_by_lane_and_letter_and_print_shows_the_reasons(open_page):
    page = open_page(PAIR, width=320)
    lanes = page.locator(".lanes").first
    first, second = [lane.bounding_box() for lane in lanes.locator("svg > rect").all()]
    assert first["y"] + first["height"] < second["y"]
    assert lanes.locator(".lanes__name").all_text_contents() == ["A", "B"]
    page.emulate_media(media="print")
    assert page.locator(".compare-trait details p").first.is_visible()
    assert not page.locator(".compare-add").is_visible()
