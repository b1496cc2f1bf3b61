"""A publication that falls due is public from that instant, whoever runs at that moment."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from profiles.desk.publishing import publish
from tests.helpers.site import python, wait_for
from tests.reliability.live import PAGE, copy_of

NEW = "El resumen que estaba programado."
SCHEDULE = """
from datetime import timedelta
from django.utils import timezone
from profiles.desk.publishing import publish
profile = Profile.objects.get(role__slug="data-tester", context=None)
at = timezone.now() + timedelta(seconds={seconds})
profile.summary = "{new}"
profile.save()
publish(profile, at=at)
print(at.timestamp())
"""


def test_publication_that_fell_due_while_nothing_ran_is_there_at_the_start(base, time_machine):
    begin, base.summary = timezone.now(), NEW
    base.save()
    publish(base, at=begin + timedelta(hours=1))
    assert NEW not in Client().get(PAGE).text
    time_machine.move_to(begin + timedelta(days=3))
    assert NEW in Client().get(PAGE).text


@pytest.mark.processes
def test_running_site_shows_a_scheduled_edition_without_any_task(template, tmp_path):
    with copy_of(template, tmp_path) as site:
        # The first page must come before its time: on a busy machine it gets more of it.
        for seconds in (5, 20, 60):
            new = f"{NEW} Es el de {seconds}."
            due = float(python(site.env, SCHEDULE.format(new=new, seconds=seconds)))
            before = site.get(PAGE).text
            if time.time() < due:
                break
        assert new not in before
        wait_for(lambda: new in site.get(PAGE).text, seconds=120)
