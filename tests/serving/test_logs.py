"""Log lines: one per event, joined by the id of their request, unbreakable and without persons."""

import io
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from roleguide.logs import LineFormatter, current_request, request_log
from tests.reliability.live import copy_of
from tests.serving.machines import PAGE


@pytest.fixture
def lines():
    """Return a function that tells what was written by a function that gets a logger."""
    stream, logger = io.StringIO(), logging.getLogger("test.logs")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    logger.addHandler(handler)

    def written(write):
        write(logger)
        return stream.getvalue().splitlines()

    yield written
    logger.removeHandler(handler)


def fails(text, **more):
    def write(log):
        try:
            raise ValueError(text)
        except ValueError:
            log.exception("falló: %s", text, extra=more)

    return write


def test_no_text_can_break_a_line_in_two_or_begin_one(lines):
    breaks = "a\r\nINFO root forged\x1b[2J\x85b\u2028c"
    (line,) = lines(lambda log: log.warning("path %s", breaks))
    assert line == r"WARNING test.logs path a\r\nINFO root forged\x1b[2J\x85b\u2028c"
    _line, first, *traceback = lines(
        fails("mal\r\nCRITICAL root forged\u2028INFO forged\n\nERROR forged")
    )
    assert first.startswith(r"ERROR test.logs falló: mal\r\nCRITICAL")
    assert traceback[0] == "    Traceback (most recent call last):"
    assert traceback[-4:] == [
        r"    ValueError: mal\r",
        r"    CRITICAL root forged\u2028INFO forged",
        "    ",
        "    ERROR forged",
    ]
    # What a stranger sent is refused in one line, however Django's parsers failed over it.
    assert lines(fails("mal", status_code=400))[-1] == "ERROR test.logs falló: mal"
    assert lines(fails("mal", status_code=500))[-1] == "    ValueError: mal"


def answer(caplog, path="/guia-de-roles/?q=secreto", status=200, **headers):
    """Return the response of a view that logs, and the record and the id it was given."""
    seen = []

    def view(request):
        seen.append(current_request.get())
        return HttpResponse(status=status)

    caplog.clear()
    with caplog.at_level(logging.INFO, logger="roleguide.requests"):
        response = request_log(view)(RequestFactory().get(path, headers=headers))
    (record,) = caplog.records
    return response, record, seen[0]


def test_request_is_written_with_status_and_time_and_without_query_or_visitor(caplog):
    _response, record, _name = answer(caplog)
    line = LineFormatter().format(record)
    assert record.getMessage() == "GET /guia-de-roles/"
    assert (set(record.fields), record.fields["status"]) == ({"status", "ms"}, 200)
    assert ("secreto" in line, "127.0.0.1" in line) == (False, False)


def test_what_is_secret_or_no_request_is_not_repeated(lines):
    path = reverse("profiles:preview", args=["a" * 90])
    said = "Invalid request from ip=127.0.0.1: Invalid HTTP request line: 'GET /?q=señas'"
    known = "WARNING test.logs Invalid request: Invalid HTTP request line: "
    assert lines(lambda log: log.warning(said)) == [known]
    text = "".join(lines(fails(path)))
    assert (text.count(f"{path[:-91]}aaaaaaaa…"), "a" * 9 in text) == (2, False)


def test_request_has_the_id_that_the_proxy_gave_and_an_error_names_it_to_the_visitor(caplog):
    response, _record, name = answer(caplog, x_request_id="8f3a1c0de4b7", status=503)
    assert (name, current_request.get()) == ("8f3a1c0de4b7", "")
    assert response.headers["X-Request-ID"] == name
    assert "X-Request-ID" not in answer(caplog)[0].headers


def test_what_is_no_id_is_replaced_by_a_new_one(caplog):
    given = ("", "corto", "x" * 65, "a b c d e f g h", "ñandú-ñandú", "a\nb" * 9)
    names = {answer(caplog, x_request_id=name)[2] for name in given * 2}
    assert (len(names), names & set(given)) == (12, set())


@pytest.mark.processes
def test_log_is_one_line_per_event_whatever_is_asked(prepared, tmp_path):
    with copy_of(prepared.sqlite("shipped"), tmp_path, ACCESS_LOG="-") as site:
        for _ in range(2):
            site.get(f"{PAGE}?utm=secreto", **{"X-Request-ID": "proxy-id-0001"})
        site.get("/guia-de-roles/%0aINFO%20forged%1b%5b2J/")
    text, lines = site.log, site.log.splitlines()
    assert not any(word in text for word in ("secreto", "\x1b"))
    assert all(line.startswith(("INFO ", "WARNING ")) for line in lines)
    ours = [line for line in lines if "request=proxy-id-0001" in line]
    # Both visits are in the access log, the render of the first in Django's too.
    visits = [line for line in ours if line.startswith("INFO gunicorn.access")]
    assert len(visits) == 2
    assert all(f"GET {PAGE} status=200 bytes=" in line for line in visits)
    assert sum("roleguide.requests" in line for line in ours) == 1
