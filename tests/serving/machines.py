"""Real servers for tests and benchmarks: gunicorn, nginx, and visitors that count what they get.

Everything listens on loopback, on free ports, and ends with its block.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.postgresql import free_port
from tests.helpers.site import ROOT, children, get, process, wait_for

__all__ = ["PAGE", "Readers", "children", "get", "gunicorn", "nginx"]
PAGE = "/guia-de-roles/global/mlops-engineer/"
# Debian keeps servers where only root looks for programs.
PATH = f"{os.environ['PATH']}:/usr/sbin"
NGINX_MISSING = "nginx is not installed: its tests were skipped (Debian: apt install nginx)."


def gunicorn(env: dict[str, str], log: Path, application: str | None = None):
    """Run the guide, or another WSGI application, as it is shipped to run."""
    command = [sys.executable, "-m", "gunicorn", "-c", "roleguide/gunicorn.conf.py"]
    return process([*command, *([application] if application else [])], env, log)


def shipped_config(folder: Path, port: int, guide: str, resolver: str = "127.0.0.1") -> str:
    """Return the shipped nginx configuration before ``guide`` (host:port), with one worker."""
    values = {"FOLDER": folder, "LISTEN": f"127.0.0.1:{port}", "GUIDE": guide}
    values |= {"RESOLVER": resolver, "OUTER": "127.0.0.2"}
    text = (ROOT / "roleguide" / "nginx.conf").read_text()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", str(value))
    return text.replace("worker_processes auto", "worker_processes 1")


@contextmanager
def front(guide: str, resolver: str = "127.0.0.1") -> Iterator[str]:
    """Yield the address of nginx, as shipped, before ``guide``; it need not be there yet."""
    port = free_port()
    with nginx(lambda folder: shipped_config(folder, port, guide, resolver)):
        wait_for(lambda: is_open(port))
        yield f"http://127.0.0.1:{port}"


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class NameServer:
    """Says that each name has the addresses in ``addresses``, for a second (RFC 1035, A only)."""

    def __init__(self, *addresses: str):
        self.addresses = list(addresses)

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.where = "{}:{}".format(*self._socket.getsockname())
        threading.Thread(target=self._answer, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._socket.close()

    def _answer(self) -> None:
        while True:
            try:
                question, visitor = self._socket.recvfrom(512)
            except OSError:
                return  # closed: the test is over
            found = b"".join(
                b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(address)
                for address in self.addresses
            )
            status = b"\x81\x80" if self.addresses else b"\x81\x83"
            counts = b"\0\1" + len(self.addresses).to_bytes(2, "big") + b"\0\0\0\0"
            name_end = question.index(b"\0", 12) + 5
            head = question[:2] + status + counts
            self._socket.sendto(head + question[12:name_end] + found, visitor)


@contextmanager
def nginx(config: Callable[[Path], str]) -> Iterator[subprocess.Popen]:
    """Run nginx with what ``config`` makes of the folder for its files.

    The folder is no test's own: pytest closes those to other users, and nginx's worker is one.
    """
    with tempfile.TemporaryDirectory(prefix="guide-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "nginx.conf").write_text(config(folder))
        command = ["nginx", "-p", name, "-c", f"{name}/nginx.conf", "-g", "daemon off;"]
        with process(command, {**os.environ, "PATH": PATH}, folder / "log") as server:
            yield server


def has_nginx() -> bool:
    return shutil.which("nginx", path=PATH) is not None


class Readers:
    """Visitors who read pages one after the other and note each answer that is not a page.

    ``right(url, text)`` tells whether a page is the right one; ``wrong`` counts what they got
    instead: a status, or the name of what broke.
    """

    def __init__(self, urls: list[str], count: int = 4, right: Callable | None = None):
        self.urls, self.right = urls, right
        self.wrong: Counter = Counter()
        self.answers = 0
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._read, args=[n]) for n in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number: int) -> None:
        while not self._ends.is_set():
            number += 1
            problem = self._visit(self.urls[number % len(self.urls)])
            with self._lock:
                self.answers += 1
                if problem:
                    self.wrong[problem] += 1
            time.sleep(0.002)

    def _visit(self, url: str) -> str:
        try:
            status, _headers, text = get(url)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        if status != 200:
            return str(status)
        return "" if self.right is None or self.right(url, text) else "wrong page"

    def wait_for(self, answers: int) -> None:
        """Return when that many more answers have come."""
        goal = self.answers + answers
        wait_for(lambda: self.answers >= goal)
