"""What a profile's page costs that is not in memory: made for the first time, and read again.

Whole requests through the page cache and Django's handler, in this process, without a server.
"Read again" is what follows an edit elsewhere in the guide: the page is fetched, found to be made
from the same, and kept. Its pair is the same page from the desk's rows, as a site without
editions would make it. Part of ``make bench``.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.site import ROOT, environment, load

ROUNDS = 60
QUERIES, MILLISECONDS = 3, 3
ROLE = "mlops-engineer"
PAGES = {"global": f"/guia-de-roles/global/{ROLE}/", None: f"/guia-de-roles/perfiles/{ROLE}/"}
NAMES = {"global": "a size's page", None: "a base page"}
OTHER = "/guia-de-roles/perfiles/contador/"


def run(folder: Path) -> str:
    """Measure in a process of its own, on the shipped guide, and return a table."""
    env = environment(folder, 0) | {"LOG_LEVEL": "WARNING"}
    load(env)
    command = [sys.executable, "-m", "benchmarks.miss"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    rows = json.loads(done.stdout)
    lines = ["| page | queries | CPU | |", "| --- | ---: | ---: | --- |"]
    lines += [
        f"| {name} | {queries} | {cpu:.1f} ms | {told} |" for name, queries, cpu, told in rows
    ]
    return "\n".join(lines)


def measured() -> list[tuple[str, int, float, str]]:
    """Return (what, queries, CPU milliseconds, verdict) of each kind of request."""
    rows = []
    for context, path in PAGES.items():
        name = NAMES[context]
        kinds = (("the first time", new_worker), ("after an edit elsewhere", worker(path)))
        for what, prepare in kinds:
            queries, cpu = cost(prepare, path)
            rows.append((f"{name}, {what}", queries, cpu, verdict(queries, cpu)))
        queries, cpu = cost_of(lambda context=context: from_the_desk(context))
        rows.append((f"{name}, from the desk's rows", queries, cpu, ""))
    return rows


def verdict(queries: int, cpu: float) -> str:
    told = [f"≤ {QUERIES} queries: {'kept' if queries <= QUERIES else '**not kept**'}"]
    told.append(f"≤ {MILLISECONDS} ms: {'kept' if cpu <= MILLISECONDS else '**not kept**'}")
    return ", ".join(told)


def site(version):
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    from roleguide import page_cache

    # Each request sees the version as it is.
    page_cache.VERSION_SECONDS = 0
    parameters = settings.PAGE_CACHE_PARAMETERS
    return page_cache.PageCache(
        WSGIHandler(), version, prefix="/guia-de-roles/", parameters=parameters
    )


def new_worker():
    """Return a cache which knows the vocabulary and no profile's page."""
    cache = site(lambda: 1)
    get(cache, OTHER)
    return cache


def worker(path: str):
    """Return a function that prepares a cache which knows the page of the version before."""
    numbers = [0]
    cache = site(lambda: numbers[-1])

    def prepare():
        get(cache, path)
        numbers.append(len(numbers))
        get(cache, OTHER)
        return cache

    return prepare


def cost(prepare, path: str) -> tuple[int, float]:
    """Return the queries and the median CPU milliseconds of ``path`` on what is prepared."""
    return cost_of(lambda cache: get(cache, path), prepare)


def cost_of(act, prepare=None) -> tuple[int, float]:
    from django.db import connection

    asked: list[str] = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    times = []
    for number in range(ROUNDS):
        arguments = (prepare(),) if prepare else ()
        if number == 0:
            with connection.execute_wrapper(note):
                act(*arguments)
            continue
        begun = time.process_time()
        act(*arguments)
        times.append((time.process_time() - begun) * 1000)
    return len(asked), statistics.median(times)


def get(application, path: str) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    answer = application(environ, lambda status, headers, exc_info=None: statuses.append(status))
    b"".join(answer)
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{path}: {statuses}")


def from_the_desk(context: str | None) -> None:
    """Make the same page of the rows that editors write on, Markdown included."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    from profiles.models import Profile
    from profiles.views.preview import desk_page, render_preview

    request = RequestFactory().get(PAGES[context])
    request.user = AnonymousUser()
    profile = Profile.objects.get(role__slug=ROLE, context__slug=context)
    if render_preview(request, desk_page(profile)).status_code != 200:
        raise RuntimeError(PAGES[context])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
