"""A small page cache at the WSGI edge, before Django's handler.

It keeps public pages, compressed: only GET and HEAD without a session, only answers that are 200,
public and free of cookies, only known query parameters; what nobody asked for longest leaves first.
A page belongs to a version of the content: when that moves, it is rendered anew.
"""

import gzip
import logging
import re
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

import brotli

logger = logging.getLogger(__name__)
# A page that cannot be rendered is served as it was and tried again after RETRY_SECONDS, and not
# before the version can be read. While it is rendered it is served as it was until GRACE_SECONDS
# after the version moved; then that is waited for, unless it takes PATIENCE_SECONDS: what it reads
# may be locked.
VERSION_SECONDS, GRACE_SECONDS, RETRY_SECONDS, PATIENCE_SECONDS = 0.2, 0.6, 1, 2
# Each render holds a database connection; more of them at once are not faster.
RENDERS_AT_ONCE = 16
MAX_QUERY, MAX_BYTES = 2_000, 64 * 1024 * 1024
ENTRY_BYTES = 4_000  # beside its body: key, headers, objects
# Brotli at 11 saves a tenth over 5 and takes 40 ms for a profile: for pages that outlive an edit.
QUALITY, BEST_QUALITY, CALM_SECONDS = 5, 11, 5
PARAMETER = re.compile(r";(?!\s*boundary=)[^;]*")
REFUSED = re.compile(r"q=0(\.0{0,3})?")
# Documents for other programs (PDF, DOCX, images) are compressed already and asked for rarely.
FILES = (".pdf", ".docx", ".xlsx", ".zip")
STORED_TYPES = ("text/", "application/json", "application/atom+xml", "application/xml")
# A page that was stored before such an answer must not come back when the database goes away.
GONE = ("301", "302", "404", "410")
# What a visitor asks of a page that he has, which is rendered and stored without that.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")
LEFT_TO_DJANGO = ("HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
REPLACED = ("etag", "content-length", "vary")
REPEATED_BY_304 = ("etag", "cache-control", "cdn-cache-control", "vary", "last-modified")


class Page:
    """A stored answer: its headers, and its body in brotli."""

    def __init__(self, version, headers, body):
        named = {name.lower(): value for name, value in headers}
        self.version, self.retry_at, self.settled_at = version, 0.0, time.monotonic() + CALM_SECONDS
        # One validator serves several encodings, so it may only promise the same meaning.
        self.etag = f"W/{named['etag'].removeprefix('W/')}"
        self.modified = named.get("last-modified")
        vary = ", ".join(filter(None, ["Accept-Encoding", named.get("vary")]))
        kept = [pair for pair in headers if pair[0].lower() not in REPLACED]
        self.headers = [*kept, ("ETag", self.etag), ("Vary", vary)]
        self.body = brotli.compress(body, quality=QUALITY)
        self.size = ENTRY_BYTES + len(self.body)

    def answer(self, environ, start_response):
        if self.is_known(environ):
            repeated = [pair for pair in self.headers if pair[0].lower() in REPEATED_BY_304]
            start_response("304 Not Modified", repeated)
            return []
        if time.monotonic() >= self.settled_at:
            self._settle()
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = self.body if encoding == "br" else unpacked(self.body, encoding)
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        headers += [("Content-Encoding", encoding)] if encoding else []
        start_response("200 OK", headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _settle(self):
        """Pack a page that outlives an edit as small as can be; date it as its version says."""
        self.settled_at = float("inf")
        self.body = brotli.compress(brotli.decompress(self.body), quality=BEST_QUALITY)
        if self.modified is None and self.version and (date := self.version.last_modified):
            self.modified = date
            self.headers.append(("Last-Modified", date))

    def is_known(self, environ):
        """Tell whether the visitor has it: by ETag, else by its very date, which may go back."""
        if condition := environ.get("HTTP_IF_NONE_MATCH"):
            tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
            return bool(tags & {self.etag.removeprefix("W/"), "*"})
        return self.modified is not None and environ.get("HTTP_IF_MODIFIED_SINCE") == self.modified


class Version:
    """The content's version, read five times a second by one visitor; the last known is current."""

    def __init__(self, read):
        self.current, self._read, self._lock = None, read, threading.Lock()
        self._check_at, self.calm_at, self.has_failed = 0.0, 0.0, False

    def __call__(self):
        is_first = self.current is None  # only then the reading is waited for
        if time.monotonic() >= self._check_at and self._lock.acquire(blocking=is_first):
            try:
                if time.monotonic() >= self._check_at:
                    before, self.current, self.has_failed = self.current, self._read(), False
                    if self.current != before:
                        self.calm_at = time.monotonic() + GRACE_SECONDS
            except Exception:
                # Better the last good page than none: the database may be back in a second.
                if not self.has_failed:
                    logger.exception("The content version cannot be read; serving what is stored")
                self.has_failed = True
            finally:
                self._check_at = time.monotonic() + VERSION_SECONDS
                self._lock.release()
        return self.current


class PageCache:
    """WSGI middleware. ``version`` returns a value that moves whenever public content does."""

    def __init__(self, app, version, *, prefix, parameters=(), max_bytes=MAX_BYTES, https=False):
        self.application, self.version = app, Version(version)
        self.prefix, self.parameters, self.https = prefix, frozenset(parameters), https
        self.bytes, self.max_bytes = 0, max_bytes
        self._pages, self._rendering = OrderedDict(), {}
        self._lock, self._renders = threading.RLock(), threading.Semaphore(RENDERS_AT_ONCE)

    def __call__(self, environ, start_response):
        # Django would read the address in the charset that a visitor names; it is UTF-8.
        environ["CONTENT_TYPE"] = PARAMETER.sub("", environ.get("CONTENT_TYPE", ""))
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        version, page = self.version(), self._pages.get(key)
        with suppress(KeyError):  # there is none, or it has just left
            self._pages.move_to_end(key)
        is_old = page and page.version != version and not self.version.has_failed
        if page is None or (is_old and time.monotonic() >= page.retry_at):
            page = self._render_once(key, version, environ, start_response)
        return page.answer(environ, start_response) if isinstance(page, Page) else page

    def _key(self, environ):
        """Return what the page is stored under, or None if Django must answer itself."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD") and path.startswith(self.prefix)
        # Nothing is stored of files, so Django alone can say that a visitor has one already.
        if not is_read or path.endswith(FILES) or len(query) > MAX_QUERY:
            return None
        is_personal = "sessionid=" in environ.get("HTTP_COOKIE", "")
        if is_personal or any(name in environ for name in LEFT_TO_DJANGO):
            return None
        # What must first be redirected to https is Django's. A stranger's Host never gets an entry.
        if self.https and environ["wsgi.url_scheme"] != "https":
            return None
        pairs = parse_qsl(query, keep_blank_values=True) if query else ()
        known = urlencode([pair for pair in pairs if pair[0] in self.parameters])
        return (path, known, environ.get("HTTP_HOST", ""))

    def _render_once(self, key, version, environ, start_response):
        """Render while others wait for it or get the page as it was; if it is none, alone."""
        mine, answer, now = Future(), None, time.monotonic()
        first, late_at = self._rendering.setdefault((key, version), (mine, now + PATIENCE_SECONDS))
        if first is not mine:
            old = self._pages.get(key)
            patience = 0 if now < self.version.calm_at else max(0, late_at - now)
            if not wait([first], patience if old else None).done:
                return old
            return first.result() or self._render(key, version, environ, start_response)
        try:
            answer = self._pages.get(key)
            if answer is None or answer.version != version:
                answer = self._render(key, version, environ, start_response)
            return answer
        finally:
            del self._rendering[key, version]
            mine.set_result(answer if isinstance(answer, Page) else None)

    def _render(self, key, version, environ, start_response):
        started = []
        plain = {name: value for name, value in environ.items() if name not in CONDITIONS}
        plain |= {"REQUEST_METHOD": "GET", "QUERY_STRING": key[1], "content.version": version}
        last_good = self._pages.get(key)
        if not self._renders.acquire(timeout=PATIENCE_SECONDS if last_good else None):
            return last_good
        try:
            response = self.application(plain, lambda *answer: started.extend(answer))
        finally:
            self._renders.release()
        status, headers = started[:2]
        last_good = self._pages.get(key)
        if status.startswith("5") and last_good:
            response.close()
            last_good.retry_at = time.monotonic() + RETRY_SECONDS
            return last_good
        if storable(status, headers, response):
            page = Page(version, headers, b"".join(response))
            response.close()
            return self._kept(key, page)
        if status.startswith(GONE):
            self._forget(key)
        if status.startswith("30") and environ.get("QUERY_STRING", "") != key[1]:
            # A redirect takes along all that was asked with.
            response.close()
            return self.application(environ, start_response)
        start_response(*started)
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            return []
        return response

    def _kept(self, key, page):
        with self._lock:
            # A render that began before an edit may end after the one that knows it.
            if key not in self._pages or page.version == self.version.current:
                self._forget(key)
                self._pages[key] = page
                self.bytes += page.size
            while self.bytes > self.max_bytes:
                self._forget(next(iter(self._pages)))
        return page

    def _forget(self, key):
        with self._lock:
            if old := self._pages.pop(key, None):
                self.bytes -= old.size


def storable(status, headers, response):
    """Tell whether an answer may be given to every visitor."""
    if not status.startswith("200") or getattr(response, "streaming", False):
        return False
    named = {name.lower(): value.lower() for name, value in headers}
    control, vary = named.get("cache-control", ""), named.get("vary", "")
    is_personal = "set-cookie" in named or "*" in vary or "cookie" in vary
    is_public = "public" in control and "no-store" not in control and not is_personal
    return is_public and "etag" in named and named.get("content-type", "").startswith(STORED_TYPES)


@lru_cache(maxsize=100)
def unpacked(body, encoding):
    """Return a body for the few who do not take brotli; the last ones asked for are kept."""
    plain = brotli.decompress(body)
    return gzip.compress(plain, 6, mtime=0) if encoding == "gzip" else plain


@lru_cache(maxsize=256)
def best_encoding(accepted):
    """Return "br", "gzip" or "" for an Accept-Encoding header; q=0 refuses an encoding."""
    parts = (part.partition(";") for part in accepted.lower().replace(" ", "").split(","))
    taken = {name for name, _, weight in parts if not REFUSED.fullmatch(weight)}
    return next((name for name in ("br", "gzip") if name in taken), "")
