"""Rows ⇄ form: what a document says and what the desk holds are the same."""

import pytest

from profiles.desk.exporting import guide_text, role_text
from profiles.desk.library import alias_addresses
from profiles.desk.loading import Outcome, load
from profiles.desk.rows import desk_document
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import parse
from profiles.models import Area, Profile, Role, TraitTarget
from tests.helpers.factories import NEIGHBOURS, Prose, make_role_document, question

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary", "db")]
ALL = ("startup", "pyme", "enterprise", "global")


def changed(document: RoleDocument, **changes) -> RoleDocument:
    value = document.model_dump(mode="json", by_alias=True)
    return RoleDocument.model_validate(value | changes)


def rich_document() -> RoleDocument:
    """Return a role that uses every optional part of the form."""
    value = make_role_document(contexts=ALL).model_dump(mode="json", by_alias=True)
    value["codes"] |= {
        "esco": {"code": "http://data.europa.eu/esco/occupation/1", "title": "a"},
        "onet_soc": {"code": "15-2051.00"},
    }
    value["archetypes"]["secondary"] = "chispa"
    value["former_slugs"] = ["data-examiner", "data-checker"]
    value["career"][0]["years"] = "0–2"
    value["base"]["seo"] = {"title": "Título propio", "description": "Descripción propia"}
    value["base"]["body"] = "Uno.\n\n- dos\n- tres"
    value["base"]["targets"]["C"] |= {
        "basis": "meta-analysis",
        "sources": ["salgado-1997", "barrick-mount-1991"],
    }
    value["base"]["questions"][0]["traits"] = ["ER", "O"]
    return RoleDocument.model_validate(value)


def on_desk(slug="data-tester") -> RoleDocument:
    return desk_document(Role.objects.get(slug=slug))


@pytest.fixture
def desk(vocabulary, db):
    """The rich role on the desk, loaded as a file would be."""
    area = Area.objects.first()
    Role.objects.bulk_create(Role(slug=slug, name=slug, area=area) for slug in NEIGHBOURS)
    document = rich_document()
    load({}, {"data-tester.yaml": document})
    return document


def test_every_part_of_a_document_reaches_the_rows_and_comes_back(desk):
    assert on_desk() == desk


def test_empty_draft_travels_too(vocabulary):
    targets = make_role_document().base.model_dump(mode="json")["targets"]
    empty = {"slug": "a", "name": "A", "area": "personas", "base": {"targets": targets}}
    document = RoleDocument.model_validate(empty)
    load({}, {"a.yaml": document})
    assert on_desk("a") == document


def test_profile_keeps_its_row_when_it_is_written_again(desk):
    before = set(Profile.objects.values_list("pk", flat=True))
    load({}, {"f": changed(desk, name="Otro Nombre")})
    assert set(Profile.objects.values_list("pk", flat=True)) == before


def test_export_reads_back_equal_to_the_document(desk):
    text = role_text(Role.objects.get(slug="data-tester"))
    assert parse(text.encode(), RoleDocument, "f.yaml") == desk


def test_exported_vocabulary_is_the_one_that_was_loaded(guide):
    assert parse(guide_text().encode(), GuideDocument, "guide.yaml") == guide


def test_role_that_misses_a_range_on_the_desk_is_kept_by_loading(desk):
    TraitTarget.objects.filter(profile__context__slug="pyme", trait__code="O").delete()
    report = load({}, {"f": changed(desk, name="Otro Nombre")})
    assert list(report.outcomes.values()) == [Outcome.KEPT]


def test_alias_with_latin_letters_gets_an_address_of_its_own_once():
    document = changed(
        make_role_document(),
        aliases=["Científica", "CIENTÍFICA", "Data Tester", "Examiner", "数据"],
        former_slugs=["examiner"],
    )
    addresses = ["cientifica", None, None, None, None]
    assert [address for _name, address in alias_addresses(document)] == addresses


def test_question_key_is_unique_in_the_whole_role():
    value = make_role_document().model_dump(mode="json", by_alias=True)
    value["contexts"]["startup"]["questions"].append(question(Prose(), "base-0"))
    with pytest.raises(ValueError, match="la clave de pregunta «base-0» está repetida en el rol"):
        RoleDocument.model_validate(value)
