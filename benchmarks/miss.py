"""What a page costs that is not in memory, against a plain Django page of as many bytes.

Whole requests through the page cache and Django's handler, in this process, without a server. The
plain page is what any Django site does: one query of rows, one template without an include, the
same middlewares. Each round visits both. Part of ``make bench``.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.helpers.site import ROOT, environment, load

ROUNDS = 60
ROLE = "mlops-engineer"
PAGES = {
    "a size's page": f"/guia-de-roles/global/{ROLE}/",
    "a base page": f"/guia-de-roles/perfiles/{ROLE}/",
}
PLAIN = "/guia-de-roles/plain/"
TEMPLATE = """<!doctype html><html lang="es-AR"><title>{{ title }}</title><h1>{{ title }}</h1>
{% for row in rows %}<section class="card" id="r{{ row.pk }}"><h2>{{ row.name }}</h2>
<p>{{ row.codename }} · {{ row.content_type.app_label }}</p></section>
{% endfor %}</html>"""


def run(folder: Path) -> str:
    """Measure in a process of its own, on the shipped guide, and return a table."""
    env = environment(folder, 0) | {"LOG_LEVEL": "WARNING"}
    load(env)
    command = [sys.executable, "-m", "benchmarks.miss"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    lines = ["| page | bytes | queries | CPU | against the plain page |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for name, size, queries, cpu, ratio in json.loads(done.stdout):
        lines.append(f"| {name} | {size:,} | {queries} | {cpu:.1f} ms | {ratio:.2f} |")
    return "\n".join(lines)


def measured() -> list[tuple[str, int, int, float, float]]:
    """Return (name, bytes, queries, CPU milliseconds, ratio to the plain page) of each page."""
    rows = []
    for name, path in PAGES.items():
        size = len(get(path))
        add_plain_page(size)
        plain, own = [], []
        for _ in range(ROUNDS):
            plain.append(cost(PLAIN))
            own.append(cost(path))
        ratio = statistics.median(b / a for a, b in zip(plain, own, strict=True))
        row = (name, size, queries(path), statistics.median(own), ratio)
        rows += [("plain Django", len(get(PLAIN)), queries(PLAIN), statistics.median(plain), 1.0)]
        rows.append(row)
    return rows


def add_plain_page(size: int) -> None:
    """Give the site a page of rows that has about ``size`` bytes."""
    from django.contrib.auth.models import Permission
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import clear_url_caches, path

    from roleguide import urls

    template = engines["django"].from_string(TEMPLATE)

    def plain(request):
        rows = list(Permission.objects.select_related("content_type"))
        repeated = (rows * 9)[:count]
        return HttpResponse(template.render({"title": "Plain", "rows": repeated}, request))

    rows = list(Permission.objects.select_related("content_type"))
    one = len(template.render({"title": "Plain", "rows": rows})) / len(rows)
    count = round(size / one)
    if urls.urlpatterns[0].name == "plain":
        del urls.urlpatterns[0]
    urls.urlpatterns.insert(0, path(PLAIN.removeprefix("/"), plain, name="plain"))
    clear_url_caches()


def application():
    """Return a page cache that knows no page."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    from profiles.desk.content_version import current_version
    from roleguide.page_cache import PageCache

    version = current_version()
    return PageCache(WSGIHandler(), lambda: version, **settings.PAGE_CACHE)


def cost(path: str) -> float:
    """Return the CPU milliseconds of a first visit."""
    fresh = application()
    begun = time.process_time()
    get(path, fresh)
    return (time.process_time() - begun) * 1000


def queries(path: str) -> int:
    from django.db import connection

    asked: list[str] = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        get(path)
    return len(asked)


def get(path: str, asked=None) -> bytes:
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
    answer = (asked or application())(environ, lambda status, *more: statuses.append(status))
    body = b"".join(answer)
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{path}: {statuses}")
    return body


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    import django

    django.setup()
    print(json.dumps(measured()))
