"""Searching in a real browser: while typing, with the keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

URL = "/guia-de-roles/perfiles/"
FIRST = "[data-search-results] .role-row__name"
HEADLINE = "[data-search-headline]"


def first_name(page):
    return page.locator(FIRST).first.inner_text().strip()


def test_results_follow_the_typing_and_stay_in_the_address(open_page, site):
    page = open_page(URL, width=390)
    page.get_by_role("searchbox", name="Buscar un puesto").press_sequentially("mlops eng")
    page.wait_for_url(f"{site}{URL}?q=mlops+eng")
    assert first_name(page) == "MLOps Engineer"
    assert page.locator(f"{FIRST} mark").first.inner_text() == "MLOps"
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.problems == []


def test_filter_narrows_in_place_and_keeps_the_focus(open_page, site):
    page = open_page(f"{URL}?q=data")
    size = page.get_by_label("Tamaño")
    size.focus()
    size.select_option("global")
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global")
    assert page.locator(FIRST).first.get_attribute("href").startswith("/guia-de-roles/global/")
    assert page.evaluate("document.activeElement.id") == "contexto"
    page.get_by_label("Rasgo").select_option("E:baja")
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global&rasgo=E:baja")
    page.get_by_role("checkbox", name="Extraversión: baja").click()
    page.wait_for_url(f"{site}{URL}?q=data&contexto=global")


@pytest.mark.parametrize("control", ["#q", "#area", "#contexto", "#rasgo"])
def test_what_was_chosen_before_the_script_came_has_an_answer(open_page, control):
    page = open_page("/guia-de-roles/metodologia/")
    held = []
    page.route("**/js/search*.js", lambda route: held.append(route))
    page.goto(f"{URL}?q=data", wait_until="commit")
    field = page.locator(control)
    if control == "#q":
        field.fill("mlops")
    else:
        field.select_option(index=1)
    while not held:
        page.wait_for_timeout(10)
    chosen = field.input_value()
    held[0].continue_()
    page.wait_for_function(
        "([name, value]) => new URL(location).searchParams.get(name) === value",
        arg=[control[1:], chosen],
        timeout=5000,
    )
    assert page.problems == []


def test_page_nobody_touched_is_not_asked_for_again(open_page):
    page = open_page("/guia-de-roles/metodologia/")
    asked = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto(f"{URL}?rasgo=E:baja&q=data", wait_until="networkidle")
    assert "fetch" not in asked
    assert "script" in asked


def test_answer_to_older_letters_is_not_shown(open_page):
    page = open_page(URL)
    held = []
    page.route("**/perfiles/?q=data", lambda route: held.append(route))
    page.evaluate("""() => {
        window.shown = [];
        history.replaceState = (state, title, url) => shown.push(new URL(url).search);
    }""")
    page.locator("#q").fill("data")
    while not held:
        page.wait_for_timeout(10)
    page.locator("#q").fill("mlops eng")
    held[0].continue_()
    expect(page.locator(FIRST).first).to_have_text("MLOps Engineer")
    assert page.evaluate("shown") == ["?q=mlops+eng"]


def test_lost_network_keeps_the_page_and_is_told(open_page, site):
    page = open_page(f"{URL}?q=mlops+eng")
    # The script comes after the first paint.
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#q").fill("vendedora")
    expect(page.locator(HEADLINE)).to_contain_text("Sin conexión")
    assert page.locator("[aria-busy]").count() == 0
    assert (page.url, first_name(page)) == (f"{site}{URL}?q=mlops+eng", "MLOps Engineer")
    page.context.set_offline(False)
    page.locator("#q").fill("vendedor")
    expect(page.locator(HEADLINE)).to_contain_text("perfil para «vendedor»")


def test_headline_is_a_live_region(open_page):
    page = open_page(URL)
    headline = page.locator(HEADLINE)
    assert headline.get_attribute("role") == "status"
    page.locator("#q").fill("vendedora")
    expect(headline).to_have_text("1 perfil para «vendedora»")


def test_typo_leads_to_the_role(open_page):
    page = open_page(URL)
    page.locator("#q").fill("mlopps")
    page.get_by_role("link", name="mlops", exact=True).click()
    assert first_name(page) == "MLOps Engineer"


@pytest.mark.parametrize("javascript", [True, False])
def test_search_from_any_page_to_a_profile(open_page, javascript):
    page = open_page("/guia-de-roles/metodologia/", javascript=javascript)
    box = page.get_by_role("searchbox", name="Buscar un puesto")
    box.fill("ANALISTA DE DATÓS")
    box.press("Enter")
    page.wait_for_url("**/perfiles/?q=*")
    assert page.get_by_role("searchbox").count() == 1
    page.locator("#area").select_option("datos-e-ia")
    if not javascript:
        page.get_by_role("button", name="Aplicar").click()
    page.wait_for_url("**area=datos-e-ia*")
    page.locator(FIRST).first.click()
    assert page.locator("h1").inner_text() == "Data Analyst"


def test_home_offers_the_search_first(open_page):
    page = open_page("/guia-de-roles/", width=390, javascript=False)
    box = page.get_by_role("searchbox", name="Buscar un puesto")
    assert box.count() == 1
    assert box.bounding_box()["y"] < 800
    box.fill("vendedora")
    box.press("Enter")
    assert first_name(page) == "Account Executive"
