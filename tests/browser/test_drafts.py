"""What is typed and not saved is offered again, whatever else happened meanwhile."""

from tests.browser import desk
from tests.browser.desk import add_strength, open_profile, open_strengths, save, strengths


def write(page, text, field="#id_summary"):
    """Write ``text`` and wait until the browser keeps it."""
    page.fill(field, text)
    kept = "text => Object.values(localStorage).join().includes(text)"
    page.wait_for_function(kept, arg=text)


def come_back(page, address):
    page.goto(address)
    page.locator("[data-recover]").click()


def is_offered(page, address):
    page.goto(address)
    return page.locator(".desk-drafts").is_visible()


def test_recovered_draft_undoes_nobody_and_finds_its_rows(log_in):
    ana, bea = log_in("ana"), log_in("bea")
    for page in (ana, bea):
        open_strengths(page, "Contador en Global")
    address, (_first, second, *rest) = ana.url, strengths(ana)
    ana.locator("[name=strengths-1-text]").fill(f"{second} Más.")
    add_strength(ana, "Una nueva.")
    write(ana, "El resumen de Ana.")
    bea.locator("[name=strengths-0-DELETE]").check()
    bea.fill("#id_summary", "El resumen de Bea.")
    save(bea)
    come_back(ana, address)
    assert strengths(ana) == [f"{second} Más.", *rest, "Una nueva."]
    save(ana)
    assert "El resumen de Bea." in ana.locator(".desk-conflict").inner_text()
    for choice in ana.locator(".desk-choice input[value=mine]").all():
        choice.check()
    save(ana)
    assert ana.input_value("#id_summary") == "El resumen de Ana."
    assert strengths(ana) == [f"{second} Más.", *rest, "Una nueva."]
    assert not is_offered(ana, address)


def test_text_survives_the_end_of_the_session(log_in):
    page = log_in("ana")
    open_strengths(page, "Account Executive en Global")
    address = page.url
    page.fill("#id_teaser", "Escrito cuando la sesión ya había terminado.")
    add_strength(page, "Una fortaleza nueva.")
    page.context.clear_cookies(name="sessionid")
    save(page)
    page.goto(address)
    desk.sign_in(page, "ana")
    come_back(page, address)
    assert page.input_value("#id_teaser") == "Escrito cuando la sesión ya había terminado."
    assert "Una fortaleza nueva." in strengths(page)
    save(page)
    assert desk.is_saved(page)
    assert not is_offered(page, address)
    save(page, "button[value=submit]")
    question = f"{address.partition('change')[0]}devolver/"
    page.goto(question)
    write(page, "Un comentario para quien lo escribió.", "[name=comment]")
    come_back(page, question)
    save(page, "input[type=submit].default")
    assert desk.is_saved(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key !== 'theme')") == []


def test_draft_keeps_chosen_sources(log_in):
    page = log_in("ana")
    open_profile(page, "Data Engineer en Global")
    field = page.locator("#targets-group .select2-search__field").first
    field.click()
    field.press_sequentially("barrick")
    page.locator(".select2-results__option", has_text="Barrick y Mount").click()
    chosen = page.locator("[name=targets-0-sources] option:checked").all_inner_texts()
    write(page, "Con una fuente más.")
    come_back(page, page.url)
    found = page.locator("[name=targets-0-sources] option:checked").all_inner_texts()
    assert (found, any("Barrick" in name for name in found)) == (chosen, True)


def test_what_was_typed_before_the_script_came_is_kept(log_in):
    page = log_in("ana")
    open_profile(page, "Product Manager en Global")
    address, held = page.url, desk.hold(page, "**/js/admin_drafts*.js")
    page.goto(address, wait_until="commit")
    page.locator("#id_summary").fill("Escrito antes del script.")
    desk.wait_for_one(page, held).continue_()
    page.unroute("**/js/admin_drafts*.js")
    page.wait_for_load_state()
    come_back(page, address)
    assert page.input_value("#id_summary") == "Escrito antes del script."


def test_two_tabs_of_one_page_keep_both_drafts(log_in):
    page = log_in("ana")
    open_strengths(page, "UX Researcher en PyME")
    address, other = page.url, page.context.new_page()
    other.goto(address)
    other.locator("#strengths-group summary").click()
    add_strength(page, "De la primera.")
    write(page, "Lo de la primera pestaña.", "#id_body")
    add_strength(other, "De la segunda.")
    write(other, "Lo de la segunda pestaña.")
    save(other)
    come_back(page, address)
    found = [page.input_value(field) for field in ("#id_body", "#id_summary")]
    assert found == ["Lo de la primera pestaña.", "Lo de la segunda pestaña."]
    assert set(strengths(page)[-2:]) == {"De la primera.", "De la segunda."}


def test_last_words_before_leaving_are_kept_until_they_are_forgotten(log_in):
    page = log_in("ana")
    open_profile(page, "UX Researcher en Enterprise")
    address = page.url
    # A phone that puts the page away says so in one way or the other, and may never come back.
    for who, event in (("document", "visibilitychange"), ("window", "pagehide")):
        page.fill("#id_summary", f"Las últimas palabras ante {event}.")
        page.evaluate(f"{who}.dispatchEvent(new Event('{event}'))")
        assert f"ante {event}" in page.evaluate("Object.values(localStorage).join()")
    page.fill("#id_summary", "Las de después.")
    come_back(page, address)
    assert page.input_value("#id_summary") == "Las de después."
    page.goto(address)
    page.locator("[data-forget]").click()
    assert not is_offered(page, address)
