"""The edge cache: what it keeps, for whom, for how long, and how much."""

import gzip
import random
import threading
import time
from email.utils import parsedate_to_datetime
from itertools import chain, count, repeat

import brotli
import pytest

from profiles.desk.content_version import ContentState
from roleguide import page_cache
from roleguide.page_cache import best_encoding, unpacked
from tests.helpers.edge import HEADERS, Site, visitor
from tests.reliability.live import at_once

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"
DATED = [*HEADERS, ("Last-Modified", NOON)]
IMAGE = [("ETag", '"x"'), ("Content-Type", "image/png")]


@pytest.fixture(autouse=True)
def version_is_asked_each_time(monkeypatch):
    monkeypatch.setattr(page_cache, "VERSION_SECONDS", 0)


def test_page_is_rendered_once_for_each_version():
    site, versions = Site(), iter([1, 1, 2, 2])
    visits = visitor(site, lambda: next(versions))
    for site.body in (b"hola", b"nuevo"):
        assert [visits.get()["body"] for _ in range(2)] == [site.body] * 2
    assert site.renders == 2


@pytest.mark.parametrize(
    "status", ["410 Gone", "404 No", "301 Moved", "400 Bad", "413 Too Large", "429 Too Many"]
)
def test_page_that_is_gone_does_not_come_back_when_the_site_breaks(status):
    kept = status[:3] in ("400", "413", "429")  # the refusal of one request
    site, versions = Site(), count()
    visits = visitor(site, lambda: next(versions))
    visits.get()
    site.status, site.headers = status, [("Content-Type", "text/html")]
    assert visits.get()["status"] == status
    site.status = "503 Service Unavailable"
    assert visits.get()["status"] == ("200 OK" if kept else site.status)
    assert (visits.cache.bytes > 0) is kept


def test_unreadable_version_serves_what_is_stored_and_an_outage_is_written_once(caplog):
    site, answers = Site(), iter([1 / 1, None, None, 1, None])
    visits = visitor(site, lambda: 1 / (next(answers) or 0))
    assert [visits.get()["body"] for _ in range(5)] == [b"hola"] * 5
    assert site.renders == 1
    assert ["content version" in text for text in caplog.messages] == [True, True]
    never = visitor(site, lambda: 1 / 0)
    never.get()
    next(iter(never.cache._pages.values())).settled_at = 0
    assert never.get()["status"] == "200 OK"


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_body_travels_in_the_best_encoding(accepted, encoding, decode):
    site = Site(body=b"hola " * 20_000)
    visits = visitor(site)
    for _ in range(2):
        answer = visits.get(accept_encoding=accepted)
        assert decode(answer["body"]) == site.body
        assert answer["headers"].get("Content-Encoding") == encoding
        assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
        assert answer["headers"]["Vary"] == "Accept-Encoding"
    head = visits.get(environ={"REQUEST_METHOD": "HEAD"}, accept_encoding=accepted)
    assert (head["headers"], head["body"], site.renders) == (answer["headers"], b"", 1)
    # Only compressed bodies are kept.
    assert visits.cache.bytes == counted(visits.cache) < 10_000


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        *(({"if_none_match": tag}, "304 Not Modified") for tag in ('"abc"', '"x", W/"abc"', "*")),
        ({"if_none_match": '"old"'}, "200 OK"),
        ({"if_modified_since": NOON}, "304 Not Modified"),
        ({"if_modified_since": "Mon, 23 Nov 2026 11:59:59 GMT"}, "200 OK"),
        # What was withdrawn since makes a page older.
        ({"if_modified_since": "Mon, 23 Nov 2026 12:00:01 GMT"}, "200 OK"),
        ({"if_modified_since": "ayer"}, "200 OK"),
        # With an ETag the date says nothing.
        ({"if_modified_since": NOON, "if_none_match": '"old"'}, "200 OK"),
    ],
)
def test_page_that_a_visitor_has_answers_304(asked, status):
    visits = visitor(Site(headers=DATED))
    for answer in (visits.get(**asked), visits.get(**asked)):
        assert answer["status"] == status
        assert answer["headers"]["ETag"] == 'W/"abc"'
        assert (answer["body"] == b"") == ("Content-Type" not in answer["headers"])
    assert visitor(Site()).get(if_modified_since=NOON)["status"] == "200 OK"


@pytest.mark.parametrize(
    "condition",
    [
        {"if_match": '"other"'},
        {"if_unmodified_since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"if_none_match": "*", "range": "bytes=0-1"},
    ],
)
def test_condition_of_one_visitor_never_touches_what_is_stored(condition):
    class Conditional(Site):
        def __call__(self, environ, start_response):
            refused = {"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"} & set(environ)
            self.status = "412 Precondition Failed" if refused else "200 OK"
            return super().__call__(environ, start_response)

    site, versions = Conditional(), count()
    visits = visitor(site, lambda: next(versions))
    for _ in range(2):
        visits.get(**condition)
        visits.get()
    assert not any({"HTTP_IF_NONE_MATCH", "HTTP_RANGE"} & set(seen) for seen in site.seen)
    site.__class__ = Site
    site.status = "503 Service Unavailable"
    assert visits.get()["body"] == b"hola"


@pytest.mark.parametrize("named", ["charset=cp037", "charset*=''cp037", " CharSet = x", "a=b"])
def test_charset_of_one_visitor_reaches_no_page(named):
    site = Site()
    asked = {"CONTENT_TYPE": f"text/plain; boundary=x;{named}"}
    visitor(site).get(query="q=dato", environ=asked)
    assert site.seen[-1]["CONTENT_TYPE"] == "text/plain; boundary=x"


def test_unknown_parameters_make_no_new_page_and_never_reach_it():
    site = Site()
    visits = visitor(site)
    for query in ("", "utm_source=x", "fbclid=1&a=2", "&&"):
        visits.get(query=query, cookie="theme=dark")
    assert site.renders == 1
    visits.get(query="q=dato&utm=1")
    assert (site.renders, site.seen[-1]["QUERY_STRING"]) == (2, "q=dato")
    # But a redirect takes them along.
    site.status = "301 Moved"
    visits.get(path="/guia/old/", query="q=dato&utm=1")
    assert site.seen[-1]["QUERY_STRING"] == "q=dato&utm=1"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        *(({"environ": {"REQUEST_METHOD": "POST"}}, {}), ({"path": "/admin/"}, {})),
        *(({"cookie": "a=1; sessionid=abc"}, {}), ({"authorization": "Basic x"}, {})),
        ({"query": "q=" + "x" * 3000}, {}),
        *(({}, {"status": "404 Not Found"}), ({}, {"status": "302 Found"})),
        ({}, {"headers": [*HEADERS, ("Set-Cookie", "a=1")]}),
        ({}, {"headers": [*HEADERS, ("Vary", "Cookie")]}),
        ({}, {"headers": [("ETag", '"x"'), ("Cache-Control", "Private")]}),
        ({}, {"headers": [("Content-Type", "text/html"), ("Cache-Control", "public")]}),
        ({}, {"headers": [*IMAGE, ("Cache-Control", "public")]}),
    ],
)
def test_what_is_not_for_everyone_is_asked_of_django_and_not_kept(asked, answer):
    site = Site(**answer)
    visits = visitor(site)
    first, second = visits.get(**asked), visits.get(**asked)
    assert first == second
    assert first["headers"] == dict(site.headers)
    assert site.renders == 2


class Noise(Site):
    """A site whose every page is different and hardly compressible."""

    def __call__(self, environ, start_response):
        seed = f"{environ['PATH_INFO']} {environ['QUERY_STRING']}"
        self.body = random.Random(seed).randbytes(10_000)  # noqa: S311 - not secret
        return super().__call__(environ, start_response)


def counted(cache):
    return sum(page.size for page in cache._pages.values())


def test_memory_is_bounded_and_what_nobody_asks_for_leaves_first():
    site = Noise()
    visits = visitor(site, max_bytes=100_000)
    for number in range(100):
        visits.get(path=f"/guia/{number}/")
        visits.get(path="/guia/0/")
    cache = visits.cache
    assert 80_000 < cache.bytes == counted(cache) <= 100_000
    assert cache._rendering == {}
    assert unpacked.cache_info().maxsize + best_encoding.cache_info().maxsize < 1_000
    site.renders = 0
    visits.get(path="/guia/99/"), visits.get(path="/guia/0/"), visits.get(path="/guia/1/")
    assert site.renders == 1


def test_page_that_outlives_some_seconds_is_dated_and_travels_in_its_smallest_form():
    body = " ".join(f"palabra{number} {number * 7919 % 1000}" for number in range(2000)).encode()
    version = ContentState(1, parsedate_to_datetime(NOON))
    visits = visitor(Site(body=body), lambda: version)
    answers = [visits.get(accept_encoding="br") for _ in range(2)]
    next(iter(visits.cache._pages.values())).settled_at = 0
    answers += [visits.get(accept_encoding="br") for _ in range(2)]
    sizes = [len(answer["body"]) for answer in answers]
    assert sizes[0] == sizes[1] > sizes[2] == sizes[3]
    # What was rendered within a second of a change had no date.
    dates = [answer["headers"].get("Last-Modified") for answer in answers]
    assert dates == [None, None, NOON, NOON]
    assert visits.get(if_modified_since=NOON)["status"] == "304 Not Modified"
    assert {brotli.decompress(answer["body"]) for answer in answers} == {body}
    assert [answer["headers"]["Content-Length"] for answer in answers] == list(map(str, sizes))


def test_page_that_cannot_be_renewed_is_served_as_it_was(monkeypatch):
    monkeypatch.setattr(page_cache, "RETRY_SECONDS", 60)
    site, versions = Site(), iter([1, 2, 2, None, 2])
    visits = visitor(site, lambda: 0 + next(versions))
    visits.get()
    site.status, site.body = "503 Service Unavailable", b"sin base"
    stale = visits.get()
    assert (stale["status"], stale["body"]) == ("200 OK", b"hola")
    visits.get()
    assert site.renders == 2  # not tried again at once: it may take the database seconds to fail
    visits.cache._pages[next(iter(visits.cache._pages))].retry_at = 0
    # Nor while the version cannot be read: each page would wait for the same database.
    assert (visits.get()["body"], site.renders) == (b"hola", 2)
    site.status, site.body = "200 OK", b"nuevo"
    assert visits.get()["body"] == b"nuevo"


def test_database_that_hangs_holds_up_one_visitor_and_no_other():
    hangs, back, reads = threading.Event(), threading.Event(), []

    def version():
        reads.append(1)
        if len(reads) > 1:
            hangs.set()
            back.wait(5)
        return 1

    def others():
        hangs.wait(5)
        bodies = [visits.get()["body"] for _ in range(20)]
        assert (bodies, site.renders, len(reads)) == ([b"hola"] * 20, 1, 2)
        back.set()

    site = Site()
    visits = visitor(site, version)
    visits.get()
    at_once(visits.get, others)


class Meeting(Site):
    """A site whose every render after the first waits until all visitors are being rendered."""

    def __init__(self, visitors, **answer):
        super().__init__(**answer)
        self.may_end = threading.Event()
        self.together = threading.Barrier(visitors - 1, timeout=5)

    def __call__(self, environ, start_response):
        self.renders += 1
        if self.renders == 1:
            self.may_end.wait(5)
        else:
            self.together.wait()
        return self.answer(start_response)


def ends_once_others_wait(monkeypatch, site, others):
    """Let the slow render end when so many visitors wait for it, with or without patience."""
    wait, arrived = page_cache.wait, count(1)

    def counted_wait(first, patience):
        if patience != 0 and next(arrived) == others:
            site.may_end.set()
        return wait(first, patience)

    monkeypatch.setattr(page_cache, "wait", counted_wait)


@pytest.mark.parametrize("answer", [{"status": "404 Not Found"}, {"headers": HEADERS[:1]}])
def test_visitors_of_what_is_not_kept_do_not_queue_for_each_other(monkeypatch, answer):
    site = Meeting(4, **answer)
    visits = visitor(site)
    ends_once_others_wait(monkeypatch, site, 3)
    # Were they rendered one after the other, the barrier would break.
    assert [found["body"] for found in at_once(*[visits.get] * 4)] == [b"hola"] * 4
    assert visits.cache._rendering == {}


def test_first_visitors_of_all_wait_for_the_version_and_for_one_render(monkeypatch):
    monkeypatch.setattr(page_cache, "VERSION_SECONDS", 0.5)

    def version():
        time.sleep(0.05)
        return 1

    site = Site()
    visits = visitor(site, version)
    assert [found["body"] for found in at_once(*[visits.get] * 8)] == [b"hola"] * 8
    assert site.renders == 1


def test_failed_render_leaves_nobody_waiting(monkeypatch):
    class Failing(Meeting):
        def answer(self, start_response):
            raise RuntimeError

    site = Failing(3)
    visits = visitor(site)

    def visit():
        with pytest.raises(RuntimeError):
            visits.get()

    ends_once_others_wait(monkeypatch, site, 2)
    assert at_once(*[visit] * 3) == [None] * 3
    assert visits.cache._rendering == {}


class Slow(Site):
    """A site whose pages change once; the render ``slow`` ends after another visitor is served."""

    def __init__(self, slow):
        super().__init__()
        self.slow, self.began, self.may_end = slow, threading.Event(), threading.Event()

    def answer(self, start_response):
        self.body = [b"antes", b"despues"][self.renders - 1]
        page = super().answer(start_response)
        if self.renders == self.slow:
            self.began.set()
            self.may_end.wait(5)
        return page


@pytest.mark.parametrize(
    ("slow", "grace", "patience", "seen"),
    [
        # What was begun before an edit is for its own visitor alone.
        (1, 0, 60, [b"antes", b"despues"]),
        # While a page is renewed it passes as it was, and not long after the edit,
        (2, 60, 60, [b"despues", b"antes"]),
        (2, 0, 60, [b"despues", b"despues"]),
        # or as long as what it is made of is locked.
        (2, 0, 0, [b"despues", b"antes"]),
    ],
)
def test_page_from_before_an_edit_passes_for_a_moment_only(
    monkeypatch, slow, grace, patience, seen
):
    monkeypatch.setattr(page_cache, "GRACE_SECONDS", grace)
    monkeypatch.setattr(page_cache, "PATIENCE_SECONDS", patience)
    site, versions = Slow(slow), chain([1], repeat(2))
    visits = visitor(site, lambda: next(versions))
    if slow == 2:
        visits.get()

    ends_once_others_wait(monkeypatch, site, 1)

    def later():
        site.began.wait(5)
        found = visits.get()
        site.may_end.set()
        return found

    assert [found["body"] for found in at_once(visits.get, later)] == seen
    assert (visits.get()["body"], site.renders) == (b"despues", 2)


def test_page_that_finds_no_turn_to_be_renewed_passes_as_it_was(monkeypatch):
    monkeypatch.setattr(page_cache, "PATIENCE_SECONDS", 0)
    site, versions = Site(), count()
    visits = visitor(site, lambda: next(versions))
    visits.get()
    visits.cache._renders = threading.Semaphore(0)
    assert (visits.get()["body"], site.renders) == (b"hola", 1)
