"""Desk → shelf and back."""

import datetime

import pytest

from profiles.desk import publishing
from profiles.desk.history import record, restore
from profiles.desk.loading import load
from profiles.desk.publishing import publish, withdraw
from profiles.documents.choices import WorkflowState
from profiles.models import Edition, Profile, Role
from tests.helpers.factories import has_unpublished_changes, make_role, make_role_document

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def base_of(role):
    return role.profiles.get(context=None)


def public_summaries(role):
    return [e.summary for e in Edition.objects.published().base().filter(role=role)]


def summarize(profile, text):
    Profile.objects.filter(pk=profile.pk).update(summary=text)


def rename(role, slug):
    role.slug = slug
    role.save()


def test_renamed_role_stays_on_the_pages_of_its_neighbours_and_is_no_change_of_them(client):
    role = make_role()
    neighbour = make_role("neighbour-a", related=("data-tester", "neighbour-b", "neighbour-c"))
    record(role)
    rename(neighbour, "neighbour-z")
    base = base_of(role)
    assert (base.digest, has_unpublished_changes(base)) == (base.editions.get().digest, False)
    assert "neighbour-z" in related(role)
    html = client.get(role.get_absolute_url()).text
    assert html.count('href="/guia-de-roles/perfiles/neighbour-z/"') == 1
    assert "neighbour-a" not in html


def related(role):
    """Return the addresses that what is public of a role names as related."""
    edition = Edition.objects.published().base().get(role=role)
    return [item["role"] for item in edition.facts["related"]]


def test_draft_that_was_renamed_leads_from_its_neighbours_once_it_is_public(client):
    role = make_role()
    address = f"{role.get_absolute_url().rstrip('/')}.json"
    before = client.get(address).json()
    rename(Role.objects.get(slug="neighbour-a"), "neighbour-z")
    assert client.get(address).json() == before
    others = ("data-tester", "neighbour-b", "neighbour-c")
    document = make_role_document("neighbour-z", related=others)
    document = document.model_copy(update={"former_slugs": ("neighbour-a",)})
    load({}, {"z": document}, overwrite=True)
    publish(base_of(Role.objects.get(slug="neighbour-z")))
    assert related(role)[0] == "neighbour-z"


def test_going_back_to_what_is_public_is_published_and_to_what_was_is_a_draft():
    base = base_of(make_role())
    first = base.editions.get()
    summarize(base, "Segunda.")
    assert restore(first.version).state == WorkflowState.PUBLISHED
    summarize(base, "Segunda.")
    publish(base)
    assert restore(first.version).state == WorkflowState.DRAFT


def test_copy_of_a_public_role_under_another_name_is_refused():
    original_document = make_role_document()
    original = make_role(document=original_document)
    parts = {"base": original_document.base, "contexts": original_document.contexts}
    document = make_role_document("data-taster").model_copy(update=parts)
    copy = make_role("data-taster", document=document, publish=False)
    base, startup = copy.profiles.base_first()
    editions, refused = publishing.publish_profiles([base, startup])
    assert {f.message for f in refused[0].findings} == {"dice lo mismo que Data Tester"}
    assert (editions, [refusal.profile for refusal in refused]) == ([], [base, startup])
    withdraw(base_of(original))
    assert publish(base).profile == base


def test_many_profiles_are_published_at_the_queries_of_a_few(django_assert_max_num_queries):
    roles = [make_role(f"tester-{number}", publish=False) for number in range(3)]
    profiles = list(Profile.objects.filter(role__in=roles))
    with django_assert_max_num_queries(45):
        editions, refused = publishing.publish_profiles(profiles)
    assert (len(editions), refused) == (6, [])
