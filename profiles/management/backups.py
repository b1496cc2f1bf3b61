"""The database saved to one file, and brought back as a whole or not at all.

SQLite is saved by its own online copy, packed by gzip; PostgreSQL by ``pg_dump``. Both kinds of
file have checksums, so a damaged one is found. What was read back is compared with the schema that
the migrations make, and only then takes the place of the database, of which nothing is lost.
"""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import ContentVersion

BUSY_SECONDS = 20
DEBIAN = Path("/usr/lib/postgresql")
APPLIED = "SELECT app, name FROM django_migrations"
SQLITE_SCHEMA = (
    "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)
# Django writes the values of such a list in any order.
LIST = re.compile(r"\(('\w+'(?:, *'\w+')+)\)")
ONLY_SCHEMA = ("--schema-only", "--no-owner", "--no-privileges", "--no-comments")


class BackupError(Exception):
    """A backup cannot be made or used; the message says why, and nothing was changed."""


def save(path):
    """Write a consistent copy of the database to ``path``, while the site works on.

    The file appears whole or not at all, and only its owner may read it: it holds accounts.
    """
    if path.exists():
        raise BackupError(_("%s ya existe: una copia no pisa a otra.") % path)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        draft = Path(folder) / "draft"
        draft.touch(0o600)
        {"sqlite": _save_sqlite, "postgresql": _save_postgresql}[connection.vendor](draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)


def restore(path):
    """Put the backup in the place of the database; return where the old one is kept, if it is."""
    if not path.exists():
        raise BackupError(_("No existe %s.") % path)
    return {"sqlite": _restore_sqlite, "postgresql": _restore_postgresql}[connection.vendor](path)


def _compare(found, migrated):
    """Raise if a restored (migrations, schema) is not the one that the migrations make here."""
    if found[0] != migrated[0]:
        names = ", ".join(".".join(key) for key in sorted(found[0] ^ migrated[0]))
        reason = _(
            "La copia es de otra versión del sitio (%s). Restaurala con esa versión del código y "
            "después migrá."
        )
        raise BackupError(reason % names)
    if different := sorted(name for name, _sql in found[1] ^ migrated[1]):
        names = ", ".join(dict.fromkeys(different))
        raise BackupError(_("Su estructura no es la de las migraciones: %s.") % names)


def _migrate(url):
    """Make an empty database of the present migrations; by a process of its own, with its URL."""
    command = [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)  # noqa: S603


def _moved_version():
    """Return SQL that gives the content a version that no process has seen: pages are made anew.

    The seconds of the clock are more than any number of changes since the backup.
    """
    seconds = int(timezone.now().timestamp())
    return f"UPDATE {ContentVersion._meta.db_table} SET number = number + {seconds}"  # noqa: S608


def _stamp():
    return f"{timezone.now():%Y%m%dT%H%M%S%f}"


# --- SQLite ---


def _save_sqlite(draft):
    copy = draft.with_name("copy")
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE").fetchall()
    with copy.open("rb") as source, gzip.open(draft, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target)


def _restore_sqlite(path):
    if connection.is_in_memory_db():
        raise BackupError(_("Una base en memoria no se restaura."))
    place = Path(connection.settings_dict["NAME"])
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place.parent) as folder:
        copy, migrated = Path(folder) / "copy", Path(folder) / "migrated"
        try:
            with gzip.open(path) as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
            with closing(sqlite3.connect(copy)) as database, database:
                if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise sqlite3.DatabaseError
                if database.execute("PRAGMA foreign_key_check").fetchone():
                    raise sqlite3.DatabaseError
                found = _inside(database)
                database.execute(_moved_version())
        except (EOFError, gzip.BadGzipFile, zlib.error, sqlite3.DatabaseError) as error:
            raise BackupError(_("%s no es una copia, o está dañada.") % path) from error
        _migrate(f"sqlite:///{migrated}")
        with closing(sqlite3.connect(migrated)) as database:
            _compare(found, _inside(database))
        connection.close()
        return _exchange_files(place, copy)


def _inside(database):
    schema = {(name, comparable(sql)) for name, sql in database.execute(SQLITE_SCHEMA)}
    return {*database.execute(APPLIED)}, schema


def comparable(sql):
    """Return a statement of the schema with the values of its lists in one order."""
    return LIST.sub(lambda found: str(sorted(re.findall(r"\w+", found[1]))), sql or "")


def _exchange_files(place, copy):
    """Write ``copy`` over ``place``; return where the old content is, None if there was none.

    It is copied once nobody else can write any more, so each save that was granted is in the old
    database or in the new one. If that fails, ``place`` is what it was.
    """
    kept = place.with_name(f"{place.name}.before-restore-{_stamp()}")
    keep = None
    try:
        if _is_sound(place):
            keep = partial(_keep, place, kept)
        else:
            _move_away(place, kept)
        with closing(sqlite3.connect(copy)) as source, closing(_open(place)) as target:
            # In this mode, the site's own, what is being written over can still be read.
            target.execute("PRAGMA journal_mode=WAL").fetchall()
            target.execute("PRAGMA synchronous=FULL")
            source.backup(target, pages=1, progress=keep)
    except sqlite3.OperationalError as error:
        # Locked, or no room: the database itself is well, and others may have it open.
        if keep:
            kept.unlink(missing_ok=True)
        raise BackupError(_("La base de ahora no se puede reemplazar: %s.") % error) from error
    return kept if kept.exists() else None


def _is_sound(place):
    """Tell whether there is a database that can be read to its end."""
    if not place.exists():
        return False
    try:
        with closing(_open(place)) as database:
            return database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
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


def _keep(place, kept, status, remaining, pages):
    """Copy the old database as soon as the first page of the new one is written over it.

    From then on nobody else writes, until the last page makes the new one visible to all.
    """
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError(_("alguien escribe en ella y no termina; pará el sitio"))
    if not kept.exists():
        kept.touch(0o600)
        with closing(_open(place)) as source, closing(sqlite3.connect(kept)) as target:
            source.backup(target)


def _open(place):
    return sqlite3.connect(place, timeout=BUSY_SECONDS)


# --- PostgreSQL ---


def _save_postgresql(draft):
    _run("pg_dump", connection.settings_dict["NAME"], "--format=custom", f"--file={draft}")


def _restore_postgresql(path):
    """Restore into a new database and, once it is proved, exchange names with the old one.

    The account owns the database and may make others (CREATEDB).
    """
    name = connection.settings_dict["NAME"]
    with _new_database(f"{name}_restore_{_stamp()}") as new:
        try:
            _fill(new, path)
        except BackupError as error:
            raise BackupError(_("%s no es una copia, o está dañada.") % path) from error
        _compare(_inside_of(new), _inside_of_migrated(name))
        _psql(new, _moved_version())
        return _exchange_names(name, new, f"{name}_before_restore_{_stamp()}")


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


def _fill(name, path):
    options = ("--no-owner", "--exit-on-error", "--single-transaction")
    _run("pg_restore", name, *options, str(path))


def _inside_of_migrated(name):
    """Return what the migrations make, restored once: PostgreSQL then writes some parts anew."""
    with (
        _new_database(f"{name}_migrated_{_stamp()}") as migrated,
        _new_database(f"{name}_compared_{_stamp()}") as restored,
        tempfile.TemporaryDirectory() as folder,
    ):
        _migrate(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{migrated}").geturl())
        _run("pg_dump", migrated, "--format=custom", f"--file={folder}/dump")
        _fill(restored, f"{folder}/dump")
        return _inside_of(restored)


def _inside_of(name):
    """Return the migrations that a database has, and its schema statement by statement."""
    applied = {tuple(line.split("|")) for line in _psql(name, APPLIED).splitlines()}
    text = _run("pg_dump", name, *ONLY_SCHEMA)
    lines = [line for line in text.splitlines() if not line.startswith(("--", "\\"))]
    statements = filter(None, re.split(r"\n{2,}", "\n".join(lines).strip()))
    return applied, {(statement.partition("\n")[0], statement) for statement in statements}


def _exchange_names(name, new, kept):
    """Rename both databases at once; sessions of the old one end and find the new one."""
    connection.close()
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
        except BaseException:
            cursor.execute(f"ALTER DATABASE {_quoted(name)} ALLOW_CONNECTIONS true")
            raise
        cursor.execute(f"ALTER DATABASE {_quoted(kept)} ALLOW_CONNECTIONS true")
    return kept


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _psql(name, sql):
    return _run("psql", name, "--no-psqlrc", "--tuples-only", "--no-align", f"--command={sql}")


def _run(program, name, *options):
    """Run a program of PostgreSQL on the database ``name``; return what it printed."""
    values = {**connection.settings_dict, "NAME": name}
    (_client, *place, database), env = DatabaseClient.settings_to_cmd_args_env(values, [])
    command = [_found(program), *place, f"--dbname={database}", *options]
    environment = {**os.environ, **(env or {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()}")
    return done.stdout


def _found(program):
    """Return the path of a PostgreSQL program, the newest version that is installed."""
    versions = sorted(DEBIAN.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(program)
    if found is None:
        raise BackupError(_("Falta %s: instalá el cliente de PostgreSQL.") % program)
    return found
