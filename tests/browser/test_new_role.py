"""A new role from nothing, the texts given: what it costs in clicks, pages and saves."""

import re

from profiles.documents.choices import TraitCode
from tests.factories import Prose, make_role_document

NEW = make_role_document("domador-de-datos", name="Domador de datos")
NEIGHBOURS = ("Contador/a", "Data Analyst", "Product Owner")


class Hand:
    """Works on a page and counts clicks, pages that load and saves."""

    def __init__(self, page):
        self.page, self.clicks, self.loads, self.saves = page, 0, 0, 0
        page.on("load", self._count_load)

    def _count_load(self, _page):
        self.loads += 1

    def click(self, target):
        target = self.page.locator(target).first if isinstance(target, str) else target
        target.click()
        self.clicks += 1

    def go(self, target):
        with self.page.expect_navigation():
            self.click(target)

    def save(self, target):
        self.saves += 1
        self.go(target)

    def write(self, name, value):
        field = self.page.locator(f"[name='{name}']")
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
            for column, value in row.items():
                self.write(f"{prefix}-{number}-{column}", value)

    def choose(self, name, words):
        """Search and take the first that is offered."""
        self.page.locator(f"[name='{name}'] + .select2 .select2-selection").focus()
        self.page.keyboard.press("Enter")
        self.page.locator(".select2-container--open .select2-search__field").fill(words)
        self.page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
        self.page.keyboard.press("Enter")


def write_role(hand, role):
    hand.write("name", role.name)
    hand.write("area", {"index": 1})
    hand.write("primary_archetype", {"label": "Lupa"})
    hand.write("archetype_reason", role.archetypes.reason)
    hand.add_rows("aliases", [{"name": name} for name in role.aliases])
    hand.add_rows("near", [near.model_dump() for near in role.near])
    hand.add_rows("career", [{"title": s.title, "changes": s.changes} for s in role.career])
    hand.add_rows("codes", [{"scheme": "ciuo08", "code": role.codes.ciuo08.code}])
    prose = Prose(seed=9_000_000)
    hand.add_rows("related", [{"difference": prose.sentence()} for _ in NEIGHBOURS])
    for number, name in enumerate(NEIGHBOURS):
        hand.choose(f"related-{number}-related", name)


def write_base(hand, base):
    for name in ("summary", "body", "honest", "ai"):
        hand.write(name, getattr(base, name))
    hand.write("responsibilities", "\n".join(base.responsibilities))
    for number, code in enumerate(TraitCode):
        for name in ("low", "high", "rationale"):
            hand.write(f"targets-{number}-{name}", getattr(base.targets[code], name))
    for prefix in ("strengths", "red_flags", "references"):
        hand.add_rows(prefix, [{"text": text} for text in getattr(base, prefix)])
    hand.add_rows("questions", [question_row(question) for question in base.questions])
    outcomes = [(h, text) for h in ("days_90", "year") for text in getattr(base.outcomes, h)]
    hand.add_rows("outcomes", [{"horizon": h, "text": text} for h, text in outcomes])
    hand.add_rows("requirements", [{"text": r.text, "kind": r.kind} for r in base.requirements])
    hand.add_rows("levels", [{"level": k, **note.model_dump()} for k, note in base.levels.items()])
    hand.add_rows("screening", [question.model_dump() for question in base.screening])
    sample = base.work_sample
    own = {name: getattr(sample, name) for name in ("title", "minutes", "brief", "ai")}
    hand.add_rows("work_sample", [own | {"observe": "\n".join(sample.observe)} | anchors(sample)])


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
    hand.save("input[name=_save]")
    assert "creá el perfil base" in page.locator(".desk-next").inner_text()
    hand.go(page.get_by_role("button", name="Crear el perfil base"))
    write_base(hand, NEW.base)
    hand.save("input[name=_continue]")
    missing = page.locator(".desk-problems__error")
    assert missing.all_inner_texts() == []
    cost = (hand.clicks, hand.loads, hand.saves)
    assert (hand.clicks <= 90, hand.loads <= 10, hand.saves <= 3) == (True, True, True), cost
    hand.go(page.get_by_role("button", name=re.compile("publicar")))
    hand.go("input[type=submit].default")
    assert "se publicó la edición 1" in page.locator(".messagelist").inner_text()
    assert "creá lo que cambia en Startup" in page.locator(".desk-next").inner_text()
    assert page.problems == []
