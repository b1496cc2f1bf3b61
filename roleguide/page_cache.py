"""A small page cache at the WSGI edge: a hit costs about what a static file costs.

It stands before Django's handler and keeps ready headers and bodies of public pages: only GET
and HEAD without a session, only answers that are 200, public and free of cookies, only known
query parameters, bounded in bytes. What it holds belongs to a version of the content; when the
version moves, every page is rendered anew on its next visit. It knows no role.
"""

from __future__ import annotations

import gzip
import logging
import math
import re
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    type Environ = dict[str, Any]
    type Headers = list[tuple[str, str]]
    type Key = tuple[str, str, str]

logger = logging.getLogger(__name__)

VERSION_SECONDS = 0.5
# A visitor waits no longer for a database that does not answer; stored pages need none.
VERSION_PATIENCE = 1
# A page that cannot be rendered is served as it was and tried again after this long.
RETRY_SECONDS = 1
# An outage is one line in the log, not two a second.
COMPLAIN_SECONDS = 60
MAX_BYTES = 64 * 1024 * 1024
MAX_QUERY = 2_000
# Rough cost of an entry beside its bodies: key, headers, objects.
ENTRY_BYTES = 2_000
# Level 11 saves a tenth over level 5 and takes thirty times as long: not while a visitor waits,
# but in the background for a page that keeps being asked for.
BROTLI_QUALITY = 5
BEST_BROTLI_QUALITY = 11
VISITS_WORTH_THE_BEST = 2
GZIP_LEVEL = 6
REFUSED = re.compile(r"q=0(\.0{0,3})?")
# Documents for other programs (PDF, DOCX, images) are compressed already and asked for rarely.
STORED_TYPES = ("text/", "application/json", "application/atom+xml", "application/xml")
SESSION_COOKIE = "sessionid="
# For views, in the environ: what the stored page was made from, as its view said when it made it.
# A view that finds the same again answers 304, and the page goes on unrendered.
MADE_FROM = "guide.made_from"
# For views, too: a dict for what they have read, which lives as long as the content stands still.
KEPT = "guide.kept"
ENCODERS: dict[str, Callable[..., bytes]] = {
    "br": lambda body, quality=BROTLI_QUALITY: brotli.compress(body, quality=quality),
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
    "": lambda body: body,
}


class StoredHeaders(list):
    """Headers of a stored answer, which stay as they are: a server may check them once.

    ``checked`` is the server's own, what it made of them.
    """

    checked: Any = None


@dataclass(slots=True)
class Page:
    """A stored answer: its headers and body for each encoding that was asked for."""

    key: Key
    version: Hashable
    headers: Headers
    body: bytes
    etag: str
    variants: dict[str, tuple[Headers, list[bytes]]] = field(default_factory=dict)
    made_from: Hashable = None
    size: int = 0
    brotli_visits: int = 0
    is_smallest: bool = False
    retry_at: float = 0.0

    def keep(self, encoding: str, body: bytes) -> None:
        """Keep a copy of the body in ``encoding``, ready to be sent."""
        headers = StoredHeaders([*self.headers, ("Content-Length", str(len(body)))])
        if encoding:
            headers.append(("Content-Encoding", encoding))
        self.variants[encoding] = (headers, [body])
        copies = (copy for name, (_headers, (copy,)) in self.variants.items() if name)
        self.size = ENTRY_BYTES + len(self.body) + sum(map(len, copies))

    def keep_copies(self, before: Page) -> None:
        """Keep the compressed copies of the same body, rendered before an edit elsewhere."""
        for encoding, (_headers, (copy,)) in before.variants.items():
            self.keep(encoding, copy)
        if before.is_smallest:
            self.brotli_visits, self.is_smallest = before.brotli_visits, True


class PageCache:
    """WSGI middleware. ``version`` returns a value that moves whenever public content does."""

    def __init__(
        self,
        application: Callable,
        version: Callable[[], Hashable],
        *,
        prefix: str,
        parameters: Iterable[str] = (),
        https: bool = False,
        max_bytes: int = MAX_BYTES,
        render: Callable | None = None,
        observe: Callable[[str], None] | None = None,
    ):
        self.application = application
        # Answers what may be kept; it may read elsewhere than what is personal does.
        self.render = render or application
        self.version = version
        self.prefix = prefix
        self.parameters = frozenset(parameters)
        self.https = https
        self.max_bytes = max_bytes
        self.observe = observe
        self.bytes = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()
        self._rendering: dict[tuple[Key, Hashable], Future] = {}
        self._current: Hashable = None
        self._kept: tuple[Hashable, dict] = (None, {})
        self._check_at = 0.0
        self._complained_at = -math.inf
        self._reading: Future = Future()
        self._reading.set_result(None)
        # Their threads start with the first task, so in the worker and not before the fork.
        self._background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="page-cache")
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="content-version")

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        version = self._version()
        page = self._pages.get(key)
        hit = page is not None and (page.version == version or time.monotonic() < page.retry_at)
        if self.observe:
            self.observe("hit" if hit else "miss")
        if not hit:
            page = self._render_once(key, version, environ, start_response)
            if not isinstance(page, Page):
                return page
        return self._serve(page, environ, start_response)

    def _key(self, environ: Environ) -> Key | None:
        """Return what the page is stored under, or None where Django must answer itself."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not path.startswith(self.prefix):
            return None
        if SESSION_COOKIE in environ.get("HTTP_COOKIE", "") or "HTTP_AUTHORIZATION" in environ:
            return None
        # A request that must first be redirected to https is Django's; so is a stranger's Host,
        # which is part of the key and never gets an entry, since Django answers it with 400.
        if self.https and environ.get("HTTP_X_FORWARDED_PROTO") != "https":
            return None
        query = environ.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY:
            return None
        return (path, self._known(query) if query else "", environ.get("HTTP_HOST", ""))

    def _known(self, query: str) -> str:
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
        except ValueError:
            return query
        return urlencode([pair for pair in pairs if pair[0] in self.parameters])

    def _version(self) -> Hashable:
        """Return the content's version; where it cannot be read in time, the last one known.

        One thread of its own reads it, so that a database which hangs holds up one visitor for
        a moment, and not one more every half second until none is left to serve.
        """
        begun = time.monotonic() >= self._check_at and self._begin_reading()
        if begun or self._current is None:
            wait([self._reading], timeout=VERSION_PATIENCE)
        return self._current

    def _begin_reading(self) -> bool:
        """Have the version read, unless another visitor has just done so."""
        with self._lock:
            if time.monotonic() < self._check_at or not self._reading.done():
                return False
            # In this order: whoever finds nothing to begin also finds the reading to wait for.
            self._reading = self._reader.submit(self._read_version)
            self._check_at = time.monotonic() + VERSION_SECONDS
            return True

    def _read_version(self) -> None:
        try:
            self._current = self.version()
        except Exception:
            # Better the last good page than none: the database may be back in a second.
            if time.monotonic() >= self._complained_at + COMPLAIN_SECONDS:
                self._complained_at = time.monotonic()
                logger.exception("The content version cannot be read; serving what is stored")

    def _render_once(self, key: Key, version: Hashable, environ: Environ, start_response: Callable):
        """Render while other visitors of the same page wait; return the page or Django's answer.

        They wait for one render. Where its answer is not for everyone (a missing page, an
        error), each gets an answer of their own at once, not one after the other.
        """
        with self._lock:
            page = self._pages.get(key)
            if page is not None and page.version == version:
                return page
            others = self._rendering.get((key, version))
            if others is None:
                mine = self._rendering[key, version] = Future()
        if others is not None:
            return others.result() or self._render(key, version, environ, start_response)
        answer = None
        try:
            answer = self._render(key, version, environ, start_response)
            return answer
        finally:
            with self._lock:
                del self._rendering[key, version]
            mine.set_result(answer if isinstance(answer, Page) else None)

    def _render(self, key: Key, version: Hashable, environ: Environ, start_response: Callable):
        answer: list = []

        def capture(status, headers, exc_info=None):
            answer[:] = [status, headers, exc_info]

        last_good = self._pages.get(key)
        plain = {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": key[1]}
        for condition in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"):
            plain.pop(condition, None)
        plain[MADE_FROM] = last_good and last_good.made_from
        plain[KEPT] = self._kept_for(version)
        response = self.render(plain, capture)
        status, headers, exc_info = answer
        if status.startswith("5") and last_good:
            response.close()
            last_good.retry_at = time.monotonic() + RETRY_SECONDS
            return last_good
        if status.startswith("304") and last_good:
            response.close()
            last_good.version = version
            return last_good
        if not storable(status, headers, response):
            self._drop(key)  # What is withdrawn must not come back when the database goes away.
            if environ["REQUEST_METHOD"] == "HEAD":
                return self._application_again(response, environ, start_response)
            start_response(status, headers, exc_info)
            return response
        try:
            page = new_page(key, version, headers, b"".join(response))
            page.made_from = plain[MADE_FROM]
        finally:
            response.close()
        self._store(key, page)
        return page

    def _kept_for(self, version: Hashable) -> dict:
        """Return what views have kept under ``version``; what they kept before is gone."""
        known, kept = self._kept
        if known != version:
            kept = {}
            self._kept = (version, kept)
        return kept

    def _application_again(self, response: Any, environ: Environ, start_response: Callable):
        """Answer HEAD through Django, which alone knows how to drop a body it streams."""
        response.close()
        return self.render(environ, start_response)

    def _store(self, key: Key, page: Page) -> None:
        with self._lock:
            before = self._pages.get(key)
            if before and page.version != self._current:
                return  # a render that began before an edit ends after the one that knows it
            if before and before.body == page.body:
                page.keep_copies(before)
            self._forget(key)
            self._pages[key] = page
            self.bytes += page.size
            self._keep_within_bounds()

    def _drop(self, key: Key) -> None:
        with self._lock:
            self._forget(key)

    def _keep_within_bounds(self) -> None:
        while self.bytes > self.max_bytes:
            self._forget(next(iter(self._pages)))

    def _forget(self, key: Key) -> None:
        if old := self._pages.pop(key, None):
            self.bytes -= old.size

    def _serve(self, page: Page, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            start_response("304 Not Modified", not_modified(page.headers))
            return []
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers, body = page.variants.get(encoding) or self._compress(page, encoding)
        if encoding == "br":
            page.brotli_visits += 1
            if page.brotli_visits == VISITS_WORTH_THE_BEST:
                self._background.submit(self._compress, page, "br", BEST_BROTLI_QUALITY)
        start_response("200 OK", headers)
        return body if environ["REQUEST_METHOD"] == "GET" else []

    def _compress(self, page: Page, encoding: str, *quality: int) -> tuple[Headers, list[bytes]]:
        """Return the page in ``encoding``, kept for later visits and counted."""
        body = ENCODERS[encoding](page.body, *quality)
        with self._lock:
            before = page.size
            page.keep(encoding, body)
            page.is_smallest = page.is_smallest or BEST_BROTLI_QUALITY in quality
            if self._pages.get(page.key) is page:
                self.bytes += page.size - before
                self._keep_within_bounds()
        return page.variants[encoding]


def storable(status: str, headers: Headers, response: Any) -> bool:
    """Tell whether an answer may be given to every visitor."""
    if not status.startswith(str(HTTPStatus.OK.value)) or getattr(response, "streaming", False):
        return False
    named = {name.lower(): value.lower() for name, value in headers}
    control = named.get("cache-control", "")
    vary = named.get("vary", "")
    return (
        "public" in control
        and "no-store" not in control
        and "set-cookie" not in named
        and "*" not in vary
        and "cookie" not in vary
        and "etag" in named
        and named.get("content-type", "").startswith(STORED_TYPES)
    )


def new_page(key: Key, version: Hashable, headers: Headers, body: bytes) -> Page:
    """Return a page whose validator stays true for every encoding of its body."""
    etag = next(value for name, value in headers if name.lower() == "etag")
    # One validator serves several encodings, so it may only promise the same meaning.
    weak = etag if etag.startswith("W/") else f"W/{etag}"
    replaced = {"etag", "content-length", "vary"}
    vary = {"Accept-Encoding": None}
    for name, value in headers:
        if name.lower() == "vary":
            vary.update(dict.fromkeys(part.strip() for part in value.split(",")))
    kept = [pair for pair in headers if pair[0].lower() not in replaced]
    page = Page(key, version, [*kept, ("ETag", weak), ("Vary", ", ".join(vary))], body, weak)
    page.keep("", body)
    return page


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """Return "br", "gzip" or "" for an Accept-Encoding header; q=0 refuses an encoding."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = not REFUSED.fullmatch(parameters.replace(" ", ""))
    return next((name for name in ("br", "gzip") if weights.get(name)), "")


def matches(condition: str, etag: str) -> bool:
    """Tell whether If-None-Match names ``etag``, by weak comparison."""
    if not condition:
        return False
    tag = etag.removeprefix("W/")
    named = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return tag in named or condition.strip() == "*"


def not_modified(headers: Headers) -> Headers:
    """Return the headers that a 304 repeats."""
    kept = {"etag", "cache-control", "vary", "last-modified", "date", "expires"}
    return [pair for pair in headers if pair[0].lower() in kept]
