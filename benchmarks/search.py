"""How long a search takes: the whole request without network, per kind of question.

``DATABASE_URL=… python benchmarks/search.py`` on a database that generator.py filled.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from profiles.models import Edition, SearchTerm, SearchWord  # noqa: E402
from profiles.search import PER_WORD, TEXT  # noqa: E402

ADDRESS = "/guia-de-roles/perfiles/"
ROUNDS = 15
EIGHT_WORDS = "senior data lead backend gerente ventas analista engineer"
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def questions() -> dict[str, list[tuple[str, str]]]:
    """Return kinds of questions, from one that finds one role to one that finds thousands."""
    middle = Edition.objects.published().base().order_by("pk")[Edition.objects.base().count() // 2]
    rare = middle.role_name.split()[-1]
    common = SearchTerm.objects.filter(points=PER_WORD + TEXT).values_list("term", flat=True)[3]
    return {
        "nothing asked": [],
        "full name": [("q", middle.role_name)],
        "rare word": [("q", rare)],
        "rare word, one letter wrong": [("q", f"{rare[:3]}{rare[4:]}")],
        "common word of names": [("q", "analista")],
        "two common words": [("q", "data engineer")],
        "beginning of a word": [("q", "eng")],
        "commonest word of the texts": [("q", common)],
        "eight common words": [("q", EIGHT_WORDS)],
        "eight common words, one size": [("q", EIGHT_WORDS), ("contexto", "global")],
        "common word, all filters": [
            ("q", "analista"),
            ("area", "datos-e-ia"),
            ("contexto", "global"),
            ("rasgo", "E:baja"),
        ],
        "one area": [("area", "personas")],
        "one level": [("rasgo", "E:baja")],
        "filters only": [("contexto", "startup"), ("rasgo", "E:baja"), ("rasgo", "C:alta")],
        "last page": [("q", "engineer"), ("pagina", "10")],
    }


def backend_clock() -> Callable[[], float]:
    """Return a clock of the processor seconds that PostgreSQL spends for this connection.

    It stands still where the work is done in this process (SQLite).
    """
    if connection.vendor != "postgresql":
        return lambda: 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        file = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: int(file.read_text().split()[0]) / 1e9


def measure(client: Client, parameters: list[tuple[str, str]], backend: Callable) -> list[float]:
    """Return of one question, in milliseconds: best and median time, processor time of this
    process and of the database; the last two are medians, which other work hardly changes.

    The first request warms up.
    """
    clocks = (time.perf_counter, time.process_time, backend)
    spent = []
    for _ in range(ROUNDS + 1):
        before = [clock() for clock in clocks]
        response = client.get(f"{ADDRESS}?{urlencode(parameters)}")
        spent.append(
            [1000 * (clock() - start) for clock, start in zip(clocks, before, strict=True)]
        )
        if response.status_code != 200:
            raise RuntimeError(f"{parameters}: {response.status_code}")
    times, process, database = zip(*spent[1:], strict=True)
    return [min(times), *map(statistics.median, (times, process, database))]


def main() -> None:
    counts = [model.objects.count() for model in (Edition, SearchTerm, SearchWord)]
    words = "{} {} profiles, {} terms, {} words".format(connection.vendor, *counts)
    print(words)
    client = Client(headers={"host": "127.0.0.1"})
    with override_settings(STORAGES=PLAIN_STATIC):
        backend = backend_clock()
        for kind, parameters in questions().items():
            best, median, process, database = measure(client, parameters, backend)
            print(f"{kind:30} best {best:6.1f}  median {median:6.1f}", end="  ")
            print(f"processor {process:5.1f} + {database:5.1f} = {process + database:6.1f} ms")


if __name__ == "__main__":
    main()
