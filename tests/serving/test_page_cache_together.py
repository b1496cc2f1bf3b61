"""The edge cache under many visitors at once: who waits for whom, and whose render counts."""

import threading
import time

import pytest

from roleguide import page_cache
from tests.helpers.edge import HEADERS, Site, visitor

pytestmark = pytest.mark.dialect


@pytest.fixture(autouse=True)
def version_is_asked_each_time(monkeypatch):
    monkeypatch.setattr(page_cache, "VERSION_SECONDS", 0)


def at_once(count, visit):
    """Run ``visit`` in ``count`` threads and return what they got."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(visit())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    return answers


class Meeting(Site):
    """A site whose every render after the first waits until all visitors are being rendered."""

    def __init__(self, visitors, **answer):
        super().__init__(**answer)
        self.first_may_end = threading.Event()
        self.together = threading.Barrier(visitors - 1, timeout=5)

    def __call__(self, environ, start_response):
        self.renders += 1
        if self.renders == 1:
            self.first_may_end.wait(5)
        else:
            self.together.wait()
        return self.answer(start_response)


@pytest.mark.parametrize("answer", [{"status": "404 Not Found"}, {"headers": HEADERS[:1]}])
def test_visitors_of_what_is_not_kept_do_not_queue_for_each_other(answer):
    site = Meeting(4, **answer)
    visits = visitor(site)
    threading.Timer(0.05, site.first_may_end.set).start()
    # Were they rendered one after the other, the barrier would break.
    assert [found["body"] for found in at_once(4, visits.get)] == [b"hola"] * 4
    assert visits.cache._rendering == {}


def test_first_visitors_of_all_wait_for_the_version_and_for_one_render(monkeypatch):
    monkeypatch.setattr(page_cache, "VERSION_SECONDS", 0.5)

    def version():
        time.sleep(0.05)
        return 1

    site = Site()
    visits = visitor(site, version)
    assert [found["body"] for found in at_once(8, visits.get)] == [b"hola"] * 8
    assert site.renders == 1


def test_failed_render_leaves_nobody_waiting():
    class Failing(Meeting):
        def answer(self, start_response):
            raise RuntimeError

    site = Failing(3)
    visits = visitor(site)

    def visit():
        with pytest.raises(RuntimeError):
            visits.get()

    threading.Timer(0.05, site.first_may_end.set).start()
    assert at_once(3, visit) == [None] * 3
    assert visits.cache._rendering == {}


def test_render_begun_before_an_edit_is_for_its_own_visitor_alone():
    began, may_end, versions = threading.Event(), threading.Event(), iter([1, 2, 2])

    class SlowFirst(Site):
        def answer(self, start_response):
            self.body = [b"antes", b"despues"][self.renders - 1]
            page = super().answer(start_response)
            if self.renders == 1:
                began.set()
                may_end.wait(5)
            return page

    site = SlowFirst()
    visits = visitor(site, lambda: next(versions))
    early = []
    thread = threading.Thread(target=lambda: early.append(visits.get()["body"]))
    thread.start()
    began.wait(5)
    threading.Timer(0.05, may_end.set).start()
    assert visits.get()["body"] == b"despues"
    thread.join()
    assert early == [b"antes"]
    # Nor does it replace the newer page.
    assert (visits.get()["body"], site.renders) == (b"despues", 2)
