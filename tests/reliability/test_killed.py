"""Processes killed in the middle of a write: afterwards the data is the old or the new."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.site import ROOT, environment, manage
from tests.reliability.live import database_of, rows, schema, small_guide

pytestmark = pytest.mark.processes
MOMENTS = (0.02, 0.5, 1)
KILLED = -signal.SIGKILL


def run(env, *arguments, die_at: int = 0) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.reliability.dying", *arguments]
    env = {**env, "DIE_AT": str(die_at)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def writes(done: subprocess.CompletedProcess) -> int:
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"(\d+) writes", done.stdout)[1])


def is_sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sound and connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def loaded(template, tmp_path):
    """The variables of a copy of the loaded database, its rows, and documents that change them."""
    shutil.copy(database_of(template.folder), database_of(tmp_path))
    env = environment(tmp_path, 1)
    documents = small_guide(tmp_path)
    for path in map(Path, documents[1:3]):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^( *summary:) ", r"\1 Hoy ", text), encoding="utf-8")
    return env, rows(env["DATABASE_URL"]), documents


def test_killed_load_changes_nothing_and_can_be_repeated(loaded, tmp_path):
    env, before, documents = loaded
    (tmp_path / "whole").mkdir()
    shutil.copy(database_of(tmp_path), database_of(tmp_path / "whole"))
    count = writes(run(environment(tmp_path / "whole", 1), "load_guide", *documents))
    assert count > 10 * len(MOMENTS)
    for moment in MOMENTS:
        killed = run(env, "load_guide", *documents, die_at=max(1, int(count * moment)))
        assert (killed.returncode, is_sound(database_of(tmp_path))) == (KILLED, True)
        assert rows(env["DATABASE_URL"]) == before
    assert writes(run(env, "load_guide", *documents)) == count
    assert len(rows(env["DATABASE_URL"])["profiles_edition"]) > len(before["profiles_edition"])


def test_load_on_a_full_disk_changes_nothing_and_says_why(loaded, tmp_path):
    env, before, documents = loaded
    command = ["prlimit", "--fsize=200000", sys.executable, "manage.py", "load_guide"]
    done = subprocess.run([*command, *documents], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (done.returncode, "OperationalError" in done.stderr) == (1, True)
    assert (rows(env["DATABASE_URL"]), is_sound(database_of(tmp_path))) == (before, True)


def test_killed_migration_is_finished_by_the_next(template, tmp_path):
    migrate = ("migrate", "--verbosity", "0")
    (tmp_path / "whole").mkdir()
    count = writes(run(environment(tmp_path / "whole", 1), *migrate))
    env = environment(tmp_path, 1)
    assert run(env, *migrate, die_at=int(count * 0.75)).returncode == KILLED
    assert is_sound(database_of(tmp_path))
    manage(env, *migrate)
    assert schema(database_of(tmp_path)) == schema(database_of(template.folder))
