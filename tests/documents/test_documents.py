"""Rows ⇄ form: what a document says and what the desk holds are the same."""

import pytest

from profiles.desk.exporting import guide_text, role_text
from profiles.desk.loading import load
from profiles.desk.rows import desk_document
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import parse
from profiles.models import Area, Role
from tests.helpers.factories import NEIGHBOURS, make_role_document

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
    text = role_text(Role.objects.get(slug="data-tester"))
    assert parse(text.encode(), RoleDocument, "f.yaml") == desk


def test_exported_vocabulary_is_the_one_that_was_loaded(guide):
    assert parse(guide_text().encode(), GuideDocument, "guide.yaml") == guide
