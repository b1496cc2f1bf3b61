"""Editors at work in a real browser, two of them side by side."""

import pytest

from profiles.documents.text import word_count
from tests.browser.desk import go_on, open_profile, save, sign_in

CONFLICT = "otra persona cambió lo mismo que vos"


def test_second_editor_is_told_and_keeps_the_text(log_in):
    ana, bea = log_in("ana"), log_in("bea")
    for page in (ana, bea):
        open_profile(page, "Contador en Startup")
    ana.fill("#id_summary", "El resumen que escribió Ana.")
    ana.fill("#id_honest", "Lo difícil, según Ana.")
    save(ana)
    bea.fill("#id_summary", "El resumen que escribió Bea.")
    save(bea)
    assert CONFLICT in bea.locator(".errorlist").first.inner_text()
    conflict = bea.locator(".desk-conflict").inner_text()
    assert "Ana Paz" in conflict
    assert "El resumen que escribió Ana." in conflict
    assert bea.input_value("#id_summary") == "El resumen que escribió Bea."
    bea.get_by_role("group", name="Resumen").get_by_label("Lo que escribiste").check()
    save(bea)
    assert "quedó también eso" in bea.locator(".messagelist").inner_text()
    assert bea.input_value("#id_summary") == "El resumen que escribió Bea."
    assert bea.input_value("#id_honest") == "Lo difícil, según Ana."
    bea.get_by_role("link", name="Historia").first.click()
    assert bea.locator(".desk-history tbody tr").count() >= 3
    bea.get_by_role("button", name="Volver a este texto").nth(1).click()
    assert bea.input_value("#id_summary") == "El resumen que escribió Ana."
    assert (ana.problems, bea.problems) == ([], [])


# With the session alone gone the save leads to the log-in; without any cookie it is a 403.
@pytest.mark.parametrize(("cookie", "size"), [("sessionid", "Global"), (None, "Enterprise")])
def test_text_survives_the_end_of_the_session(log_in, cookie, size):
    page = log_in("ana")
    open_profile(page, f"Contador en {size}")
    address = page.url
    page.fill("#id_teaser", "Escrito cuando la sesión ya había terminado.")
    page.locator("#strengths-group summary").click()
    page.get_by_text("Agregar otra fortaleza").or_(
        page.locator("#strengths-group .add-row a")
    ).first.click()
    page.locator("#strengths-group textarea:visible").last.fill("Una fortaleza nueva.")
    page.context.clear_cookies(**({"name": cookie} if cookie else {}))
    save(page)
    page.goto(address)
    sign_in(page, "ana")
    page.goto(address)
    assert page.input_value("#id_teaser") != "Escrito cuando la sesión ya había terminado."
    page.get_by_role("button", name="Recuperar").click()
    assert page.input_value("#id_teaser") == "Escrito cuando la sesión ya había terminado."
    assert "Una fortaleza nueva." in page.locator("#strengths-group").evaluate(
        "group => [...group.querySelectorAll('textarea')].map((t) => t.value).join()"
    )
    save(page)
    assert page.locator(".messagelist .success").count() == 1
    page.goto(address)
    assert not page.locator(".desk-drafts").is_visible()


def test_text_survives_the_success_of_something_else(log_in):
    page = log_in("ana")
    open_profile(page, "Project Manager en Enterprise")
    address = page.url
    page.fill("#id_teaser", "Escrito y todavía sin guardar.")
    page.fill("#id_targets-0-low", "3.0")
    page.fill("#id_targets-0-high", "2.0")
    save(page)
    assert page.locator(".errornote").count() == 1
    page.goto("/admin/profiles/profile/?q=contador")
    page.locator("#result_list .action-select").first.check()
    page.select_option("select[name=action]", "submit_profiles")
    with page.expect_navigation():
        page.locator("button[name=index]").first.click()
    assert page.locator(".messagelist .success").count() == 1
    page.goto(address)
    assert page.locator(".desk-drafts").is_visible()
    page.get_by_role("button", name="Recuperar").click()
    assert page.input_value("#id_teaser") == "Escrito y todavía sin guardar."


def test_ranges_are_drawn_while_typed_and_parts_are_moved_by_keyboard(log_in):
    page = log_in("ana")
    open_profile(page, "Product Owner en PyME")
    picture = page.locator(".desk-range svg").first
    assert picture.locator(".desk-range__base").count() == 1
    before = picture.locator(".desk-range__own").get_attribute("x")
    page.fill("#id_targets-0-low", "1.2")
    page.fill("#id_targets-0-high", "2.4")
    assert picture.locator(".desk-range__own").get_attribute("x") != before
    page.locator("#strengths-group summary").click()
    first = page.input_value("#id_strengths-0-text")
    page.locator("#strengths-0").get_by_role("button", name="Bajar").focus()
    page.keyboard.press("Enter")
    rows = page.locator("#strengths-group tr.form-row:not(.empty-form) .field-text textarea")
    assert rows.nth(1).input_value() == first
    page.fill("#id_targets-0-low", "2.6")
    page.fill("#id_targets-0-high", "3.4")
    save(page)
    assert page.locator(".messagelist .success").count() == 1
    assert page.input_value("#id_strengths-1-text") == first
    assert page.problems == []


def strengths(page):
    """Return the texts of the strengths in the order of the page, and their number fields."""
    rows = page.locator("#strengths-group tr.form-row:not(.empty-form)")
    texts = [area.input_value() for area in rows.locator(".field-text textarea").all()]
    return texts, [field.input_value() for field in rows.locator(".field-order input").all()]


def open_strengths(page, name):
    open_profile(page, name)
    page.locator("#strengths-group summary").click()
    grips = page.locator("#strengths-group tr.form-row:not(.empty-form) .desk-grip")
    # The first and the last row have to be in the window, however tall their texts make them.
    page.locator("#strengths-group").evaluate("group => group.scrollIntoView({ block: 'center' })")
    return grips


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_with_mouse(page, grip, to):
    page.mouse.move(*middle(grip))
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def drag_with_finger(page, grip, to):
    session = page.context.new_cdp_session(page)
    start = middle(grip)
    points = [start, *((to[0], start[1] + (to[1] - start[1]) * n / 8) for n in range(1, 9))]
    for number, (x, y) in enumerate(points):
        kind = "touchMove" if number else "touchStart"
        touched = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
        session.send("Input.dispatchTouchEvent", touched)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("drag", "width", "options", "size"),
    [
        (drag_with_mouse, 1280, {}, "Startup"),
        (drag_with_finger, 390, {"has_touch": True, "is_mobile": True}, "Enterprise"),
    ],
)
def test_parts_are_moved_by_dragging(log_in, drag, width, options, size):
    page = log_in("ana", width=width, **options)
    grips = open_strengths(page, f"Product Owner en {size}")
    before, _ = strengths(page)
    rows = page.locator("#strengths-group tr.form-row:not(.empty-form)")
    box = rows.last.bounding_box()
    drag(page, grips.first, (middle(grips.last)[0], box["y"] + box["height"] - 4))
    moved = [*before[1:], before[0]]
    assert strengths(page) == (moved, [str(n + 1) for n in range(len(before))])
    save(page)
    assert strengths(page)[0] == moved
    assert page.problems == []


def test_new_part_stands_behind_the_others_where_places_have_gaps(log_in):
    page = log_in("ana")
    open_strengths(page, "Data Analyst en base")
    for number in range(4):
        page.locator(f"[name=strengths-{number}-DELETE]").check()
    save(page)
    before, _ = strengths(page)
    page.locator("#strengths-group .add-row a").click()
    page.locator(f"[name=strengths-{len(before)}-text]").fill("La última.")
    save(page)
    assert strengths(page)[0] == [*before, "La última."]


def test_drag_that_is_let_go_on_its_own_row_changes_nothing(log_in):
    page = log_in("ana")
    grips = open_strengths(page, "Product Owner en Global")
    before = strengths(page)
    x, y = middle(grips.first)
    drag_with_mouse(page, grips.first, (x + 3, y + 3))
    assert strengths(page) == before


def test_parts_are_put_in_order_without_javascript(log_in):
    page = log_in("ana", java_script_enabled=False)
    open_profile(page, "Contador en PyME")
    page.locator("#strengths-group summary").click()
    before, _ = strengths(page)
    for number in range(len(before)):
        page.fill(f"#id_strengths-{number}-order", str(len(before) - number))
    save(page)
    assert strengths(page)[0] == before[::-1]


def test_writing_is_counted_as_the_rules_count_and_shown(log_in):
    page = log_in("ana")
    open_profile(page, "Product Owner en Global")
    page.fill("#id_summary", "x" * 189)
    note = page.locator("#id_summary_count")
    assert note.inner_text() == "189 de 160 caracteres"
    assert page.input_value("#id_summary") == "x" * 189
    assert "desk-count--long" in note.get_attribute("class")
    text = "Un **texto** de e-commerce: 2,5 millones (sí, ñandú’s) y 1º, ½, día_a_día."
    page.fill("#id_body", text)
    said = f"{word_count(text)} palabras; van de 60 a 140"
    assert page.locator("#id_body_count").inner_text() == said
    page.locator(".desk-markdown strong", has_text="texto").wait_for()
    page.fill("#id_summary", "Otro resumen.\ncon un salto")
    page.fill("#id_body", "palabra " * 100)
    save(page)
    assert page.input_value("#id_summary") == "Otro resumen. con un salto"
    assert page.problems == []


def test_save_comes_back_to_the_place(log_in):
    page = log_in("ana")
    open_profile(page, "Project Manager en Global")
    page.locator("#questions-group summary").first.click()
    page.locator("#questions-1 summary").click()
    field = page.locator("#id_questions-1-focus")
    field.fill("el orden con que avisa")
    field.evaluate("field => field.scrollIntoView({ block: 'center' })")
    before = field.bounding_box()["y"]
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert "Se guardó" in page.locator(".desk-said").inner_text()
    assert page.evaluate("document.activeElement.id") == "id_questions-1-focus"
    assert abs(field.bounding_box()["y"] - before) < 5
    assert not page.locator("#id_questions-0-focus").is_visible()
    button = page.locator("input[name=_continue]").bounding_box()
    assert 0 < button["y"] < 900 - button["height"]


def test_sections_say_what_is_in_them(log_in):
    page = log_in("ana")
    open_profile(page, "Project Manager en Enterprise")
    heading = page.locator("#strengths-heading")
    count = page.locator("#strengths-group tr.form-row:not(.empty-form)").count()
    assert heading.inner_text().casefold() == f"fortalezas {count}"
    heading.click()
    page.locator("[name=strengths-0-DELETE]").check()
    page.locator("#strengths-group .add-row a").click()
    page.locator("#strengths-group .add-row a").click()
    assert heading.inner_text().casefold() == f"fortalezas {count + 1}"


def test_questions_on_one_line_are_moved_by_keyboard_and_mouse(log_in):
    page = log_in("ana")
    open_profile(page, "Account Executive en base")
    page.locator("#questions-group summary").first.click()
    lines = page.locator("#questions-group .inline-related:not(.empty-form) .inline_label")
    first, second, *rest = lines.all_inner_texts()
    page.locator("#questions-0").get_by_role("button", name="Bajar").focus()
    page.keyboard.press("Enter")
    assert lines.all_inner_texts() == [second, first, *rest]
    grips = page.locator("#questions-group .inline-related:not(.empty-form) .desk-grip")
    box = page.locator("#questions-group .inline-related:not(.empty-form)").last.bounding_box()
    assert box["y"] - page.locator("#questions-0").bounding_box()["y"] < 500
    drag_with_mouse(page, grips.first, (middle(grips.first)[0], box["y"] + box["height"] - 4))
    moved = [first, *rest, second]
    assert lines.all_inner_texts() == moved
    save(page)
    assert lines.all_inner_texts() == moved
    assert page.problems == []


def test_preview_of_an_older_text_is_not_shown(log_in):
    page = log_in("ana")
    open_profile(page, "Product Owner en Global")
    held = []

    def answer(route):
        if "PRIMERA" in route.request.post_data:
            held.append(route)
        else:
            route.continue_()

    page.route("**/profile/markdown/", answer)
    page.fill("#id_body", "PRIMERA")
    while not held:
        page.wait_for_timeout(20)
    page.fill("#id_body", "segunda")
    pane = page.locator(".desk-markdown").first
    pane.get_by_text("segunda").wait_for()
    with page.expect_event("requestfinished"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert pane.inner_text() == "segunda"


@pytest.mark.parametrize("cookie", ["sessionid", None])
def test_preview_says_that_the_session_is_over(log_in, cookie):
    page = log_in("ana")
    open_profile(page, "Product Owner en Global")
    page.context.clear_cookies(**({"name": cookie} if cookie else {}))
    page.fill("#id_body", "Otra cosa.")
    page.locator(".desk-markdown", has_text="La sesión terminó").wait_for()


def test_review_publication_and_shared_preview(log_in, chromium, desk):
    ana, bea = log_in("ana"), log_in("bea")
    open_profile(ana, "Project Manager en Startup")
    ana.fill("#id_summary", "Un resumen para revisar.")
    with ana.context.expect_page() as opened:
        ana.locator(".desk-preview").click()
    preview = opened.value
    preview.wait_for_load_state()
    assert "Un resumen para revisar." in preview.content()
    assert preview.locator(".preview-banner").is_visible()
    go_on(ana, "Guardar y enviar a revisión")
    sent = ana.locator(".desk-sizes tr", has_text="Startup")
    assert "en revisión" in sent.inner_text()
    sent.get_by_role("link", name="Editar").click()
    assert not ana.locator(".desk-drafts").is_visible()
    ana.get_by_role("link", name="Historia").first.click()
    ana.get_by_role("button", name="Compartir").first.click()
    link = ana.locator(".desk-share").first.get_attribute("href")
    guest = chromium.new_context().new_page()
    guest.goto(link)
    assert "Un resumen para revisar." in guest.content()
    open_profile(bea, "Project Manager en Startup")
    bea.get_by_role("link", name="Devolver con un comentario…").click()
    bea.fill("[name=comment]", "Falta decir para quién.")
    bea.locator(".desk-act input[type=submit]").click()
    ana.goto("/admin/")
    assert "Falta decir para quién." in ana.locator(".worklist").nth(1).inner_text()
    ana.locator(".worklist").nth(1).get_by_role("link").first.click()
    go_on(ana, "Guardar y enviar a revisión")
    open_profile(bea, "Project Manager en Startup")
    go_on(bea, "Guardar y publicar…")
    assert "Un resumen para revisar." in bea.locator(".desk-changes").inner_text()
    bea.check("[name=reviewed]")
    bea.locator(".desk-act input[type=submit]").click()
    assert "se publicó la edición" in bea.locator(".messagelist").inner_text()
    guest.goto(f"{desk}/guia-de-roles/startup/project-manager/")
    assert "Un resumen para revisar." in guest.content()
    assert "Bea Sol" in guest.locator("#uso-responsable").inner_text()
    assert (ana.problems, bea.problems) == ([], [])


# What ends beyond the window, and in no box of its own that scrolls.
CUT_OFF = """() => [...document.querySelectorAll("#main *")].filter((e) => {
  const box = e.getBoundingClientRect();
  if (!box.width || box.right <= innerWidth + 1 || e.closest(".visually-hidden")) return false;
  for (let p = e.parentElement; p; p = p.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(p).overflowX)) return false;
  return true;
}).map((e) => `${e.tagName} ${e.id || e.className}`)"""


def open_all(page):
    page.evaluate("document.querySelectorAll('#main details').forEach((d) => (d.open = true))")


def assert_fits(page):
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    assert page.evaluate(CUT_OFF) == [], page.url


@pytest.mark.parametrize("width", [390, 1280])
def test_desk_fits_a_phone(log_in, width):
    page = log_in("ana", width=width)
    for name in ("Product Owner en Global", "Product Owner en base"):
        open_profile(page, name)
        open_all(page)
        assert_fits(page)
    text = page.locator("#id_body").bounding_box()
    beside = page.locator(".desk-markdown").first.bounding_box()
    under = text["y"] + text["height"] <= beside["y"]
    assert under == (width < 768)
    assert under or text["x"] + text["width"] <= beside["x"]
    page.get_by_role("link", name="Historia").first.click()
    assert_fits(page)
    for path in ("role/1/change/", "role/1/history/", "trait/1/change/", "area/1/history/"):
        page.goto(f"/admin/profiles/{path}")
        open_all(page)
        assert_fits(page)
    assert page.problems == []


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def test_filters_are_as_high_as_their_text(log_in):
    page = log_in("ana")
    page.goto("/admin/auth/user/")
    filters = page.locator("#changelist-filter")
    assert bottom(filters) - bottom(filters.locator("ul").last) < 40


def test_second_click_on_a_save_sends_nothing(log_in):
    page, held = log_in("ana"), []
    page.goto("/admin/profiles/archetype/add/")
    page.fill("#id_name", "Boya de prueba")
    page.fill("#id_summary", "Flota donde la dejan.")
    page.fill("#id_body", "Una **boya**.")
    page.route("**/archetype/add/", lambda route: held.append(route))
    page.locator("input[name=_continue]").scroll_into_view_if_needed()
    button = middle(page.locator("input[name=_continue]"))
    page.mouse.click(*button)
    while not held:
        page.wait_for_timeout(20)
    page.mouse.click(*button)
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    page.locator(".messagelist .success").wait_for()
    page.fill("#id_name", "Boya cambiada enseguida")
    save(page)
    assert page.locator(".messagelist .success").count() == 1
