"""One file that holds a database and says, table by table, what must be in it.

It is a zip of ``manifest.json`` and the database, in the form that its engine restores. An
intact file is not yet the right content (a copied SQLite file may lack the newest rows and still
be sound), so every table is counted and hashed when it is saved, and again before a restore.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict

from profiles.models import ContentVersion
from profiles.zip_file import BROKEN, LOCKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
HASH_SIZE = 2**256
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made or used; the message says why, and nothing was changed."""


class Table(BaseModel):
    """What one table held: how many rows, and the sum of their hashes, in any order."""

    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(frozen=True)

    format: int
    engine: str
    made_at: AwareDatetime
    migrations: frozenset[tuple[str, str]]
    tables: dict[str, Table]
    file_sha256: str

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def engine():
    """Return the module that copies and restores this site's kind of database."""
    from profiles.backups import postgresql, sqlite

    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def make(path: Path) -> Manifest:
    """Write a consistent copy of the database to ``path``, while the site works on.

    The file appears whole or not at all and is readable by its owner only: it holds accounts.
    Raises BackupError where there is such a file already or the copy fails.
    """
    if path.exists():
        raise BackupError(_("%s ya existe: una copia no pisa a otra.") % path)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        database = Path(folder) / DATABASE
        with engine().copied(database) as snapshot:
            manifest = Manifest(
                format=FORMAT,
                engine=connection.vendor,
                made_at=timezone.now(),
                migrations=applied(snapshot),
                tables=contents(snapshot),
                file_sha256=file_digest(database),
            )
        archive = Path(folder) / "archive"
        _pack(archive, manifest, database)
        archive.rename(path)
    return manifest


def _pack(path: Path, manifest: Manifest, database: Path) -> None:
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
            archive.write(database, DATABASE)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Yield the backup in ``path``, found intact and of this site's engine and schema.

    Raises BackupError, in words for whoever restores, and has touched nothing.
    """
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=engine().scratch_folder()) as folder:
        manifest, database = _unpack(path, Path(folder))
        _refuse_other_schema(manifest)
        yield Backup(manifest, database)


class Backup:
    """An intact backup, unpacked and ready to restore."""

    def __init__(self, manifest: Manifest, database: Path):
        self.manifest = manifest
        self._database = database

    def restore(self) -> str:
        """Put the backup in the place of the database; return where the old one is kept.

        Raises BackupError where what it restores is not what was saved; then the database is
        the one it was.
        """
        return engine().restored(self._database, self._prove)

    def _prove(self, copy: BaseDatabaseWrapper) -> None:
        """Refuse a copy with other rows than were saved, and make pages see that it is new."""
        found = contents(copy)
        if found != self.manifest.tables:
            wrong = sorted(
                name
                for name in found.keys() | self.manifest.tables.keys()
                if found.get(name) != self.manifest.tables.get(name)
            )
            raise BackupError(_("El contenido no es el que se guardó: %s.") % ", ".join(wrong))
        _move_content_version(copy)


def _unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    database = folder / DATABASE
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            _refuse_other_kind(manifest)
            archive.extract(DATABASE, folder)
    except FileNotFoundError as error:
        raise BackupError(_("No existe %s.") % path) from error
    except (*BROKEN, LOCKED, KeyError) as error:
        raise BackupError(_("%s no es una copia, o está dañada.") % path) from error
    if file_digest(database) != manifest.file_sha256:
        raise BackupError(_("%s está dañada: su base no es la que se guardó.") % path)
    return manifest, database


def _refuse_other_kind(manifest: Manifest) -> None:
    if manifest.format != FORMAT:
        raise BackupError(_("La copia tiene un formato que esta versión no lee."))
    if manifest.engine != connection.vendor:
        kinds = {"theirs": manifest.engine, "ours": connection.vendor}
        raise BackupError(_("La copia es de %(theirs)s y este sitio usa %(ours)s.") % kinds)


def _refuse_other_schema(manifest: Manifest) -> None:
    """Raise where this code has other migrations than the code that made the backup."""
    loader = MigrationLoader(None)
    missing = loader.graph.nodes.keys() - manifest.migrations
    unknown = manifest.migrations - loader.disk_migrations.keys()
    if missing or unknown:
        names = ", ".join(".".join(key) for key in sorted(missing | unknown))
        raise BackupError(
            _(
                "La copia es de otra versión del sitio (%s). Restaurala con esa versión del "
                "código y después migrá."
            )
            % names
        )


def applied(database: BaseDatabaseWrapper) -> frozenset[tuple[str, str]]:
    """Return (app, name) of the migrations that a database has."""
    with database.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return frozenset(cursor.fetchall())


def contents(database: BaseDatabaseWrapper) -> dict[str, Table]:
    """Return what each table of a database holds."""
    return {name: _table(database, name) for name in database.introspection.table_names()}


def _table(database: BaseDatabaseWrapper, name: str) -> Table:
    count = total = 0
    with database.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {database.ops.quote_name(name)}")  # noqa: S608 - its own name
        for row in cursor:
            count += 1
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest())
    return Table(rows=count, sha256=f"{total % HASH_SIZE:064x}")


def _move_content_version(copy: BaseDatabaseWrapper) -> None:
    """Give the copy a number that no running process has seen: its pages are made anew.

    What they have seen is not asked: their database may be what is damaged. The seconds of the
    clock are more than any number of changes since the backup.
    """
    table = ContentVersion._meta.db_table
    seconds = int(timezone.now().timestamp())
    with copy.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET number = number + %s", [seconds])  # noqa: S608


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
