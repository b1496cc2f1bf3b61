"""The shipped guide on each database: loaded once, and copied for each test that serves it."""

import shutil

import pytest

from tests.helpers import postgresql
from tests.helpers.postgresql import database_url, free_port
from tests.helpers.prepared import needs
from tests.helpers.site import environment
from tests.reliability.live import copy_of, database_of
from tests.serving import machines


@pytest.fixture
def sqlite_site(prepared, tmp_path):
    """The environment of a loaded guide on SQLite."""
    shutil.copy(database_of(prepared.sqlite("shipped").folder), database_of(tmp_path))
    return environment(tmp_path, free_port()) | {"WEB_CONCURRENCY": "2"}


@pytest.fixture
def postgresql_site(prepared, tmp_path):
    """The environment of a loaded guide on PostgreSQL."""
    needs(postgresql.binaries(), postgresql.SKIPPED)
    files, _loaded = prepared.postgresql("shipped")
    with postgresql.cluster(files) as server:
        variables = {"DATABASE_URL": database_url(server.url, "shipped"), "WEB_CONCURRENCY": "2"}
        yield environment(tmp_path, free_port()) | variables


@pytest.fixture(scope="session")
def nginx_program():
    needs(machines.has_nginx(), machines.NGINX_MISSING)


@pytest.fixture(scope="module")
def fronted(prepared, nginx_program, tmp_path_factory):
    """The address of a guide that nobody edits, and the one of nginx in front of it."""
    folder = tmp_path_factory.mktemp("fronted")
    with (
        copy_of(prepared.sqlite("shipped"), folder, WEB_CONCURRENCY="2") as site,
        machines.front(f"127.0.0.1:{site.port}") as address,
    ):
        yield site.env["SITE_URL"], address
