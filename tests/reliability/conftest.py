"""One loaded database of each kind for all faults; each module serves its own copy."""

from dataclasses import dataclass

import pytest

from tests.helpers.postgresql import SKIPPED, Cluster, binaries, cluster, database_url
from tests.helpers.prepared import needs
from tests.reliability.live import Template, copy_of, served


@pytest.fixture(scope="session")
def template(prepared) -> Template:
    """A small guide, loaded once."""
    return prepared.sqlite("small")


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
    sessions: dict[str, str]


@pytest.fixture(scope="session")
def postgresql(prepared):
    """The same small guide on a PostgreSQL server."""
    needs(binaries(), SKIPPED)
    files, loaded = prepared.postgresql("small")
    with cluster(files) as server:
        url = database_url(server.url, "small")
        variables = {"DATABASE_URL": url, "SECRET_KEY": loaded.secret}
        yield OnPostgreSQL(server, variables, loaded.sessions)


@pytest.fixture(scope="module")
def on_postgresql(template, postgresql, tmp_path_factory):
    """A site with two workers on a PostgreSQL server that the test may stop, and that server."""
    options = {"sessions": postgresql.sessions, "WEB_CONCURRENCY": "2", **postgresql.variables}
    with served(template, tmp_path_factory.mktemp("site"), **options) as running:
        yield running, postgresql.server


@pytest.fixture(params=["sqlite", "postgresql"])
def any_site(request):
    """The running site of the module on each kind of database."""
    if request.param == "sqlite":
        return request.getfixturevalue("site")
    return request.getfixturevalue("on_postgresql")[0]
