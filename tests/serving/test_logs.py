"""Log lines: one per event, joined by the id of their request, unbreakable and without persons."""

import io
import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from roleguide.logs import FORMATTERS, configuration, current_request, request_log, request_name


@pytest.fixture
def written():
    """Return a logger and a function that tells what it wrote as lines of ``form``."""
    stream, logger = io.StringIO(), logging.getLogger("test.logs")
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)

    def lines(form, write):
        handler.setFormatter(FORMATTERS[form]())
        stream.seek(0), stream.truncate()
        write(logger)
        return stream.getvalue().splitlines()

    yield lines
    logger.removeHandler(handler)


BREAKS = "a\r\nINFO root forged\x1b[2J\x85b\u2028c"


def test_no_text_can_break_a_line_in_two(written):
    (plain,) = written("plain", lambda log: log.warning("path %s", BREAKS))
    assert plain == r"WARNING test.logs path a\r\nINFO root forged\x1b[2J\x85b\u2028c"
    (line,) = written("json", lambda log: log.warning("path %s", BREAKS))
    assert json.loads(line)["message"] == f"path {BREAKS}"


def test_no_text_of_an_exception_can_begin_a_line(written):
    def write(log):
        try:
            raise ValueError("mal\r\nCRITICAL root forged\u2028INFO forged\n\nERROR forged")
        except ValueError:
            log.exception("falló")

    first, *traceback = written("plain", write)
    assert first == "ERROR test.logs falló"
    assert traceback[0] == "    Traceback (most recent call last):"
    assert traceback[-4:] == [
        r"    ValueError: mal\r",
        r"    CRITICAL root forged\u2028INFO forged",
        "    ",
        "    ERROR forged",
    ]


def test_json_line_holds_time_level_logger_fields_and_traceback(written):
    def write(log):
        try:
            raise ValueError("mal")
        except ValueError:
            log.exception("falló", extra={"fields": {"ms": 1.5}})

    (text,) = written("json", write)
    line = json.loads(text)
    assert line["time"].endswith("+00:00")
    assert (line["level"], line["logger"]) == ("ERROR", "test.logs")
    assert (line["message"], line["ms"]) == ("falló", 1.5)
    assert line["exception"].splitlines()[-1] == "ValueError: mal"


def answer(caplog, path="/guia-de-roles/?q=secreto", status=200, **headers):
    """Return the response of a view that logs, and the records written meanwhile."""
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
    assert record.getMessage() == "GET /guia-de-roles/"
    assert record.fields["status"] == 200
    assert 0 <= record.fields["ms"] < 1000
    assert set(record.fields) == {"status", "ms"}
    assert "secreto" not in str(vars(record))
    assert "127.0.0.1" not in str(record.fields)


def test_key_of_a_preview_is_in_no_line(caplog):
    path = reverse("profiles:preview", args=["a" * 90])
    _response, record, _name = answer(caplog, path)
    assert record.getMessage() == f"GET {path[:-91]}aaaaaaaa…/"


@pytest.mark.parametrize("form", ["plain", "json"])
def test_key_of_a_preview_is_in_no_line_of_django_or_of_a_traceback(written, form):
    path = reverse("profiles:preview", args=["a" * 90])

    def write(log):
        try:
            raise ValueError(f"{path} falta")
        except ValueError:
            log.exception("Forbidden (%s): %s", "CSRF cookie not set.", path)

    text = "".join(written(form, write))
    assert f"Forbidden (CSRF cookie not set.): {path[:-91]}aaaaaaaa…/" in text.replace(
        r"\u2026", "…"
    )
    assert "a" * 9 not in text


def test_long_word_that_is_no_part_of_a_path_is_kept(written):
    (line,) = written("plain", lambda log: log.warning("b" * 90))
    assert line == f"WARNING test.logs {'b' * 90}"


def test_all_lines_of_a_request_share_the_id_that_the_proxy_gave(caplog):
    *_, name = answer(caplog, x_request_id="8f3a1c0de4b7")
    assert name == "8f3a1c0de4b7"
    assert current_request.get() == ""


@pytest.mark.parametrize(
    "given", ["", "corto", "x" * 65, "a b c d e f g h", "ñandú-ñandú", "a\nb" * 9]
)
def test_what_is_no_id_is_replaced_by_a_new_one(given):
    assert request_name(given) != given
    assert request_name(given) != request_name(given)


def test_error_names_its_request_to_the_visitor(caplog):
    response, _record, name = answer(caplog, status=503)
    assert response.headers["X-Request-ID"] == name
    assert "X-Request-ID" not in answer(caplog)[0].headers


def test_unknown_form_of_log_is_refused():
    with pytest.raises(KeyError):
        configuration("INFO", "xml")
