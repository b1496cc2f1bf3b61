"""Workers that die, are replaced, or wait for slow visitors."""

import os
import signal
import socket
import time
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.site import wait_for
from tests.reliability.live import HOME, PAGE, Editor, at_once, copy_of, served
from tests.serving.machines import Readers

pytestmark = pytest.mark.processes
LOGIN = "/admin/cuenta/ingresar/"
# Fewer than one worker has threads.
SLOW_VISITORS = 200
BODY = b"login=nadie&password=nada"


def half_sent(site) -> socket.socket:
    """Return a connection whose request has begun: a worker waits for the rest of its body."""
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n"
    # With the cookie, Django looks for the token in the body; without it, it answers at once.
    head += f"Cookie: csrftoken={'x' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return a_connection(site, f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:5])


def open_sockets(pid: int) -> int:
    """Count the sockets of a worker: the one that serves the slow requests has more."""
    found = 0
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed while it was looked at
            found += "socket:" in str(path.readlink())
    return found


def not_accepted(port: int) -> int:
    """Count the connections that no worker has taken yet: the queue of the listening socket."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    listening = [row for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"]
    return sum(int(row[4].partition(":")[2], 16) for row in listening)


def is_answered(connection: socket.socket) -> bool:
    """Send what is missing and tell whether an answer comes, or the worker is gone."""
    try:
        connection.sendall(BODY[5:])
        return connection.recv(100).startswith((b"HTTP/1.1 2", b"HTTP/1.1 4"))
    except OSError:
        return False


def test_killed_worker_takes_only_its_own_requests_along(site):
    with ExitStack() as stack:
        slow = [stack.enter_context(half_sent(site)) for _ in range(6)]
        wait_for(lambda: not_accepted(site.port) == 0)
        survivor, victim = sorted(site.workers(), key=open_sockets)
        os.kill(victim, signal.SIGKILL)
        visits = [site.get(PAGE) for _ in range(20)]
        finished = [is_answered(connection) for connection in slow]
    assert ([visit.status for visit in visits], sum(finished) < 6) == ([200] * 20, True)
    wait_for(lambda: len(site.workers()) == 2)
    assert (survivor in site.workers(), site.get(PAGE).status) == (True, 200)


def test_reload_under_readers_fails_nobody(site):
    before = set(site.workers())
    with Readers([site.env["SITE_URL"] + PAGE]) as readers:
        site.master.send_signal(signal.SIGHUP)
        wait_for(lambda: len(site.workers()) == 2 and not before & set(site.workers()))
        readers.wait_for(20)
    assert readers.wrong == {}


def test_stop_lets_what_has_begun_finish(template, tmp_path):
    with copy_of(template, tmp_path) as site, half_sent(site) as slow:
        time.sleep(0.3)
        site.master.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert is_answered(slow)
        assert site.master.wait(timeout=60) == 0


@pytest.mark.parametrize("kind", ["silent", "head", "body", "unread"])
def test_slow_visitors_hold_nobody_up(template, tmp_path, kind):
    """On a site of its own: what other tests leave in its threads is not slow visitors."""
    with copy_of(template, tmp_path, WEB_CONCURRENCY="2") as site, ExitStack() as stack:
        for _ in range(SLOW_VISITORS):
            stack.enter_context(SLOW[kind](site))
        time.sleep(0.3)
        visits = [site.get(path) for path in (PAGE, HOME, "/healthz") for _ in range(3)]
    assert [visit.status for visit in visits] == [200] * 9


def test_log_ins_by_the_dozen_take_only_a_part_of_the_threads(site):
    """Each hashes a password, with names that nobody has seen; other visitors do not wait."""
    editor = Editor(site, "")
    form = editor.open(LOGIN)
    tries = [partial(editor.send, form, login=f"name-{n}", password="x") for n in range(34)]
    *answers, page = at_once(*tries, partial(site.get, PAGE))
    statuses = {answer.status for answer in answers}
    assert {200, 503} <= statuses <= {200, 429, 503}
    assert {a.headers["retry-after"] for a in answers if a.status == 503} == {"5"}
    assert page.status == 200


def a_connection(site, sent=b""):
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=20)
    connection.sendall(sent)
    return connection


def half_a_head(site):
    return a_connection(site, f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n".encode())


def unread(site):
    """Return a connection that asks for more pages than its buffers take, and reads none."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.connect(("127.0.0.1", site.port))
    request = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n\r\n"
    connection.sendall(request.encode() * 200)
    return connection


SLOW = {"silent": a_connection, "head": half_a_head, "body": half_sent, "unread": unread}


def test_slow_visitors_hold_no_connection_to_the_database(postgresql, tmp_path):
    _server, loaded, variables = postgresql
    with served(loaded, tmp_path, **variables) as site, ExitStack() as stack:
        for _ in range(SLOW_VISITORS):
            stack.enter_context(half_sent(site))
        assert [site.get(PAGE).status for _ in range(10)] == [200] * 10
        counted = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'guide'"
        ((connections,),) = site.query(counted)
    # This one, and what the pages needed a moment ago.
    assert connections < 10
