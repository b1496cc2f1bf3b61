"""A database of a release before 1.0, carried over: documents, and what they do not say."""

import json
import runpy
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from profiles.documents.stored import canonical
from profiles.models import Edition, Profile, Role
from tests.helpers.factories import make_role_document, role_document, run

pytestmark = pytest.mark.usefixtures("guide", "db")
YEAR = timedelta(days=365)


def published(document, number=1, *, begins=-YEAR, ends=None, **changes):
    """Return an edition as the old release tells of it."""
    now = timezone.now()
    dates = {"published_from": now + begins, "published_until": ends and now + ends}
    people = {"author_name": "Ana Paz", "reviewer_name": "", "published_by": "ana"}
    document = {**canonical(document), **changes}
    own = {"number": number, "document": document, "facts": None, "reason": "De antes"}
    return own | dates | people


def state(editions, *, context=None, state="published"):
    about = {"role": "data-tester", "context": context, "state": state}
    return {**about, "author": "ana", "reviewer": "nobody-any-more", "editions": editions}


@pytest.fixture
def carried(write, monkeypatch):
    """Return a function that carries a role over, with what was published of its base."""
    document = make_role_document()
    neighbours = {f"neighbour_{n}": role_document(f"neighbour-{n}") for n in "abc"}
    folder = write(data_tester=document, **neighbours)
    facts = canonical(document, exclude={"base", "contexts", "slug", "former_slugs"})

    def carry(*base, edited=(), startup=(), **more):
        base = [edition | {"facts": facts} for edition in base]
        profiles = [state(base, **more), state(list(startup), context="startup", **more)]
        states = {"edited": {"roles": edited}, "profiles": profiles}
        file = folder / "states.json"
        file.write_text(json.dumps(states, cls=DjangoJSONEncoder), encoding="utf-8")
        User.objects.create_user("ana")
        run("load_guide", folder, no_publish=True)
        monkeypatch.setenv("STATES", str(file))
        runpy.run_path("docs/carry_over.py")
        return Profile.objects.get(role__slug="data-tester", context=None)

    carry.folder, carry.document = folder, document
    return carry


def test_what_was_published_is_public_and_nothing_is_called_edited(carried, client):
    startup = carried.document.contexts["startup"]
    base = carried(published(carried.document.base, 7), startup=[published(startup)])
    assert client.get("/guia-de-roles/startup/data-tester/").status_code == 200
    edition = base.editions.get()
    assert (edition.digest, edition.published_by.username) == (base.digest, "ana")
    assert base.versions.first().why == "Se cargó de un documento"
    assert (base.author.username, base.reviewer, base.editions_made) == ("ana", None, 7)
    assert run("load_guide", carried.folder)[0].startswith("4 sin cambios; 0 ")


def test_edit_survives_the_files_of_the_release(carried, write):
    before = published(carried.document.base, summary="Lo publicado.")
    base = carried(before, edited=["data-tester"])
    assert base.editions.get().digest != base.digest
    write(data_tester=make_role_document(contexts=()))
    assert "se editó en el admin y se conserva" in run("load_guide", carried.folder)[1]
    assert Role.objects.get(slug="data-tester").profiles.count() == 2


def test_scheduled_edition_begins_when_it_should(carried, time_machine):
    now = published(carried.document.base, ends=YEAR, summary="Ahora.")
    base = carried(now, published(carried.document.base, 2, begins=YEAR, summary="Después."))
    run("load_guide", carried.folder)
    assert [e.summary for e in base.editions.published()] == ["Ahora."]
    time_machine.move_to(timezone.now() + YEAR + timedelta(days=1))
    assert [e.summary for e in base.editions.published()] == ["Después."]


def test_withdrawn_page_is_gone_and_stays_so(carried, client):
    base = carried(published(carried.document.base, ends=-timedelta(days=1)), state="archived")
    run("load_guide", carried.folder)
    assert not Edition.objects.published().exists()
    assert client.get(base.get_absolute_url()).status_code == 410
