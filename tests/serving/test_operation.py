"""Starting, renewing, stopping and watching the guide while visitors read it."""

import pytest

from tests.serving import machines
from tests.serving.machines import PAGE, Readers, children, get
from tests.site import manage, serving, wait_until_ready

pytestmark = pytest.mark.processes

PAGES = (PAGE, "/guia-de-roles/", "/guia-de-roles/perfiles/", "/guia-de-roles/rasgos/")
# What is measured quiet (benchmarks/results.md) is two seconds; a busy machine gets more.
START_SECONDS = 10
FORGED = "/guia-de-roles/%0aINFO%20forged%1b%5b2J/"


@pytest.fixture
def address(quick_site):
    return f"http://127.0.0.1:{quick_site['PORT']}"


def test_first_page_comes_soon_after_the_start(quick_site, address, tmp_path):
    def answers():
        try:
            return get(address + PAGE)[0] == 200
        except OSError:
            return False

    with machines.gunicorn(quick_site, tmp_path / "log"):
        assert machines.seconds_until(answers, limit=60) < START_SECONDS


@pytest.mark.soak
def test_worker_that_has_served_its_share_is_replaced_without_a_failed_request(
    quick_site, address, tmp_path
):
    env = quick_site | {"GUNICORN_CMD_ARGS": "--max-requests=150 --max-requests-jitter=50"}
    with serving(env, tmp_path / "log") as server:
        first = set(children(server.pid))
        with Readers([address + page for page in PAGES]) as readers:
            machines.seconds_until(lambda: not first & set(children(server.pid)), limit=60)
            readers.wait_for(50)
    assert readers.wrong == {}


def test_log_is_one_line_per_event_whatever_is_asked(quick_site, address, tmp_path):
    env = quick_site | {"ACCESS_LOG": "-"}
    with serving(env, tmp_path / "log"):
        for _ in range(2):
            get(f"{address}{PAGE}?utm=secreto", {"X-Request-ID": "proxy-id-0001"})
        get(address + FORGED, {"X-Request-ID": "x request=forged"})
    text = (tmp_path / "log").read_text()
    lines = text.splitlines()
    assert not any(word in text for word in ("secreto", "\x1b", "request=forged"))
    assert all(line.startswith(("INFO ", "WARNING ")) for line in lines)
    ours = [line for line in lines if "request=proxy-id-0001" in line]
    # Both visits are in the access log, the render of the first in Django's too.
    visits = [line for line in ours if line.startswith("INFO gunicorn.access")]
    assert len(visits) == 2
    assert all(f"GET {PAGE} status=200 bytes=" in line for line in visits)
    assert sum("roleguide.requests" in line for line in ours) in (1, 2)


def test_stampede_on_a_page_renders_it_once_in_each_worker(quick_site, address, tmp_path):
    with serving(quick_site, tmp_path / "log"), Readers([address + PAGE], count=16) as readers:
        readers.wait_for(300)
    assert readers.wrong == {}
    assert (tmp_path / "log").read_text().count(f"GET {PAGE} status=200") in (1, 2)


def test_ready_means_database_and_migrations(quick_site, address, tmp_path):
    env = quick_site | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    with machines.gunicorn(env, tmp_path / "log"):
        wait_until_ready(f"{address}/healthz")
        assert get(f"{address}/readyz")[::2] == (503, "migrations\n")
        manage(env, "migrate", "--verbosity", "0")
        assert get(f"{address}/readyz")[::2] == (200, "ready\n")
