"""Desk → shelf and back."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from profiles.choices import WorkflowState
from profiles.findings import Finding
from profiles.models import Area, Context, Edition, Profile, Role
from profiles.publishing import (
    NotPublishable,
    blocking_findings,
    concerns,
    has_unpublished_changes,
    publish,
    restore,
    unschedule,
    withdraw,
)
from profiles.readiness import assess
from tests.factories import make_role
from tests.searching import names_in

pytestmark = pytest.mark.usefixtures("vocabulary")
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def base_of(role):
    return role.profiles.get(context=None)


def public_summaries(role):
    return [e.summary for e in Edition.objects.published().base().filter(role=role)]


def rename(role, slug):
    role.slug = slug
    role.save()


def test_draft_is_not_public():
    role = make_role(publish=False)
    assert public_summaries(role) == []


def test_publishing_freezes_the_desk():
    role = make_role()
    profile = base_of(role)
    published = profile.summary
    profile.summary = "Otra cosa."
    profile.save()
    assert public_summaries(role) == [published]
    assert has_unpublished_changes(profile)


def test_published_profile_has_no_unpublished_changes():
    role = make_role()
    assert not has_unpublished_changes(base_of(role))
    assert base_of(role).state == WorkflowState.PUBLISHED


def test_new_edition_replaces_the_old_one():
    role = make_role()
    profile = base_of(role)
    profile.summary = "Segunda edición del resumen."
    profile.save()
    publish(profile)
    assert public_summaries(role) == ["Segunda edición del resumen."]
    assert [e.number for e in profile.editions.order_by("number")] == [1, 2]


def test_incomplete_profile_is_refused_and_the_old_edition_stays():
    role = make_role()
    profile = base_of(role)
    before = public_summaries(role)
    profile.strengths.all().delete()
    with pytest.raises(NotPublishable) as refused:
        publish(profile)
    assert [f.path for f in refused.value.findings] == ["base.strengths"]
    assert public_summaries(role) == before


def test_key_of_two_questions_stands_against_both_of_their_profiles():
    role = make_role()
    context = role.profiles.exclude(context=None).get()
    context.questions.filter(key="startup-0").update(key="base-0")
    found = [[finding.path for finding in blocking_findings(p)] for p in (base_of(role), context)]
    assert found == [["base.questions.0.key"], ["contexts.startup.questions.0.key"]]


def test_context_needs_a_published_base():
    role = make_role(publish=False)
    context = role.profiles.exclude(context=None).get()
    with pytest.raises(NotPublishable) as refused:
        publish(context)
    assert [f.path for f in refused.value.findings] == ["base"]


def test_scheduled_edition_becomes_public_at_its_time():
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        profile = base_of(role)
        old = profile.summary
        profile.summary = "Resumen programado."
        profile.save()
        publish(profile, at=NOON + datetime.timedelta(hours=2))
        assert public_summaries(role) == [old]
        clock.shift(datetime.timedelta(hours=2))
        assert public_summaries(role) == ["Resumen programado."]


def test_publishing_now_drops_what_was_scheduled():
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        profile = base_of(role)
        profile.summary = "Programado."
        profile.save()
        publish(profile, at=NOON + datetime.timedelta(hours=2))
        clock.shift(60)
        profile.summary = "Ahora."
        profile.save()
        publish(profile)
        clock.shift(datetime.timedelta(hours=3))
        assert public_summaries(role) == ["Ahora."]


def test_unscheduling_lets_stay_what_is_public():
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        profile = base_of(role)
        old = profile.summary
        profile.summary = "Programado."
        profile.save()
        publish(profile, at=NOON + datetime.timedelta(hours=2))
        assert (unschedule(profile), unschedule(profile)) == (1, 0)
        clock.shift(datetime.timedelta(hours=3))
        assert public_summaries(role) == [old]
        assert profile.editions.count() == 1


def test_unscheduling_a_first_edition_makes_a_draft_of_its_profile():
    role = make_role(publish=False)
    profile = base_of(role)
    publish(profile, at=timezone.now() + datetime.timedelta(hours=2))
    unschedule(profile)
    profile.refresh_from_db()
    assert (profile.state, profile.editions.count()) == (WorkflowState.DRAFT, 0)


def test_unscheduling_a_base_takes_along_what_would_stand_alone():
    role = make_role(publish=False)
    profile = base_of(role)
    context = role.profiles.exclude(context=None).get()
    publish(profile, at=timezone.now() + datetime.timedelta(hours=2))
    publish(context, at=timezone.now() + datetime.timedelta(hours=3))
    assert unschedule(profile) == 2
    assert not Edition.objects.filter(role=role).exists()


def test_unscheduled_context_ends_with_its_base():
    with time_machine.travel(NOON, tick=False):
        role = make_role()
        profile = base_of(role)
        context = role.profiles.exclude(context=None).get()
        end = NOON + datetime.timedelta(days=9)
        publish(profile, until=end)
        publish(context, at=NOON + datetime.timedelta(hours=2))
        unschedule(context)
        assert Edition.objects.published().get(profile=context).published_until == end


def contexts_end(role):
    """Return when what is public of a role's contexts ends."""
    return Edition.objects.published().exclude(context=None).get(role=role).published_until


def test_contexts_go_on_with_a_base_that_no_longer_ends():
    role = make_role()
    publish(base_of(role), until=timezone.now() + 9 * DAY)
    publish(base_of(role), until=timezone.now() + 12 * DAY)
    assert contexts_end(role) == base_of(role).editions.published().get().published_until
    publish(base_of(role))
    assert contexts_end(role) is None


def test_contexts_go_on_where_the_end_of_their_base_is_called_off():
    role = make_role()
    publish(base_of(role), at=timezone.now() + DAY, until=timezone.now() + 9 * DAY)
    unschedule(base_of(role))
    assert contexts_end(role) is None


def test_end_of_a_context_itself_stays_where_its_base_goes_on():
    role = make_role()
    end = timezone.now() + 5 * DAY
    publish(role.profiles.exclude(context=None).get(), until=end)
    publish(base_of(role), until=timezone.now() + 9 * DAY)
    publish(base_of(role))
    assert contexts_end(role) == end


def test_context_that_goes_on_gives_way_to_what_is_scheduled_of_it():
    role = make_role()
    context = role.profiles.exclude(context=None).get()
    publish(base_of(role), until=timezone.now() + 9 * DAY)
    publish(base_of(role), at=timezone.now() + 12 * DAY)
    scheduled = publish(context, at=timezone.now() + 13 * DAY)
    publish(base_of(role))
    assert contexts_end(role) == scheduled.published_from


def test_context_is_not_public_between_two_editions_of_its_base():
    role = make_role()
    end = timezone.now() + DAY
    publish(base_of(role), until=end)
    publish(base_of(role), at=timezone.now() + 5 * DAY)
    assert publish(role.profiles.exclude(context=None).get()).published_until == end


def test_calling_off_a_base_leaves_what_its_contexts_begin_without_it():
    role = make_role()
    context = role.profiles.exclude(context=None).get()
    publish(base_of(role), until=timezone.now() + 9 * DAY)
    publish(base_of(role), at=timezone.now() + 12 * DAY)
    stays = publish(context, at=timezone.now() + 2 * DAY)
    publish(context, at=timezone.now() + 13 * DAY)
    assert unschedule(base_of(role)) == 2
    later = context.editions.filter(published_from__gt=timezone.now())
    assert [e.pk for e in later] == [stays.pk]


def test_edition_scheduled_again_for_the_same_moment_takes_the_place_of_the_first():
    role = make_role()
    at = timezone.now() + DAY
    publish(base_of(role), at=at)
    publish(base_of(role), at=at)
    assert unschedule(base_of(role)) == 1


@pytest.mark.parametrize(("cancelled", "days"), [("base", 2), ("startup", 0.5)])
def test_what_stays_when_something_is_called_off_is_found(cancelled, days):
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        profiles = {"base": base_of(role), "startup": role.profiles.exclude(context=None).get()}
        publish(profiles["startup"], at=NOON + days * DAY)
        publish(profiles["base"], at=NOON + DAY)
        unschedule(profiles[cancelled])
        clock.shift(3 * DAY)
        assert names_in(role.name, "startup") == [role.name]


def test_withdrawing_the_base_takes_its_contexts_off_the_shelf():
    role = make_role()
    withdraw(base_of(role))
    assert not Edition.objects.published().filter(role=role).exists()
    assert {p.state for p in role.profiles.all()} == {WorkflowState.ARCHIVED}


def test_withdrawing_the_base_leaves_what_was_never_published_where_it_was():
    role = make_role()
    context = Context.objects.get(slug="global")
    draft = role.profiles.create(context=context, state=WorkflowState.IN_REVIEW)
    withdraw(base_of(role))
    draft.refresh_from_db()
    assert draft.state == WorkflowState.IN_REVIEW


def test_withdrawing_a_context_leaves_the_base():
    role = make_role()
    withdraw(role.profiles.exclude(context=None).get())
    assert [e.context for e in Edition.objects.published().filter(role=role)] == [None]


def test_withdrawn_profile_can_be_published_again():
    role = make_role()
    withdraw(base_of(role))
    for profile in role.profiles.base_first():
        publish(profile)
    assert Edition.objects.published().filter(role=role).count() == 2


def test_restoring_writes_the_edition_on_the_desk_and_leaves_the_shelf():
    role = make_role()
    profile = base_of(role)
    edition = profile.editions.get()
    profile.summary = "Cambio que se descarta."
    profile.save()
    profile.strengths.all().delete()
    restored = restore(edition)
    assert not has_unpublished_changes(restored)
    assert restored.pk == profile.pk
    assert Edition.objects.published().base().get(role=role) == edition


def test_editions_of_a_deleted_role_are_no_longer_public():
    role = make_role()
    role.delete()
    assert Edition.objects.count() == 2
    assert not Edition.objects.published(timezone.now()).exists()


def test_edition_of_a_deleted_profile_is_no_longer_public(client):
    context = make_role().profiles.exclude(context=None).get()
    address = context.editions.get().get_absolute_url()
    context.delete()
    assert client.get(address).status_code == 410
    assert [e.context for e in Edition.objects.published()] == [None]


def test_renaming_a_role_moves_its_pages_and_keeps_the_old_address():
    role = make_role()
    rename(role, "data-taster")
    assert set(Edition.objects.values_list("role_slug", flat=True)) == {"data-taster"}
    assert role.aliases.get(name="").slug == "data-tester"
    assert not has_unpublished_changes(base_of(role))


def test_renamed_role_stays_on_the_pages_of_its_neighbours(client):
    role = make_role()
    neighbour = make_role("neighbour-a", related=("data-tester", "neighbour-b", "neighbour-c"))
    rename(neighbour, "neighbour-z")
    html = client.get(role.get_absolute_url()).text
    assert html.count('href="/guia-de-roles/perfiles/neighbour-z/"') == 1
    assert "neighbour-a" not in html


@pytest.mark.parametrize("summary", [None, "Cambio sin publicar."])
def test_renaming_a_role_is_no_change_of_its_neighbours(summary):
    role = make_role()
    if summary:
        role.profiles.filter(context=None).update(summary=summary)
    assess(role)
    rename(Role.objects.get(slug="neighbour-a"), "neighbour-z")
    base = base_of(role)
    listed = base.readiness.digest != base.editions.get().digest
    assert {has_unpublished_changes(base), listed} == {summary is not None}


def test_renaming_back_leaves_no_alias_in_the_way():
    role = make_role()
    for slug in ("data-taster", "data-tester"):
        rename(role, slug)
    assert [a.slug for a in role.aliases.filter(name="")] == ["data-taster"]


def named(role):
    """Return what the lists say of each public profile of a role, the base's first."""
    editions = Edition.objects.published().filter(role=role).order_by("context_id")
    return {(e.role_name, e.area.slug) for e in editions}, editions.count()


def move(role):
    """Give a role another name and another area, on the desk."""
    role.name, role.area = "Catadora", Area.objects.get(slug="personas")
    role.save()


def found_in_startup(name):
    return set(names_in(name, "startup"))


def test_contexts_take_the_name_and_the_area_of_their_base(client):
    role = make_role()
    move(role)
    publish(base_of(role))
    assert named(role) == ({("Catadora", "personas")}, 2)
    assert found_in_startup("catadora") == {"Catadora"}
    assert "Catadora" in client.get("/guia-de-roles/startup/").text


def test_context_alone_is_published_under_the_name_that_its_base_has():
    role = make_role()
    before = named(role)
    move(role)
    publish(role.profiles.exclude(context=None).get())
    assert named(role) == before
    assert found_in_startup("data tester") == {"Data Tester"}


def test_contexts_are_renamed_when_a_scheduled_base_begins_and_not_before():
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        before = named(role)
        move(role)
        publish(base_of(role), at=NOON + DAY)
        publish(role.profiles.exclude(context=None).get())
        assert (named(role), found_in_startup("catadora")) == (before, set())
        clock.shift(DAY)
        assert named(role) == ({("Catadora", "personas")}, 2)
        assert found_in_startup("catadora") == {"Catadora"}


@pytest.mark.parametrize("call_off", [unschedule, lambda base: publish(base)])
def test_contexts_keep_their_name_where_the_base_of_another_is_called_off(call_off):
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role()
        before, name, area = named(role), role.name, role.area
        move(role)
        publish(base_of(role), at=NOON + DAY)
        role.name, role.area = name, area
        role.save()
        call_off(base_of(role))
        assert not Edition.objects.filter(role=role, published_from__gt=NOON).exists()
        clock.shift(2 * DAY)
        assert named(role) == before


def summarize(profile, text):
    Profile.objects.filter(pk=profile.pk).update(summary=text)


def test_desk_is_compared_with_the_newest_edition():
    base = base_of(make_role())
    first = base.summary
    summarize(base, "Segunda.")
    publish(base)
    assert not has_unpublished_changes(base)
    summarize(base, first)
    assert has_unpublished_changes(base)


def test_going_back_to_what_is_public_is_published_and_to_what_was_is_a_draft():
    base = base_of(make_role())
    first = base.editions.get()
    summarize(base, "Segunda.")
    assert restore(first).state == WorkflowState.PUBLISHED
    summarize(base, "Segunda.")
    publish(base)
    assert restore(first).state == WorkflowState.DRAFT


def test_nothing_is_published_in_the_past():
    before = timezone.now()
    assert publish(base_of(make_role()), at=before - DAY).published_from >= before


def test_edition_that_ends_when_it_begins_is_refused():
    at = timezone.now() + DAY
    with pytest.raises(NotPublishable, match="termina antes de empezar"):
        publish(base_of(make_role()), at=at, until=at)


def test_finding_about_a_context_is_not_one_about_another_whose_name_it_begins():
    profile = Profile(context=Context(slug="global", pk=1))
    paths = ["contexts.global", "contexts.global.body", "contexts.global-sur.body"]
    assert [concerns(profile, Finding(path, "falta")) for path in paths] == [True, True, False]


def test_source_is_not_cited_by_what_cites_another_whose_name_it_begins():
    edition = base_of(make_role()).editions.get()
    edition.document["targets"]["O"]["sources"] = ["judge-2015"]
    edition.save()
    assert list(Edition.objects.citing("judge-2015")) == [edition]
    assert not Edition.objects.citing("judge").exists()


def test_rename_touches_no_edition_with_a_longer_address(django_assert_num_queries):
    make_role()
    with django_assert_num_queries(1):
        Edition.objects.rename_related("neighbour", "other-neighbour")
