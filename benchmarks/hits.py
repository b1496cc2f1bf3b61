"""How often the page cache has the page: a Zipf reader of 100,000 pages, 64 MB.

The real cache, before a site whose pages have the compressed sizes of the shipped guide's profiles;
nothing is measured in seconds, so the figure is the same on every machine. Part of ``make bench``.
"""

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from tests.helpers.site import ROOT, environment, load

PAGES, VISITS, WARM = 100_000, 120_000, 60_000
BYTES = 64 * 1024 * 1024
LEAST = 0.65


def run(folder: Path) -> str:
    """Measure in a process of its own, on the shipped guide, and return a table."""
    env = environment(folder, 0) | {"LOG_LEVEL": "WARNING"}
    load(env)
    command = [sys.executable, "-m", "benchmarks.hits"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    hits, kept, mean = json.loads(done.stdout)
    verdict = "kept" if hits >= LEAST else "**not kept**"
    return (
        "| pages | readers ask | memory | compressed page | pages kept | hits | |\n"
        "| ---: | --- | ---: | ---: | ---: | ---: | --- |\n"
        f"| {PAGES:,} | by Zipf's law (1/rank) | 64 MB | {mean:,.0f} bytes | {kept:,} | "
        f"{hits:.0%} | ≥ {LEAST:.0%}: {verdict} |"
    )


def measured() -> tuple[float, int, float]:
    """Return the share of hits, the pages kept, and the mean size of a compressed page."""
    from roleguide.page_cache import PageCache

    sizes = profile_sizes()
    rng = random.Random(1)  # noqa: S311 - readers, not a secret
    bodies = [rng.randbytes(size) for size in sizes]
    renders = [0]

    def site(environ, start_response):
        renders[0] += 1
        number = int(environ["PATH_INFO"].rpartition("/")[2])
        headers = [("Content-Type", "text/html"), ("Cache-Control", "public"), ("ETag", '"a"')]
        start_response("200 OK", headers)
        return io.BytesIO(bodies[number % len(bodies)])

    cache = PageCache(site, lambda: 1, prefix="/", max_bytes=BYTES)
    weights, total = [], 0.0
    for rank in range(1, PAGES + 1):
        total += 1 / rank
        weights.append(total)
    for visit, number in enumerate(rng.choices(range(PAGES), cum_weights=weights, k=VISITS)):
        if visit == WARM:
            renders[0] = 0
        get(cache, f"/{number}")
    hits = 1 - renders[0] / (VISITS - WARM)
    return hits, len(cache._pages), sum(sizes) / len(sizes)


def profile_sizes() -> list[int]:
    """Return how many bytes each published profile's page takes, compressed as for a visitor."""
    from django.test import Client

    from profiles.models import Edition
    from roleguide.page_cache import Page

    client = Client(headers={"host": "127.0.0.1"})
    paths = [edition.get_absolute_url() for edition in Edition.objects.for_listing()]
    return [len(Page(1, [("ETag", "x")], client.get(path).content).body) for path in paths]


def get(application, path: str) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ACCEPT_ENCODING": "br"}
    b"".join(application(environ, lambda *answer: None))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
