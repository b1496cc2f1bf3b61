"""The database saved to one file, and brought back as a whole or not at all.

SQLite is saved by its own online copy, PostgreSQL by ``pg_dump``; both are packed by gzip, whose
checksum finds any damage (``pg_dump``'s own leaves out its list of tables). Rows are taken from a
file into tables that the migrations have made, and nothing is lost of those they replace; what else
SQLite's file holds is left, but `pg_restore` runs what it finds, so its file must be our own.
"""

import errno
import gzip
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.postgresql.client import DatabaseClient
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.models import ContentVersion

logger = logging.getLogger(__name__)

BUSY_SECONDS = 20
STAMP = "%Y%m%dT%H%M%S%f"
# The name that `new_path` gives; such names sort by date.
OWN = re.compile(r"guia-\d{8}T\d{12}\.backup")
# The folder in which a copy is made or unpacked; whoever is killed leaves it.
UNFINISHED = ".backup-"
DAMAGED = _("%(path)s no es una copia, o está dañada. %(error)s")
UNSAVED = _("No se guardó nada: la base no se lee entera, o no es de la guía. %(error)s")
NO_ROOM = ("disk is full", os.strerror(errno.ENOSPC))
APPLIED = "SELECT app, name FROM {}django_migrations ORDER BY app, name"
# What `pg_restore` lists of a guide's own backup.
MIGRATIONS = " TABLE DATA public django_migrations "
# Of both databases: what only one of them has is refused.
TABLES = (
    "SELECT name FROM (SELECT * FROM main.sqlite_master UNION SELECT * FROM saved.sqlite_master) "
    "WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' GROUP BY name"
)
# Django unpickles what they hold, so that a row of a stranger's file could run a program.
CACHES = {cache["LOCATION"] for cache in settings.CACHES.values()}
EMPTY, FILL = "DELETE FROM main.{}", "INSERT INTO main.{0} ({1}) SELECT {1} FROM saved.{0}"
EACH_TABLE = (
    "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables "
    "WHERE schemaname = 'public' LOOP EXECUTE format('{}', name); END LOOP; END $$"
)


class BackupError(Exception):
    """A backup cannot be made or used; the message says why, and nothing was changed."""


class UnsoundError(BackupError):
    """It is no database with a guide's rows, all of them."""


UNSOUND = (UnsoundError, EOFError, gzip.BadGzipFile, zlib.error, sqlite3.DatabaseError)


def save(path):
    """Write a consistent copy of the database to ``path``, while the site works on.

    The file appears whole or not at all, and only its owner may read it: it holds accounts.
    """
    if path.exists():
        raise BackupError(_("%s ya existe: una copia no pisa a otra.") % path)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=path.parent) as folder:
        draft, copy = Path(folder) / "draft", Path(folder) / "copy"
        draft.touch(0o600)
        with _explained(UNSAVED, path):
            _copy_present(copy)
            _prove(copy)
            with copy.open("rb") as source, gzip.open(draft, "wb", compresslevel=6) as target:
                shutil.copyfileobj(source, target)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)


def _copy_present(copy):
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        _run("pg_dump", name, "--format=custom", "--compress=0", f"--file={copy}")
        return
    if not Path(name).exists():
        raise BackupError(_("No existe %s.") % name)
    _copy(name, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode=DELETE").fetchall()


def new_path():
    """Return where a backup goes that nobody gave a place."""
    settings.BACKUP_FOLDER.mkdir(parents=True, exist_ok=True)
    return settings.BACKUP_FOLDER / f"guia-{timezone.now():{STAMP}}.backup"


def prune():
    """Delete the backups beyond the newest ones; return how many.

    None goes that has another name than ``new_path`` gives, or while no newer one is whole; one
    that is dated after now is not counted, or a clock that was ahead would make it the newest.
    """
    now = timezone.now()
    for folder in settings.BACKUP_FOLDER.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):  # its backup has ended just now
            if folder.stat().st_mtime < (now - timedelta(days=1)).timestamp():
                shutil.rmtree(folder)
    files = filter(Path.is_file, settings.BACKUP_FOLDER.glob("guia-*"))
    own = (path for path in files if OWN.fullmatch(path.name))
    found = sorted(path for path in own if path.name <= f"guia-{now:{STAMP}}.backup")
    old, kept = found[: -settings.BACKUPS_KEPT], found[-settings.BACKUPS_KEPT :]
    if not (old and any(map(_is_whole, reversed(kept)))):
        return 0
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_whole(path):
    try:
        with _explained(DAMAGED, path), _opened(path, settings.BACKUP_FOLDER):
            return True
    except (BackupError, OSError) as error:
        logger.warning("backup is not whole: %s", error)
        return False


def restore(path):
    """Put the backup in the place of the database; return where the old one is kept, if it is."""
    if not path.exists():
        raise BackupError(_("No existe %s.") % path)
    with _explained(DAMAGED, path):
        return _restore_sqlite(path) if connection.vendor == "sqlite" else _restore_postgresql(path)


@contextmanager
def _opened(path, beside=None):
    """Unpack a backup and yield the file, once it is proved."""
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=beside) as folder:
        saved = Path(folder) / "saved"
        with gzip.open(path) as source, saved.open("wb") as target:
            shutil.copyfileobj(source, target)
        _prove(saved)
        yield saved


def _prove(saved):
    """Raise unless the copy can be restored, as far as it can tell by itself."""
    if connection.vendor == "postgresql":
        _finished(["pg_restore", "--data-only", f"--file={os.devnull}", str(saved)])
        if MIGRATIONS not in _finished(["pg_restore", "--list", str(saved)]):
            raise UnsoundError
        return
    if not _is_sound(saved):
        raise UnsoundError
    with closing(sqlite3.connect(saved)) as database:
        is_empty = not database.execute(APPLIED.format("")).fetchall()
        if is_empty or database.execute("PRAGMA foreign_key_check").fetchone():
            raise UnsoundError


@contextmanager
def _explained(reason, path):
    """Say ``reason`` of what is unsound, and of a full disk that it is full."""
    try:
        yield
    except (*UNSOUND, BackupError, DatabaseError, OSError) as error:
        if any(words in str(error) for words in NO_ROOM):
            raise BackupError(_("No queda lugar en el disco.")) from error
        if isinstance(error, UNSOUND):
            raise BackupError(reason % {"path": path, "error": error}) from error
        raise


def _refuse_other_release(saved, migrated):
    """Raise if rows were saved under other migrations than those of here."""
    if different := set(saved) ^ set(migrated):
        reason = _(
            "La copia es de otra versión del sitio (%s). Restaurala con esa versión del código y "
            "después migrá."
        )
        raise BackupError(reason % ", ".join(sorted(".".join(key) for key in different)))


def _moved_version():
    """Return SQL that gives the content a version that no process has seen: pages are made anew.

    The seconds of the clock are more than any number of changes since the backup.
    """
    seconds = int(timezone.now().timestamp())
    return f"UPDATE {ContentVersion._meta.db_table} SET number = number + {seconds}"  # noqa: S608


# --- SQLite ---


def _copy(place, target):
    source = sqlite3.connect(place, timeout=BUSY_SECONDS)
    with closing(source), closing(sqlite3.connect(target)) as database:
        source.backup(database)


def _restore_sqlite(path):
    """Write the rows over the present ones, in one transaction that begins with a copy of them.

    A damaged database is exchanged, at the very end, for one that was made beside it.
    """
    if connection.is_in_memory_db():
        raise BackupError(_("Una base en memoria no se restaura."))
    place = Path(connection.settings_dict["NAME"])
    kept = place.with_name(f"{place.name}.before-restore-{timezone.now():{STAMP}}")
    with _opened(path, place.parent) as saved:
        before, new = saved.with_name("before"), saved.with_name("new")
        before.touch(0o600)
        if _is_sound(place):
            _write_over(place, saved, before)
            before.rename(kept)
        else:
            _migrate(f"sqlite:///{quote(str(new))}")
            _write_over(new, saved, before)
            _move_away(place, kept)
            new.rename(place)
    return kept if kept.exists() else None


def _is_sound(place):
    """Tell whether there is a database that can be read to its end."""
    if not place.exists():
        return False
    try:
        with closing(sqlite3.connect(place, timeout=BUSY_SECONDS)) as database:
            return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _move_away(place, kept):
    for end in ("", "-wal", "-shm"):
        part = place.with_name(place.name + end)
        if part.exists():
            part.chmod(0o600)
            part.rename(f"{kept}{end}")


def _write_over(place, saved, before):
    """Replace all rows of ``place`` by those of ``saved``, once ``before`` holds what it held.

    Nobody else writes meanwhile, so each save that was granted is in one of both databases.
    """
    database = sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)
    with closing(database), database:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("ATTACH ? AS saved", [str(saved)])
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            reason = _("La base de ahora no se puede reemplazar, alguien escribe en ella: %s.")
            raise BackupError(reason % error) from error
        _copy(place, before)
        _refuse_other_release(*(database.execute(APPLIED.format(at)) for at in ("saved.", "main.")))
        for (table,) in database.execute(TABLES).fetchall():
            # Without the columns that the database computes.
            described = database.execute(f"PRAGMA main.table_info({_quoted(table)})")
            columns = ", ".join(_quoted(column[1]) for column in described)
            database.execute(EMPTY.format(_quoted(table)))
            if table not in CACHES:
                database.execute(FILL.format(_quoted(table), columns))
        if database.execute("PRAGMA main.foreign_key_check").fetchone():
            raise UnsoundError
        database.execute(_moved_version())


# --- PostgreSQL ---


def _restore_postgresql(path):
    """Restore into a new database and exchange names with the old one.

    The account owns the database and may make others (CREATEDB).
    """
    name, stamp = connection.settings_dict["NAME"], f"{timezone.now():{STAMP}}"
    with _opened(path) as saved, _new_database(f"{name}_restore_{stamp}") as new:
        _migrate(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{new}").geturl())
        migrated = _applied(new)
        _psql(new, EACH_TABLE.format("TRUNCATE %I CASCADE"))
        # The rows say themselves which version of the content they are.
        _psql(new, EACH_TABLE.format("ALTER TABLE %I DISABLE TRIGGER USER"))
        options = ("--data-only", "--exit-on-error", "--single-transaction")
        _run("pg_restore", new, *options, str(saved))
        _psql(new, EACH_TABLE.format("ALTER TABLE %I ENABLE TRIGGER USER"))
        _refuse_other_release(_applied(new), migrated)
        _psql(new, "".join(f"TRUNCATE {_quoted(table)};" for table in CACHES) + _moved_version())
        return _exchange_names(name, new, f"{name}_before_restore_{stamp}")


def _migrate(url):
    """Run the present migrations on the empty database at ``url``, by a process of its own."""
    command = [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "--verbosity", "0"]
    _finished(command, DATABASE_URL=url)


def _applied(name):
    return [tuple(line.split("|")) for line in _psql(name, APPLIED.format("")).splitlines()]


@contextmanager
def _new_database(name):
    """Yield the name of a new database, which is dropped at the end if it still has that name."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _exchange_names(name, new, kept):
    """Rename both databases at once; sessions of the old one end and find the new one."""
    connection.close()
    closed = name
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {_quoted(name)} ALLOW_CONNECTIONS false")
        try:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )
            cursor.execute(
                f"BEGIN; ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(kept)}; "
                f"ALTER DATABASE {_quoted(new)} RENAME TO {_quoted(name)}; COMMIT"
            )
            closed = kept
        finally:
            cursor.execute(f"ALTER DATABASE {_quoted(closed)} ALLOW_CONNECTIONS true")
    return kept


def _quoted(name):
    return connection.ops.quote_name(name)


def _psql(name, sql):
    return _run("psql", name, "--no-psqlrc", "--tuples-only", "--no-align", f"--command={sql}")


def _run(program, name, *options):
    """Run a program of PostgreSQL on the database ``name``; return what it printed."""
    values = {**connection.settings_dict, "NAME": name}
    (_client, *place, database), env = DatabaseClient.settings_to_cmd_args_env(values, [])
    return _finished([program, *place, f"--dbname={database}", *options], **(env or {}))


def _finished(command, **variables):
    """Return what a process printed that ended well; else raise with what it complained of."""
    env = {**os.environ, **variables}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError as error:
        reason = _("Falta %s: instalá el cliente de PostgreSQL.") % command[0]
        raise BackupError(reason) from error
    if done.returncode:
        kind = UnsoundError if command[0] == "pg_restore" else BackupError
        raise kind(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout
