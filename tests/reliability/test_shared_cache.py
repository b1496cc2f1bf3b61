"""The shared cache (CACHE_URL) may be refused, silent or gone: no page waits for it or fails."""

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgresql import free_port
from tests.reliability.live import HOME, PAGE, ROLES, SIZES, copy_of, wait_for

pytestmark = pytest.mark.processes
MISSING = "Redis is not installed (Debian: apt install redis-server)."


@contextmanager
def redis(port: int, folder: Path):
    """Run a Redis server that keeps nothing."""
    program = shutil.which("redis-server")
    if program is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(MISSING)
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def image(site, number: int):
    """Ask for one of the pictures, which are what the shared cache holds."""
    page = site.get(f"{HOME}{SIZES[number % 4]}/{ROLES[number // 4]}/").text
    path = page.partition('property="og:image" content="')[2].partition('"')[0]
    return site.get("/" + path.partition("//")[2].partition("/")[2])


def test_cache_that_stops_and_comes_back_is_felt_by_nobody(template, tmp_path):
    port = free_port()
    with redis(port, tmp_path) as server:
        variables = {"CACHE_URL": f"redis://127.0.0.1:{port}/0", "WEB_CONCURRENCY": "1"}
        with copy_of(template, tmp_path, **variables) as site:
            answers = [image(site, 0)]
            server.send_signal(signal.SIGSTOP)
            silent = [image(site, 1), site.get(PAGE), site.get(f"{HOME}rasgos/")]
            server.send_signal(signal.SIGCONT)
            server.kill()
            server.wait()
            gone = [image(site, 2), site.get(PAGE), site.get(f"{HOME}areas/datos-e-ia/")]
            with redis(port, tmp_path) as again:
                wait_for(lambda: again.poll() is None)
                back = [image(site, 3), site.get(PAGE)]
    answers += silent + gone + back
    assert [answer.status for answer in answers] == [200] * len(answers)
    pages = [answer for answer in answers if "text/html" in answer.headers["content-type"]]
    assert max(answer.seconds for answer in pages) < 1
    # A picture is made in a second or two; the cache that says nothing adds less than that.
    assert silent[0].seconds < 5
