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

from tests.helpers.site import ROOT, environment, manage, wait_for
from tests.reliability.live import database_of, small_guide
from tests.reliability.rows import rows, written

pytestmark = pytest.mark.processes
MOMENTS = (0.02, 0.5, 1)
# Django writes the values of such a list in any order.
LIST = re.compile(r"\(('\w+'(?:, *'\w+')+)\)")


def run(env, *arguments, die_at: int = 0) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.reliability.dying", *arguments]
    env = {**env, "DIE_AT": str(die_at)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def writes(done: subprocess.CompletedProcess) -> int:
    assert done.returncode == 0, done.stdout + done.stderr
    return int(re.search(r"(\d+) writes", done.stdout)[1])


def is_killed(done: subprocess.CompletedProcess) -> bool:
    return done.returncode == -signal.SIGKILL


def is_sound(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sound and connection.execute("PRAGMA foreign_key_check").fetchall() == []


def copied(source: Path, folder: Path) -> dict[str, str]:
    """Return the variables of a copy of the database in ``source``."""
    folder.mkdir()
    shutil.copy(database_of(source), database_of(folder))
    return environment(folder, 1)


def changed_guide(folder: Path) -> list[str]:
    """Write documents in which two roles have other summaries than on the desk."""
    paths = small_guide(folder)
    for path in map(Path, paths[1:3]):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^( *summary:) ", r"\1 Hoy ", text), encoding="utf-8")
    return paths


def test_killed_load_changes_nothing_and_can_be_repeated(template, tmp_path):
    documents = changed_guide(tmp_path)
    whole = copied(template.folder, tmp_path / "whole")
    count = writes(run(whole, "load_guide", *documents))
    assert count > 50
    before = rows(environment(template.folder, 1)["DATABASE_URL"])
    env = copied(template.folder, tmp_path / "killed")
    for moment in MOMENTS:
        assert is_killed(run(env, "load_guide", *documents, die_at=max(1, int(count * moment))))
        assert is_sound(database_of(tmp_path / "killed"))
        assert rows(env["DATABASE_URL"]) == before
    assert writes(run(env, "load_guide", *documents)) == count
    assert len(rows(env["DATABASE_URL"])["profiles_edition"]) > len(before["profiles_edition"])


def schema(database: Path) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
        return sorted((kind, name, LIST.sub(in_order, sql)) for kind, name, sql in rows)


def in_order(found: re.Match) -> str:
    return str(sorted(re.findall(r"\w+", found[1])))


def test_killed_migration_is_finished_by_the_next(template, tmp_path):
    wanted = schema(database_of(template.folder))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir(), killed.mkdir()
    migrate = ("migrate", "--verbosity", "0")
    count, env = writes(run(environment(whole, 1), *migrate)), environment(killed, 1)
    assert is_killed(run(env, *migrate, die_at=int(count * 0.75)))
    assert is_sound(database_of(killed))
    manage(env, *migrate)
    assert schema(database_of(killed)) == wanted


def test_every_acknowledged_write_is_there_after_a_kill(template, tmp_path):
    env = copied(template.folder, tmp_path / "killed")
    command = [sys.executable, "-m", "tests.reliability.writer"]
    log = tmp_path / "writer.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output)
        for moment in range(5):
            wait_for(lambda wanted=moment * 7 + 3: log.read_text().count("\n") > wanted)
            process.send_signal(signal.SIGSTOP)
            check_snapshot(tmp_path / "killed", tmp_path / "copy", log.read_text().count("\n"))
            process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def check_snapshot(source: Path, folder: Path, acknowledged: int) -> None:
    """Open what a machine would find that stopped at this moment."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for end in ("", "-wal"):
        shutil.copy(f"{database_of(source)}{end}", folder)
    assert is_sound(database_of(folder))
    one, other = written(rows(f"sqlite:///{database_of(folder)}"))
    assert one == other
    assert one >= set(range(acknowledged))


def test_load_on_a_full_disk_changes_nothing_and_says_why(template, tmp_path):
    env = copied(template.folder, tmp_path / "full")
    before = rows(env["DATABASE_URL"])
    documents = changed_guide(tmp_path)
    command = ["prlimit", "--fsize=200000", sys.executable, "manage.py", "load_guide"]
    done = subprocess.run([*command, *documents], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "OperationalError" in done.stderr
    assert rows(env["DATABASE_URL"]) == before
    assert is_sound(database_of(tmp_path / "full"))
