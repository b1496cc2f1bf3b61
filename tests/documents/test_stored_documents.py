"""What is stored means tomorrow what it means today, whatever a later form adds or tightens."""

from itertools import product

import pytest
from pydantic import create_model

from profiles.desk.history import restore
from profiles.desk.loading import load
from profiles.desk.publishing import publish_roles
from profiles.desk.readiness import desk_draft
from profiles.documents import schema, stored
from profiles.documents.stored import read_stored
from profiles.documents.types import text
from profiles.models import Edition, Profile
from tests.helpers.factories import has_unpublished_changes, make_neighbours, make_role_document

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary", "db")]


# A later form: two optional parts more, and a limit that no stored summary keeps.
PARTS = {"note": (text(80), ""), "pace": (text(20), "steady"), "summary": (text(5), "")}
NEXT = {
    name: create_model(name, __base__=getattr(schema, name), **PARTS)
    for name in ("BaseProfile", "ContextProfile")
}


@pytest.fixture
def document(vocabulary):
    make_neighbours()
    return make_role_document()


@pytest.fixture
def role(document):
    report = load({}, {"data-tester.yaml": document})
    (role,) = report.changed_roles
    _editions, refused = publish_roles([role.pk])
    assert refused == []
    return role


@pytest.fixture
def next_release(role, monkeypatch):
    """The release after this one, over what this one has stored."""
    for module, (name, form) in product((schema, stored), NEXT.items()):
        monkeypatch.setattr(module, name, form)
    monkeypatch.setattr(Profile, "note", "", raising=False)
    monkeypatch.setattr(Profile, "pace", "steady", raising=False)


def test_pages_show_what_was_published_whatever_the_limits_say_now(next_release, client, document):
    for place, profile in (("perfiles", document.base), ("startup", document.contexts["startup"])):
        assert profile.summary in client.get(f"/guia-de-roles/{place}/data-tester/").text


def test_no_digest_changes_and_nothing_is_published_again(next_release, role):
    for edition in Edition.objects.filter(role=role):
        assert desk_draft(edition.profile).digest == edition.digest
    assert [has_unpublished_changes(profile) for profile in role.profiles.all()] == [False, False]
    assert publish_roles([role.pk]) == ([], [])


def test_loading_calls_nothing_edited_that_nobody_edited(next_release, document):
    assert load({}, {"data-tester.yaml": document}).counts() == {"sin cambios": 1}
    value = document.model_dump(mode="json", by_alias=True)
    value["base"]["summary"] = "Otro resumen."
    changed = schema.RoleDocument.model_validate(value)
    assert load({}, {"data-tester.yaml": changed}).counts() == {"actualizado": 1}


def test_history_and_editions_can_be_restored(next_release, role):
    base = role.profiles.get(context=None)
    edition = base.editions.get()
    base.strengths.all().delete()
    assert restore(edition.version) == base
    assert not has_unpublished_changes(base)
    assert base.strengths.count() == 5


def test_unknown_keys_are_left_out_and_missing_ones_have_their_default():
    read = read_stored(schema.Consideration, {"text": "Algo.", "gone": "x"})
    assert (read.text, read.consequence) == ("Algo.", "")
