"""Eight editors save one profile at the same moment: one wins, the others are told."""

import json
import shutil
import subprocess
import sys

import pytest
from django.db import connection

from tests.desk.desk_race import RACERS, race
from tests.reliability.live import database_of
from tests.site import ROOT, environment

# Django's own admin templates print variables that only some pages have.
pytestmark = [pytest.mark.dialect, pytest.mark.ignore_template_errors]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.usefixtures("vocabulary")
def test_eight_way_race_has_one_winner():
    if connection.vendor != "postgresql":
        pytest.skip("this database is in memory; the SQLite race has a file of its own")
    outcome = race()
    assert sorted(outcome["statuses"]) == [200] * (RACERS - 1) + [302]
    assert outcome["winners"] == [outcome["summary"]]


@pytest.mark.processes
def test_eight_way_race_on_sqlite_has_one_winner(prepared, tmp_path):
    shutil.copy(database_of(prepared.sqlite("small").folder), database_of(tmp_path))
    env = environment(tmp_path, 1)
    command = [sys.executable, "-m", "tests.desk.desk_race"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert sorted(outcome["statuses"]) == [200] * (RACERS - 1) + [302]
    assert outcome["winners"] == [outcome["summary"]]
