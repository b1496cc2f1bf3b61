"""What a page costs: ours against a bare WSGI callable and against nginx, paired in one run.

Every round visits all candidates, one after the other, so that a slow minute of the machine
falls on all of them. Reported are ratios and CPU time per request, not requests per second:
those say more about the machine. Part of ``make bench``; loopback only, bounded in time.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from tests.helpers.postgresql import free_port
from tests.helpers.site import ROOT, environment, load, wait_until_ready
from tests.serving import machines
from tests.serving.machines import PAGE, get, gunicorn

ROUNDS = 9
SECONDS = 2
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")

BARE = """
BODY = open({body!r}, "rb").read()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]

def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""
# sendfile and tcp_nopush as in Debian's own configuration.
FILE_CONFIG = """
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; default_type text/html;
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}; }} }} }}
"""


@dataclass
class Candidate:
    """A server to compare: its address, the processes whose CPU counts, what it measured."""

    name: str
    url: str
    pids: list[int]
    pair: str
    # What it may lose to its pair, and may cost more than it: (least rate, most CPU), or nothing.
    target: tuple[float | None, float | None] = (None, None)
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Load it for SECONDS and note requests per second and CPU µs per request."""
        before = cpu_seconds(self.pids)
        asked = ["-H", "Accept-Encoding: br"]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *asked, self.url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        spent = cpu_seconds(self.pids) - before
        if "Non-2xx" in printed or "Socket errors" in printed:
            raise RuntimeError(f"{self.name}: {printed}")
        requests = int(re.search(r"(\d+) requests in", printed)[1])
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1]))
        self.costs.append(spent / requests * 1e6)


def cpu_seconds(pids: list[int]) -> float:
    """Return user and system seconds of servers: themselves, their workers, and those they had."""
    ticks = 0
    for pid in pids:
        # utime, stime, and the same of the children that have ended (workers are replaced).
        ticks += sum(times(pid))
        ticks += sum(sum(times(child)[:2]) for child in machines.children(pid))
    return ticks / TICKS


def times(pid: int) -> list[int]:
    """Return utime, stime, cutime and cstime of a process, in clock ticks (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ")[1].split()
    return [int(ticks) for ticks in fields[11:15]]


class Servers:
    """Starts candidates with one worker each, all serving the same bytes."""

    def __init__(self, stack: ExitStack, folder: Path):
        self.stack, self.folder = stack, folder
        self.env = environment(folder, free_port()) | {"PYTHONPATH": python_path(folder)}
        load(self.env)

    def gunicorn(self, name, application, path, **about) -> Candidate:
        port = free_port()
        log = self.folder / f"{port}.log"
        env = self.env | {"PORT": str(port)}
        server = self.stack.enter_context(gunicorn(env, log, application))
        return self._ready(Candidate(name, f"http://127.0.0.1:{port}{path}", [server.pid], **about))

    def nginx(self, name: str, path: str, config, **about) -> Candidate:
        port = free_port()
        server = self.stack.enter_context(machines.nginx(lambda folder: config(folder, port)))
        return self._ready(Candidate(name, f"http://127.0.0.1:{port}{path}", [server.pid], **about))

    def _ready(self, candidate: Candidate) -> Candidate:
        wait_until_ready(candidate.url)
        return candidate


def python_path(folder: Path) -> str:
    return os.pathsep.join(filter(None, (str(folder), str(ROOT), os.environ.get("PYTHONPATH"))))


def candidates(servers: Servers) -> list[Candidate]:
    """Return what this machine can compare: without nginx, gunicorn alone."""
    guide = servers.gunicorn("the guide's page", None, PAGE, pair="bare", target=(0.8, 1.3))
    body = brotli.compress(get(guide.url)[2].encode(), quality=5)
    (servers.folder / "page.html").write_bytes(body)
    page = str(servers.folder / "page.html")
    (servers.folder / "bare.py").write_text(BARE.format(body=page))
    found = [servers.gunicorn("bare", "bare:application", "/", pair="bare"), guide]
    if machines.has_nginx():
        found += behind_nginx(servers, body, int(guide.url.split(":")[2].split("/")[0]))
    return found


def behind_nginx(servers: Servers, body: bytes, guide: int) -> list[Candidate]:
    def file_config(folder: Path, port: int) -> str:
        (folder / "page.html").write_bytes(body)
        return FILE_CONFIG.format(folder=folder, port=port)

    def proxy_config(folder: Path, port: int) -> str:
        return machines.shipped_config(folder, port, f"127.0.0.1:{guide}")

    file = servers.nginx("nginx, the same bytes", "/page.html", file_config, pair="")
    file.pair = file.name
    front = {"pair": file.name, "target": (0.95, None)}
    return [file, servers.nginx("nginx before the guide", PAGE, proxy_config, **front)]


def report(found: list[Candidate]) -> str:
    """Return a Markdown table of medians; each ratio is of one round, then the median."""
    rows = ["| server | requests/s against its pair | CPU per request | CPU against its pair | |"]
    rows.append("| --- | ---: | ---: | ---: | --- |")
    named = {candidate.name: candidate for candidate in found}
    for own in found:
        pair = named[own.pair]
        rate = statistics.median(a / b for a, b in zip(own.rates, pair.rates, strict=True))
        cost = statistics.median(a / b for a, b in zip(own.costs, pair.costs, strict=True))
        micro = statistics.median(own.costs)
        told = verdict(rate, cost, *own.target)
        rows.append(f"| {own.name} | {rate:.2f} | {micro:.0f} µs | {cost:.2f} | {told} |")
    return "\n".join(rows)


def verdict(rate: float, cost: float, least: float | None, most: float | None) -> str:
    """Say what was aimed at and whether it was reached."""
    told = []
    if least is not None:
        told.append(f"≥ {least}: {'kept' if rate >= least else '**not kept**'}")
    if most is not None:
        told.append(f"CPU ≤ {most}: {'kept' if cost <= most else '**not kept**'}")
    return ", ".join(told)


def missing() -> list[str]:
    """Return Debian's packages without which nothing, or less, can be measured."""
    return [name for name in ("wrk", "nginx") if not shutil.which(name, path=machines.PATH)]


def run(folder: Path) -> str:
    """Compare all candidates and return their table."""
    with ExitStack() as stack:
        found = candidates(Servers(stack, folder))
        for _ in range(ROUNDS):
            for candidate in found:
                candidate.measure()
        return report(found)
