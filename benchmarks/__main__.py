"""``make bench``: measures what the guide costs here and writes results.md.

Each part that lacks a program is left out, and says so; nothing is loaded but loopback, and the
whole takes less than six minutes on two quiet cores. ``PARTS=serving,hits`` runs only those.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

from benchmarks import growth, hits, miss, serving
from tests.serving.machines import PATH

HERE = Path(__file__).resolve().parent
# Load for each CPU from which the figures are no longer the guide's alone.
BUSY = 0.5


def serving_part(folder: Path) -> str:
    """The hit path."""
    absent = serving.missing()
    if "wrk" in absent:
        return not_run(["wrk"])
    note = "" if not absent else f"{not_run(absent)} So without nginx.\n\n"
    return (
        f"{note}One worker each, {serving.CONNECTIONS} connections, {serving.ROUNDS} rounds of "
        f"{serving.SECONDS} s; the same bytes from each, packed by brotli.\n\n{serving.run(folder)}"
    )


def miss_part(folder: Path) -> str:
    """The miss path."""
    about = "Whole requests through the page cache and Django, SQLite, medians of processor time."
    return f"{about}\n\n{miss.run(folder)}"


def hits_part(folder: Path) -> str:
    """How often the page is in memory."""
    return f"A simulation with the real cache: the same on every machine.\n\n{hits.run(folder)}"


def growth_part(folder: Path) -> str:
    """Each kind of page in a larger guide."""
    note = "" if growth.postgresql.binaries() else not_run(["postgresql"]) + "\n\n"
    about = (
        "Among 60 roles → among 3,000: queries, milliseconds of processor time (the database's "
        "too), and the median of the rounds' ratios. A page of what there is more of fills up; "
        "what is of all roles grows with them."
    )
    return f"{note}{about}\n\n{growth.run(folder)}"


def not_run(absent: list[str]) -> str:
    packages = " ".join(absent)
    return f"Not run: {packages} not installed (Debian: `apt install {packages}`)."


PARTS: dict[str, tuple[str, Callable[[Path], str]]] = {
    "serving": ("A cached page", serving_part),
    "miss": ("A page that is not in memory", miss_part),
    "hits": ("Pages in memory", hits_part),
    "growth": ("Growth", growth_part),
}


def machine() -> str:
    """Return what was measured on, with what, as a Markdown list."""
    cpu = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return "\n".join(
        (
            f"- {cpu}, {len(os.sched_getaffinity(0))} CPUs, {memory:.0f} GiB, {system}",
            f"- {', '.join(versions())}",
        )
    )


def versions() -> list[str]:
    """Return the versions of what took part."""
    import sqlite3
    from importlib.metadata import version

    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    found += [f"{name} {version(name)}" for name in ("Django", "gunicorn", "psycopg")]
    for command in ("nginx -v", "wrk -v", "psql --version"):
        if printed := first_line(command.split()):
            found.append(printed)
    return found


def first_line(command: list[str]) -> str:
    """Return the first line that a program prints, or nothing where it is not installed."""
    try:
        env = {**os.environ, "PATH": PATH}
        done = subprocess.run(command, capture_output=True, text=True, env=env)
    except FileNotFoundError:
        return ""
    return (done.stdout or done.stderr).splitlines()[0].split(" sha=")[0].split(" Copyright")[0]


def commit() -> str:
    return first_line(["git", "describe", "--always", "--dirty"]) or "unknown"


def main() -> None:
    wanted = os.environ.get("PARTS", ",".join(PARTS)).split(",")
    began, load = time.monotonic(), os.getloadavg()[0]
    sections = []
    for name in wanted:
        title, part = PARTS[name]
        print(f"{title} …", flush=True)
        with tempfile.TemporaryDirectory(prefix="guide-bench-") as folder:
            sections.append(f"## {title}\n\n{part(Path(folder))}")
        print(sections[-1], flush=True)
    minutes = (time.monotonic() - began) / 60
    cores = len(os.sched_getaffinity(0))
    busy = (
        f"\nThe machine was busy before it began (load {load:.1f} on {cores} CPUs): "
        "take these figures with a grain of salt.\n"
        if load > BUSY * cores
        else ""
    )
    head = (
        "# What `make bench` measured\n\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}, in {minutes:.1f} minutes; "
        f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} at the end.\n{busy}\n{machine()}"
    )
    text = "\n\n".join([head, *sections]) + "\n"
    target = HERE / ("results.md" if set(wanted) == set(PARTS) else "results-part.md")
    target.write_text(text)
    print(f"Written: {target.relative_to(HERE.parent)}")


if __name__ == "__main__":
    sys.exit(main())
