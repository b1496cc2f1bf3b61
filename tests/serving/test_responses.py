"""gunicorn's response as the guide uses it: nameless, and stored headers checked once."""

from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http import wsgi
from gunicorn.http.errors import InvalidResponseHeader

from roleguide.page_cache import StoredHeaders
from roleguide.responses import Response

REQUEST = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: False)
HEADERS = [("Content-Type", "text/html"), ("Content-Length", "4")]


class Visitor:
    """A socket that keeps what it is sent."""

    def __init__(self):
        self.got = b""

    def sendall(self, piece):
        self.got += piece


def answer(headers, response_class=Response) -> list[bytes]:
    """Return the lines of an answer with ``headers``, without its date."""
    visitor = Visitor()
    response = response_class(REQUEST, visitor, Config())
    response.start_response("200 OK", headers)
    response.write(b"page")
    return [line for line in visitor.got.split(b"\r\n") if not line.startswith(b"Date: ")]


def test_stored_headers_are_sent_as_gunicorn_sends_them_but_for_its_name():
    stock = [line for line in answer(HEADERS, wsgi.Response) if not line.startswith(b"Server: ")]
    stored = StoredHeaders(HEADERS)
    assert [answer(HEADERS), answer(stored), answer(stored)] == [stock] * 3


def test_stored_headers_are_checked_once(monkeypatch):
    checked = []
    stock = wsgi.Response.process_headers

    def counted(response, headers):
        checked.append(list(headers))
        stock(response, headers)

    monkeypatch.setattr(wsgi.Response, "process_headers", counted)
    stored = StoredHeaders(HEADERS)
    for headers in (stored, stored, HEADERS, HEADERS):
        answer(headers)
    assert checked == [HEADERS] * 3


def test_header_with_a_line_break_is_refused_each_time():
    for headers in (split := StoredHeaders([("Vary", "a\r\nSet-Cookie: b")]), split, list(split)):
        with pytest.raises(InvalidResponseHeader):
            answer(headers)
