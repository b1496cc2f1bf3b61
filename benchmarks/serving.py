"""What a page costs: ours against a bare WSGI callable and against nginx, paired in one run.

Every round visits all candidates, one after the other, so that a slow minute of the machine
falls on all of them. Reported are ratios and CPU time per request, not requests per second:
those say more about the machine. Run by ``make bench``; loopback only, bounded in time.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgresql import free_port
from tests.site import ROOT, environment, manage, wait_until_ready

PATH = "/guia-de-roles/global/mlops-engineer/"
ROUNDS = 5
SECONDS = 4
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")

BARE = """
BODY = open({body!r}, "rb").read()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]

def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""


@dataclass
class Candidate:
    """A server to compare: its address, the processes whose CPU counts, what it measured."""

    name: str
    url: str
    pids: list[int]
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Load it for SECONDS and note requests per second and CPU µs per request."""
        before = cpu_seconds(self.pids)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", self.url]
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
        ticks += sum(times(pid)) + sum(sum(times(child)[:2]) for child in children(pid))
    return ticks / TICKS


def times(pid: int) -> list[int]:
    """Return utime, stime, cutime and cstime of a process, in clock ticks (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ")[1].split()
    return [int(ticks) for ticks in fields[11:15]]


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


@contextmanager
def process(command: list[str], env: dict[str, str], log: Path):
    """Run a server for as long as the block lasts."""
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            yield server.pid
        finally:
            server.terminate()
            server.wait(timeout=30)


def gunicorn(env: dict[str, str], application: str | None, log: Path):
    command = [sys.executable, "-m", "gunicorn", "-c", "roleguide/gunicorn.conf.py"]
    return process([*command, *([application] if application else [])], env, log)


def nginx(folder: Path, config: str):
    folder.mkdir()
    (folder / "nginx.conf").write_text(config)
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    return process(command, dict(os.environ), folder / "log")


def proxy_config(folder: Path, port: int, upstream: int) -> str:
    """Return the shipped nginx configuration for these addresses."""
    text = (ROOT / "roleguide" / "nginx.conf").read_text()
    values = {"FOLDER": folder, "LISTEN": f"127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{upstream}"}
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", str(value))
    return text.replace("worker_processes auto", "worker_processes 1")


FILE_CONFIG = """
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{ access_log off; default_type text/html;
  server {{ listen 127.0.0.1:{port}; location / {{ root {root}; }} }} }}
"""


def start(stack: ExitStack, folder: Path) -> list[Candidate]:
    """Start the four candidates with one worker each, all serving the same bytes."""
    ports = {name: free_port() for name in ("guide", "bare", "file", "proxy")}
    env = environment(folder, ports["guide"])
    for arguments in (["migrate", "-v0"], ["load_guide"], ["collectstatic", "--noinput", "-v0"]):
        manage(env, *arguments)
    guide = stack.enter_context(gunicorn(env, None, folder / "guide.log"))
    wait_until_ready(f"http://127.0.0.1:{ports['guide']}/readyz")
    with urllib.request.urlopen(f"http://127.0.0.1:{ports['guide']}{PATH}") as answer:
        body = answer.read()
    (folder / "page.html").write_bytes(body)
    (folder / "bare.py").write_text(BARE.format(body=str(folder / "page.html")))
    bare_env = {**env, "PORT": str(ports["bare"]), "PYTHONPATH": f"{folder}:{ROOT}"}
    bare = stack.enter_context(gunicorn(bare_env, "bare:application", folder / "bare.log"))
    file_config = FILE_CONFIG.format(folder=folder / "file", port=ports["file"], root=folder)
    file = stack.enter_context(nginx(folder / "file", file_config))
    config = proxy_config(folder / "proxy", ports["proxy"], ports["guide"])
    proxy = stack.enter_context(nginx(folder / "proxy", config))
    candidates = [
        Candidate("bare WSGI callable", f"http://127.0.0.1:{ports['bare']}/", [bare]),
        Candidate("the guide's page", f"http://127.0.0.1:{ports['guide']}{PATH}", [guide]),
        Candidate("nginx, the same bytes", f"http://127.0.0.1:{ports['file']}/page.html", [file]),
        Candidate("nginx before the guide", f"http://127.0.0.1:{ports['proxy']}{PATH}", [proxy]),
    ]
    for candidate in candidates:
        wait_until_ready(candidate.url)
    return candidates


def report(candidates: list[Candidate]) -> str:
    """Return a Markdown table of medians; each ratio is of one round, then the median."""
    rows = ["| server | requests/s against its pair | CPU per request | CPU against its pair |"]
    rows.append("| --- | ---: | ---: | ---: |")
    pairs = [(0, 0), (1, 0), (2, 2), (3, 2)]
    for own, other in pairs:
        one, pair = candidates[own], candidates[other]
        rate = statistics.median(a / b for a, b in zip(one.rates, pair.rates, strict=True))
        cost = statistics.median(a / b for a, b in zip(one.costs, pair.costs, strict=True))
        micro = statistics.median(one.costs)
        rows.append(f"| {one.name} | {rate:.2f} | {micro:.0f} µs | {cost:.2f} |")
    return "\n".join(rows)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)  # nginx's worker is not root
        candidates = start(stack, Path(folder))
        for _ in range(ROUNDS):
            for candidate in candidates:
                candidate.measure()
        print(report(candidates))


if __name__ == "__main__":
    main()
