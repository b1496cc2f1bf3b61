"""Reading at full speed while an editor saves and publishes; and memory that stays flat."""

import itertools
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.helpers.site import manage
from tests.reliability.live import HOME, ROLES, SIZES, copy_of, small_guide

# For so long the page cache trusts its version, with a moment for threads to take turns.
TRUSTED_SECONDS = 1
PATHS = [
    *(HOME + path for path in ("", "perfiles/", "perfiles/?q=data", "rasgos/", "novedades/")),
    *(f"{HOME}novedades/feed.xml", "/healthz"),
    *(f"{HOME}{place}/{role}/" for role in ROLES for place in ("perfiles", *SIZES)),
    *(f"{HOME}perfiles/{role}.{form}" for role in ROLES for form in ("json", "md")),
    *(f"{HOME}perfiles/{role}/entrevista/" for role in ROLES),
]
# What the editor writes.
NUMBER = re.compile(r"Resumen número (\d+)\.")


class Busy:
    """An editor who saves a new number again and again, and publishes one of so many."""

    def __init__(self, site, publish_every=1):
        self.editor, self.publish_every = site.editor(), publish_every
        self.path, self.key = site.change_path(ROLES[0]), site.base_profile(ROLES[0])
        self.answers: list[int] = []
        # (number, when its publication was asked for, when it was granted)
        self.published: list[tuple[int, float, float]] = []

    def work(self, done: threading.Event) -> None:
        for number in itertools.count(len(self.published) + 1):
            form = self.editor.open(self.path, "profile_form")
            saved = self.editor.send(form, summary=f"Resumen número {number}.")
            self.answers.append(saved.status)
            if number % self.publish_every == 0:
                self.publish(number)
            if done.wait(0.5 * self.publish_every):
                return

    def publish(self, number: int) -> None:
        question = self.editor.open(f"/admin/profiles/profile/{self.key}/publicar/")
        asked = time.time()
        self.answers.append(self.editor.send(question, button="confirmed").status)
        self.published.append((number, asked, time.time()))


def visit(site, done: threading.Event) -> list[tuple]:
    """Read the paths in turn; return (path, began, ended, is whole, numbers) of each answer."""
    seen, paths = [], itertools.cycle(random.sample(PATHS, len(PATHS)))
    while not done.is_set():
        path, began = next(paths), time.time()
        answer = site.get(path)
        is_page = not path.endswith("/") or answer.text.rstrip().endswith("</html>")
        numbers = sorted({int(number) for number in NUMBER.findall(answer.text)})
        is_whole = answer.status == 200 and answer.text and is_page
        seen.append((path, began, time.time(), is_whole, numbers))
    return seen


def mistaken(seen: list[tuple], published: list[tuple[int, float, float]]) -> list:
    """Return the pages that showed neither the old nor the new version, or both.

    A page may be as old as its version is trusted, and as the slowest one took to be made.
    """
    found, stale = [], TRUSTED_SECONDS + max(ended - began for _, began, ended, *_ in seen)
    for path, began, ended, _is_whole, numbers in seen:
        oldest = max((n for n, _, at in published if at < began - stale), default=0)
        newest = max((n for n, asked, _ in published if asked <= ended), default=0)
        if len(numbers) > 1 or (numbers and not oldest <= numbers[0] <= newest):
            found.append((path, numbers, oldest, newest))
    return found


def load_and_back_up(site, folder: Path) -> None:
    manage(site.env, "load_guide", *small_guide(folder))
    manage(site.env, "backup", str(folder / "guide.backup"))


def read(site, seconds: float, act=None, visitors: int = 2) -> list[tuple]:
    """Read with visitors for so long, and until ``act``, told when all is done, has ended."""
    done = threading.Event()
    with ThreadPoolExecutor(visitors + 1) as pool:
        readers = [pool.submit(visit, site, done) for _ in range(visitors)]
        other = pool.submit(act or threading.Event.wait, done)
        try:
            time.sleep(seconds)
        finally:
            done.set()
        other.result()
    return [answer for reader in readers for answer in reader.result()]


@pytest.mark.processes
def test_readers_see_old_or_new_while_one_publishes_and_others_load_and_back_up(site, tmp_path):
    busy = Busy(site)
    with ThreadPoolExecutor(1) as pool:
        others, seen = pool.submit(load_and_back_up, site, tmp_path), []
        while len(busy.published) < 3 or not others.done():
            seen += read(site, 3, busy.work)
        others.result()
    assert_old_or_new(seen, busy)


def assert_old_or_new(seen: list[tuple], busy: Busy) -> None:
    assert [answer for answer in seen if not answer[3]] == []
    assert mistaken(seen, busy.published) == []
    assert set(busy.answers) == {302}
    assert len({number for *_, numbers in seen for number in numbers}) >= 2


def p99(seen: list[tuple]) -> float:
    return sorted(ended - began for _, began, ended, *_ in seen)[len(seen) * 99 // 100]


@pytest.mark.soak
def test_thirty_seconds_at_full_speed_while_an_editor_saves_and_publishes(template, tmp_path):
    with copy_of(template, tmp_path, WEB_CONCURRENCY="2") as site:
        busy = Busy(site, publish_every=2)
        read(site, 2)  # what each worker remembers
        idle, loaded = read(site, 10, visitors=6), read(site, 30, busy.work, visitors=6)
    told = [f"{len(seen)} pages, p99 {p99(seen) * 1000:.1f} ms" for seen in (idle, loaded)]
    print(*told, f"{len(busy.answers)} saves and publications", sep="\n")  # noqa: T201
    assert_old_or_new(loaded, busy)
    assert p99(loaded) < 5 * p99(idle)


ADDRESSES = (
    lambda n: f"{HOME}perfiles/?q={quote(f'palabra {n}')}",
    lambda n: f"{HOME}perfiles/?q={n}&pagina={n}",
    lambda n: f"{HOME}perfiles/no-existe-{n}/",
)


def ask(site, numbers) -> None:
    """Ask for addresses that nobody has asked for: searches, filters and missing pages."""
    paths = [ADDRESSES[number % len(ADDRESSES)](number) for number in numbers]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda path: site.get(path).status, paths)
        assert set(answers) <= {200, 400, 404}


def memory(site) -> int:
    """Return what the workers hold for themselves, in MB."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in site.workers()]
    found = re.findall(r"Private_(?:Dirty|Clean): +(\d+)", "".join(texts))
    return sum(map(int, found)) // 1024


@pytest.mark.soak
def test_twenty_thousand_addresses_leave_memory_bounded(template, tmp_path):
    with copy_of(template, tmp_path, PAGE_CACHE_MB="8") as site:
        ask(site, range(500))
        before = memory(site)
        ask(site, range(500, 20_500))
        growth = memory(site) - before
    print(f"\n20,000 addresses: {before} MB before, {growth:+d} MB after")  # noqa: T201
    # The page cache may fill (8 MB); nothing else may grow. All pages would be 54 and more.
    assert growth < 8 + 25
