"""The database is busy, gone, silent, full: what people are told, and what is kept."""

import os
import resource
import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from functools import partial

import psycopg
import pytest

from tests.helpers.site import wait_for
from tests.reliability.live import HOME, PAGE, ROLES, Form, at_once, copy_of

pytestmark = pytest.mark.processes
LOGIN = "/admin/cuenta/ingresar/"
PLACES = "cuenta/confirmar cuenta/segundo-factor/authenticate password_change"
COUNTED = [f"/admin/{place}/" for place in PLACES.split()]
BUSY = "No se guardó: la base de datos no responde o está ocupada."
HOUR = "Lo que tardé una hora en escribir."
VERSIONS = "SELECT count(*) FROM profiles_version"


def summary(site, path: str) -> str:
    ((text,),) = site.query("SELECT summary FROM profiles_profile WHERE id = ?", path.split("/")[4])
    return text


@contextmanager
def write_lock(site):
    """Hold the one write lock of the SQLite file; beside its log, everybody reads on."""
    with closing(sqlite3.connect(site.database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def make_known(site) -> None:
    """Ask each of the two workers for the page, while the other stands still."""
    for pid in site.workers():
        os.kill(pid, signal.SIGSTOP)
        answer = site.get(PAGE)
        os.kill(pid, signal.SIGCONT)
        assert answer.status == 200


def test_locked_database_delays_a_save_and_no_page(template, tmp_path):
    with copy_of(template, tmp_path, COUNT_SEARCHES="true") as site:
        editor = site.editor()
        form = editor.open(site.change_path(ROLES[0]), "profile_form")
        answers, visits = [], []
        send = partial(editor.send, form, summary="Guardado tras la espera.")
        save = threading.Thread(target=lambda: answers.append(send()))
        with write_lock(site):
            began = time.monotonic()
            save.start()
            while time.monotonic() - began < 2:
                paths = (PAGE, HOME, f"{HOME}perfiles/?q=datos", f"{HOME}perfiles/?q=enfermera")
                visits += map(site.get, paths)
                time.sleep(0.05)
            assert answers == []
        save.join()
        assert ({visit.status for visit in visits}, answers[0].status) == ({200}, 302)
        assert summary(site, form.path) == "Guardado tras la espera."


def test_save_that_waits_too_long_says_so_and_keeps_the_text(template, tmp_path):
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}?timeout=1"
    with copy_of(template, tmp_path, DATABASE_URL=url) as site:
        editor = site.editor()
        form = editor.open(site.change_path(ROLES[0]), "profile_form")
        before = summary(site, form.path)
        with write_lock(site):
            answer = editor.send(form, summary=HOUR)
        assert (BUSY in answer.text, HOUR in answer.text, answer.is_clean) == (True, True, True)
        assert summary(site, form.path) == before
        assert editor.send(form, summary=HOUR).status == 302
        assert summary(site, form.path) == HOUR


def test_full_disk_saves_nothing_says_so_and_serves_on(site):
    editor = site.editor()
    form = editor.open(site.change_path(ROLES[1]), "profile_form")
    before, versions = summary(site, form.path), site.query(VERSIONS)
    with full_disk(site):
        answer = editor.send(form, summary="No entra en el disco.")
        visits = [site.get(PAGE), site.get(HOME), site.get(f"{HOME}rasgos/")]
    assert (BUSY in answer.text, "No entra en el disco." in answer.text) == (True, True)
    assert [visit.status for visit in visits] == [200] * 3
    assert (summary(site, form.path), site.query(VERSIONS)) == (before, versions)
    assert site.query("PRAGMA integrity_check") == [("ok",)]
    assert editor.send(form, summary="Ahora sí entra.").status == 302
    assert summary(site, form.path) == "Ahora sí entra."


@contextmanager
def full_disk(site):
    """Let no file of the site grow past a few pages: a full disk, for its processes only."""
    unlimited = resource.RLIM_INFINITY
    for pid in site.workers():
        # SQLite's index of the log takes 32 kB; a save takes more than what is left.
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (40_000, unlimited))
    yield
    for pid in site.workers():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))


def test_unreadable_database_shows_the_last_page_or_says_when_to_come_back(site):
    workers = site.workers()
    make_known(site)
    # As many at once as make workers open new connections; one that is kept still reads.
    unknown = [f"{HOME}perfiles/?q=nadie+{number}" for number in range(24)]
    with database_away(site):
        time.sleep(0.6)  # longer than the cache trusts what it last read
        known = at_once(*[partial(site.get, PAGE)] * 24)
        others = at_once(*(partial(site.get, path) for path in unknown))
        others += [site.get(f"{HOME}no-existe/"), site.editor().ask("GET", "/admin/")]
        alive = site.get("/healthz")
    assert {answer.status for answer in [*known, alive]} == {200}
    assert 503 in {answer.status for answer in others} <= {200, 404, 503}
    for answer in (answer for answer in others if answer.status == 503):
        said = (answer.headers["Retry-After"], answer.headers["Cache-Control"], answer.is_clean)
        assert (said, "Volvemos enseguida" in answer.text) == (("30", "no-store", True), True)
    back = [site.get(path).status for path in (PAGE, unknown[0], "/readyz")]
    assert (back, site.workers()) == ([200] * 3, workers)


@contextmanager
def database_away(site):
    """Put a folder where the file was: not even root can open it."""
    away = site.folder / "away"
    away.mkdir()
    files = list(site.folder.glob("site.sqlite3*"))
    for file in files:
        file.rename(away / file.name)
    site.database.mkdir()
    yield
    site.database.rmdir()
    for file in files:
        (away / file.name).rename(file)


def test_stopped_postgresql_is_survived_without_a_restart(on_postgresql):
    site, server = on_postgresql
    pages = [f"{HOME}perfiles/{ROLES[0]}/", f"{HOME}startup/{ROLES[0]}/"]
    workers, warm = site.workers(), [site.get(pages[0]) for _ in range(8)]
    server.stop()
    time.sleep(0.6)
    known = [site.get(pages[0]) for _ in range(8)]
    cold, ready = site.get(pages[1]), site.get("/readyz")
    server.start()
    back = [site.get(path) for _ in range(6) for path in (*pages, "/readyz")]
    assert {answer.status for answer in [*warm, *back]} == {200}
    assert 200 in {answer.status for answer in known} <= {200, 503}
    assert (cold.status, ready.status, cold.is_clean) == (503, 503, True)
    assert (ready.text, site.workers()) == ("database\n", workers)


@contextmanager
def setting(site, server, value):
    """Give the database a setting that each new connection begins with."""
    name = site.env["DATABASE_URL"].rpartition("/")[2]
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET {value}")
        yield
        connection.execute(f"ALTER DATABASE {name} RESET {value.partition('=')[0]}")


def test_database_that_takes_no_writes_loses_no_text(on_postgresql):
    """A standby that is not promoted yet answers like this."""
    site, server = on_postgresql
    editor = site.editor()
    form = editor.open(site.change_path(ROLES[1]), "profile_form")
    assert site.get(PAGE).status == 200
    with setting(site, server, "default_transaction_read_only=on"):
        saved = editor.send(form, summary="Lo que nadie debe perder.")
        pages = [site.get(path).status for path in (PAGE, f"{HOME}perfiles/?q=nueva", "/readyz")]
        token = {"csrfmiddlewaretoken": form.values["csrfmiddlewaretoken"]}
        account = [editor.send(Form(path, token), code="1").status for path in COUNTED]
        session = editor.cookies.pop("sessionid")
        login = editor.open(LOGIN)
        entry = editor.send(login, login="ana", password="x")
    assert (saved.status, entry.status, account) == (200, 503, [503] * 3)
    assert (BUSY in saved.text, "Lo que nadie debe perder." in saved.text) == (True, True)
    assert pages == [200, 200, 503]
    assert (entry.headers["retry-after"], entry.is_clean) == ("30", True)
    editor.cookies["sessionid"] = session
    again = editor.send(form, summary="Lo que nadie debe perder.")
    assert (again.status, site.get("/readyz").status) == (302, 200)


def test_database_of_another_release_is_a_503_until_it_is_migrated(on_postgresql):
    site, _server = on_postgresql
    url = site.env["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE profiles_edition RENAME role_slug TO not_yet")
        applied = "DELETE FROM django_migrations WHERE app = 'profiles' RETURNING name"
        names = connection.execute(applied).fetchall()
        cold, ready = site.get(f"{HOME}pyme/{ROLES[3]}/"), site.get("/readyz")
        connection.execute("ALTER TABLE profiles_edition RENAME not_yet TO role_slug")
        again = "INSERT INTO django_migrations (app, name, applied) VALUES ('profiles', %s, now())"
        connection.cursor().executemany(again, names)
    assert (cold.status, cold.headers["retry-after"], cold.is_clean) == (503, "30", True)
    assert (ready.status, ready.text) == (503, "migrations\n")
    assert site.get(f"{HOME}pyme/{ROLES[3]}/").status == 200


@contextmanager
def frozen(server):
    """Let the server be there and say nothing: its machine still acknowledges what is sent."""
    server.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.signal(signal.SIGCONT)


def test_silent_postgresql_is_given_up_and_known_pages_go_on(on_postgresql):
    site, server = on_postgresql
    make_known(site)
    workers = site.workers()
    with frozen(server):
        unknown = [partial(site.get, f"{HOME}perfiles/?q=callada+{n}") for n in range(32)]
        cold = at_once(*unknown, partial(site.editor().ask, "GET", "/admin/"))
        known = at_once(*[partial(site.get, PAGE)] * 16)
        ready = site.get("/readyz")
    assert {(answer.status, answer.is_clean) for answer in cold} == {(503, True)}
    assert ({answer.status for answer in known}, ready.status) == ({200}, 503)
    asked = [partial(site.get, "/readyz")] * 24  # until both workers read it again
    wait_for(lambda: {answer.status for answer in at_once(*asked)} == {200})
    assert site.workers() == workers
