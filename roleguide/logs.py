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

logger = logging.getLogger("roleguide.requests")
current_request = ContextVar("current_request", default="")
# Shaped like the ids that proxies give; anything else is not taken over.
REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# No address of this site has a longer part; a preview's key does.
LONG_PART = re.compile(r"(?<=/)[^/\s]{61,}")
# Everything that ends a line or moves a terminal's cursor.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class PlainFormatter(logging.Formatter):
    """``LEVEL logger message [request id]``, the traceback below, further in."""

    def format(self, record):
        named = [f"{name}={value}" for name, value in fields(record).items()]
        lines = [" ".join([record.levelname, record.name, hidden(record.getMessage()), *named])]
        if record.exc_info:
            traceback = hidden(self.formatException(record.exc_info)).split("\n")
            lines += [f"    {line}" for line in traceback]
        return "\n".join(CONTROL.sub(_written_out, line) for line in lines)


class JSONFormatter(logging.Formatter):
    """One JSON object per line, with the time in UTC and the traceback as one string."""

    def format(self, record):
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname, "logger": record.name}
        line |= {"message": hidden(record.getMessage()), **fields(record)}
        if record.exc_info:
            line["exception"] = hidden(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


FORMATTERS = {"plain": PlainFormatter, "json": JSONFormatter}


def fields(record):
    """Return what a record says beside its message."""
    request = current_request.get()
    return getattr(record, "fields", {}) | ({"request": request} if request else {})


def hidden(text):
    """Return ``text`` without the keys in its paths: whoever reads a log has been given none."""
    return LONG_PART.sub(lambda match: f"{match[0][:8]}…", text)


def _written_out(match):
    return match[0].encode("unicode_escape").decode()


def configuration(level, form):
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
            answered = {"status": response.status_code}
            answered["ms"] = round((time.perf_counter() - start) * 1000, 1)
            logger.info("%s %s", request.method, hidden(request.path), extra={"fields": answered})
        finally:
            current_request.reset(token)
        if response.status_code >= 500:
            # Whoever reports the fault can name its lines.
            response.headers["X-Request-ID"] = name
        return response

    return middleware


def request_name(given):
    """Return the id that a proxy gave the request or, if it is none, a new one."""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
