"""Rows ⇄ form: what a document says and what the desk holds are the same."""

import pytest

from profiles.desk.exporting import role_text
from profiles.desk.loading import load
from profiles.desk.rows import desk_document
from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import parse
from profiles.models import Role
from tests.helpers.factories import make_neighbours, make_role_document

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary", "db")]


def rich_document() -> RoleDocument:
    """Return a role that uses every optional part of the form."""
    contexts = ("startup", "pyme", "enterprise", "global")
    value = make_role_document(contexts=contexts).model_dump(mode="json", by_alias=True)
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


def empty_document() -> RoleDocument:
    """Return a draft that says nothing but its ranges."""
    targets = make_role_document().base.model_dump(mode="json")["targets"]
    base = {"targets": {code: {**each, "rationale": ""} for code, each in targets.items()}}
    return RoleDocument(slug="vacio", name="Vacío", area="personas", base=base)


@pytest.mark.parametrize("make", [rich_document, empty_document])
def test_every_part_of_a_document_reaches_the_rows_and_comes_back(make):
    make_neighbours()
    document = make()
    load({}, {"role.yaml": document})
    role = Role.objects.get(slug=document.slug)
    assert desk_document(role) == document
    assert parse(role_text(role).encode(), RoleDocument, "f.yaml") == document
