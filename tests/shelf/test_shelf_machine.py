"""Publish, schedule, call off, withdraw and rename in any order, against a model of the shelf."""

import datetime

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from profiles.desk.publishing import NotPublishable, publish, unschedule, withdraw
from profiles.models import Area, Edition, Profile, Role
from tests.helpers.factories import Prose, make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
BASE, STARTUP = "base", "startup"
places = st.sampled_from([BASE, STARTUP])


class Shelf:
    """What should be public and scheduled of one role; texts by place, a schedule with its hour."""

    def __init__(self):
        self.hour, self.public, self.scheduled = 0, {}, {}

    def publish(self, place, text, hour):
        if place != BASE and not self._base_is_there(hour):
            return False
        self._call_off(place, before=hour)
        if hour == self.hour:
            self.public[place] = text
        else:
            self.scheduled[place] = hour, text
        return True

    def unschedule(self, place):
        if place in self.scheduled:
            self._call_off(place)

    def _call_off(self, place, before=None):
        """Take a schedule back, and the context's if that would begin without its base."""
        self.scheduled.pop(place, None)
        hour, _text = self.scheduled.get(STARTUP, (None, ""))
        lonely = place == BASE and BASE not in self.public
        if lonely and hour is not None and (before is None or hour < before):
            del self.scheduled[STARTUP]

    def _base_is_there(self, hour):
        return BASE in self.public or self.scheduled.get(BASE, (hour + 1, ""))[0] <= hour

    def withdraw(self, place):
        for gone in (BASE, STARTUP) if place == BASE else (STARTUP,):
            self.public.pop(gone, None)
            self.scheduled.pop(gone, None)

    def wait(self, hours):
        self.hour += hours
        for place, (hour, text) in list(self.scheduled.items()):
            if hour <= self.hour:
                self.public[place] = text
                del self.scheduled[place]


class ShelfMachine(RuleBasedStateMachine):
    """Each example starts from the same unpublished role and is rolled back."""

    def __init__(self):
        super().__init__()
        self.atomic, self.clock = transaction.atomic(), time_machine.travel(NOON, tick=False)
        self.atomic.__enter__()
        self.time = self.clock.start()
        self.role = Role.objects.get(slug="data-tester")
        base, startup = self.role.profiles.base_first()
        self.profiles = {BASE: base, STARTUP: startup}
        self.places = {base.pk: BASE, startup.pk: STARTUP}
        self.shelf, self.numbers, self.written = Shelf(), {}, 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    @rule(place=places)
    def write(self, place):
        self.written += 1
        text = Prose(7_000_000 + 1_000 * self.written).sentence(10)
        Profile.objects.filter(pk=self.profiles[place].pk).update(summary=text)

    @rule(place=places, later=st.integers(0, 3))
    def publish(self, place, later):
        """Publish now or some hours later."""
        profile, hour = Profile.objects.get(pk=self.profiles[place].pk), self.shelf.hour + later
        done = self.shelf.publish(place, profile.summary, hour)
        try:
            publish(profile, at=NOON + hour * HOUR)
        except NotPublishable:
            assert not done
        else:
            assert done

    @rule(place=places)
    def unschedule(self, place):
        unschedule(self.profiles[place])
        self.shelf.unschedule(place)

    @rule(place=places)
    def withdraw(self, place):
        withdraw(self.profiles[place])
        self.shelf.withdraw(place)

    @rule(name=st.sampled_from(["Catadora", "Data Tester"]))
    def rename(self, name):
        self.role.name, self.role.area = name, Area.objects.get(slug="personas")
        self.role.save()

    @rule(hours=st.integers(1, 3))
    def wait(self, hours):
        self.time.shift(hours * HOUR)
        self.shelf.wait(hours)

    @invariant()
    def shelf_is_as_the_model_says(self):
        public = {self.places[e.profile_id]: e.summary for e in Edition.objects.published()}
        assert public == self.shelf.public
        scheduled = {
            self.places[e.profile_id]: ((e.published_from - NOON) // HOUR, e.summary)
            for e in Edition.objects.scheduled()
        }
        assert scheduled == self.shelf.scheduled
        assert STARTUP not in public or BASE in public
        now = NOON + self.shelf.hour * HOUR
        assert not Edition.objects.past().filter(published_until__gt=now).exists()

    @invariant()
    def names_are_live_and_numbers_come_once(self):
        for edition in Edition.objects.all():
            assert (edition.role_name, edition.area_id) == (self.role.name, self.role.area_id)
            key = edition.profile_id, edition.number
            assert self.numbers.setdefault(key, edition.pk) == edition.pk


def test_shelf_is_what_the_acts_make_of_it_in_any_order():
    make_role(publish=False)
    few = {"max_examples": 20, "stateful_step_count": 15, "deadline": None}
    healthy = settings(**few, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(ShelfMachine, settings=healthy)
