"""Back up while somebody writes, destroy, restore: nothing is missing; bad copies are refused."""

import gzip
import json
import os
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.helpers.postgresql import database_url
from tests.helpers.site import environment, manage, python, wait_for
from tests.reliability.live import (
    HOME,
    ROLES,
    SIZES,
    connect,
    copy_of,
    database_of,
    rows,
    schema,
    served,
)

pytestmark = pytest.mark.processes
# What the drill writes to, and what a restore moves on purpose.
MOVING = "django_session profiles_contentversion sqlite_sequence shared_cache shared_images"
PAGES = [
    HOME,
    f"{HOME}perfiles/",
    *(f"{HOME}{place}/{role}/" for role in ROLES for place in ("perfiles", *SIZES)),
    f"{HOME}perfiles/{ROLES[0]}.json",
    f"{HOME}novedades/feed.xml",
    "/sitemap-perfiles-1.xml",
]
REFUSE_ALL = """
import json
from django.core.management import call_command, CommandError
said = dict.fromkeys(%r, "")
for path in said:
    try:
        call_command("restore", path, "--yes", verbosity=0)
    except CommandError as error:
        said[path] = str(error)
print("SAID" + json.dumps(said))
"""
FULL_DISK = """
import sqlite3
from django.core.management import call_command
connect = sqlite3.connect
sqlite3.connect = lambda *a, **k: (d := connect(*a, **k)).execute("PRAGMA max_page_count=9") and d
"""
INSERT = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES "
ACKNOWLEDGED = 20


@contextmanager
def writing(url: str):
    """Write pairs of rows, each pair in a transaction; yield a list of those that are granted."""
    granted, done = [], threading.Event()

    def write():
        with connect(url) as connection:
            while not done.wait(0.01):
                pair = [f"writer {len(granted)} {side}" for side in "ab"]
                for key in pair:
                    connection.execute(f"{INSERT} ('{key}', '{'x' * 200}', '2000-01-01')")
                connection.commit()
                granted.append(pair)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        try:
            yield granted
        finally:
            done.set()
        writer.result()


def written(tables: dict[str, list[tuple]]) -> set[str]:
    return {row[0] for row in tables["django_session"] if row[0].startswith("writer ")}


def still(tables: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """Return the tables that nobody writes to during the drill."""
    return {name: found for name, found in tables.items() if name not in MOVING.split()}


def pages(site) -> dict[str, tuple[int, str]]:
    return {path: (answer.status, answer.text) for path in PAGES for answer in [site.get(path)]}


@contextmanager
def reading_on(database: Path):
    """Read one old state on and on: what is written meanwhile stays in the write-ahead log."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM django_session").fetchall()
        yield


def drill(site, url: str, folder: Path, destroy, beside=nullcontext) -> None:
    """Back up under write load, destroy, restore; compare row by row and page by page."""
    shown, before = pages(site), rows(url)
    assert {status for status, _text in shown.values()} == {200}
    file = folder / "guide.backup"
    with beside(), writing(url) as granted:
        wait_for(lambda: len(granted) > ACKNOWLEDGED)
        manage(site.env, "backup", str(file))
        assert len(granted) > ACKNOWLEDGED + 2
    destroy()
    assert "Restaurada" in manage(site.env, "restore", str(file), "--yes")
    after = rows(url)
    assert len(after) == len(before) > 40
    # Far beyond what a running process may have seen, so that it makes its pages anew.
    (made_anew,), (known,) = (t["profiles_contentversion"] for t in (after, before))
    assert made_anew[1] > known[1] + 1_000_000
    assert still(after) == still(before)
    # Whole pairs, none missing of those that were granted before the backup began.
    pairs = len(written(after)) // 2
    assert pairs > ACKNOWLEDGED
    assert written(after) == {key for pair in granted[:pairs] for key in pair}
    assert pages(site) == shown


def test_drill_on_sqlite_while_the_site_serves(template, tmp_path):
    with copy_of(template, tmp_path) as site:
        workers = site.workers()

        def destroy():
            with closing(sqlite3.connect(site.database)) as connection, connection:
                connection.execute("DELETE FROM profiles_missingtitle")
                connection.execute("DELETE FROM profiles_edition")
            time.sleep(0.6)
            assert site.get(PAGES[2]).status in (404, 410)

        drill(site, site.env["DATABASE_URL"], tmp_path, destroy, partial(reading_on, site.database))
        assert site.workers() == workers
        (kept,) = tmp_path.glob("site.sqlite3.before-restore-*")
        assert rows(f"sqlite:///{kept}")["profiles_edition"] == []


def test_drill_on_postgresql_while_the_site_serves(postgresql, tmp_path):
    _server, loaded, variables = postgresql
    url = variables["DATABASE_URL"]
    with served(loaded, tmp_path, **variables) as site:
        workers, known = site.workers(), site.query("SELECT datname FROM pg_database")

        def destroy():
            with psycopg.connect(url) as connection:
                connection.execute("DROP TABLE profiles_edition CASCADE")

        drill(site, url, tmp_path, destroy)
        assert site.workers() == workers
    ((kept,),) = set(site.query("SELECT datname FROM pg_database")) - set(known)
    assert kept.startswith("small_before_restore_")
    kept_tables = rows(database_url(url, kept))
    assert {"profiles_edition", "profiles_role"} & kept_tables.keys() == {"profiles_role"}


@pytest.fixture(scope="module")
def small_site(template, tmp_path_factory):
    """Variables of a database at rest, and a good backup of it."""
    folder = tmp_path_factory.mktemp("rest")
    shutil.copy(database_of(template.folder), database_of(folder))
    env = environment(folder, 1)
    file = folder / "good.backup"
    manage(env, "backup", str(file))
    return env, file


def changed(good: Path, name: str, *statements: str) -> Path:
    """Write a copy of a backup in whose database somebody has run ``statements``."""
    path = good.with_name(name)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(gzip.decompress(good.read_bytes()))
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        path.write_bytes(gzip.compress(connection.serialize()))
    return path


def damaged(good: Path, name: str, content: bytes) -> Path:
    path = good.with_name(name)
    path.write_bytes(content)
    return path


ODD = (
    "CREATE TRIGGER sqliteXtra AFTER UPDATE ON auth_user BEGIN DELETE FROM auth_user; END",
    "DROP TRIGGER content_version_profiles_area_update",
    "DROP INDEX edition_page",
    "ALTER TABLE profiles_area ADD COLUMN more text",
)
# What Django would unpickle.
PLANTED = "INSERT INTO shared_cache VALUES ('log-ins', 'gAROLg==', '2099-12-31')"
NEWER = "INSERT INTO django_migrations (app, name, applied) VALUES ('profiles', '9999_x', '')"


def refusals(env, *paths: Path, first="") -> dict[str, str]:
    """Return what is said to each who would restore one of ``paths``, all in one process."""
    printed = python(env, first + REFUSE_ALL % [str(path) for path in paths])
    return json.loads(printed.partition("SAID")[2])


def test_backup_that_is_not_whole_or_not_ours_is_refused_untouched(small_site):
    env, good = small_site
    whole = good.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    plain = gzip.decompress(whole)
    words = {
        damaged(good, "cut", whole[:middle]): "dañada",
        damaged(good, "flipped", flipped): "dañada",
        damaged(good, "empty", b""): "dañada",
        damaged(good, "text", gzip.compress(b"no es una base")): "dañada",
        damaged(good, "half", gzip.compress(plain[: len(plain) // 2])): "dañada",
        damaged(good, "nothing", gzip.compress(b"")): "dañada",
        database_of(good.parent): "dañada",
        good.with_name("missing"): "No existe",
        changed(good, "older", "DELETE FROM django_migrations WHERE app = 'axes'"): "otra versión",
        changed(good, "newer", NEWER): "9999_x",
        changed(good, "torn", "DELETE FROM profiles_role"): "dañada",
    }
    before = database_of(good.parent).read_bytes()
    names = {path.name for path in good.parent.iterdir()}
    said = refusals(env, *words)
    assert {path: said[str(path)] for path in words if words[path] not in said[str(path)]} == {}
    assert all(text.startswith("No se restauró nada.") for text in said.values())
    full = refusals(env, good, first=FULL_DISK)[str(good)]
    assert full == "No se restauró nada. No queda lugar en el disco."
    assert database_of(good.parent).read_bytes() == before
    assert {path.name for path in good.parent.iterdir()} == names


@pytest.mark.parametrize("present", [None, b"\0" * 10_000])
def test_destroyed_file_is_moved_away_and_only_rows_are_taken(small_site, tmp_path, present):
    env, good = small_site
    place = database_of(tmp_path)
    if present:
        place.write_bytes(present)
    url = f"sqlite:///{place}"
    other = changed(good, "other", NEWER)
    assert "9999_x" in refusals({**env, "DATABASE_URL": url}, other)[str(other)]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [present] * bool(present)
    odd = changed(good, "odd", *ODD, PLANTED)
    assert "Restaurada" in manage({**env, "DATABASE_URL": url}, "restore", str(odd), "--yes")
    assert schema(place) == schema(database_of(good.parent))
    after = rows(url)
    assert (still(after), after["shared_cache"]) == (still(rows(env["DATABASE_URL"])), [])
    kept = tmp_path.glob("site.sqlite3.before-restore-*")
    assert [path.read_bytes() for path in kept] == [present] * bool(present)


def test_what_a_backup_brings_on_postgresql(postgresql, tmp_path):
    env = environment(tmp_path, 1) | postgresql[-1]
    odd = tmp_path / "odd.backup"
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        connection.execute("CREATE VIEW extra AS SELECT 1")
        connection.execute(PLANTED)
    manage(env, "backup", str(odd))
    whole = odd.read_bytes()
    cut = damaged(odd, "cut", whole[: len(whole) // 2])
    # One bit in pg_dump's own list of tables, and pg_restore would leave one of them out.
    place = whole.find(b"TABLE DATA") % len(whole)
    bit = damaged(odd, "bit", whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    before = rows(env["DATABASE_URL"])
    *damage, absence = refusals(env, cut, bit, tmp_path / "missing").values()
    assert (["dañada" in text for text in damage], "No existe" in absence) == ([True] * 2, True)
    assert rows(env["DATABASE_URL"]) == before
    manage(env, "restore", str(odd), "--yes")
    after = rows(env["DATABASE_URL"])
    assert (still(after), after["shared_cache"]) == (still(before), [])
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        views = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
        assert connection.execute(views).fetchall() == []
        listed = connection.execute("SELECT datname FROM pg_database").fetchall()
    # What the restores replaced is kept; what they were made in is not.
    assert [name for (name,) in listed if "_restore_2" in name and "before" not in name] == []


def with_a_bad_page(database: Path) -> bytes:
    whole = database.read_bytes()
    return whole[:40_960] + b"\xff" * 4096 + whole[45_056:]


def test_backup_is_one_that_can_be_restored_for_its_owner_only_and_writes_over_nothing(small_site):
    env, good = small_site
    place, file, before = good.with_name("other.sqlite3"), good.with_name("new"), good.read_bytes()
    bad = with_a_bad_page(database_of(good.parent))
    for content, words in ((None, "No existe"), (b"", "no se lee"), (bad, "no se lee")):
        if content is not None:
            place.write_bytes(content)
        with pytest.raises(RuntimeError, match=words):
            manage({**env, "DATABASE_URL": f"sqlite:///{place}"}, "backup", str(file))
        assert place.exists() is (content is not None)
    with pytest.raises(RuntimeError, match="CommandError: No queda lugar en el disco"):
        python(env, f"{FULL_DISK}call_command('backup', {str(file)!r})")
    with pytest.raises(RuntimeError, match="ya existe"):
        manage(env, "backup", str(good))
    assert (good.read_bytes(), good.stat().st_mode & 0o777, file.exists()) == (before, 0o600, False)


def test_housekeeping_leaves_a_copy_that_can_be_restored(small_site, tmp_path):
    env, good = small_site
    place = shutil.copy(database_of(good.parent), database_of(tmp_path))
    copies = tmp_path / "copies"
    env = {**env, "DATABASE_URL": f"sqlite:///{place}", "BACKUP_FOLDER": str(copies)}
    names = (f"guia-{n}0101T000000000000.backup" for n in (*range(2001, 2008), 9999))
    old, link, *bad, folder, ahead = map(copies.joinpath, names)
    running, killed, named = map(
        copies.joinpath, (".backup-running", ".backup-killed", "guia-x.backup")
    )
    for each in (copies, folder, running, killed):
        each.mkdir()
    os.utime(killed, (0, 0))
    named.touch()
    shutil.copy(good, ahead)
    shutil.copy(good, old)
    link.symlink_to("/proc/self/mem")  # an error for root too
    contents = (b"", *map(gzip.compress, (b"", b"x", with_a_bad_page(database_of(good.parent)))))
    for path, content in zip(bad, contents, strict=True):
        path.write_bytes(content)
    assert "copias: 0" in manage(env | {"BACKUPS_KEPT": "5"}, "housekeeping")
    said = manage(env, "backup")
    assert "copias: 6" in manage(env | {"BACKUPS_KEPT": "1"}, "housekeeping")
    left = {*copies.iterdir()} - {folder, running, ahead, named}
    assert [str(path) in said for path in left] == [True]
