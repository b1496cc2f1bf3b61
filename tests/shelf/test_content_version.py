"""The content version moves with every change, however it is made, and with nothing else."""

import datetime

import pytest
import time_machine
from django.db import connection

from profiles import models
from profiles.desk.content_version import current_version
from profiles.desk.publishing import publish
from profiles.models import Area, Edition, Role
from tests.helpers.factories import make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("made_role")]


def moves(change):
    before = current_version()
    change()
    return current_version() != before


def test_every_way_of_changing_moves_the_version(role):
    area = Area.objects.first()
    assert moves(area.save)
    assert moves(lambda: Area.objects.update(summary="Por fuera de save()."))
    assert moves(lambda: connection.cursor().execute("UPDATE profiles_area SET name = 'SQL'"))
    assert moves(lambda: Area.objects.bulk_update([area], ["name"]))
    assert moves(lambda: publish(role.profiles.get(context=None)))
    assert moves(role.aliases.first().delete)


def test_the_desk_does_not_move_the_version(role):
    assert not moves(lambda: role.profiles.update(summary="Borrador."))
    assert not moves(lambda: Role.objects.update(archetype_reason="Borrador."))


def test_each_public_table_has_its_three_triggers():
    public = ["Edition", "Area", "Context", "Trait", "Archetype", "Source", "Page", "RoleAlias"]
    tables = [getattr(models, name)._meta.db_table for name in public]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        names = {row[0].lower() for row in cursor.fetchall()}
    acts = ("insert", "update", "delete")
    expected = {f"content_version_{table}_{act}" for table in tables for act in acts}
    assert expected - names == set()


def test_time_alone_moves_it_when_a_scheduled_edition_begins():
    noon = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
    with time_machine.travel(noon, tick=False) as clock:
        role = make_role("timed-role")
        publish(role.profiles.get(context=None), at=noon + datetime.timedelta(hours=1))
        clock.shift(datetime.timedelta(minutes=59))
        assert not moves(lambda: clock.shift(datetime.timedelta(seconds=30)))
        assert moves(lambda: clock.shift(datetime.timedelta(seconds=31)))
        assert Edition.objects.published().filter(role=role, context=None).get().number == 2
