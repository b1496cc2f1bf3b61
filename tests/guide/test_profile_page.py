"""One profile as every renderer sees it; nothing here may touch the database."""

import pytest
from django.utils.safestring import mark_safe

from profiles.documents.choices import Basis, Importance, Level, TraitCode
from profiles.documents.schema import RoleDocument
from profiles.guide.profile_page import ProfilePage
from profiles.models import Area, Context, Source, Trait
from tests.helpers.factories import make_role_document

SOURCES = {
    slug: Source(pk=n, slug=slug, name=slug) for n, slug in enumerate(("barrick", "salgado"), 1)
}


def document(**targets) -> RoleDocument:
    """Return the factory's role; ``targets`` changes the base's (code → dict)."""
    value = make_role_document().model_dump(mode="json", by_alias=True)
    for code, change in targets.items():
        value["base"]["targets"][code].update(change)
    return RoleDocument.model_validate(value)


def page(role: RoleDocument, context: str | None = None) -> ProfilePage:
    return ProfilePage(
        facts=role,
        area=Area(name="Datos e IA"),
        document=role.contexts[context] if context else role.base,
        body_html=mark_safe("<p>Texto.</p>"),
        context=Context(slug=context, name=context.title()) if context else None,
        base=role.base if context else None,
        traits={code: Trait(code=code, name=code.label) for code in TraitCode},
        sources=SOURCES,
    )


@pytest.fixture
def role() -> RoleDocument:
    return document()


@pytest.mark.parametrize("section", ["strengths", "red_flags"])
def test_own_items_come_before_the_inherited_ones(role, section):
    own, base = getattr(role.contexts["startup"], section), getattr(role.base, section)
    found = getattr(page(role, "startup"), section)
    assert (found.own, found.base) == (own, base)
    assert found.all == [*own, *base]


def test_trait_row_of_a_context_compares_with_the_base(role):
    row = page(role, "startup").trait_rows[0]
    assert (row.range, row.level) == ("2,9–3,7", Level.MODERATE)
    assert (row.importance, row.basis) == (Importance.IMPORTANT, Basis.EDITORIAL)
    assert row.shift.words == "0,3 más que el base"
    assert row.description == ("Apertura: de 2,9 a 3,7 en una escala de 1 a 5; 0,3 más que el base")
    assert row.chart.base is not None


def test_trait_row_of_the_base_compares_with_nothing(role):
    row = page(role).trait_rows[0]
    assert (row.shift, row.chart.base) == (None, None)
    assert row.description == "Apertura: de 2,6 a 3,4 en una escala de 1 a 5"


def test_question_says_what_it_evaluates(role):
    item = page(role).questions.own[0]
    focus = item.question.focus
    assert item.evaluates == f"Responsabilidad y Estabilidad Emocional en {focus}"


def test_sources_that_the_guide_has_are_cited_once_in_the_order_of_the_page():
    role = document(O={"sources": ["gone", "salgado"]}, C={"sources": ["barrick", "salgado"]})
    assert page(role).cited_sources == [SOURCES["salgado"], SOURCES["barrick"]]
