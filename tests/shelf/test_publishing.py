"""Desk → shelf and back."""

import datetime

import pytest
from django.utils import timezone

from profiles.desk import publishing
from profiles.desk.history import record, restore
from profiles.desk.loading import load
from profiles.desk.publishing import NotPublishable, falling, publish, unschedule, withdraw
from profiles.documents.choices import WorkflowState
from profiles.models import Area, Context, Edition, Profile, Role
from tests.helpers.factories import has_unpublished_changes, make_role, make_role_document
from tests.helpers.searching import names_in

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


def test_publishing_freezes_the_desk():
    role = make_role()
    profile = base_of(role)
    assert (profile.state, has_unpublished_changes(profile)) == (WorkflowState.PUBLISHED, False)
    published = public_summaries(role)
    summarize(profile, "Otra cosa.")
    profile.strengths.all().delete()
    with pytest.raises(NotPublishable) as refused:
        publish(profile)
    assert [f.path for f in refused.value.findings] == ["base.strengths"]
    assert (public_summaries(role), has_unpublished_changes(profile)) == (published, True)


def test_unscheduling_a_base_takes_along_what_would_stand_alone_and_makes_drafts():
    role = make_role(publish=False)
    base, context = role.profiles.base_first()
    publish(base, at=timezone.now() + DAY)
    publish(context, at=timezone.now() + 2 * DAY)
    assert set(unschedule(base)) == {base, context}
    assert {profile.state for profile in role.profiles.all()} == {WorkflowState.DRAFT}
    assert (unschedule(base), role.editions.exists()) == ([], False)


def test_what_would_fall_is_named():
    role = make_role(publish=False)
    base, context = role.profiles.base_first()
    own, first = (
        publish(profile, at=timezone.now() + days * DAY)
        for days, profile in enumerate([base, context], start=1)
    )
    later = timezone.now() + 3 * DAY
    assert set(falling([base], later)) == {own, first}
    publish(base)
    own = publish(base, at=timezone.now() + DAY)
    publish(context, at=timezone.now() + 2 * DAY)
    # What is public of the base stays, so nothing of its contexts would stand alone.
    assert set(falling([base], later)) == {own}


def test_withdrawing_the_base_archives_what_was_public_of_its_role():
    role = make_role()
    context = Context.objects.get(slug="global")
    draft = role.profiles.create(context=context, state=WorkflowState.IN_REVIEW)
    withdraw(base_of(role))
    draft.refresh_from_db()
    assert draft.state == WorkflowState.IN_REVIEW
    assert {p.state for p in role.profiles.exclude(pk=draft.pk)} == {WorkflowState.ARCHIVED}


def test_restoring_writes_the_edition_on_the_desk_and_leaves_the_shelf():
    role = make_role()
    profile = base_of(role)
    edition = profile.editions.get()
    summarize(profile, "Cambio que se descarta.")
    profile.strengths.all().delete()
    restored = restore(edition.version)
    assert not has_unpublished_changes(restored)
    assert restored.pk == profile.pk
    assert Edition.objects.published().base().get(role=role) == edition


def test_renamed_role_stays_on_the_pages_of_its_neighbours(client):
    role = make_role()
    neighbour = make_role("neighbour-a", related=("data-tester", "neighbour-b", "neighbour-c"))
    rename(neighbour, "neighbour-z")
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


def test_renaming_a_role_is_no_change_of_its_neighbours():
    role = make_role()
    record(role)
    rename(Role.objects.get(slug="neighbour-a"), "neighbour-z")
    base = base_of(role)
    assert base.digest == base.editions.get().digest
    assert not has_unpublished_changes(base)


def test_name_and_area_of_a_role_are_live(client):
    role = make_role()
    role.name, role.area = "Catadora", Area.objects.get(slug="personas")
    role.save()
    record(role)
    editions = Edition.objects.published().filter(role=role)
    assert {(e.role_name, e.area.slug) for e in editions} == {("Catadora", "personas")}
    assert names_in("catadora", "startup") == ["Catadora"]
    assert "Catadora" in client.get("/guia-de-roles/startup/").text
    assert not has_unpublished_changes(base_of(role))


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
