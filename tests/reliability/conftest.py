"""One loaded database for all faults; each module serves its own copy."""

import pytest

from tests.reliability.live import Template, copy_of, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Template:
    """A small guide, loaded once."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def site(template, tmp_path_factory):
    """A running site with two workers, shared by the tests of a module."""
    with copy_of(template, tmp_path_factory.mktemp("site"), WEB_CONCURRENCY="2") as running:
        yield running
