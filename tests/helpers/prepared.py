"""Loaded guides to copy, made once for a run by whichever of its workers asks first.

Loading takes seconds, a copy of the files none; and the static files, which all sites share, must
not be collected again under a site that serves them.
"""

import fcntl
import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.helpers.postgresql import SKIPPED, Cluster, binaries, cluster, database_url, free_port
from tests.helpers.site import environment, manage
from tests.reliability.live import Template, at_once, database_of, log_in, small_guide

# Documents to load: a few made-up roles with the shared vocabulary, or what is shipped.
GUIDES = {"small": small_guide, "shipped": lambda folder: []}


def load(name: str, env: dict[str, str], folder: Path) -> None:
    """Load a guide, log its editors in, and keep what goes with the database."""
    manage(env, "load_guide", *GUIDES[name](folder))
    kept = [env["SECRET_KEY"], log_in(env)]
    (folder / "kept.json").write_text(json.dumps(kept))


def needs(present: object, reason: str) -> None:
    """Skip, and say so, where a program is missing; in CI nothing may be missing."""
    if not present:
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)


@dataclass
class Prepared:
    """Where a run keeps what its workers share."""

    folder: Path

    def sqlite(self, name: str) -> Template:
        """Return the folder of a loaded SQLite file, its secret and its editors' sessions."""
        self._once("static", collect)
        return kept(self._once(f"sqlite-{name}", lambda folder: make_sqlite(folder, name)))

    @contextmanager
    def postgresql(self, name: str) -> Iterator[tuple[Cluster, Template, dict[str, str]]]:
        """Yield a server with a loaded guide, what goes with it, and how a site reaches it."""
        needs(binaries(), SKIPPED)
        self._once("static", collect)
        folder = self._once("postgresql", make_postgresql)
        with cluster(folder / "data") as server:
            yield server, kept(folder / name), {"DATABASE_URL": database_url(server.url, name)}

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return the folder ``name``, made by the first who asks while the others wait."""
        folder, draft = self.folder / name, self.folder / f"{name}.draft"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                draft.mkdir()
                make(draft)
                draft.rename(folder)
        return folder


def collect(folder: Path) -> None:
    manage(environment(folder, free_port()), "collectstatic", "--noinput", "--verbosity", "0")


def make_sqlite(folder: Path, name: str) -> None:
    env = environment(folder, free_port())
    manage(env, "migrate", "--verbosity", "0")
    load(name, env, folder)
    with closing(sqlite3.connect(database_of(folder))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def make_postgresql(folder: Path) -> None:
    with cluster() as server:
        env = environment(folder, free_port()) | {"DATABASE_URL": server.url}
        manage(env, "migrate", "--verbosity", "0")
        elsewhere = database_url(server.url, "template1")
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            for name in GUIDES:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
        at_once(*(partial(fill, folder / name, env, server.url, name) for name in GUIDES))
        server.stop("fast")
        subprocess.run(["cp", "-a", server.data, folder / "data"], check=True)


def fill(folder: Path, env: dict[str, str], url: str, name: str) -> None:
    """Load a guide into the database ``name`` of a server."""
    folder.mkdir()
    load(name, env | {"DATABASE_URL": database_url(url, name)}, folder)


def kept(folder: Path) -> Template:
    return Template(folder, *json.loads((folder / "kept.json").read_text()))
