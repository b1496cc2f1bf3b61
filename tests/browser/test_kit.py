"""The interview kit, its files and the room; the pack; and the whole way to them."""

import re
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

PROFILE = "/guia-de-roles/global/mlops-engineer/"
KIT = f"{PROFILE}entrevista/"
AGREEMENT, ADVERT = f"{PROFILE}alineacion/", f"{PROFILE}aviso/"


@pytest.fixture
def kit(open_page):
    """Return a function that opens the kit with leave to use the clipboard; its clock stands."""

    def open_kit(path=KIT, **options):
        page = open_page(path, permissions=["clipboard-read", "clipboard-write"], **options)
        page.wait_for_load_state("networkidle")
        page.clock.install(time=0)
        page.clock.pause_at(1)
        return page

    return open_kit


def copied(page):
    page.get_by_role("status").filter(has_text="Copiado").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def tick_only(page, *numbers):
    """Choose these questions of the kit and no other; return their keys."""
    page.locator(".kit__chooser summary").click()
    boxes = page.locator(".kit__choice").get_by_role("checkbox")
    for number, box in enumerate(boxes.all()):
        box.set_checked(number in numbers)
    return [boxes.nth(number).get_attribute("value") for number in numbers]


def write_own(page, text):
    page.locator("[data-own] summary").click()
    page.get_by_label("Una por renglón").fill(text)


def texts(page):
    return page.locator(".block-question h3").all_inner_texts()


@pytest.mark.parametrize(("javascript", "width"), [(True, 390), (False, 1280)])
def test_file_that_is_taken_is_the_one_that_is_ticked(kit, javascript, width):
    """Whatever was armed before: the buttons stand above the list and send its ticks."""
    page = kit(javascript=javascript, width=width)
    keys = tick_only(page, 1, 3)
    for name in ("CSV", "Word", "Markdown", "Excel"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.path().stat().st_size > 500
        assert all(f"pregunta={key}" in download.value.url for key in keys)
        assert download.value.suggested_filename.startswith("entrevista-mlops-engineer-global.")
        if name == "CSV":
            assert download.value.path().read_text().count("\npregunta,") == 2
    assert page.problems == []


def test_counter_plan_and_address_follow_each_tick(kit):
    page = kit()
    before = len(texts(page))
    page.locator(".kit__chooser summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_text(f"Elegir preguntas ({before - 1} de").wait_for()
    assert page.url.count("pregunta=") == len(texts(page)) == before - 1
    assert f"{before - 1} preguntas" in page.locator("#plan").inner_text()
    page.reload()
    assert len(texts(page)) == before - 1
    page.locator(".kit__chooser summary").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("#plan").filter(has_text="No entra todo").wait_for()
    page.get_by_role("link", name="60 min").click()
    assert "60 minutos" in page.locator("#plan").inner_text()
    assert page.problems == []


def own_minutes(page):
    return page.locator("[data-own-minutes]").inner_text()


def planned(page):
    """Return the minutes of two questions, as the plan has them."""
    plan = page.locator("#plan").inner_text()
    return 2 * int(re.search(r"preguntas? de (\d)", plan)[1])


def test_own_questions_are_printed_and_copied_and_never_sent(kit):
    page = kit()
    asked = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    write_own(page, "¿Qué te trae acá?\n\n¿Cómo te organizás?")
    assert texts(page)[-2].endswith("¿Qué te trae acá?")
    count = len(texts(page))
    assert (
        own_minutes(page) == f"Con las tuyas son {count}: las tuyas llevan {planned(page)} minutos."
    )
    summary = page.locator("[data-sheet] tr").filter(has_text="Propia").all_inner_texts()
    assert [row.split()[0] for row in summary] == [str(count - 1), str(count)]
    page.get_by_role("button", name="Copiar todas").click()
    text = copied(page)
    assert text.count("¿Qué te trae acá?") == 1
    assert "5: " in text
    page.get_by_role("button", name="Compartir enlace").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('http')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.emulate_media(media="print")
    assert page.locator("[data-own-question]").first.is_visible()
    page.emulate_media(media="screen")
    page.locator(".kit__chooser summary").click()
    page.get_by_role("checkbox").first.click()
    page.wait_for_url("**pregunta=**")
    expect(page.locator("#plan")).to_contain_text(f"{count - 3} preguntas")
    assert f": las tuyas llevan {planned(page)} minutos." in own_minutes(page)
    page.get_by_role("radio", name="Carta").check()
    page.get_by_role("button", name="Armar con estas preguntas").click()
    assert page.locator(".kit__chooser[open]").count() == 0
    assert [url for url in asked if "trae" in url or "propias" in url] == []
    page.goto("/guia-de-roles/")
    page.goto(link)
    page.get_by_text("¿Cómo te organizás?").last.wait_for()
    assert texts(page)[-1].endswith("¿Cómo te organizás?")


def test_own_questions_go_along_to_another_length_size_and_choice(kit):
    page = kit()
    write_own(page, "¿Qué te trae acá?")
    page.get_by_role("link", name="60 min").click()
    page.wait_for_url("**minutos=60**")
    page.locator("[data-own-question]").wait_for()
    page.get_by_role("link", name="PyME", exact=True).click()
    page.wait_for_url("**/pyme/**")
    page.locator("[data-own-question]").wait_for()
    page.locator(".kit__chooser summary").click()
    page.get_by_role("button", name="Armar con estas preguntas").click()
    page.wait_for_url("**pregunta=**#propias=**")
    page.locator("[data-own-question]").wait_for()
    assert texts(page)[-1].endswith("¿Qué te trae acá?")
    assert page.problems == []


def test_interview_is_held_on_the_device_alone(kit):
    """One question a screen; it goes on without the network, keeps nothing, and asks who leaves."""
    page = kit(width=390)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    page.get_by_role("button", name="En la entrevista").click()
    text, notes = page.locator("[data-room-text]"), page.get_by_label("Notas: lo que dijo")
    first = text.inner_text()
    assert text.evaluate("e => e === document.activeElement")
    page.get_by_role("radio", name="4", exact=True).check()
    notes.fill("Contó el corte")
    page.get_by_role("button", name="Siguiente").click()
    assert text.inner_text() != first
    assert page.locator("[data-room-screen] :checked").count() == 0
    page.get_by_role("button", name="Anterior").click()
    assert page.get_by_role("radio", name="4", exact=True).is_checked()
    assert notes.input_value() == "Contó el corte"
    size = page.locator(".room__scale span").first.bounding_box()
    assert min(size["width"], size["height"]) >= 44
    # Into smaller letters an iPhone zooms.
    assert notes.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
    page.get_by_role("button", name="Copiar notas").click()
    page.get_by_role("button", name="Copiado").wait_for()
    assert "→ 4\nContó el corte" in page.evaluate("navigator.clipboard.readText()")
    stored = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert (asked, page.evaluate(stored)) == ([], [0, 0, ""])
    page.get_by_role("button", name="Borrar todo").click()
    page.get_by_role("button", name="¿Borrar todo? Tocá otra vez").click()
    assert notes.input_value() == ""
    notes.fill("algo")
    page.get_by_role("button", name="Salir").click()
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Ver el perfil").click()
    page.wait_for_url(f"**{PROFILE}")
    assert ("beforeunload" in asked, page.problems) == (True, [])


def test_question_is_copied_with_what_belongs_to_it(kit):
    page = kit(path=PROFILE)
    question = page.locator(".question").first
    button = question.get_by_role("button", name="Copiar pregunta")
    button.click()
    text = copied(page)
    assert text.startswith(question.locator("h3").inner_text())
    assert text.count("\n- ") == question.locator("details > ul > li").count()
    assert [text.count(f"\n{rating}: ") for rating in (1, 3, 5)] == [1, 1, 1]
    page.clock.run_for(2_000)
    assert button.is_visible()  # it has its words back


def test_profile_is_shared_with_the_system_s_sheet_or_else_copied_or_refused(kit):
    page = kit(path=PROFILE, width=390)
    share = page.get_by_role("button", name="Compartir")
    share.click()
    assert copied(page) == page.url
    page.clock.run_for(2_000)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('no'); }")
    share.click()
    page.get_by_role("status").filter(has_text="No se pudo copiar").wait_for()
    page.clock.run_for(2_000)
    page.evaluate("() => { navigator.share = async (shared) => { window.shared = shared; }; }")
    share.click()
    assert page.evaluate("window.shared") == {"title": page.title(), "url": page.url}
    assert page.problems == []


def words_of_pdf(page):
    """Return the text of the kit's PDF, as another program reads it, in one line."""
    # The button shows the file in the browser's own viewer, which a headless browser has not.
    path = page.get_by_role("button", name="PDF").get_attribute("formaction")
    query = page.url.partition("?")[2].partition("#")[0]
    answer = page.request.get(f"{path}?{query}")
    assert answer.headers["content-type"] == "application/pdf"
    command = ["pdftotext", "-layout", "-", "-"]
    done = subprocess.run(command, check=True, capture_output=True, input=answer.body())
    return " ".join(done.stdout.decode().split())


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="apt install poppler-utils")
@pytest.mark.parametrize("javascript", [True, False])
def test_recruiter_searches_compares_and_leaves_with_a_pdf(open_page, javascript):
    page = open_page("/guia-de-roles/", javascript=javascript, width=390)

    box = page.locator("main [name=q]")
    box.fill("mlopps engineer")
    box.press("Enter")
    expect(page.locator(".search-note--corrected")).to_contain_text("resultados de mlops engineer")

    page.get_by_role("link", name="Global", exact=True).click()
    page.wait_for_url("**contexto=global*")
    page.locator("[data-search-results]").get_by_role("link", name="MLOps Engineer").click()
    expect(page.locator("h1")).to_have_text("MLOps Engineer en Global")

    page.get_by_role("link", name="Comparar", exact=True).click()
    page.locator(".compare-offers").get_by_role("link", name="Data Engineer").click()
    expect(page.locator(".lanes")).to_have_count(6)

    own = page.get_by_role("group", name="MLOps Engineer en Global").last
    own.get_by_role("link", name="Guía de entrevista").click()
    tick_only(page, 1, 3, 4)
    page.get_by_role("button", name="Armar con estas preguntas").click()
    questions = page.locator(".block-question h3")
    expect(questions).to_have_count(3)
    expect(page.locator("#plan")).to_contain_text("3 preguntas")

    chosen = [text.partition(". ")[2] for text in questions.all_inner_texts()]
    text = words_of_pdf(page)
    assert "MLOps Engineer en Global" in text
    assert [question for question in chosen if question not in text] == []
    assert text.count("Evalúa:") == 3
    assert page.problems == []


@pytest.mark.parametrize("javascript", [True, False])
def test_ticks_of_the_agreement_are_kept_in_the_address_and_lead_to_the_kit(open_page, javascript):
    page = open_page(AGREEMENT, javascript=javascript)
    agreed, disputed = (page.get_by_role("checkbox", name=name) for name in ("De acuerdo", "A dis"))
    if javascript:
        agreed.first.check()
        page.wait_for_url("**/alineacion/?si=*")
    disputed.first.check()
    assert not agreed.first.is_checked()
    if javascript:
        page.reload()
    else:
        page.get_by_role("button", name="Guardar las marcas en la dirección").click()
    assert "no=" in page.url
    assert disputed.first.is_checked()
    traits = page.locator("h2:text('Rasgos críticos') + ul")
    traits.get_by_role("checkbox", name="De acuerdo").first.check()
    page.get_by_role("button", name="Armar la entrevista con los rasgos acordados").click()
    page.wait_for_url("**/entrevista/?pregunta=*#plan")
    assert page.locator(".block-question").count() == 5
    assert page.problems == []


@pytest.mark.parametrize("javascript", [True, False])
def test_advert_warns_of_words_that_keep_people_away_and_sends_nothing(open_page, javascript):
    page, asked = open_page(ADVERT, javascript=javascript), []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("palabras que dejan gente afuera").click()
    patterns = page.locator("[data-pattern]:visible")
    assert patterns.count() > 10
    area = page.get_by_label("Pegá acá lo que le sumes al aviso")
    assert area.is_visible() is javascript
    if javascript:
        area.fill("Buscamos señorita joven y dinámica, con disponibilidad absoluta")
        status = page.locator("[data-advert-status]")
        status.filter(has_text="«señorita»").wait_for()
        assert ("«joven»" in status.inner_text(), patterns.count()) == (True, 3)
        area.fill("Pago de 900 a 1.200 por mes")
        assert status.inner_text() == "Sin palabras de la lista."
    assert ([url for url in asked if "/static/" not in url], page.problems) == ([], [])
