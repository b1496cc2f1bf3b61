"""The guide as visitors get it: gunicorn, production settings, real fixtures, a free port."""

import http.client
import os
import runpy
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

from tests.helpers.postgresql import free_port

ROOT = Path(__file__).resolve().parents[2]
KEY = "".join(map(chr, range(60, 120)))
# What a copy of the tree does not need in order to serve.
IGNORED = shutil.ignore_patterns(
    *(".git", ".venv", ".env", ".pytest_cache", ".ruff_cache", ".hypothesis", "__pycache__"),
    *("*.sqlite3*", "tests", "docs", "benchmarks", "roles"),
)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Return the variables of a site whose database lies in ``folder``."""
    return {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        # A run starts dozens of processes: the first one leaves the others its compiled code.
        "PYTHONDONTWRITEBYTECODE": "",
    }


def settings_with(*, file: str = "settings.py", **variables: str) -> dict:
    """Return the settings, or gunicorn's, of a process in whose environment is nothing else."""
    known = {"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:///:memory:"}
    with patch.dict(os.environ, known | variables, clear=True):
        return runpy.run_path(str(ROOT / "roleguide" / file))


def manage(env: dict[str, str], *arguments: str, tree: Path = ROOT) -> str:
    """Run a management command and return what it printed; raise with its words where it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def python(env: dict[str, str], code: str) -> str:
    """Run ``code`` in the guide's shell, which has all models, and return what it printed."""
    return manage(env, "shell", "--verbosity", "0", "--command", code)


def load(env: dict[str, str], *documents: str) -> None:
    """Make the database of ``env`` and load ``documents`` into it, by default the shipped guide."""
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "load_guide", *documents)
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yield the address of a freshly loaded site; it is gone afterwards."""
    port = free_port()
    env = environment(folder, port)
    load(env)
    with serving(env, folder / "gunicorn.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def process(command: list, env: dict[str, str], log: Path, tree=ROOT) -> Iterator[subprocess.Popen]:
    """Run a server for as long as the block lasts."""
    with log.open("a") as output:
        server = subprocess.Popen(command, cwd=tree, env=env, stdout=output, stderr=output)
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextmanager
def serving(
    env: dict[str, str], log: Path, *arguments: str, tree: Path = ROOT
) -> Iterator[subprocess.Popen]:
    """Yield gunicorn's master process, serving the database of ``env`` and ready."""
    config = ["--config", "roleguide/gunicorn.conf.py"]
    with process([sys.executable, "-m", "gunicorn", *config, *arguments], env, log, tree) as server:
        wait_until_ready(f"http://{env.get('HOST', '127.0.0.1')}:{env['PORT']}/readyz")
        # The first worker answers before the others are forked.
        wait_for(lambda: len(children(server.pid)) >= int(env["WEB_CONCURRENCY"]))
        yield server


class Answer(NamedTuple):
    """What a visitor got; a header is asked for in any case, and None where there is none."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def is_clean(self) -> bool:
        """Tell whether it shows nothing of how the site is made."""
        return not any(word in self.text for word in ERROR_WORDS)


ERROR_WORDS = ("Traceback", "OperationalError", "SECRET_KEY", "site-packages", "sqlite", "psycopg")


def get(url: str, headers=None, *, method: str = "GET", body: str | None = None) -> Answer:
    """Ask on a connection of its own, as a visitor who comes once; what is no text is replaced."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=60)) as connection:
        connection.request(method, url.partition(parts.netloc)[2], body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode(errors="replace"))


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` started and that live."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_ready(url: str) -> None:
    """Return when ``url`` answers 200; fails after a minute."""

    def is_ready():
        with suppress(OSError, http.client.HTTPException):
            return get(url).status == 200

    wait_for(is_ready)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Return when ``condition`` holds; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.02)
