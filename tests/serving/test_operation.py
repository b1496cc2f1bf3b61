"""Starting, renewing, stopping and watching the guide while visitors read it."""

import json

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


def lines(log):
    """Return what a log says; each line must be a JSON object."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_log_is_one_json_object_per_line_whatever_is_asked(quick_site, address, tmp_path):
    env = quick_site | {"LOG_FORMAT": "json", "ACCESS_LOG": "-"}
    with serving(env, tmp_path / "log"):
        for _ in range(2):
            get(f"{address}{PAGE}?utm=secreto", {"X-Request-ID": "proxy-id-0001"})
        get(address + FORGED, {"X-Request-ID": 'x","level":"forged'})
        get(f"{address}/guia-de-roles/%22,%22a%22:%22/")
    found = lines(tmp_path / "log")
    text = (tmp_path / "log").read_text()
    assert not any(word in text for word in ("secreto", '127.0.0.1"', "\x1b"))
    access = [line["message"] for line in found if line["logger"] == "gunicorn.access"]
    ours = [line for line in access if "request=proxy-id-0001" in line]
    # Both visits are in the access log, the render of the first in Django's.
    assert [line.startswith(f"GET {PAGE} status=200 bytes=") for line in ours] == [True, True]
    renders = [line for line in found if line.get("request") == "proxy-id-0001"]
    assert [line["logger"] for line in renders].count("roleguide.requests") in (1, 2)
    assert {line["level"] for line in found} <= {"INFO", "WARNING"}


def test_stampede_on_a_page_renders_it_once_in_each_worker(quick_site, address, tmp_path):
    env = quick_site | {"LOG_FORMAT": "json"}
    with serving(env, tmp_path / "log"), Readers([address + PAGE], count=16) as readers:
        readers.wait_for(300)
    assert readers.wrong == {}
    renders = [line for line in lines(tmp_path / "log") if line["message"] == f"GET {PAGE}"]
    assert len(renders) in (1, 2)


def test_ready_means_database_and_migrations(quick_site, address, tmp_path):
    env = quick_site | {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    with machines.gunicorn(env, tmp_path / "log"):
        wait_until_ready(f"{address}/healthz")
        assert get(f"{address}/readyz")[::2] == (503, "migrations\n")
        manage(env, "migrate", "--verbosity", "0")
        assert get(f"{address}/readyz")[::2] == (200, "ready\n")
