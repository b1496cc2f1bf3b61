"""What is typed and not saved is offered again, whatever else happened meanwhile."""

import pytest

from tests.browser.desk import open_profile, save

# Longer than the pause after which the script keeps what was typed.
KEPT = 600


def open_strengths(page, name):
    open_profile(page, name)
    page.locator("#strengths-group summary").click()


def add_strength(page, text):
    page.locator("#strengths-group .add-row a").click()
    page.locator("#strengths-group tr.form-row:not(.empty-form) textarea").last.fill(text)


def strengths(page):
    rows = page.locator("#strengths-group tr.form-row:not(.empty-form) textarea")
    return [row.input_value() for row in rows.all()]


def come_back(page, address):
    page.goto(address)
    page.locator("[data-recover]").click(timeout=3000)


def take_mine(page):
    for choice in page.locator(".desk-choice input[value=mine]").all():
        choice.check()
    save(page)


def is_told(page):
    save(page)
    return page.locator(".desk-conflict").count() == 1


def test_recovered_draft_undoes_nobody_and_finds_its_rows(log_in):
    ana, bea = log_in("ana"), log_in("bea")
    for page in (ana, bea):
        open_strengths(page, "Contador en Global")
    address, (_first, second, *rest) = ana.url, strengths(ana)
    ana.locator("[name=strengths-1-text]").fill(f"{second} Más.")
    add_strength(ana, "Una nueva.")
    ana.fill("#id_summary", "El resumen de Ana.")
    ana.wait_for_timeout(KEPT)
    bea.locator("[name=strengths-0-DELETE]").check()
    bea.fill("#id_summary", "El resumen de Bea.")
    save(bea)
    come_back(ana, address)
    assert strengths(ana) == [f"{second} Más.", *rest, "Una nueva."]
    assert is_told(ana)
    assert "El resumen de Bea." in ana.locator(".desk-conflict").inner_text()
    take_mine(ana)
    assert strengths(ana) == [f"{second} Más.", *rest, "Una nueva."]
    ana.goto(address)
    assert not ana.locator(".desk-drafts").is_visible()


def test_what_was_written_in_a_part_that_is_gone_comes_back_as_a_new_one(log_in):
    ana, bea = log_in("ana"), log_in("bea")
    for page in (ana, bea):
        open_strengths(page, "Product Owner en Global")
    address, (first, *rest) = ana.url, strengths(ana)
    ana.locator("[name=strengths-0-text]").fill(f"{first} Más.")
    ana.wait_for_timeout(KEPT)
    bea.locator("[name=strengths-0-DELETE]").check()
    save(bea)
    come_back(ana, address)
    assert not is_told(ana)
    assert strengths(ana) == [*rest, f"{first} Más."]
    ana.goto(address)
    assert not ana.locator(".desk-drafts").is_visible()


def test_draft_keeps_chosen_sources(log_in):
    page = log_in("ana")
    open_profile(page, "Data Engineer en Global")
    address = page.url
    field = page.locator("#targets-group .select2-search__field").first
    field.click()
    field.press_sequentially("barrick")
    page.locator(".select2-results__option", has_text="Barrick y Mount").click()
    chosen = page.locator("[name=targets-0-sources] option:checked").all_inner_texts()
    page.wait_for_timeout(KEPT)
    come_back(page, address)
    found = page.locator("[name=targets-0-sources] option:checked").all_inner_texts()
    assert (found, any("Barrick" in name for name in found)) == (chosen, True)


def test_draft_survives_going_on_writing_beside_the_offer(log_in):
    page = log_in("ana")
    open_strengths(page, "Data Scientist en Global")
    address = page.url
    page.fill("#id_summary", "Un borrador de ayer.")
    add_strength(page, "De ayer.")
    page.wait_for_timeout(KEPT)
    page.goto(address)
    page.fill("#id_body", "Otro campo, hoy.")
    page.locator("#strengths-group summary").click()
    add_strength(page, "De hoy.")
    page.wait_for_timeout(KEPT)
    come_back(page, address)
    assert page.input_value("#id_summary") == "Un borrador de ayer."
    assert page.input_value("#id_body") == "Otro campo, hoy."
    assert strengths(page)[-2:] == ["De ayer.", "De hoy."]


def test_what_was_typed_before_the_script_came_is_kept(log_in):
    page = log_in("ana")
    open_profile(page, "Product Manager en Global")
    address, held = page.url, []
    page.route("**/js/admin_drafts*.js", lambda route: held.append(route), times=1)
    page.goto(address, wait_until="commit")
    page.locator("#id_summary").fill("Escrito antes del script.")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_load_state()
    come_back(page, address)
    assert page.input_value("#id_summary") == "Escrito antes del script."


@pytest.mark.parametrize("saved", [True, False])
def test_two_tabs_of_one_page_keep_both_drafts(log_in, saved):
    page = log_in("ana")
    open_strengths(page, f"UX Researcher en {'PyME' if saved else 'Startup'}")
    address, other = page.url, page.context.new_page()
    other.goto(address)
    other.locator("#strengths-group summary").click()
    page.fill("#id_body", "Lo de la primera pestaña.")
    add_strength(page, "De la primera.")
    page.wait_for_timeout(KEPT)
    other.fill("#id_summary", "Lo de la segunda pestaña.")
    add_strength(other, "De la segunda.")
    other.wait_for_timeout(KEPT)
    if saved:
        save(other)
    come_back(page, address)
    assert page.input_value("#id_body") == "Lo de la primera pestaña."
    assert page.input_value("#id_summary") == "Lo de la segunda pestaña."
    assert set(strengths(page)[-2:]) == {"De la primera.", "De la segunda."}


def test_last_words_before_leaving_are_kept(log_in):
    page = log_in("ana")
    open_profile(page, "UX Researcher en Enterprise")
    address = page.url
    page.fill("#id_summary", "Las últimas palabras.")
    # A phone that puts the page away says so, and may never come back to it.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert "Las últimas palabras." in page.evaluate("Object.values(localStorage).join()")
    page.fill("#id_summary", "Las de después.")
    come_back(page, address)
    assert page.input_value("#id_summary") == "Las de después."


def test_forgotten_draft_is_not_offered_again(log_in):
    page = log_in("ana")
    open_profile(page, "UX Researcher en Global")
    address = page.url
    page.fill("#id_summary", "Para olvidar.")
    page.wait_for_timeout(KEPT)
    page.goto(address)
    page.locator("[data-forget]").click()
    page.goto(address)
    assert not page.locator(".desk-drafts").is_visible()
