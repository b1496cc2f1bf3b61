"""More than one machine: an edit crosses, and whichever machine ends, readers do not notice."""

import pytest

from benchmarks.cluster import drills, machines
from tests.serving.conftest import needs

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def cluster(prepared):
    absent = machines.missing()
    needs(not absent, f"Not installed: {', '.join(absent)}; the cluster's tests were skipped.")
    files, _loaded = prepared.postgresql("shipped")
    with machines.running(files) as running:
        yield running


def test_edit_beside_one_node_is_on_the_other_within_a_second(cluster):
    # The best of a few: other tests share this machine, and it may be busy for a second.
    tries = (drills.edit_crosses(cluster).seconds["visible on node B"] for _ in range(4))
    assert any(seconds < 1 for seconds in tries)


@pytest.mark.soak
def test_renewed_workers_are_not_noticed(cluster):
    assert drills.node_is_renewed(cluster).wrong == {}


@pytest.mark.soak
def test_stopped_node_ends_what_it_has_begun_and_is_not_noticed(cluster):
    outcome = drills.node_is_stopped(cluster)
    assert outcome.wrong == {}
    assert outcome.seconds["stopped in"] < 20


def test_killed_node_is_not_noticed(cluster):
    assert drills.node_dies(cluster).wrong == {}


def test_killed_redis_costs_nothing_but_speed(cluster):
    outcome = drills.redis_dies(cluster)
    assert (outcome.wrong, outcome.statuses) == ({}, {"image": 200})


@pytest.mark.soak
def test_killed_copy_leaves_the_primary_to_read(cluster):
    outcome = drills.copy_dies(cluster)
    assert outcome.wrong == {}
    assert outcome.seconds["an edit meanwhile visible"] < 1
    assert outcome.seconds["an edit afterwards visible"] < 1


def test_killed_primary_leaves_the_public_site_readable(cluster):
    outcome = drills.primary_dies(cluster)
    assert outcome.wrong == {}
    assert outcome.statuses == {"uncached": 200, "log-in": 200, "api": 503}
    assert outcome.seconds["api's answer"] < 3


def test_without_any_database_known_pages_are_served_and_others_answer_503_soon(cluster):
    outcome = drills.both_databases_die(cluster)
    assert outcome.wrong == {}
    assert outcome.statuses == {"cached": 200, "uncached": 503}
    assert outcome.seconds["slowest 503"] < 3
