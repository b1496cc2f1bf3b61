"""How long a search takes: the whole request without network, per kind of question.

``DATABASE_URL=… python benchmarks/search.py`` on a database that generator.py filled.
"""

import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from profiles.models import Edition, SearchTerm, SearchWord  # noqa: E402

ADDRESS = "/guia-de-roles/perfiles/"
ROUNDS = 15
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def questions() -> dict[str, list[tuple[str, str]]]:
    """Return kinds of questions, from one that finds one role to one that finds thousands."""
    middle = Edition.objects.published().base().order_by("pk")[Edition.objects.base().count() // 2]
    rare = middle.role_name.split()[-1]
    common = SearchTerm.objects.filter(points=2).values_list("term", flat=True)[3]
    return {
        "nothing asked": [],
        "full name": [("q", middle.role_name)],
        "rare word": [("q", rare)],
        "rare word, one letter wrong": [("q", f"{rare[:3]}{rare[4:]}")],
        "common word of names": [("q", "analista")],
        "two common words": [("q", "data engineer")],
        "beginning of a word": [("q", "eng")],
        "commonest word of the texts": [("q", common)],
        "eight common words": [("q", "senior data lead backend gerente ventas analista engineer")],
        "common word, all filters": [
            ("q", "analista"),
            ("area", "datos-e-ia"),
            ("contexto", "global"),
            ("rasgo", "E:baja"),
        ],
        "filters only": [("contexto", "startup"), ("rasgo", "E:baja"), ("rasgo", "C:alta")],
        "last page": [("q", "engineer"), ("pagina", "10")],
    }


def measure(client: Client, parameters: list[tuple[str, str]]) -> tuple[list[float], float]:
    """Return the sorted times of one question and the least processor time, in milliseconds.

    The first request warms up. PostgreSQL's own processor time is not in the second figure.
    """
    times, spent = [], []
    for _ in range(ROUNDS + 1):
        start, before = time.perf_counter(), time.process_time()
        response = client.get(f"{ADDRESS}?{urlencode(parameters)}")
        times.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - before) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{parameters}: {response.status_code}")
    return sorted(times[1:]), min(spent)


def main() -> None:
    counts = [model.objects.count() for model in (Edition, SearchTerm, SearchWord)]
    words = "{} {} profiles, {} terms, {} words".format(connection.vendor, *counts)
    print(words)
    client = Client(headers={"host": "127.0.0.1"})
    with override_settings(STORAGES=PLAIN_STATIC):
        for kind, parameters in questions().items():
            times, spent = measure(client, parameters)
            best, median = times[0], statistics.median(times)
            figures = f"best {best:6.1f} ms  median {median:6.1f} ms  processor {spent:6.1f} ms"
            print(f"{kind:30} {figures}")


if __name__ == "__main__":
    main()
