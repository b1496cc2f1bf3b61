"""What every test of the desk may ask for."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache

from tests.desk.editors import PASSWORD


@pytest.fixture(autouse=True)
def rolled_back(db):
    """Give each test the database, as its module's rows left it."""


@pytest.fixture
def forgetful():
    """Forget the codes and the attempts of the test before."""
    cache.clear()


@pytest.fixture
def clock(time_machine):
    """A clock that stands until it is moved, early in the life of a code."""
    time_machine.move_to(datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture
def ana(db):
    return User.objects.create_user("ana", password=PASSWORD, is_staff=True)


@pytest.fixture
def editor(ana):
    ana.groups.add(Group.objects.get_or_create(name="Edición")[0])
    return ana
