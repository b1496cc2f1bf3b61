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
from tests.documents.test_load_guide import with_summary
from tests.helpers.factories import has_unpublished_changes, make_role_document

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("made_role", "vocabulary")]
DOCUMENT = make_role_document()
# A later form: two optional parts more, and a limit that no stored summary keeps.
PARTS = {"note": (text(80), ""), "pace": (text(20), "steady"), "summary": (text(5), "")}
NEXT = {
    name: create_model(name, __base__=getattr(schema, name), **PARTS)
    for name in ("BaseProfile", "ContextProfile")
}


@pytest.fixture
def next_release(role, monkeypatch):
    """The release after this one, over what this one has loaded and stored."""
    load({}, {"data-tester.yaml": DOCUMENT})
    for module, (name, form) in product((schema, stored), NEXT.items()):
        monkeypatch.setattr(module, name, form)
    monkeypatch.setattr(Profile, "note", "", raising=False)
    monkeypatch.setattr(Profile, "pace", "steady", raising=False)


def test_pages_show_what_was_published_whatever_the_limits_say_now(next_release, client):
    for place, profile in (("perfiles", DOCUMENT.base), ("startup", DOCUMENT.contexts["startup"])):
        assert profile.summary in client.get(f"/guia-de-roles/{place}/data-tester/").text


def test_no_digest_changes_and_nothing_is_published_again(next_release, role):
    for edition in Edition.objects.filter(role=role):
        assert desk_draft(edition.profile).digest == edition.digest
    assert [has_unpublished_changes(profile) for profile in role.profiles.all()] == [False, False]
    assert publish_roles([role.pk]) == ([], [])


def test_loading_calls_nothing_edited_that_nobody_edited(next_release):
    assert load({}, {"data-tester.yaml": DOCUMENT}).counts() == {"sin cambios": 1}
    changed = with_summary(DOCUMENT, "Otro resumen.")
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
