"""One line per event, which no visitor can break in two: plain for people, JSON for programs.

A line holds what finds a fault: when, where, how long, and the id that joins all lines of one
request. It holds no address of a visitor, no cookie and no query.
"""

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus

logger = logging.getLogger("roleguide.requests")
current_request: ContextVar[str] = ContextVar("current_request", default="")
# Shaped like the ids that proxies give; anything else is not taken over.
REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# No address of this site has a longer part; a preview's key does.
LONG_PART = re.compile(r"(?<=/)[^/\s]{61,}")
# Everything that ends a line or moves a terminal's cursor.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class PlainFormatter(logging.Formatter):
    """``LEVEL logger message [request id]``, the traceback below, further in."""

    def format(self, record: logging.LogRecord) -> str:
        words = [record.levelname, record.name, visible(path_of(record.getMessage()))]
        words += [f"{name}={visible(str(value))}" for name, value in fields(record).items()]
        lines = [" ".join(words)]
        if record.exc_info:
            traceback = path_of(self.formatException(record.exc_info))
            lines += [f"    {visible(line)}" for line in traceback.split("\n")]
        return "\n".join(lines)


class JSONFormatter(logging.Formatter):
    """One JSON object per line, with the time in UTC and the traceback as one string."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": path_of(record.getMessage()),
            **fields(record),
        }
        if record.exc_info:
            line["exception"] = path_of(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


FORMATTERS = {"plain": PlainFormatter, "json": JSONFormatter}


def fields(record: logging.LogRecord) -> dict:
    """Return what a record says beside its message."""
    named = dict(getattr(record, "fields", {}))
    if request := current_request.get():
        named["request"] = request
    return named


def visible(text: str) -> str:
    """Return ``text`` with its control characters written out."""
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def path_of(text: str) -> str:
    """Return a path, or a text with paths, for a log: of a part longer than any here, its start.

    Such a part is a key, as a preview's is, and whoever reads a log has not been given it.
    """
    return LONG_PART.sub(lambda match: f"{match[0][:8]}…", text)


def configuration(level: str, form: str) -> dict:
    """Return Django's LOGGING: everything to standard error, in one form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATTERS[form]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        # Anybody may send a foreign Host; the line of the request says 400, and that is enough.
        "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def request_log(get_response):
    """Give each request that reaches Django an id, and write how and how fast it was answered.

    Pages from the page cache never come here; gunicorn's access log (ACCESS_LOG) has them.
    """

    def middleware(request):
        name = request_name(request.headers.get("X-Request-ID", ""))
        token, start = current_request.set(name), time.perf_counter()
        try:
            response = get_response(request)
            milliseconds = round((time.perf_counter() - start) * 1000, 1)
            answered = {"status": response.status_code, "ms": milliseconds}
            path = path_of(request.path)
            logger.info("%s %s", request.method, path, extra={"fields": answered})
        finally:
            current_request.reset(token)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # Whoever reports the fault can name its lines.
            response.headers["X-Request-ID"] = name
        return response

    return middleware


def request_name(given: str) -> str:
    """Return the id that a proxy gave the request or, where it is none, a new one."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
