"""SQLite: its own online copy, page by page in one step, there and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.backups.archive import BackupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

BUSY_SECONDS = 20


@contextmanager
def copied(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """Copy the database to ``file`` and yield a connection to the copy.

    Copying the file itself would leave out what still lies in the write-ahead log.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as target:
        connection.connection.backup(target)
    with connected(file) as copy:
        yield copy


@contextmanager
def connected(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection to another file; afterwards it is one file again."""
    options = {"init_command": "PRAGMA journal_mode=DELETE"}
    values = {**connection.settings_dict, "NAME": str(file), "OPTIONS": options}
    copy = type(connections[DEFAULT_DB_ALIAS])(values, alias="copy")
    try:
        yield copy
    finally:
        copy.close()


def scratch_folder() -> Path:
    """Return the folder of the database: on its disk, and writable where the site is."""
    return _place().parent


def restored(file: Path, prove: Callable[[BaseDatabaseWrapper], None]) -> str:
    """Write ``file`` over the database, in one transaction, once ``prove`` accepts it.

    Returns the path of the old database. Where that is damaged it is moved away instead of
    copied, for which nobody else may have it open.
    """
    with connected(file) as copy:
        _refuse_unsound(copy)
        prove(copy)
    place = _place()
    connection.close()
    return str(_exchanged(place, file) or "")


def _place() -> Path:
    if connection.is_in_memory_db():
        raise BackupError(_("Una base en memoria no se restaura."))
    return Path(connection.settings_dict["NAME"])


def _refuse_unsound(copy: BaseDatabaseWrapper) -> None:
    with copy.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        if cursor.fetchall() != [("ok",)]:
            raise BackupError(_("La base de la copia está dañada."))


def _exchanged(place: Path, file: Path) -> Path | None:
    """Write ``file`` over ``place``; return where the old content is, None where there is none.

    It is copied once nobody else can write any more, so each save that was granted is in the old
    database or in the new one. Where that fails, ``place`` is what it was.
    """
    kept = place.with_name(f"{place.name}.before-restore-{timezone.now():%Y%m%dT%H%M%S%f}")
    keep = None
    try:
        if _is_sound(place):
            keep = partial(_keep, place, kept)
        else:
            _move_away(place, kept)
        with closing(sqlite3.connect(file)) as source, closing(_open(place)) as target:
            # What is being written over can still be read in this mode, the site's own.
            target.execute("PRAGMA journal_mode=WAL").fetchall()
            target.execute("PRAGMA synchronous=FULL")
            source.backup(target, pages=1, progress=keep)
    except sqlite3.OperationalError as error:
        # Locked, or no room: the database itself is well, and others may have it open.
        if keep:
            kept.unlink(missing_ok=True)
        raise BackupError(_("La base de ahora no se puede reemplazar: %s.") % error) from error
    return kept if kept.exists() else None


def _is_sound(place: Path) -> bool:
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


def _move_away(place: Path, kept: Path) -> None:
    for end in ("", "-wal", "-shm"):
        part = place.with_name(place.name + end)
        if part.exists():
            part.chmod(0o600)
            part.rename(f"{kept}{end}")


def _keep(place: Path, kept: Path, status: int, remaining: int, pages: int) -> None:
    """Copy the old database as soon as the first page of the new one is written over it.

    From then on nobody else writes, until the last page makes the new one visible to all.
    """
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError(_("alguien escribe en ella y no termina; pará el sitio"))
    if not kept.exists():
        kept.touch(0o600)
        with closing(_open(place)) as source, closing(sqlite3.connect(kept)) as target:
            source.backup(target)


def _open(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(place, timeout=BUSY_SECONDS)
