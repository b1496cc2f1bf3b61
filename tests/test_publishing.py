"""Desk → shelf and back."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from profiles.choices import WorkflowState
from profiles.models import Edition
from profiles.publishing import (
    NotPublishable,
    has_unpublished_changes,
    publish,
    restore,
    unschedule,
    withdraw,
)
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def base_of(role):
    return role.profiles.get(context=None)


def public_summaries(role):
    return [e.summary for e in Edition.objects.published().base().filter(role=role)]


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


def test_withdrawing_the_base_takes_its_contexts_off_the_shelf():
    role = make_role()
    withdraw(base_of(role))
    assert not Edition.objects.published().filter(role=role).exists()
    assert {p.state for p in role.profiles.all()} == {WorkflowState.ARCHIVED}


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


def test_renaming_a_role_moves_its_pages_and_keeps_the_old_address():
    role = make_role()
    role.slug = "data-taster"
    role.save()
    assert set(Edition.objects.values_list("role_slug", flat=True)) == {"data-taster"}
    assert role.aliases.get(name="").slug == "data-tester"
    assert not has_unpublished_changes(base_of(role))


def test_renaming_back_leaves_no_alias_in_the_way():
    role = make_role()
    for slug in ("data-taster", "data-tester"):
        role.slug = slug
        role.save()
    assert [a.slug for a in role.aliases.filter(name="")] == ["data-taster"]
