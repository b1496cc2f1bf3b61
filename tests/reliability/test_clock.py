"""A publication that falls due is public from that instant, whoever runs at that moment."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from profiles.desk.publishing import publish
from profiles.models import Profile
from tests.helpers.factories import make_role
from tests.helpers.site import python, wait_for
from tests.reliability.live import HOME, copy_of

PAGE = f"{HOME}perfiles/data-tester/"
NEW = "El resumen que estaba programado."
SCHEDULE = f"""
from datetime import timedelta
from django.utils import timezone
from profiles.models import Profile
from profiles.desk.publishing import publish

profile = Profile.objects.get(role__slug="data-tester", context=None)
profile.summary = {NEW!r}
profile.save()
publish(profile, at=timezone.now() + timedelta(seconds=%s))
"""


@pytest.fixture
def base(vocabulary):
    return make_role().profiles.get(context=None)


def schedule(base, at):
    Profile.objects.filter(pk=base.pk).update(summary=NEW)
    return publish(base, at=at)


def shows_new(client) -> bool:
    return NEW in client.get(PAGE).content.decode()


def test_publication_that_fell_due_while_nothing_ran_is_there_at_the_start(base, time_machine):
    begin = timezone.now()
    schedule(base, begin + datetime.timedelta(hours=1))
    assert not shows_new(Client())
    time_machine.move_to(begin + datetime.timedelta(days=3))
    assert shows_new(Client())


@pytest.mark.processes
def test_running_site_shows_a_scheduled_edition_without_any_task(template, tmp_path):
    with copy_of(template, tmp_path) as site:
        python(site.env, SCHEDULE % 5)
        assert NEW not in site.get(PAGE).text
        wait_for(lambda: NEW in site.get(PAGE).text)
