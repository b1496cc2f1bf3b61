"""Public pages from a copy: page and version from one database, the primary when it fails."""

import logging

import pytest
from django.db import OperationalError

from profiles.models import Edition
from roleguide import replica
from roleguide.replica import Place, PublicReads, reading

router = PublicReads()


class Databases:
    """Two databases with a version each; asking one that is down raises."""

    def __init__(self):
        self.numbers = {"replica": 1, "default": 1}
        self.asked = []

    def version(self):
        alias = router.db_for_read(Edition)
        self.asked.append(alias)
        if self.numbers[alias] is None:
            raise OperationalError(alias)
        return self.numbers[alias]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(replica, "PAUSE_SECONDS", 0)


def test_only_what_is_public_reads_the_copy():
    assert router.db_for_read(Edition) == "default"
    with reading("replica"):
        assert router.db_for_read(Edition) == "replica"
        assert router.db_for_write(Edition) == "default"
    assert router.db_for_read(Edition) == "default"
    assert router.allow_migrate("default", "profiles") is True
    assert router.allow_migrate("replica", "profiles") is False


def test_page_reads_the_database_that_its_version_was_read_from():
    databases, place = Databases(), Place()
    version = place.version(databases.version)
    page = place.pages(lambda environ, start_response: router.db_for_read(Edition))
    assert (version(), page({}, None)) == ((0, 1), "replica")
    databases.numbers["replica"] = None
    assert (version(), page({}, None)) == ((1, 1), "default")
    databases.numbers["replica"] = 1
    assert (version(), page({}, None)) == ((2, 1), "replica")
    assert router.db_for_read(Edition) == "default"


def test_no_version_comes_twice_for_pages_of_different_databases():
    databases, place = Databases(), Place()
    version, seen = place.version(databases.version), []
    for number in (1, None, 1, None, 1):
        databases.numbers["replica"] = number
        seen.append(version())
    assert len(set(seen)) == 5


def test_lagging_copy_has_its_own_older_number():
    databases, place = Databases(), Place()
    databases.numbers["default"] = 2
    assert place.version(databases.version)() == (0, 1)
    assert databases.asked == ["replica"]


def test_copy_that_failed_is_left_alone_for_a_while(monkeypatch, caplog):
    monkeypatch.setattr(replica, "PAUSE_SECONDS", 60)
    databases, place = Databases(), Place()
    databases.numbers["replica"] = None
    version = place.version(databases.version)
    with caplog.at_level(logging.WARNING):
        version(), version(), version()
    assert databases.asked == ["replica", "default", "default", "default"]
    assert len(caplog.records) == 1


def test_copy_that_is_back_is_asked_at_once_where_the_primary_is_down(monkeypatch):
    monkeypatch.setattr(replica, "PAUSE_SECONDS", 60)
    databases, place = Databases(), Place()
    version = place.version(databases.version)
    databases.numbers["replica"] = None
    assert version() == (1, 1)
    databases.numbers = {"replica": 1, "default": None}
    assert version() == (2, 1)
    assert databases.asked == ["replica", "default", "default", "replica"]


def test_both_down_is_the_primary_error():
    databases, place = Databases(), Place()
    databases.numbers = {"replica": None, "default": None}
    with pytest.raises(OperationalError, match="default"):
        place.version(databases.version)()
