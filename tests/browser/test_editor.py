"""Editors at work in a real browser."""

import pytest

from profiles.documents.text import word_count
from tests.browser.desk import (
    ROWS,
    add_strength,
    go_on,
    hold,
    is_saved,
    open_profile,
    open_strengths,
    save,
    strengths,
    wait_for_one,
)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def test_ranges_are_drawn_while_typed(log_in):
    page = log_in("ana")
    open_profile(page, "Product Owner en PyME")
    picture = page.locator(".desk-range svg").first
    assert picture.locator(".desk-range__base").count() == 1
    before = picture.locator(".desk-range__own").get_attribute("x")
    page.fill("#id_targets-0-low", "1.2")
    page.fill("#id_targets-0-high", "2.4")
    assert picture.locator(".desk-range__own").get_attribute("x") != before
    assert page.problems == []


def drag_with_mouse(page, grip, to):
    page.mouse.move(*middle(grip))
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def drag_with_finger(page, grip, to):
    session = page.context.new_cdp_session(page)
    x, y = middle(grip)
    for number in range(9):
        point = {"x": to[0] if number else x, "y": y + (to[1] - y) * number / 8}
        touched = {"type": "touchMove" if number else "touchStart", "touchPoints": [point]}
        session.send("Input.dispatchTouchEvent", touched)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("drag", "options", "size"),
    [
        (drag_with_mouse, {}, "Startup"),
        (drag_with_finger, {"width": 390, "has_touch": True, "is_mobile": True}, "Enterprise"),
    ],
)
def test_parts_are_moved_by_dragging(log_in, drag, options, size):
    page = log_in("ana", **options)
    open_strengths(page, f"Product Owner en {size}")
    # The first and the last row have to be in the window, however tall their texts make them.
    page.locator("#strengths-group").evaluate("group => group.scrollIntoView({ block: 'center' })")
    grips, before = page.locator(f"{ROWS} .desk-grip"), strengths(page)
    x, y = middle(grips.first)
    drag(page, grips.first, (x + 3, y + 3))
    assert strengths(page) == before
    drag(page, grips.first, (middle(grips.last)[0], bottom(page.locator(ROWS).last) - 4))
    moved = [*before[1:], before[0]]
    assert strengths(page) == moved
    numbers = [field.input_value() for field in page.locator(f"{ROWS} .field-order input").all()]
    assert numbers == [str(n + 1) for n in range(len(before))]
    save(page)
    assert (strengths(page), page.problems) == (moved, [])


def test_questions_on_one_line_are_moved(log_in):
    page = log_in("ana")
    open_profile(page, "Account Executive en base")
    page.locator("#questions-group summary").first.click()
    questions = "#questions-group .inline-related:not(.empty-form)"
    lines = page.locator(f"{questions} .inline_label")
    first, *rest = lines.all_inner_texts()
    grip, last = page.locator(f"{questions} .desk-grip").first, page.locator(questions).last
    drag_with_mouse(page, grip, (middle(grip)[0], bottom(last) - 4))
    assert lines.all_inner_texts() == [*rest, first]
    save(page)
    assert (lines.all_inner_texts(), page.problems) == ([*rest, first], [])


def test_new_part_stands_behind_the_others_where_places_have_gaps(log_in):
    page = log_in("ana")
    open_strengths(page, "Data Analyst en base")
    heading = page.locator("#strengths-heading")
    count = page.locator(ROWS).count()
    assert heading.inner_text().casefold() == f"fortalezas {count}"
    for number in range(4):
        page.locator(f"[name=strengths-{number}-DELETE]").check()
    add_strength(page, "La penúltima.")
    assert heading.inner_text().casefold() == f"fortalezas {count - 3}"
    save(page)
    assert heading.inner_text().casefold() == f"fortalezas {count - 3} · 1 cosa falta"
    before = strengths(page)
    add_strength(page, "La última.")
    save(page)
    assert strengths(page) == [*before, "La última."]


def test_writing_is_counted_as_the_rules_count_and_shown(log_in):
    page = log_in("ana")
    open_profile(page, "Project Manager en PyME")
    page.fill("#id_summary", "x" * 189)
    note = page.locator("#id_summary_count")
    assert note.inner_text() == "189 de 160 caracteres"
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
    assert 0 < bottom(page.locator("input[name=_continue]")) < 900


def test_markdown_of_an_older_text_is_not_shown(log_in):
    page = log_in("ana")
    open_profile(page, "Data Analyst en Startup")
    held = hold(page, "**/profile/markdown/", lambda asked: "PRIMERA" in asked.post_data)
    page.fill("#id_body", "PRIMERA")
    older = wait_for_one(page, held)
    page.fill("#id_body", "segunda")
    pane = page.locator(".desk-markdown").first
    pane.get_by_text("segunda").wait_for()
    with page.expect_event("requestfinished"):
        older.continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert pane.inner_text() == "segunda"


@pytest.mark.parametrize("cookie", ["sessionid", None])
def test_markdown_says_that_the_session_is_over(log_in, cookie):
    page = log_in("ana")
    open_profile(page, "Data Analyst en Startup")
    page.context.clear_cookies(**({"name": cookie} if cookie else {}))
    page.fill("#id_body", "Otra cosa.")
    page.locator(".desk-markdown", has_text="La sesión terminó").wait_for()


def test_what_is_typed_is_previewed_sent_shared_and_sent_back(log_in, open_page):
    ana, bea = log_in("ana"), log_in("bea")
    open_profile(ana, "Project Manager en Startup")
    ana.fill("#id_summary", "Un resumen para revisar.")
    with ana.context.expect_page() as opened:
        ana.locator(".desk-preview").click()
    opened.value.wait_for_load_state()
    assert "Un resumen para revisar." in opened.value.content()
    go_on(ana, "Guardar y enviar a revisión")
    sent = ana.locator(".desk-sizes tr", has_text="Startup")
    assert "en revisión" in sent.inner_text()
    sent.get_by_role("link", name="Editar").click()
    assert not ana.locator(".desk-drafts").is_visible()
    ana.get_by_role("link", name="Historia").first.click()
    ana.get_by_role("button", name="Compartir").first.click()
    guest = open_page(ana.locator(".desk-share").first.get_attribute("href"))
    assert "Un resumen para revisar." in guest.content()
    open_profile(bea, "Project Manager en Startup")
    bea.get_by_role("link", name="Devolver con un comentario…").click()
    bea.fill("[name=comment]", "Falta decir para quién.")
    save(bea, ".desk-act input[type=submit]")
    ana.goto("/admin/")
    assert "Falta decir para quién." in ana.locator(".worklist").nth(1).inner_text()
    assert (ana.problems, bea.problems) == ([], [])


# What ends beyond the window, and in no box of its own that scrolls.
CUT_OFF = """() => [...document.querySelectorAll("#main *")].filter((e) => {
  const box = e.getBoundingClientRect();
  if (!box.width || box.right <= innerWidth + 1 || e.closest(".visually-hidden")) return false;
  for (let p = e.parentElement; p; p = p.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(p).overflowX)) return false;
  return true;
}).map((e) => `${e.tagName} ${e.id || e.className}`)"""
PAGES = (
    *("role/1/change/", "role/1/history/", "role/importar/", "trait/1/change/", "area/1/history/"),
    *("auditentry/", "../cuenta/segundo-factor/", "../auth/user/", ".."),
)


@pytest.mark.parametrize("width", [390, 1280])
def test_desk_fits_a_phone(log_in, width):
    page, wide = log_in("ana", width=width), {}
    for name in ("Product Owner en Global", "Product Owner en base"):
        open_profile(page, name)
        text, beside = page.locator("#id_body"), page.locator(".desk-markdown").first
        assert (bottom(text) <= beside.bounding_box()["y"]) is (width < 768)
        for path in (page.url, page.url.replace("change", "history")):
            page.goto(path)
            wide[path] = cut_off(page)
    for path in PAGES:
        page.goto(f"/admin/profiles/{path}")
        wide[path] = cut_off(page)
    assert {path: found for path, found in wide.items() if found} == {}
    page.goto("/admin/profiles/profile/")
    assert bottom(page.locator("#searchbar")) < 900
    assert page.problems == []


def cut_off(page):
    page.evaluate("document.querySelectorAll('#main details').forEach((d) => (d.open = true))")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*page.evaluate(CUT_OFF), *([overflow] if overflow > 0 else [])]


def test_second_click_on_a_save_sends_nothing(log_in):
    page = log_in("ana", "/admin/profiles/archetype/add/")
    page.fill("#id_name", "Boya de prueba")
    page.fill("#id_summary", "Flota donde la dejan.")
    page.fill("#id_body", "Una **boya**.")
    held = hold(page, "**/archetype/add/")
    page.locator("input[name=_continue]").scroll_into_view_if_needed()
    button = middle(page.locator("input[name=_continue]"))
    page.mouse.click(*button)
    first = wait_for_one(page, held)
    page.mouse.click(*button)
    page.wait_for_timeout(200)
    assert held == [first]
    first.continue_()
    page.locator(".messagelist .success").wait_for()
    page.fill("#id_name", "Boya cambiada enseguida")
    save(page)
    assert is_saved(page)
