"""What a question costs: processor time and memory of the index, per kind of question.

``DATABASE_URL=… python benchmarks/search.py`` on the shipped guide or on one that generator.py
filled. ``answer`` is the search alone, ``page`` the whole request without network.
"""

import os
import resource
import statistics
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django

django.setup()

from django.test import Client, override_settings  # noqa: E402

from profiles.search.find import find  # noqa: E402
from profiles.search.index import Index, current_index, kept  # noqa: E402
from profiles.search.titles import world  # noqa: E402
from profiles.views.search.results import suggestions  # noqa: E402

ADDRESS = "/guia-de-roles/perfiles/"
ROUNDS = 15
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def questions() -> dict[str, str]:
    """Return kinds of questions, from one that finds one role to one that finds thousands."""
    index = current_index()
    role = index.roles[len(index.roles) // 2]
    profiles = chain.from_iterable(role.profiles.values() for role in index.roles)
    words = chain.from_iterable(profile.text.split() for profile in profiles)
    common = Counter(words).most_common(1)[0][0]
    rare = role.name.split()[-1]
    return {
        "nothing asked": "",
        "full name": role.name,
        "rare word": rare,
        "rare word, one letter wrong": f"{rare[:3]}{rare[4:]}",
        "three words wrong": "anallista finansiero enginner",
        "common word of names": "analista",
        "two common words": "data engineer",
        "beginning of a word": "eng",
        "commonest word of the texts": common,
        "eight common words": "senior data lead backend gerente ventas analista engineer",
        "missing title": "jefe de compras de seguridad",
        "title of the world": "enfermera",
        "no word at all": "zzyzx qwrty",
        "two roles": f"{role.name} o {rare}",
        "a size": "pymes",
    }


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return the median and the largest processor time of ``work``, in milliseconds."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times), max(times)


def memory() -> None:
    """Print what the index and the world's titles take."""
    tracemalloc.start()
    world()
    words = tracemalloc.get_traced_memory()[0]
    kept.clear()
    current_index()
    index = tracemalloc.get_traced_memory()[0] - words
    find("analista", current_index())
    tracemalloc.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"memory: titles {words / 2**20:.1f} MB, index {index / 2**20:.1f} MB, peak {peak:.0f} MB"
    )


def main() -> None:
    start = time.process_time()
    index = current_index()
    built = time.process_time() - start
    print(f"{len(index.roles)} roles, {len(index.public)} profiles, built in {built:.2f} s")
    print(f"brought up to date in {spent(lambda: Index(index))[0]:.1f} ms")
    client = Client(headers={"host": "127.0.0.1"})

    def answer(text: str) -> None:
        find(text, index).hits()

    with override_settings(STORAGES=PLAIN_STATIC):
        for kind, text in questions().items():
            alone = spent(lambda text=text: answer(text))
            query = urlencode({"q": text} if text else {})
            page = spent(lambda query=query: client.get(f"{ADDRESS}?{query}"))
            typed = spent(lambda text=text: suggestions(text, index))
            print(f"{kind:30} answer {alone[0]:6.2f} ({alone[1]:6.2f})", end="  ")
            print(f"page {page[0]:6.1f} ({page[1]:6.1f})  suggestions {typed[0]:6.2f} ms")
    memory()


if __name__ == "__main__":
    main()
