"""SQLite: its own online copy, page by page in one step, there and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
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
    kept = _set_aside(place)
    with closing(sqlite3.connect(file)) as source, closing(_open(place)) as target:
        target.execute("PRAGMA synchronous=FULL")
        source.backup(target)
    return str(kept or "")


def _place() -> Path:
    if connection.is_in_memory_db():
        raise BackupError(_("Una base en memoria no se restaura."))
    return Path(connection.settings_dict["NAME"])


def _refuse_unsound(copy: BaseDatabaseWrapper) -> None:
    with copy.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        if cursor.fetchall() != [("ok",)]:
            raise BackupError(_("La base de la copia está dañada."))


def _set_aside(place: Path) -> Path | None:
    """Keep the present database under another name; None where there is none."""
    if not place.exists():
        return None
    kept = place.with_name(f"{place.name}.before-restore-{timezone.now():%Y%m%dT%H%M%S%f}")
    try:
        with closing(_open(place)) as source, closing(sqlite3.connect(kept)) as target:
            if source.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise sqlite3.DatabaseError
            source.backup(target)
    except sqlite3.OperationalError as error:
        # Locked, or no room for a copy: the database itself is well, and others may have it open.
        kept.unlink(missing_ok=True)
        raise BackupError(_("La base de ahora no se puede apartar: %s.") % error) from error
    except sqlite3.DatabaseError:
        kept.unlink(missing_ok=True)
        for end in ("", "-wal", "-shm"):
            part = place.with_name(place.name + end)
            if part.exists():
                part.rename(f"{kept}{end}")
    kept.chmod(0o600)
    return kept


def _open(place: Path) -> sqlite3.Connection:
    return sqlite3.connect(place, timeout=BUSY_SECONDS)
