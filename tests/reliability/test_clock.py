"""A publication that falls due is public from that instant, whoever runs at that moment."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from profiles.desk.publishing import publish
from profiles.models import Profile
from roleguide.wsgi import cached_application
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


@pytest.mark.parametrize("fold", [0, 1])
def test_hour_that_comes_twice_is_two_hours(base, time_machine, fold, settings):
    settings.TIME_ZONE = "Europe/Madrid"
    madrid = ZoneInfo("Europe/Madrid")
    time_machine.move_to(datetime.datetime(2027, 10, 30, 12, tzinfo=madrid))
    # On this night 02:30 is twice: at 00:30 and at 01:30 UTC.
    at = datetime.datetime(2027, 10, 31, 2, 30, fold=fold, tzinfo=madrid)
    edition = schedule(base, at)
    utc = datetime.datetime(2027, 10, 31, fold, 30, tzinfo=datetime.UTC)
    edition.refresh_from_db()
    assert edition.published_from == utc
    for minutes, new in ((-1, False), (1, True)):
        time_machine.move_to(utc + datetime.timedelta(minutes=minutes))
        assert shows_new(Client()) is new


@pytest.mark.usefixtures("open_connection")
def test_stored_page_gives_way_when_the_next_edition_is_due(base, time_machine):
    begin = timezone.now()
    schedule(base, begin + datetime.timedelta(hours=1))
    application = cached_application()
    for hours, new in ((0, False), (0, False), (2, True), (2, True)):
        time_machine.move_to(begin + datetime.timedelta(hours=hours, seconds=1))
        application.version._check_at = 0
        environ = Client()._base_environ(PATH_INFO=PAGE, HTTP_HOST="127.0.0.1")
        body = b"".join(application(environ, lambda *args: None))
        assert (NEW.encode() in body) is new


@pytest.mark.processes
def test_running_site_shows_a_scheduled_edition_without_any_task(template, tmp_path):
    with copy_of(template, tmp_path) as site:
        python(site.env, SCHEDULE % 5)
        assert NEW not in site.get(PAGE).text
        wait_for(lambda: NEW in site.get(PAGE).text)
