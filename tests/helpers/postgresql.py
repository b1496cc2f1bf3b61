"""A throwaway PostgreSQL server.

``python -m tests.helpers.postgresql COMMAND…`` runs COMMAND on one. It lives in a
temporary folder, listens on loopback only, and is gone afterwards.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SKIPPED = "PostgreSQL is not installed: its tests were skipped (Debian: apt install postgresql)."


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest version first, or None."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = {
        int(path.parts[-3]): path for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    }
    return versions[max(versions)].parent if versions else None


def free_port() -> int:
    """Return a loopback port that nobody listens on and no other worker of a run is given."""
    worker, port = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]), None
    while port is None or port // 2 % 8 != worker:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    return port


@dataclass
class Cluster:
    """A server that a test may stop and start again; ``url`` is its DATABASE_URL."""

    url: str
    data: Path
    stop: Callable[..., None]
    start: Callable[[], None]

    def signal(self, number: int) -> None:
        """Send a signal to the server and to each process that serves a connection."""
        master = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for pid in [master, *map(int, children)]:
            with suppress(ProcessLookupError):  # one that has ended meanwhile
                os.kill(pid, number)


def database_url(url: str, name: str) -> str:
    """Return the DATABASE_URL of another database of the same server."""
    return f"{url.rpartition('/')[0]}/{name}"


@contextmanager
def cluster(files: Path | None = None) -> Iterator[Cluster]:
    """Yield a fresh server, or one with a copy of ``files``, the folder of one that has stopped.

    Durability is off: it only lives for a test.
    """
    folder = Path(tempfile.mkdtemp(prefix="guide-postgresql-"))
    programs = binaries()
    # PostgreSQL refuses to run as root; Debian's package brings this account.
    user = {"user": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "postgres")
    port = free_port()
    address = f"-c listen_addresses=127.0.0.1 -c port={port} -k {folder}"
    options = f"{address} -c fsync=off -c full_page_writes=off"

    def run(program, *arguments):
        command = [programs / program, *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)

    def start():
        run("pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")

    def stop(mode="immediate"):
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-D", folder / "data", "-m", mode, "stop")

    try:
        if files is None:
            run("initdb", "-D", folder / "data", "-U", "guide", "-A", "trust", "-E", "UTF8")
        else:
            subprocess.run(["cp", "-a", files, folder / "data"], check=True)
        start()
        try:
            url = f"postgres://guide@127.0.0.1:{port}/postgres"
            yield Cluster(url, folder / "data", stop, start)
        finally:
            stop()
    finally:
        shutil.rmtree(folder)


def main(command: list[str]) -> int:
    """Run ``command`` with DATABASE_URL set; skip, and say so, where there is no PostgreSQL."""
    if binaries() is None:
        print(SKIPPED, file=sys.stderr)  # noqa: T201
        return 1 if os.environ.get("REQUIRE_ALL_TESTS") else 0
    with cluster() as server:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
