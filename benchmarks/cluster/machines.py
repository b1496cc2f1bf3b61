"""A primary and a copy of the database, Redis, two nodes of the guide, nginx in front.

Everything is a program of Debian's packages on a free port of 127.0.0.1; a node of the guide is
the shipped configuration and four variables. Each machine can be killed and started again.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgresql import binaries, free_port
from tests.serving import machines as loopback
from tests.site import environment, load, wait_until_ready

PROGRAMS = {"nginx": "nginx", "redis-server": "redis-server"}


def missing() -> list[str]:
    """Return Debian's packages that a cluster needs and this machine does not have."""
    absent = [name for name in PROGRAMS if not shutil.which(name, path=loopback.PATH)]
    return absent + ([] if binaries() else ["postgresql"])


class Postgres:
    """A PostgreSQL server; ``of`` makes it a streaming copy of another.

    ``files`` are those of a stopped server whose database "shipped" it then serves.
    """

    def __init__(self, folder: Path, of: "Postgres | None" = None, files: Path | None = None):
        self.folder, self.port = folder, free_port()
        self.url = f"postgres://guide@127.0.0.1:{self.port}/{'shipped' if files else 'postgres'}"
        # PostgreSQL refuses to run as root; Debian's package brings this account.
        self._user = {"user": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        folder.mkdir()
        if self._user:
            shutil.chown(folder, "postgres")
        if files is not None:
            subprocess.run(["cp", "-a", files, self._data], check=True)
        elif of is None:
            self._run("initdb", "-D", self._data, "-U", "guide", "-A", "trust", "-E", "UTF8")
        else:
            source = f"host=127.0.0.1 port={of.port} user=guide"
            self._run("pg_basebackup", "-d", source, "-D", self._data, "-R", "-c", "fast")
        self.start()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        # A link to one of its programs may lie elsewhere; the folder itself holds them all.
        command = [(binaries() / "initdb").resolve().parent / program, *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, check=True, cwd=self.folder, **quiet, **self._user)

    def start(self) -> None:
        address = f"-c listen_addresses=127.0.0.1 -c port={self.port} -k {self.folder}"
        options = f"{address} -c fsync=off -c full_page_writes=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-w", "start")

    def kill(self) -> None:
        """Stop it as a crash does: no goodbye to those who are connected."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")


class Program:
    """A server that is one process and its children: Redis, nginx, a node of the guide."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path, port: int):
        self.command, self.env, self.log, self.port = command, env, log, port
        self.address = f"http://127.0.0.1:{port}"
        self._server: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and return when it accepts connections."""
        with self.log.open("a") as output:
            self._server = subprocess.Popen(
                self.command,
                cwd=loopback.ROOT,
                env=self.env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        loopback.seconds_until(self._listens, limit=60)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def renew(self) -> None:
        """Have gunicorn replace its workers; return when all old ones are gone."""
        old = set(loopback.children(self._server.pid))
        self._server.send_signal(signal.SIGHUP)
        loopback.seconds_until(lambda: not old & set(loopback.children(self._server.pid)), 60)

    def stop(self) -> None:
        """Ask it to end as a system does before it takes a machine away; return when it has."""
        self._server.terminate()
        self._server.wait(timeout=30)

    def kill(self) -> None:
        """End the process and its children at once, as a machine that loses power does."""
        if self._server and self._server.poll() is None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()


@dataclass
class Cluster:
    """What runs; ``front`` is where visitors come in."""

    primary: Postgres
    copy: Postgres
    redis: Program
    nodes: list[Program]
    front: Program
    env: dict[str, str] = field(repr=False)


def node(env: dict[str, str], folder: Path) -> Program:
    """Return a node of the guide that listens on a port of its own."""
    port = free_port()
    command = [loopback.sys.executable, "-m", "gunicorn", "-c", "roleguide/gunicorn.conf.py"]
    return Program(command, env | {"PORT": str(port)}, folder / f"node-{port}.log", port)


def redis(folder: Path) -> Program:
    port = free_port()
    options = f"--port {port} --bind 127.0.0.1 --save --appendonly no --dir {folder}"
    env = {**os.environ, "PATH": loopback.PATH}
    return Program(["redis-server", *options.split(" ")], env, folder / "redis.log", port)


def front(folder: Path, port: int, nodes: list[Program]) -> Program:
    """Return nginx as shipped, in front of ``nodes``."""
    (folder / "nginx.conf").write_text(
        loopback.shipped_config(folder, port, [node.port for node in nodes])
    )
    command = ["nginx", "-p", str(folder), "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]
    return Program(command, {**os.environ, "PATH": loopback.PATH}, folder / "log", port)


@contextmanager
def running(files: Path | None = None) -> Iterator[Cluster]:
    """Yield a cluster with the shipped guide loaded; all of it is gone afterwards.

    ``files`` are those of a stopped server where it is loaded already (tests/prepared.py).
    """
    with tempfile.TemporaryDirectory(prefix="guide-cluster-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        folder.chmod(0o711)  # neither PostgreSQL nor nginx's worker is root
        primary = Postgres(folder / "primary", files=files)
        stack.callback(primary.kill)
        env = environment(folder, port) | {"DATABASE_URL": primary.url, "WEB_CONCURRENCY": "2"}
        if files is None:
            load(env)
        copy = Postgres(folder / "copy", of=primary)
        copy.url = f"{copy.url.rpartition('/')[0]}/{primary.url.rpartition('/')[2]}"
        stack.callback(copy.kill)
        shared = redis(folder)
        env |= {"REPLICA_URL": copy.url, "CACHE_URL": f"redis://127.0.0.1:{shared.port}/0"}
        nodes = [node(env, folder), node(env, folder)]
        cluster = Cluster(primary, copy, shared, nodes, front(folder, port, nodes), env)
        for machine in (shared, *nodes, cluster.front):
            machine.start()
            stack.callback(machine.kill)
        for machine in (*nodes, cluster.front):
            wait_until_ready(f"{machine.address}/readyz")
        yield cluster
