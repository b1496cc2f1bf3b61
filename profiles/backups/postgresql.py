"""PostgreSQL: pg_dump and pg_restore, both looking at what Python has counted."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.backups.archive import BackupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

DEBIAN = Path("/usr/lib/postgresql")
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def copied(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """Dump the database to ``file`` and yield a connection that sees exactly what it holds."""
    with connection.cursor() as cursor, transaction.atomic(durable=True):
        cursor.execute(SNAPSHOT)
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run("pg_dump", connection, "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
        yield connection


def scratch_folder() -> None:
    """Return where to unpack: the system's temporary folder (TMPDIR)."""
    return


def restored(file: Path, prove: Callable[[BaseDatabaseWrapper], None]) -> str:
    """Restore ``file`` into a new database and, once ``prove`` accepts it, exchange their names.

    Returns the name of the old database. The account needs CREATEDB and owns the database.
    """
    name = connection.settings_dict["NAME"]
    stamp = f"{timezone.now():%Y%m%dT%H%M%S%f}"
    new, kept = f"{name}_restore_{stamp}", f"{name}_before_restore_{stamp}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_quoted(new)} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            _fill(new, file, prove)
            connection.close()
            _exchange(cursor, name, new, kept)
        except BaseException:
            cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(new)} WITH (FORCE)")
            raise
    return kept


def _fill(name: str, file: Path, prove: Callable[[BaseDatabaseWrapper], None]) -> None:
    copy = type(connections[DEFAULT_DB_ALIAS])(
        {**connection.settings_dict, "NAME": name}, alias="copy"
    )
    try:
        _run("pg_restore", copy, "--no-owner", "--exit-on-error", "--single-transaction", str(file))
        with transaction_of(copy):
            prove(copy)
    finally:
        copy.close()


@contextmanager
def transaction_of(copy: BaseDatabaseWrapper) -> Iterator[None]:
    """Run the block in one transaction of a connection that Django does not know by name."""
    copy.set_autocommit(False)
    yield
    copy.commit()
    copy.set_autocommit(True)


def _exchange(cursor, name: str, new: str, kept: str) -> None:
    """Rename both databases at once; sessions of the old one end and find the new one."""
    old = _quoted(name)
    cursor.execute(f"ALTER DATABASE {old} ALLOW_CONNECTIONS false")
    try:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        _wait_until_alone(cursor, name)
        cursor.execute(
            f"BEGIN; ALTER DATABASE {old} RENAME TO {_quoted(kept)}; "
            f"ALTER DATABASE {_quoted(new)} RENAME TO {old}; COMMIT"
        )
    except BaseException:
        cursor.execute(f"ALTER DATABASE {old} ALLOW_CONNECTIONS true")
        raise
    cursor.execute(f"ALTER DATABASE {_quoted(kept)} ALLOW_CONNECTIONS true")


def _wait_until_alone(cursor, name: str) -> None:
    """Return when the sessions that were told to end have ended (at most five seconds)."""
    cursor.execute(
        "DO $$ BEGIN FOR i IN 1..100 LOOP PERFORM pg_stat_clear_snapshot(); "
        "EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = "
        f"{_literal(name)}); PERFORM pg_sleep(0.05); END LOOP; END $$"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _run(program: str, database: BaseDatabaseWrapper, *options: str) -> None:
    """Run a program of PostgreSQL on ``database``; raises BackupError with its last words."""
    (_psql, *place), env = DatabaseClient.settings_to_cmd_args_env(database.settings_dict, [])
    command = [_found(program), *_named(place), *options]
    environment = {**os.environ, **(env or {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()}")


def _named(place: list[str]) -> list[str]:
    """Return psql's arguments for the other programs: the database, last there, has a name."""
    return [*place[:-1], f"--dbname={place[-1]}"]


def _found(program: str) -> str:
    """Return the path of a PostgreSQL program, the newest version that is installed."""
    versions = sorted(DEBIAN.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(program)
    if found is None:
        raise BackupError(_("Falta %s: instalá el cliente de PostgreSQL.") % program)
    return found
