"""Reading at full speed while an editor saves and publishes; and memory that stays flat."""

import http.client
import itertools
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.helpers.site import manage
from tests.reliability.live import HOME, ROLES, SIZES, at_once, copy_of, small_guide

READERS = 6
# A page may be as old as the page cache trusts its version for, and the time to render it anew.
STALE_SECONDS = 1.5
PATHS = [
    HOME,
    f"{HOME}perfiles/",
    f"{HOME}perfiles/?q=data",
    f"{HOME}rasgos/",
    f"{HOME}novedades/",
    f"{HOME}novedades/feed.xml",
    "/healthz",
    *(f"{HOME}{place}/{role}/" for role in ROLES for place in ("perfiles", *SIZES)),
    *(f"{HOME}perfiles/{role}.{form}" for role in ROLES for form in ("json", "md")),
    *(f"{HOME}perfiles/{role}/entrevista/" for role in ROLES),
]


# What the editor writes.
NUMBER = re.compile(r"Resumen número (\d+)\.")


class Busy:
    """An editor who saves a new number every second and publishes every ``publish_every``-th."""

    def __init__(self, site, publish_every: int):
        self.site, self.publish_every = site, publish_every
        self.editor = site.editor()
        self.path, self.key = site.change_path(ROLES[0]), site.base_profile(ROLES[0])
        self.saves, self.answers = 0, []
        # (number, when its publication was asked for, when it was granted)
        self.published: list[tuple[int, float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._stop.set()
        self._thread.join()

    def save(self) -> None:
        self.saves += 1
        form = self.editor.open(self.path, "profile_form")
        text = f"Resumen número {self.saves}."
        self.answers.append(self.editor.send(form, summary=text).status)

    def publish(self) -> None:
        question = self.editor.open(f"/admin/profiles/profile/{self.key}/publicar/")
        asked = time.time()
        self.answers.append(self.editor.send(question, button="confirmed").status)
        self.published.append((self.saves, asked, time.time()))

    def _work(self):
        while not self._stop.wait(max(0, 1 - time.time() % 1)):
            self.save()
            if self.saves % self.publish_every == 0:
                self.publish()


def visit(port: int, seconds: float) -> dict:
    """Read the paths in turn as fast as one connection answers.

    Return how long each answer took, what was wrong, and the numbers that were seen, and when.
    """
    times, wrong, seen, end = [], [], [], time.monotonic() + seconds
    paths = itertools.cycle(random.sample(PATHS, len(PATHS)))
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        while time.monotonic() < end:
            path, began, start = next(paths), time.time(), time.perf_counter()
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                text = response.read().decode()
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{path}: {error!r}")
                connection.close()
                continue
            times.append(time.perf_counter() - start)
            is_whole = text and (not path.endswith("/") or text.rstrip().endswith("</html>"))
            if response.status != 200 or not is_whole:
                wrong.append(f"{path}: {response.status}, {len(text)} characters")
            if numbers := {int(number) for number in NUMBER.findall(text)}:
                seen.append([began, time.time(), sorted(numbers), path])
    return {"times": times, "wrong": wrong, "seen": seen}


def read(site, seconds: float, readers: int = READERS) -> list[dict]:
    """Read with several visitors at once; return what each saw."""
    return at_once(*[partial(visit, site.port, seconds)] * readers)


def times(reports: list[dict]) -> list[float]:
    return sorted(itertools.chain.from_iterable(report["times"] for report in reports))


def p99(reports: list[dict]) -> float:
    found = times(reports)
    return found[len(found) * 99 // 100]


def mistaken(reports: list[dict], published: list[tuple[int, float, float]]) -> list:
    """Return the pages that showed neither the old nor the new version, or both."""
    found = []
    for began, ended, numbers, path in itertools.chain.from_iterable(r["seen"] for r in reports):
        oldest = max((n for n, _, at in published if at < began - STALE_SECONDS), default=0)
        newest = max((n for n, asked, _ in published if asked <= ended), default=0)
        if len(numbers) > 1 or not oldest <= numbers[0] <= newest:
            found.append((path, numbers, oldest, newest))
    return found


def versions(reports: list[dict]) -> set[int]:
    """Return the numbers that any page showed: a page that never changes shows none."""
    return {n for report in reports for _, _, numbers, _ in report["seen"] for n in numbers}


def warm(site) -> None:
    for path in PATHS * 4:
        assert site.get(path).status == 200, path


def memory(site) -> int:
    """Return what the workers hold for themselves, in MB."""
    total = 0
    for pid in site.workers():
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        fields = dict(line.split(":", 1) for line in text.splitlines()[1:])
        total += int(fields["Private_Dirty"].split()[0]) + int(fields["Private_Clean"].split()[0])
    return total // 1024


@pytest.mark.processes
def test_readers_see_old_or_new_while_an_editor_publishes_and_others_load_and_back_up(
    site, tmp_path
):
    warm(site)
    with Busy(site, publish_every=1) as busy, ThreadPoolExecutor(1) as pool:
        others = pool.submit(load_and_back_up, site, tmp_path)
        reports = read(site, 3, readers=2)
        while len(busy.published) < 3 or not others.done():
            reports += read(site, 1, readers=2)
        others.result()
    assert [text for report in reports for text in report["wrong"]] == []
    assert mistaken(reports, busy.published) == []
    assert set(busy.answers) == {302}
    assert len(versions(reports)) >= 2
    print(f"{len(times(reports))} pages, {len(versions(reports))} versions")  # noqa: T201


def load_and_back_up(site, folder: Path) -> None:
    manage(site.env, "load_guide", *small_guide(folder))
    manage(site.env, "backup", str(folder / "guide.backup"))


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


@pytest.mark.soak
def test_thirty_seconds_at_full_speed_while_an_editor_saves_every_second(template, tmp_path):
    with copy_of(template, tmp_path, WEB_CONCURRENCY="2") as site:
        warm(site)
        idle = read(site, 10)
        with Busy(site, publish_every=2) as busy:
            loaded = read(site, 30)
    wrong = [text for report in (*idle, *loaded) for text in report["wrong"]]
    print(  # noqa: T201
        f"\nidle: {len(times(idle))} pages, p99 {p99(idle) * 1000:.1f} ms; while saving: "
        f"{len(times(loaded))} pages, p99 {p99(loaded) * 1000:.1f} ms; "
        f"{busy.saves} saves, {len(busy.published)} publications, {len(wrong)} errors"
    )
    assert wrong == []
    assert mistaken(loaded, busy.published) == []
    assert versions(loaded)
    assert set(busy.answers) == {302}
    # A busy machine leaves the editor a share too.
    assert busy.saves >= 5
    assert p99(loaded) < 5 * p99(idle)


@pytest.mark.soak
def test_twenty_thousand_addresses_leave_memory_bounded(template, tmp_path):
    with copy_of(template, tmp_path, PAGE_CACHE_MB="8") as site:
        ask(site, range(500))
        before = memory(site)
        ask(site, range(500, 20_500))
        growth = memory(site) - before
    print(f"\n20,000 addresses: {before} MB before, {growth:+d} MB after")  # noqa: T201
    # The page cache may fill (8 MB); nothing else may grow. Kept, all pages would be 54 and more.
    assert growth < 8 + 25
