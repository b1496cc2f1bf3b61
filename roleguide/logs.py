"""One line per event, which no visitor can break in two.

A line holds what finds a fault: when, where, how long, and the id that joins all lines of one
request. It holds no address of a visitor, no cookie and no query.
"""

import logging
import re
import secrets
import time
from contextvars import ContextVar

logger = logging.getLogger("roleguide.requests")
current_request = ContextVar("current_request", default="")
# Shaped like the ids that proxies give; anything else is not taken over, and gets a new one.
REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# No address of this site has a longer part; a preview's key does, which no line may give away.
LONG_PART = re.compile(r"(?<=/)[^/\s]{61,}")
# How gunicorn repeats what is no request: whose it was, and in quotes what was asked.
NO_REQUEST = re.compile(r"(?<=Invalid request) from ip=\S+(:[^'\n]*).*")
# Everything that ends a line or moves a terminal's cursor.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class LineFormatter(logging.Formatter):
    """``LEVEL logger message name=value``, the traceback of a fault of ours below, further in."""

    def format(self, record):
        request = current_request.get()
        fields = getattr(record, "fields", {}) | ({"request": request} if request else {})
        named = (f"{name}={value}" for name, value in fields.items())
        lines = [" ".join([record.levelname, record.name, record.getMessage(), *named])]
        if record.exc_info and getattr(record, "status_code", 500) >= 500:
            lines += (f"    {at}" for at in self.formatException(record.exc_info).split("\n"))
        lines = (CONTROL.sub(lambda found: ascii(found[0])[1:-1], line) for line in lines)
        text = NO_REQUEST.sub(r"\1", "\n".join(lines))
        return LONG_PART.sub(lambda match: f"{match[0][:8]}…", text)


def configuration(level):
    """Return Django's LOGGING: everything to standard error, in one form."""
    # A foreign Host has its line with 400, a log-in its entry in the audit log.
    enough_said = {"django.security.DisallowedHost": {"level": "CRITICAL"}}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LineFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": enough_said | {"axes": {"level": "ERROR"}},
        "root": {"handlers": ["stderr"], "level": level},
    }


def request_log(get_response):
    """Give each request that reaches Django (no page from memory) an id, and write its answer."""

    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        name = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        token, start = current_request.set(name), time.perf_counter()
        try:
            response = get_response(request)
            ms = round((time.perf_counter() - start) * 1000, 1)
            answered = {"status": response.status_code, "ms": ms}
            logger.info("%s %s", request.method, request.path, extra={"fields": answered})
        finally:
            current_request.reset(token)
        if response.status_code >= 500:
            # Whoever reports the fault can name its lines.
            response.headers["X-Request-ID"] = name
        return response

    return middleware
