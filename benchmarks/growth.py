"""What growth costs: the same pages among 120 and 15,000 profiles (all of ESCO), on both databases.

One process for each size measures when it is told to, in turn with the others, so that a slow
minute of the machine falls on all sizes; a ratio is of one round, then the median. The small guide
is the shipped one; the large one adds copies of its roles, with their whole documents.
Requests are whole ones, through Django and past the cache.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgresql
from tests.site import ROOT, environment, manage

SIZES = (120, 15_000)
ROUNDS = 7
REPEATS = 5
ENOUGH_MILLISECONDS = 500
PAGES = {
    "profile page": "/guia-de-roles/global/mlops-engineer/",
    "first list page": "/guia-de-roles/perfiles/",
    "list of one size, page 1": "/guia-de-roles/perfiles/?contexto=startup",
    "list of one size, page 10": "/guia-de-roles/perfiles/?contexto=startup&pagina=10",
    "home": "/guia-de-roles/",
    "area page": "/guia-de-roles/areas/datos-e-ia/",
    "page of one size": "/guia-de-roles/startup/",
    "sitemap index": "/sitemap.xml",
    "admin list, page 1": "/admin/profiles/profile/",
    "admin list, page 40": "/admin/profiles/profile/?p=40",
}
VERSION = "content version"
# What the promise is about: these cost at the largest size what they cost at the smallest.
PROMISED = ("profile page", "first list page")
LIMIT = 1.2
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@dataclass
class Guide:
    """A guide of one size on one database, and the process that measures it."""

    database: str
    size: int
    env: dict[str, str]
    rounds: list[dict[str, float]] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def fill(self) -> None:
        manage(self.env, "migrate", "--verbosity", "0")
        self._run("fill", str(self.size))

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "benchmarks.growth", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    @contextmanager
    def answering(self):
        """Keep its process until the block ends."""
        command = [sys.executable, "-m", "benchmarks.growth", "answer"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, cwd=ROOT, env=self.env, **pipes) as self.process:
            yield
            self.process.stdin.close()

    def measure(self) -> None:
        """Have all pages visited once more and note the milliseconds."""
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        self.rounds.append(json.loads(self.process.stdout.readline()))

    def read_sitemap(self) -> None:
        """Read all sitemap files, in a process of its own, and note time and memory."""
        self.memory = json.loads(self._run("sitemap"))


def ratio(guide: Guide, smallest: Guide, page: str) -> float:
    """Return how much more a page costs than in the smallest guide: the median of all rounds."""
    pairs = zip(guide.rounds, smallest.rounds, strict=True)
    return statistics.median(own[page] / other[page] for own, other in pairs)


def guides(stack: ExitStack, folder: Path) -> list[Guide]:
    """Return the filled guides of all sizes on the databases that this machine has."""
    env, found = environment(folder, 0) | {"LOG_LEVEL": "WARNING"}, []
    for size in SIZES:
        url = f"sqlite:///{folder / f'{size}.sqlite3'}"
        found.append(Guide("SQLite", size, env | {"DATABASE_URL": url}))
    if postgresql.binaries():
        server = stack.enter_context(postgresql.server())
        for size in SIZES:
            url = f"{server.rpartition('/')[0]}/size{size}"
            create_database(server, f"size{size}")
            found.append(Guide("PostgreSQL", size, env | {"DATABASE_URL": url}))
    for guide in found:
        guide.fill()
    return found


def create_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def run(folder: Path, rounds: int = ROUNDS) -> list[Guide]:
    """Fill all guides, measure them in turn and return them."""
    with ExitStack() as stack:
        found = guides(stack, folder)
        with ExitStack() as processes:
            for guide in found:
                processes.enter_context(guide.answering())
            for _ in range(rounds):
                for guide in found:
                    guide.measure()
        for guide in found:
            guide.read_sitemap()
        return found


def by_database(found: list[Guide]) -> dict[str, list[Guide]]:
    """Return the guides of each database, the smallest first."""
    names = dict.fromkeys(guide.database for guide in found)
    return {name: [guide for guide in found if guide.database == name] for name in names}


def table(found: list[Guide]) -> str:
    """Return a Markdown table: what each page costs in the large guide against the small one."""
    databases = by_database(found)
    rows = ["| page | " + " | ".join(databases) + " |"]
    rows.append("| --- |" + " ---: |" * len(databases))
    for page in [*PAGES, VERSION]:
        ratios = [ratio(sizes[-1], sizes[0], page) for sizes in databases.values()]
        rows.append(f"| {page} | " + " | ".join(f"{value:.2f}" for value in ratios) + " |")
    memory = " | ".join(f"{sizes[-1].memory['MiB']:.1f} MiB" for sizes in databases.values())
    addresses = found[-1].memory["addresses"]
    rows.append(f"| memory to read the sitemap's {addresses:,.0f} addresses | {memory} |")
    return "\n".join(rows)


def verdict(found: list[Guide]) -> list[str]:
    """Return what was promised and what was measured, one line each."""
    lines = []
    for database, sizes in by_database(found).items():
        for page in PROMISED:
            value = ratio(sizes[-1], sizes[0], page)
            kept = "kept" if value <= LIMIT else "**not kept**"
            lines.append(f"- {database}, {page}: {value:.2f} of {LIMIT} allowed: {kept}.")
    return lines


# What the processes above do.


def answer() -> None:
    """Measure all pages for each line that comes in, and print the milliseconds as JSON."""
    from django.contrib.auth.models import User
    from django.test import Client, override_settings

    from profiles.desk.content_version import version_between_requests

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("medidor"))
    visitor = Client(headers={"host": "127.0.0.1"})
    with override_settings(STORAGES=PLAIN_STATIC):
        for _line in sys.stdin:
            found = {}
            for page, path in PAGES.items():
                who = client if path.startswith("/admin/") else visitor
                found[page] = milliseconds(lambda who=who, path=path: visit(who, path))
            found[VERSION] = milliseconds(version_between_requests)
            print(json.dumps(found), flush=True)


def visit(client, path: str) -> None:
    response = client.get(path)
    if response.streaming:
        response.getvalue()
    # An admin list that is shorter than the page asked for leads to its first page.
    if response.status_code not in (200, 302):
        raise RuntimeError(f"{path}: {response.status_code}")


def milliseconds(act) -> float:
    """Return the least of REPEATS times, or of as many as half a second holds."""
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < ENOUGH_MILLISECONDS:
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def sitemap() -> None:
    """Read every sitemap file piece by piece, as a server sends it; print time and memory."""
    from django.test import Client

    from profiles.views import sitemaps

    client = Client(headers={"host": "127.0.0.1"})
    client.get("/sitemap-paginas.xml").getvalue()
    before, start, addresses = high_water(), time.perf_counter(), 0
    for number in range(1, sitemaps.file_count() + 1):
        for piece in client.get(f"/sitemap-perfiles-{number}.xml").streaming_content:
            addresses += piece.count(b"<loc>")
    seconds = time.perf_counter() - start
    found = {"seconds": seconds, "MiB": high_water() - before, "addresses": addresses}
    print(json.dumps(found))


def high_water() -> float:
    """Return the most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(profiles: int) -> None:
    from benchmarks import generator

    generator.fill(profiles)


def main(command: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    import django

    django.setup()
    {"answer": answer, "sitemap": sitemap, "fill": lambda count: fill(int(count))}[command](
        *arguments
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
