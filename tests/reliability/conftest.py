"""One loaded database of each kind for all faults; each module serves its own copy."""

import os
from dataclasses import dataclass

import psycopg
import pytest

from tests.postgresql import SKIPPED, Cluster, binaries, cluster
from tests.reliability.live import Template, copy_of, log_in, make_template, served, small_guide
from tests.site import manage


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Template:
    """A small guide, loaded once."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def site(template, tmp_path_factory):
    """A running site with two workers, shared by the tests of a module."""
    with copy_of(template, tmp_path_factory.mktemp("site"), WEB_CONCURRENCY="2") as running:
        yield running


@dataclass
class OnPostgreSQL:
    """A loaded database on a server that a test may stop, and how a site reaches it."""

    server: Cluster
    variables: dict[str, str]
    sessions: list[str]


@pytest.fixture(scope="session")
def postgresql(template, tmp_path_factory):
    """The same small guide in the database "guide" of a PostgreSQL server."""
    if binaries() is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(SKIPPED)
    with cluster() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE guide")
        url = server.url.removesuffix("/postgres") + "/guide"
        variables = {"DATABASE_URL": url, "SECRET_KEY": template.secret}
        env = {**os.environ, **variables}
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "load_guide", *small_guide(tmp_path_factory.mktemp("documents")))
        yield OnPostgreSQL(server, variables, log_in(env))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_site(request, template, tmp_path_factory):
    """A running site with two workers on each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("site")
        return
    database = request.getfixturevalue("postgresql")
    options = {"sessions": database.sessions, "WEB_CONCURRENCY": "2", **database.variables}
    with served(template, tmp_path_factory.mktemp("site"), **options) as running:
        yield running
