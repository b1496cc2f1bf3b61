"""One loaded database of each kind for all faults; each module serves its own copy."""

import pytest

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


@pytest.fixture(scope="session")
def postgresql(prepared):
    """The same small guide on a PostgreSQL server."""
    with prepared.postgresql("small") as found:
        yield found


@pytest.fixture(scope="module")
def on_postgresql(postgresql, tmp_path_factory):
    """A site with two workers on a PostgreSQL server that the test may stop, and that server."""
    server, loaded, variables = postgresql
    folder = tmp_path_factory.mktemp("site")
    with served(loaded, folder, WEB_CONCURRENCY="2", **variables) as running:
        yield running, server


@pytest.fixture(params=["sqlite", "postgresql"])
def any_site(request):
    """The running site of the module on each kind of database."""
    if request.param == "sqlite":
        return request.getfixturevalue("site")
    return request.getfixturevalue("on_postgresql")[0]
