"""Editors at work in a real browser."""

import re
from collections import Counter

from profiles.documents.choices import TraitCode
from profiles.documents.text import word_count
from tests.browser import desk
from tests.browser.desk import ROWS, add_strength, open_profile, open_strengths, save, strengths
from tests.helpers.factories import Prose, make_role_document


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def show_whole(page, group):
    """Bring the first and the last row into the window, however tall their texts make them."""
    page.locator(group).evaluate("group => group.scrollIntoView({ block: 'center' })")


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


def drag(page, grip, to):
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


def test_parts_are_moved_by_a_finger(log_in):
    page = log_in("ana", width=390, has_touch=True, is_mobile=True)
    open_strengths(page, "Product Owner en Enterprise")
    show_whole(page, "#strengths-group")
    grips, before = page.locator(f"{ROWS} .desk-grip"), strengths(page)
    x, y = middle(grips.first)
    drag_with_finger(page, grips.first, (x + 3, y + 3))
    assert strengths(page) == before
    end = middle(grips.last)[0], bottom(page.locator(ROWS).last) - 4
    drag_with_finger(page, grips.first, end)
    save(page)
    assert (strengths(page), page.problems) == ([*before[1:], before[0]], [])


def test_questions_on_one_line_are_moved_by_a_mouse(log_in):
    page = log_in("ana")
    open_profile(page, "Account Executive en base")
    page.locator("#questions-group summary").first.click()
    questions = "#questions-group .inline-related:not(.empty-form)"
    lines = page.locator(f"{questions} .inline_label")
    first, *rest = lines.all_inner_texts()
    show_whole(page, "#questions-group")
    grip, last = page.locator(f"{questions} .desk-grip").first, page.locator(questions).last
    drag(page, grip, (middle(grip)[0], bottom(last) - 4))
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


def test_markdown_of_an_older_text_is_not_shown_and_the_end_of_the_session_is(log_in):
    page = log_in("ana")
    open_profile(page, "Data Analyst en Startup")
    held = desk.hold(page, "**/profile/markdown/", lambda asked: "PRIMERA" in asked.post_data)
    page.fill("#id_body", "PRIMERA")
    older = desk.wait_for_one(page, held)
    page.fill("#id_body", "segunda")
    pane = page.locator(".desk-markdown").first
    pane.get_by_text("segunda").wait_for()
    with page.expect_event("requestfinished"):
        older.continue_()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert pane.inner_text() == "segunda"
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_body", "Otra cosa.")
    page.locator(".desk-markdown", has_text="La sesión terminó").wait_for()


# What ends beyond the window, and in no box of its own that scrolls.
CUT_OFF = """() => [...document.querySelectorAll("#main *")].filter((e) => {
  const box = e.getBoundingClientRect();
  const card = e.matches("input, select, textarea") ? e.closest("td, .form-row") : null;
  const end = Math.min(innerWidth, card?.getBoundingClientRect().right ?? innerWidth);
  if (!box.width || box.right <= end + 1 || e.closest(".visually-hidden")) return false;
  for (let p = e.parentElement; p && p !== card; p = p.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(p).overflowX)) return false;
  return true;
}).map((e) => `${e.tagName} ${e.id || e.className}`)"""
PAGES = (
    *("role/1/change/", "role/1/history/", "role/importar/", "trait/1/change/", "area/1/history/"),
    *("auditentry/", "../cuenta/segundo-factor/", "../auth/user/", ".."),
)


def test_desk_fits_a_phone(log_in):
    page, wide = log_in("ana", width=390), {}
    for name in ("Product Owner en Global", "Product Owner en base"):
        open_profile(page, name)
        text, beside = page.locator("#id_body"), page.locator(".desk-markdown").first
        assert bottom(text) <= beside.bounding_box()["y"]
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


NEW = make_role_document("domador-de-datos", name="Domador de datos")
NEIGHBOURS = ("Contador/a", "Data Analyst", "Product Owner")


class Hand:
    """Works on a page and counts clicks, pages that load and saves."""

    def __init__(self, page):
        self.page, self.cost = page, Counter()
        page.on("load", lambda _page: self.cost.update(["loads"]))

    def click(self, target):
        target = self.page.locator(target).first if isinstance(target, str) else target
        target.click()
        self.cost["clicks"] += 1

    def go(self, target, saves=0):
        self.cost["saves"] += saves
        with self.page.expect_navigation():
            self.click(target)

    def write(self, values, prefix=""):
        for name, value in values.items():
            field = self.page.locator(f"[name='{prefix}{name}']")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(**(value if isinstance(value, dict) else {"value": value}))
            else:
                field.fill(str(value))

    def add_rows(self, prefix, rows):
        """Add a row for each of ``rows`` (column → what is written there)."""
        group = self.page.locator(f"#{prefix}-group")
        if group.locator("summary").count() and not group.locator("details[open]").count():
            self.click(group.locator("summary").first)
        for number, row in enumerate(rows):
            self.click(group.locator(".add-row a").last)
            self.write(row, f"{prefix}-{number}-")

    def choose(self, name, words):
        """Search and take the first that is offered."""
        self.page.locator(f"[name='{name}'] + .select2 .select2-selection").focus()
        self.page.keyboard.press("Enter")
        self.page.locator(".select2-container--open .select2-search__field").fill(words)
        self.page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
        self.page.keyboard.press("Enter")


def rows_of(*parts):
    return [part if isinstance(part, dict) else part.model_dump() for part in parts]


def write_role(hand, role):
    lupa = {"primary_archetype": {"label": "Lupa"}, "archetype_reason": role.archetypes.reason}
    hand.write({"name": role.name, "area": {"index": 1}, **lupa})
    prose = Prose(seed=9_000_000)
    for prefix, rows in {
        "aliases": [{"name": name} for name in role.aliases],
        "near": rows_of(*role.near),
        "career": [{"title": step.title, "changes": step.changes} for step in role.career],
        "codes": [{"scheme": "ciuo08", "code": role.codes.ciuo08.code}],
        "related": [{"difference": prose.sentence()} for _ in NEIGHBOURS],
    }.items():
        hand.add_rows(prefix, rows)
    for number, name in enumerate(NEIGHBOURS):
        hand.choose(f"related-{number}-related", name)


def write_base(hand, base):
    texts = {name: getattr(base, name) for name in ("summary", "body", "honest", "ai")}
    hand.write(texts | {"responsibilities": "\n".join(base.responsibilities)})
    for number, code in enumerate(TraitCode):
        target = base.targets[code]
        hand.write(
            {n: getattr(target, n) for n in ("low", "high", "rationale")}, f"targets-{number}-"
        )
    sample = base.work_sample
    own = {name: getattr(sample, name) for name in ("title", "minutes", "brief", "ai")}
    own |= {"observe": "\n".join(sample.observe), **anchors(sample.anchors)}
    for prefix, rows in {
        **{p: [{"text": t} for t in getattr(base, p)] for p in ("strengths", "red_flags")},
        "references": [{"text": text} for text in base.references],
        "questions": map(question_row, base.questions),
        "outcomes": [{"horizon": h, "text": t} for h, texts in base.outcomes for t in texts],
        "requirements": [{"text": r.text, "kind": r.kind} for r in base.requirements],
        "levels": [{"level": level, **note.model_dump()} for level, note in base.levels.items()],
        "screening": rows_of(*base.screening),
        "work_sample": [own],
    }.items():
        hand.add_rows(prefix, rows)


def anchors(rated):
    names = ("anchors_weak", "anchors_acceptable", "anchors_excellent")
    return dict(zip(names, (text for _rating, text in rated.rated()), strict=True))


def question_row(question):
    first, second = ({"index": list(TraitCode).index(t) + 1} for t in question.traits)
    row = {"text": question.text, "focus": question.focus, "trait": first, "second_trait": second}
    return row | {"follow_ups": "\n".join(question.follow_ups)} | anchors(question.anchors)


def test_new_role_is_written_in_few_clicks_pages_and_saves(log_in):
    page = log_in("eva")
    hand = Hand(page)
    hand.go(page.locator("a[href$='/profiles/role/add/']").last)
    write_role(hand, NEW)
    hand.go("input[name=_save]", saves=1)
    assert "creá el perfil base" in page.locator(".desk-next").inner_text()
    hand.go(page.get_by_role("button", name="Crear el perfil base"))
    write_base(hand, NEW.base)
    hand.go("input[name=_continue]", saves=1)
    assert page.locator(".desk-problems__error").all_inner_texts() == []
    limits = {"clicks": 90, "loads": 10, "saves": 3}
    assert [name for name, limit in limits.items() if hand.cost[name] > limit] == [], hand.cost
    hand.go(page.get_by_role("button", name=re.compile("publicar")))
    hand.go("input[type=submit].default")
    assert "se publicó la edición 1" in page.locator(".messagelist").inner_text()
    assert "creá lo que cambia en Startup" in page.locator(".desk-next").inner_text()
    assert page.problems == []
