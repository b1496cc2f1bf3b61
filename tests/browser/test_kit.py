"""From a profile to the interview kit, its files and the room, with and without JavaScript."""

import pytest

PROFILE = "/guia-de-roles/global/mlops-engineer/"
KIT = f"{PROFILE}entrevista/"


@pytest.fixture
def kit(open_page):
    """Return a function that opens the kit with leave to use the clipboard."""

    def open_kit(query="", **options):
        page = open_page(KIT + query, **options)
        if options.get("javascript", True):
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            page.get_by_role("button", name="Copiar enlace").wait_for()
        return page

    return open_kit


def copied(page):
    page.get_by_role("status").filter(has_text="Copiado").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def tick_only(page, *numbers):
    page.locator(".kit__chooser summary").click()
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    for number in numbers:
        page.get_by_role("checkbox").nth(number).check()


def texts(page):
    return page.locator(".block-question h3").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("javascript", [True, False])
def test_file_that_is_taken_is_the_one_that_is_ticked(kit, javascript, width):
    """Whatever was armed before: the buttons stand above the list and send its ticks."""
    page = kit(javascript=javascript, width=width)
    tick_only(page, 1, 3)
    keys = [page.get_by_role("checkbox").nth(n).get_attribute("value") for n in (1, 3)]
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert len([row for row in rows if row.startswith("pregunta,")]) == 2
    assert all(f"pregunta={key}" in download.value.url for key in keys)
    assert download.value.suggested_filename == "entrevista-mlops-engineer-global.csv"
    assert page.problems == []


@pytest.mark.parametrize("name", ["Word", "Markdown", "Excel", "CSV"])
def test_every_format_is_a_button(kit, name):
    page = kit(javascript=False)
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    assert download.value.path().stat().st_size > 1000


def test_without_javascript_the_kit_is_armed_and_the_plan_comes_first(kit):
    page = kit(javascript=False)
    tick_only(page, 1, 3)
    page.get_by_role("button", name="Armar con estas preguntas").click()
    assert page.url.endswith("#plan")
    assert page.url.count("pregunta=") == 2
    assert "pregunta=&" not in page.url
    assert len(texts(page)) == 2
    assert not page.locator(".kit__chooser").evaluate("element => element.open")
    assert page.locator("#plan").evaluate("element => element === document.activeElement")
    assert page.locator("#plan").inner_text().startswith("45 minutos")
    page.locator(".kit__chooser summary").click()
    page.get_by_role("link", name="Volver a la selección sugerida").click()
    assert page.url.endswith(KIT)


def test_counter_plan_and_address_follow_each_tick(kit):
    page = kit()
    before = texts(page)
    page.locator(".kit__chooser summary").click()
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).set_checked(not boxes.nth(0).is_checked())
    count = page.locator(".kit__chooser input:checked").count()
    page.get_by_text(f"Elegir preguntas ({count} de").wait_for()
    assert page.url.count("pregunta=") == count == len(texts(page)) != len(before)
    assert f"{count} preguntas" in page.locator("#plan").inner_text()
    page.reload()
    assert page.locator(".block-question").count() == count
    assert page.problems == []


def test_too_many_questions_are_said_not_to_fit(kit):
    page = kit()
    page.locator(".kit__chooser summary").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("#plan").filter(has_text="No entra todo").wait_for()
    page.get_by_role("link", name="60 min").click()
    assert "60 minutos" in page.locator("#plan").inner_text()


def test_own_questions_are_printed_and_copied_and_never_sent(kit):
    page = kit()
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    page.locator("[data-own] summary").click()
    page.get_by_label("Una por renglón").fill("¿Qué te trae acá?\n\n¿Cómo te organizás?")
    assert texts(page)[-2].endswith("¿Qué te trae acá?")
    assert "#propias=" in page.url
    page.get_by_role("button", name="Copiar todas").click()
    text = copied(page)
    assert text.count("¿Qué te trae acá?") == 1
    assert "5: " in text
    page.get_by_role("button", name="Copiar enlace").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('http')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.emulate_media(media="print")
    assert page.locator("[data-own-question]").first.is_visible()
    page.locator(".kit__chooser summary").evaluate("element => element.parentElement.open = true")
    page.emulate_media(media="screen")
    page.get_by_role("checkbox").first.click()
    page.wait_for_url("**pregunta=**")
    assert [url for url in asked if "trae" in url or "propias" in url] == []
    page.goto("/guia-de-roles/")
    page.goto(link)
    page.get_by_text("¿Cómo te organizás?").last.wait_for()
    assert texts(page)[-1].endswith("¿Cómo te organizás?")


def test_own_questions_go_along_to_another_length_size_and_choice(kit):
    page = kit()
    page.locator("[data-own] summary").click()
    page.get_by_label("Una por renglón").fill("¿Qué te trae acá?")
    page.get_by_role("link", name="60 min").click()
    page.wait_for_url("**minutos=60**")
    page.locator("[data-own-question]").wait_for()
    page.get_by_role("link", name="PyME", exact=True).click()
    page.wait_for_url("**/pyme/**")
    page.locator("[data-own-question]").wait_for()
    page.locator(".kit__chooser summary").click()
    page.get_by_role("button", name="Armar con estas preguntas").click()
    page.wait_for_url("**pregunta=**#propias=**")
    assert texts(page)[-1].endswith("¿Qué te trae acá?")
    assert page.problems == []


@pytest.mark.parametrize("width", [390, 1280])
def test_interview_is_held_on_the_device_alone(kit, width):
    """One question a screen; it goes on when the network goes, and keeps nothing outside itself."""
    page = kit(width=width)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    page.get_by_role("button", name="En la entrevista").click()
    first = page.locator("[data-room-text]").inner_text()
    assert page.locator("[data-room-text]").evaluate("e => e === document.activeElement")
    page.get_by_role("radio", name="4", exact=True).check()
    page.get_by_label("Notas: lo que dijo").fill("Contó el corte")
    page.get_by_role("button", name="Siguiente").click()
    assert page.locator("[data-room-text]").inner_text() != first
    assert page.locator("[data-room-screen] :checked").count() == 0
    page.get_by_role("button", name="Anterior").click()
    assert page.get_by_role("radio", name="4", exact=True).is_checked()
    assert page.get_by_label("Notas: lo que dijo").input_value() == "Contó el corte"
    size = page.locator(".room__scale span").first.bounding_box()
    assert min(size["width"], size["height"]) >= 44
    assert asked == []
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert page.evaluate(stored) == [0, 0, ""]
    page.get_by_role("button", name="Borrar todo").click()
    page.get_by_role("button", name="¿Borrar todo? Tocá otra vez").click()
    assert page.get_by_label("Notas: lo que dijo").input_value() == ""
    page.get_by_role("button", name="Salir").click()
    assert page.problems == []


def test_notes_and_numbers_of_the_room_are_copied(kit):
    page = kit()
    page.get_by_role("button", name="En la entrevista").click()
    page.get_by_role("radio", name="2", exact=True).check()
    page.get_by_label("Notas: lo que dijo").fill("No recordó cuándo")
    page.get_by_role("button", name="Copiar notas").click()
    page.get_by_role("button", name="Copiado").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "→ 2\nNo recordó cuándo" in text


def test_leaving_with_notes_is_asked_first(kit):
    page = kit()
    page.get_by_role("button", name="En la entrevista").click()
    page.get_by_label("Notas: lo que dijo").fill("algo")
    page.get_by_role("button", name="Salir").click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Ver el perfil").click()
    page.wait_for_url(f"**{PROFILE}")
    assert asked == ["beforeunload"]


def test_without_javascript_the_page_reads_and_offers_no_dead_control(kit):
    page = kit(javascript=False)
    for selector in (".copy", "[data-room]", "[data-own]"):
        assert page.locator(selector).count() > 0
        assert [e for e in page.locator(selector).all() if e.is_visible()] == []
    assert len(texts(page)) == 5


def test_question_is_copied_with_what_belongs_to_it(open_page):
    page = open_page(PROFILE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    question = page.locator(".question").first
    question.get_by_role("button", name="Copiar pregunta").click()
    text = copied(page)
    assert text.startswith(question.locator("h3").inner_text())
    assert text.count("\n- ") == question.locator("details > ul > li").count()
    assert [text.count(f"\n{rating}: ") for rating in (1, 3, 5)] == [1, 1, 1]
    page.get_by_role("button", name="Compartir").click()
    page.get_by_role("status").filter(has_text="Copiado").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_profile_is_shared_with_the_system_s_sheet_or_else_copied(open_page):
    page = open_page(PROFILE, width=390)
    page.evaluate("() => { navigator.share = async (shared) => { window.shared = shared; }; }")
    page.get_by_role("button", name="Compartir").click()
    assert page.evaluate("window.shared") == {"title": page.title(), "url": page.url}


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
    page.get_by_role("button", name="Compartir").click()
    page.get_by_role("status").filter(has_text="No se pudo copiar").wait_for()
    page.get_by_role("button", name="Compartir").wait_for()
    assert page.problems == []


def test_copied_address_of_the_kit_keeps_the_questions(kit):
    page = kit("?pregunta=relevo-escrito")
    page.get_by_role("button", name="Copiar enlace").click()
    assert copied(page).endswith("?pregunta=relevo-escrito")


def test_printed_kit_has_no_furniture_and_whole_questions(open_page):
    page = open_page(KIT)
    page.emulate_media(media="print")
    hidden = (
        ".kit__chooser",
        ".sheet__tools",
        ".copy",
        ".breadcrumbs",
        ".site-header__nav",
        ".room",
    )
    for selector in hidden:
        assert not page.locator(selector).first.is_visible(), selector
    for selector in (".block-fields", ".rating", ".block-notes", ".block-table", "#plan"):
        assert page.locator(selector).first.is_visible(), selector
    breaks = page.locator(".block-question").evaluate_all(
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
    page.wait_for_url("**/entrevista/?pregunta=*")
    page.get_by_text("Elegir preguntas (4 de").wait_for()
    assert page.locator(".block-question").count() == 4
