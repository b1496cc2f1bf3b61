"""When a request is whole, and which ones are refused unread."""

import io
import math
import time

import pytest

from roleguide import arrivals
from roleguide.arrivals import MOST_BODY, MOST_HEAD, Arrival, Arrivals, Refused, wanted

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def post(*lines: str, body: bytes = b"") -> bytes:
    head = "\r\n".join(["POST /admin/ HTTP/1.1", "Host: a", *lines])
    return f"{head}\r\n\r\n".encode() + body


@pytest.mark.parametrize("data", [b"", b"G", GET[:-1], GET[:-3], b"x" * MOST_HEAD])
def test_head_that_has_not_ended_wants_more(data):
    assert wanted(data) is None


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (GET, 0),
        (GET + b"GET /another HTTP/1.1\r\n", 0),
        (post("Content-Length: 5"), 5),
        (post("content-length:5 "), 5),
        (post("Content-Length: " + "0" * 30 + "5"), 5),
        (post("Content-Length: 000"), 0),
        (post("X: a\r\n\tb", "CONTENT-LENGTH :  12"), 12),
        (post(f"Content-Length: {MOST_BODY}"), MOST_BODY),
        # No number of one meaning: gunicorn refuses it, and shall not wait to do so.
        (post("Content-Length: 5", "Content-Length: 50"), 0),
        (post("Content-Length: -5"), 0),
        (post("Content-Length: +5"), 0),
        (post("X-Content-Length: 5"), 0),
        (post("X: Content-Length: 5"), 0),
        # In the body it is none.
        (post(body=b"\r\nContent-Length: 50\r\n\r\n"), 0),
    ],
)
def test_request_is_its_head_and_the_body_it_announces(data, length):
    assert wanted(data) == data.index(b"\r\n\r\n") + 4 + length


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"x" * (MOST_HEAD + 1), 431),
        (post("X: " + "x" * MOST_HEAD), 431),
        (post("Transfer-Encoding: chunked"), 411),
        (post("transfer-encoding : x", "Content-Length: 5"), 411),
        (post(f"Content-Length: {MOST_BODY + 1}"), 413),
        (post("Content-Length: " + "9" * 5_000), 413),
    ],
)
def test_too_much_is_refused_before_it_is_read(data, status):
    with pytest.raises(Refused) as refused:
        wanted(data)
    assert refused.value.status == status


def test_request_is_whole_with_its_last_byte():
    data = post("Content-Length: 3", body=b"abc")
    arrival, buffer = Arrival(), io.BytesIO()
    whole = []
    for byte in data:
        buffer.write(bytes([byte]))
        whole.append(arrival.is_whole(buffer))
    assert whole == [False] * (len(data) - 1) + [True]
    assert arrival.held == len(data)


def begun(together: Arrivals, held: int = 0) -> Arrival:
    arrival = together.begin()
    arrival.held = held
    return arrival


def test_request_that_takes_too_long_is_given_up():
    together = Arrivals()
    arrival = begun(together)
    assert arrival.deadline == math.inf
    arrival.is_whole(io.BytesIO(GET[:9]))
    together.let_wait(arrival)
    assert arrival.deadline <= time.monotonic() + 30
    arrival.deadline -= arrivals.ARRIVAL_SECONDS
    with pytest.raises(Refused) as refused:
        together.let_wait(arrival)
    assert refused.value.status == 408


def test_what_waits_is_bounded_in_memory_and_small_requests_are_let_in():
    together = Arrivals()
    megabytes = 1024 * 1024
    large = [begun(together, 8 * megabytes) for _ in range(8)]
    together.let_wait(large[-1])
    one_more = begun(together, 8 * megabytes)
    together.let_wait(begun(together, 1_000))
    with pytest.raises(Refused) as refused:
        together.let_wait(one_more)
    assert refused.value.status == 503
    del large
    together.let_wait(one_more)
