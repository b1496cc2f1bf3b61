"""The shipped guide on each database: loaded once, copied and served for the tests of a module."""

import os
import shutil

import pytest

from tests import postgresql
from tests.postgresql import database_url, free_port
from tests.reliability.live import database_of
from tests.serving import machines
from tests.site import environment, serving


def needs(present, reason):
    """Skip, and say so, where a program is missing; in CI nothing may be missing."""
    if not present:
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)


def on_port(env):
    """Return the same environment on a port of its own."""
    port = free_port()
    return env | {"PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture(scope="module")
def sqlite_site(prepared, tmp_path_factory):
    """The environment of a loaded guide on SQLite."""
    folder, loaded = tmp_path_factory.mktemp("sqlite"), prepared.sqlite("shipped")
    shutil.copy(database_of(loaded.folder), database_of(folder))
    return environment(folder, free_port()) | {"WEB_CONCURRENCY": "2"}


@pytest.fixture(scope="module")
def postgresql_site(prepared, tmp_path_factory):
    """The environment of a loaded guide on PostgreSQL."""
    needs(postgresql.binaries(), postgresql.SKIPPED)
    files, _loaded = prepared.postgresql("shipped")
    with postgresql.cluster(files) as server:
        variables = {"DATABASE_URL": database_url(server.url, "shipped"), "WEB_CONCURRENCY": "2"}
        yield environment(tmp_path_factory.mktemp("postgresql"), free_port()) | variables


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request, tmp_path_factory):
    """Yield the environment and the address of a guide with two workers, on each database."""
    env = on_port(request.getfixturevalue(f"{request.param}_site"))
    with serving(env, tmp_path_factory.mktemp("running") / "guide.log"):
        yield env, env["SITE_URL"]


@pytest.fixture
def quick_site(sqlite_site):
    """The environment of a guide that a test starts itself; one database is enough here."""
    return on_port(sqlite_site)


@pytest.fixture(scope="session")
def nginx_program():
    needs(machines.has_nginx(), machines.NGINX_MISSING)
