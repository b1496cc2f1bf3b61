"""A small page cache at the WSGI edge, before Django's handler.

It keeps public pages, compressed: only GET and HEAD without a session, only answers that are 200,
public and free of cookies, only known query parameters. It is bounded in bytes, and what nobody has
asked for the longest leaves first. A page belongs to a version of the content: when the version
moves, the page is rendered anew on its next visit.
"""

import gzip
import logging
import re
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import brotli
from django.utils.http import parse_http_date_safe

logger = logging.getLogger(__name__)

VERSION_SECONDS = 0.5
# A visitor waits no longer for a database that does not answer; stored pages need none.
VERSION_PATIENCE = 1
# A page that cannot be rendered is served as it was and tried again after this long.
RETRY_SECONDS = 1
# Each render holds a database connection; more of them at once are not faster.
RENDERS_AT_ONCE = 16
MAX_BYTES = 64 * 1024 * 1024
MAX_QUERY = 2_000
# What an entry takes beside its bodies: key, headers, objects.
ENTRY_BYTES = 4_000
SESSION_COOKIE = "sessionid="
REFUSED = re.compile(r"q=0(\.0{0,3})?")
# Documents for other programs (PDF, DOCX, images) are compressed already and asked for rarely.
FILES = (".pdf", ".docx", ".xlsx", ".zip")
STORED_TYPES = ("text/", "application/json", "application/atom+xml", "application/xml")
# A page that was stored before such an answer must not come back when the database goes away.
GONE = ("301", "302", "404", "410")
# What a visitor asks of a page that is there: it is rendered and stored without that.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")
PRECONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
REPLACED = ("etag", "content-length", "vary")
REPEATED_BY_304 = ("etag", "cache-control", "cdn-cache-control", "vary", "last-modified")
# Brotli at 10 saves a tenth over 5 and takes twenty times as long (10 ms for a profile), while a
# visitor waits: only for a page that is asked for again and again.
COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "best": lambda body: brotli.compress(body, quality=10),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
VISITS_WORTH_THE_BEST = 4
DECOMPRESS = {"br": brotli.decompress, "gzip": gzip.decompress}


class Page:
    """A stored answer: its headers, and its body in each encoding that was asked for."""

    def __init__(self, version, headers, encoding, body):
        named = {name.lower(): value for name, value in headers}
        self.version, self.retry_at, self.visits = version, 0.0, 0
        # One validator serves several encodings, so it may only promise the same meaning.
        self.etag = f"W/{named['etag'].removeprefix('W/')}"
        self.modified = parse_http_date_safe(named.get("last-modified", ""))
        vary = filter(None, ["Accept-Encoding", named.get("vary")])
        kept = [pair for pair in headers if pair[0].lower() not in REPLACED]
        self.headers = [*kept, ("ETag", self.etag), ("Vary", ", ".join(vary))]
        self.bodies = {encoding: COMPRESS[encoding](body)}

    @property
    def size(self):
        return ENTRY_BYTES + sum(map(len, self.bodies.values()))

    def is_known(self, environ):
        """Tell whether the visitor has it already: the ETag decides, the date if there is none."""
        if condition := environ.get("HTTP_IF_NONE_MATCH"):
            tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
            return bool(tags & {self.etag.removeprefix("W/"), "*"})
        since = parse_http_date_safe(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
        return since is not None and self.modified is not None and self.modified <= since


class Version:
    """The content's version, read at most twice a second, by one thread of its own.

    A database that hangs then holds up one visitor for a moment, and not one more every half
    second until none is left to serve. While it cannot be read, the last one known is current.
    """

    def __init__(self, read):
        self.current, self._read = None, read
        self._check_at, self._has_failed = 0.0, False
        self._lock, self._reading = threading.Lock(), Future()
        self._reading.set_result(None)
        # Its thread starts with the first reading, so in the worker and not before the fork.
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="content-version")

    def __call__(self):
        if (time.monotonic() >= self._check_at and self._begins()) or self.current is None:
            wait([self._reading], timeout=VERSION_PATIENCE)
        return self.current

    def _begins(self):
        """Have the version read, unless another visitor has just done so."""
        with self._lock:
            begins = time.monotonic() >= self._check_at and self._reading.done()
            if begins:
                # In this order: whoever finds nothing to begin finds the reading to wait for.
                self._reading = self._reader.submit(self._try)
                self._check_at = time.monotonic() + VERSION_SECONDS
            return begins

    def _try(self):
        try:
            self.current, self._has_failed = self._read(), False
        except Exception:
            # Better the last good page than none: the database may be back in a second.
            if not self._has_failed:
                logger.exception("The content version cannot be read; serving what is stored")
            self._has_failed = True


class PageCache:
    """WSGI middleware. ``version`` returns a value that moves whenever public content does."""

    def __init__(
        self, application, version, *, prefix, parameters=(), https=False, max_bytes=MAX_BYTES
    ):
        self.application, self.version = application, Version(version)
        self.prefix, self.parameters, self.https = prefix, frozenset(parameters), https
        self.bytes, self.max_bytes = 0, max_bytes
        self._pages, self._rendering = OrderedDict(), {}
        self._lock, self._renders = threading.Lock(), threading.Semaphore(RENDERS_AT_ONCE)

    def __call__(self, environ, start_response):
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        version = self.version()
        page = self._found(key)
        if page is None or (page.version != version and time.monotonic() >= page.retry_at):
            page = self._render_once(key, version, environ, start_response)
        if isinstance(page, Page):
            return self._serve(key, page, environ, start_response)
        return page

    def _key(self, environ):
        """Return what the page is stored under, or None if Django must answer itself."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not path.startswith(self.prefix):
            return None
        if SESSION_COOKIE in environ.get("HTTP_COOKIE", "") or "HTTP_AUTHORIZATION" in environ:
            return None
        if len(query) > MAX_QUERY or any(name in environ for name in PRECONDITIONS):
            return None
        # Nothing of these is stored, so Django alone can say that a visitor has one already.
        if path.endswith(FILES):
            return None
        # A request that must first be redirected to https is Django's; so is a stranger's Host,
        # which is part of the key and never gets an entry, since Django answers it with 400.
        if self.https and environ["wsgi.url_scheme"] != "https":
            return None
        pairs = parse_qsl(query, keep_blank_values=True) if query else ()
        known = urlencode([pair for pair in pairs if pair[0] in self.parameters])
        return (path, known, environ.get("HTTP_HOST", ""))

    def _found(self, key):
        """Return the stored page and note the visit, without a lock for which others would wait."""
        page = self._pages.get(key)
        if page is not None:
            with suppress(KeyError):  # it has just left
                self._pages.move_to_end(key)
        return page

    def _render_once(self, key, version, environ, start_response):
        """Render while other visitors of the same page wait; return the page or Django's answer.

        If the answer is not for everyone (a missing page, an error), each visitor gets one of
        their own at once, not one after the other.
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

    def _render(self, key, version, environ, start_response):
        started = []
        plain = {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": key[1]}
        plain = {name: value for name, value in plain.items() if name not in CONDITIONS}
        with self._renders:
            response = self.application(plain, lambda *answer: started.extend(answer))
        status, headers = started[:2]
        last_good = self._found(key)
        if status.startswith("5") and last_good:
            response.close()
            last_good.retry_at = time.monotonic() + RETRY_SECONDS
            return last_good
        if storable(status, headers, response):
            encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) or "br"
            page = Page(version, headers, encoding, b"".join(response))
            response.close()
            self._store(key, page)
            return page
        if status.startswith(GONE):
            with self._lock:
                self._forget(key)
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            response = []
        start_response(*started)
        return response

    def _store(self, key, page):
        with self._lock:
            if key in self._pages and page.version != self.version.current:
                return  # a render that began before an edit ends after the one that knows it
            self._forget(key)
            self._pages[key] = page
            self.bytes += page.size
            self._keep_within_bounds()

    def _forget(self, key):
        if old := self._pages.pop(key, None):
            self.bytes -= old.size

    def _keep_within_bounds(self):
        while self.bytes > self.max_bytes:
            self._forget(next(iter(self._pages)))

    def _serve(self, key, page, environ, start_response):
        if page.is_known(environ):
            repeated = [pair for pair in page.headers if pair[0].lower() in REPEATED_BY_304]
            start_response("304 Not Modified", repeated)
            return []
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        page.visits += encoding == "br"
        is_popular = encoding == "br" and page.visits == VISITS_WORTH_THE_BEST
        body = page.bodies.get(encoding)
        if body is None or is_popular:
            body = self._encoded(key, page, encoding)
        headers = [*page.headers, ("Content-Length", str(len(body)))]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start_response("200 OK", headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _encoded(self, key, page, encoding):
        """Return the body in another encoding, or in a smaller form; a compressed one is kept."""
        known = "br" if "br" in page.bodies else "gzip"
        body = DECOMPRESS[known](page.bodies[known])
        if not encoding:
            return body
        body = COMPRESS["best" if encoding == known == "br" else encoding](body)
        with self._lock:
            if self._pages.get(key) is page:
                self.bytes += len(body) - len(page.bodies.get(encoding, b""))
                page.bodies[encoding] = body
                self._keep_within_bounds()
        return body


def storable(status, headers, response):
    """Tell whether an answer may be given to every visitor."""
    if not status.startswith("200") or getattr(response, "streaming", False):
        return False
    named = {name.lower(): value.lower() for name, value in headers}
    control, vary = named.get("cache-control", ""), named.get("vary", "")
    is_personal = "set-cookie" in named or "*" in vary or "cookie" in vary
    is_public = "public" in control and "no-store" not in control and not is_personal
    return is_public and "etag" in named and named.get("content-type", "").startswith(STORED_TYPES)


@lru_cache(maxsize=256)
def best_encoding(accepted):
    """Return "br", "gzip" or "" for an Accept-Encoding header; q=0 refuses an encoding."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = not REFUSED.fullmatch(parameters.replace(" ", ""))
    return next((name for name in ("br", "gzip") if weights.get(name)), "")
