"""Starting, renewing, stopping and watching the guide while visitors read it."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from tests.postgresql import free_port
from tests.serving import machines
from tests.serving.machines import PAGE, ROOT, Readers, children, get, serving

pytestmark = pytest.mark.processes

PAGES = (PAGE, "/guia-de-roles/", "/guia-de-roles/perfiles/", "/guia-de-roles/rasgos/")
# What is measured quiet (benchmarks/results.md) is two seconds; a busy machine gets more.
START_SECONDS = 10
FORGED = "/guia-de-roles/%0aINFO%20forged%1b%5b2J/"


@pytest.fixture
def quick_site(sqlite_site):
    """The environment of a loaded guide on a port of its own; one database is enough here."""
    port = free_port()
    return sqlite_site | {"PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}


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


def test_renewing_all_workers_fails_no_request(quick_site, address, tmp_path):
    urls = [address + page for page in PAGES]
    with serving(quick_site, tmp_path / "log") as server, Readers(urls) as readers:
        readers.wait_for(100)
        machines.renew(server)
        readers.wait_for(100)
        machines.renew(server)
        readers.wait_for(100)
    assert readers.wrong == {}


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


def test_stopping_answers_what_was_asked(quick_site, address, tmp_path):
    """Those who hold a connection get whole pages; later ones are refused, never half served."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(quick_site, tmp_path / "log"))
        port = int(quick_site["PORT"])
        held = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(4)]
        stack.callback(lambda: [connection.close() for connection in held])
        for connection in held:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        for number, connection in enumerate(held):
            connection.request("GET", f"/guia-de-roles/perfiles/?q=datos+{number}")
        time.sleep(0.1)  # on their way: what is not yet read when a server stops, nobody answers
        server.send_signal(signal.SIGTERM)
        answers = [connection.getresponse() for connection in held]
        assert [(answer.status, b"</html>" in answer.read()) for answer in answers] == [
            (200, True)
        ] * 4
        start = time.monotonic()
        assert server.wait(timeout=20) == 0
        assert time.monotonic() - start < 20
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port))


def test_killed_worker_is_replaced_and_visitors_go_on(quick_site, address, tmp_path):
    with serving(quick_site, tmp_path / "log") as server:
        get(address + PAGE)
        machines.os.kill(children(server.pid)[0], signal.SIGKILL)
        statuses = [get(address + PAGE)[0] for _ in range(20)]
        assert statuses == [200] * 20
        machines.seconds_until(lambda: len(children(server.pid)) == 2)


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
    access = [line for line in found if line["logger"] == "gunicorn.access"]
    assert [line["status"] for line in access if "mlops" in line["message"]] == [200, 200]
    assert all(line["ms"] >= 0 and line["bytes"] >= 0 for line in access)
    own = [line for line in found if line.get("request") == "proxy-id-0001"]
    # Both visits are in the access log, the render of the first in Django's.
    assert [line["logger"] for line in own].count("gunicorn.access") == 2
    assert [line["logger"] for line in own].count("roleguide.requests") in (1, 2)
    assert {line["level"] for line in found} <= {"INFO", "WARNING"}


def test_stampede_on_a_page_renders_it_once_in_each_worker(quick_site, address, tmp_path):
    env = quick_site | {"LOG_FORMAT": "json"}
    with serving(env, tmp_path / "log"), Readers([address + PAGE], count=16) as readers:
        readers.wait_for(300)
    assert readers.wrong == {}
    renders = [line for line in lines(tmp_path / "log") if line["message"] == f"GET {PAGE}"]
    assert len(renders) in (1, 2)


def test_counts_of_all_workers_are_told_together_to_whoever_holds_the_token(
    quick_site, address, tmp_path
):
    env = quick_site | {"METRICS_TOKEN": "testigo"}
    with serving(env, tmp_path / "log"):
        for _ in range(40):
            get(address + PAGE)
        assert get(f"{address}/metrics")[0] == 404
        status, _headers, text = get(f"{address}/metrics", {"Authorization": "Bearer testigo"})
        assert status == 200
        counts = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
        visits = [counts[f'guide_pages_total{{outcome="{name}"}}'] for name in ("hit", "miss")]
        assert sum(float(number) for number in visits) == 40
        assert float(visits[1]) in (1, 2)


def test_ready_means_database_and_migrations(quick_site, tmp_path):
    empty = {**quick_site, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    address = f"http://127.0.0.1:{empty['PORT']}"
    with serving(empty, tmp_path / "log"):
        assert get(f"{address}/healthz")[0] == 200
        assert get(f"{address}/readyz")[::2] == (503, "migrations\n")
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=empty, check=True
        )
        assert get(f"{address}/readyz")[::2] == (200, "ready\n")
