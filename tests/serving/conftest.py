"""The shipped guide on each database: loaded once, and copied for each test that serves it."""

import pytest

from tests.helpers.prepared import needs
from tests.reliability.live import copy_of, served
from tests.serving import machines


@pytest.fixture
def sqlite_site(prepared, tmp_path):
    """A guide with two workers on SQLite."""
    with copy_of(prepared.sqlite("shipped"), tmp_path, WEB_CONCURRENCY="2") as site:
        yield site


@pytest.fixture
def postgresql_site(prepared, tmp_path):
    """A guide with two workers on PostgreSQL."""
    with (
        prepared.postgresql("shipped") as (_server, loaded, variables),
        served(loaded, tmp_path, WEB_CONCURRENCY="2", **variables) as site,
    ):
        yield site


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
