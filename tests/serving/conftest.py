"""A loaded guide on each database, made once for all tests that start it."""

import os

import pytest

from tests import postgresql
from tests.postgresql import free_port
from tests.serving import machines
from tests.site import environment, load, serving


def needs(present, reason):
    """Skip, and say so, where a program is missing; in CI nothing may be missing."""
    if not present:
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)


def loaded(folder, **variables):
    env = environment(folder, free_port()) | {"WEB_CONCURRENCY": "2"} | variables
    load(env)
    return env


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory):
    """The environment of a loaded guide on SQLite."""
    return loaded(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_site(tmp_path_factory):
    """The environment of a loaded guide on PostgreSQL."""
    needs(postgresql.binaries(), postgresql.SKIPPED)
    with postgresql.server() as url:
        yield loaded(tmp_path_factory.mktemp("postgresql"), DATABASE_URL=url)


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request):
    """The environment of a loaded guide, on each database in turn, on a port of its own."""
    env = request.getfixturevalue(f"{request.param}_site")
    port = free_port()
    return env | {"PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture
def running(site, tmp_path):
    """Yield the environment, the address and the process of a guide with two workers."""
    with serving(site, tmp_path / "guide.log") as server:
        yield site, f"http://127.0.0.1:{site['PORT']}", server


@pytest.fixture
def nginx_program():
    needs(machines.has_nginx(), machines.NGINX_MISSING)
