"""Desk → shelf and back; and the content version, which moves with what is public alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from profiles import models
from profiles.desk import publishing
from profiles.desk.content_version import current_version
from profiles.desk.history import record, restore
from profiles.desk.loading import load
from profiles.desk.publishing import publish, unschedule, withdraw
from profiles.documents.choices import WorkflowState
from profiles.models import Area, Edition, Profile, Role
from tests.documents.test_load_guide import rename
from tests.helpers.factories import has_unpublished_changes, make_role, make_role_document

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("made_role", "vocabulary")]


def related(role):
    """Return the addresses that what is public of a role names as related."""
    edition = Edition.objects.published().base().get(role=role)
    return [item["role"] for item in edition.facts["related"]]


def test_renamed_role_stays_on_the_pages_of_its_neighbours_and_is_no_change_of_them(client, role):
    make_role("neighbour-a", related=("data-tester", "neighbour-b", "neighbour-c"))
    record(role)
    rename("neighbour-a", "neighbour-z")
    base = role.profiles.get(context=None)
    assert (base.digest, has_unpublished_changes(base)) == (base.editions.get().digest, False)
    assert "neighbour-z" in related(role)
    html = client.get(role.get_absolute_url()).text
    assert html.count('href="/guia-de-roles/perfiles/neighbour-z/"') == 1
    assert "neighbour-a" not in html


def test_draft_that_was_renamed_leads_from_its_neighbours_once_it_is_public(client, role):
    address = f"{role.get_absolute_url().rstrip('/')}.json"
    before = client.get(address).json()
    rename("neighbour-a", "neighbour-z")
    assert client.get(address).json() == before
    others = ("data-tester", "neighbour-b", "neighbour-c")
    document = make_role_document("neighbour-z", related=others)
    document = document.model_copy(update={"former_slugs": ("neighbour-a",)})
    load({}, {"z": document}, overwrite=True)
    publish(Profile.objects.get(role__slug="neighbour-z", context=None))
    assert related(role)[0] == "neighbour-z"


def test_base_that_is_withdrawn_or_called_off_takes_its_contexts_along(role):
    draft = role.profiles.create(context=models.Context.objects.get(slug="global"))
    withdraw(role.profiles.get(context=None))
    states = role.profiles.exclude(pk=draft.pk).values_list("state", flat=True)
    assert (set(states), draft.delete()[0] > 0) == ({WorkflowState.ARCHIVED}, True)
    base, context = role.profiles.base_first()
    for days, profile in enumerate((base, context), start=1):
        publish(profile, at=timezone.now() + timedelta(days=days))
    assert set(unschedule(base)) == {base, context}
    assert set(role.profiles.values_list("state", flat=True)) == {WorkflowState.DRAFT}
    assert not Edition.objects.on_shelf().filter(role=role).exists()


def test_going_back_to_what_is_public_is_published_and_to_what_was_is_a_draft(base):
    first = base.editions.get()
    Profile.objects.filter(pk=base.pk).update(summary="Segunda.")
    assert restore(first.version).state == WorkflowState.PUBLISHED
    Profile.objects.filter(pk=base.pk).update(summary="Segunda.")
    publish(base)
    assert restore(first.version).state == WorkflowState.DRAFT


def test_copy_of_a_public_role_under_another_name_is_refused(role):
    original = make_role_document()
    parts = {"base": original.base, "contexts": original.contexts}
    document = make_role_document("data-taster").model_copy(update=parts)
    base, startup = make_role("data-taster", document=document, publish=False).profiles.base_first()
    editions, refused = publishing.publish_profiles([base, startup])
    assert {f.message for f in refused[0].findings} == {"dice lo mismo que Data Tester"}
    assert (editions, [refusal.profile for refusal in refused]) == ([], [base, startup])
    withdraw(role.profiles.get(context=None))
    assert publish(base).profile == base


def test_many_profiles_are_published_at_the_queries_of_one(queries):
    keys = [make_role(f"tester-{number}", publish=False).pk for number in range(4)]
    few, many = (
        queries(publishing.publish_profiles, list(Profile.objects.filter(role__in=chosen)))
        for chosen in (keys[:1], keys[1:])
    )
    assert few == many <= 45
    assert Edition.objects.filter(role__in=keys).count() == 8


def moves(change):
    """Tell whether ``change`` moves the content version."""
    before = current_version()
    change()
    return current_version() != before


def test_every_way_of_changing_moves_the_version_but_the_desk_does_not(role):
    area = Area.objects.first()
    assert moves(area.save)
    assert moves(lambda: Area.objects.update(summary="Por fuera de save()."))
    assert moves(lambda: connection.cursor().execute("UPDATE profiles_area SET name = 'SQL'"))
    assert moves(lambda: Area.objects.bulk_update([area], ["name"]))
    assert moves(lambda: publish(role.profiles.get(context=None)))
    assert moves(role.aliases.first().delete)
    assert not moves(lambda: role.profiles.update(summary="Borrador."))
    assert not moves(lambda: Role.objects.update(archetype_reason="Borrador."))


def test_each_public_table_has_its_three_triggers():
    public = ["Edition", "Area", "Context", "Trait", "Archetype", "Source", "Page", "RoleAlias"]
    tables = [getattr(models, name)._meta.db_table for name in public]
    listed = "SELECT name FROM sqlite_master WHERE type='trigger'"
    if connection.vendor == "postgresql":
        listed = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(listed)
        names = {name.lower() for (name,) in cursor.fetchall()}
    acts = ("insert", "update", "delete")
    expected = {f"content_version_{table}_{act}" for table in tables for act in acts}
    assert expected - names == set()
