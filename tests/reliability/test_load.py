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

from tests.helpers.site import manage, wait_for
from tests.reliability.live import HOME, ROLES, SIZES, copy_of, small_guide

# A page may be as old as the page cache trusts its version for, and the time to render it anew.
STALE_SECONDS = 1.5
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
    """An editor who saves and publishes a new number again and again."""

    def __init__(self, site):
        self.editor = site.editor()
        self.path, self.key = site.change_path(ROLES[0]), site.base_profile(ROLES[0])
        self.answers: list[int] = []
        # (number, when its publication was asked for, when it was granted)
        self.published: list[tuple[int, float, float]] = []

    def work(self, done: threading.Event) -> None:
        for number in itertools.count(1):
            form = self.editor.open(self.path, "profile_form")
            saved = self.editor.send(form, summary=f"Resumen número {number}.")
            question = self.editor.open(f"/admin/profiles/profile/{self.key}/publicar/")
            asked = time.time()
            published = self.editor.send(question, button="confirmed")
            self.published.append((number, asked, time.time()))
            self.answers += [saved.status, published.status]
            if done.wait(0.5):
                return


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
    """Return the pages that showed neither the old nor the new version, or both."""
    found = []
    for path, began, ended, _is_whole, numbers in seen:
        oldest = max((n for n, _, at in published if at < began - STALE_SECONDS), default=0)
        newest = max((n for n, asked, _ in published if asked <= ended), default=0)
        if len(numbers) > 1 or (numbers and not oldest <= numbers[0] <= newest):
            found.append((path, numbers, oldest, newest))
    return found


def load_and_back_up(site, folder: Path) -> None:
    manage(site.env, "load_guide", *small_guide(folder))
    manage(site.env, "backup", str(folder / "guide.backup"))


@pytest.mark.parametrize(
    "seconds",
    [pytest.param(3, marks=pytest.mark.processes), pytest.param(30, marks=pytest.mark.soak)],
)
def test_readers_see_old_or_new_while_an_editor_publishes_and_others_load_and_back_up(
    site, tmp_path, seconds
):
    done, busy, end = threading.Event(), Busy(site), time.monotonic() + seconds
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(visit, site, done) for _ in range(2)]
        others = [pool.submit(load_and_back_up, site, tmp_path), pool.submit(busy.work, done)]
        try:
            enough = lambda: len(busy.published) >= 3 and others[0].done()  # noqa: E731
            wait_for(lambda: time.monotonic() > end and enough(), 120)
        finally:
            done.set()
    for other in others:
        other.result()
    seen = [answer for reader in readers for answer in reader.result()]
    assert [answer for answer in seen if not answer[3]] == []
    assert mistaken(seen, busy.published) == []
    assert set(busy.answers) == {302}
    assert len({number for *_, numbers in seen for number in numbers}) >= 2


# --- memory ---

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
        # The page cache may fill (8 MB); nothing else may grow. All pages would be 54 and more.
        assert memory(site) - before < 8 + 25
