"""When a request has arrived, and which ones are refused unread (roleguide/worker.py)."""

import math
import os
import re
import threading
import time
import weakref

# What a request may take to arrive, counted from its first byte.
ARRIVAL_SECONDS = 30
MOST_HEAD = 64 * 1024
# As much as nginx.conf lets through; what all of them together may hold.
MOST_BODY = 8 * 1024 * 1024
MOST_TOGETHER = 64 * 1024 * 1024
PIECE = 64 * 1024
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*(?=\r\n)", re.IGNORECASE)
CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)


class Refused(Exception):
    """The request is answered with this status, unread."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class Arrival:
    """How far one request has come."""

    def __init__(self):
        # A browser may open a connection long before it has something to ask for.
        self.deadline = math.inf
        self.held = 0
        self._whole: int | None = None

    def is_whole(self, buffer) -> bool:
        """Tell whether all of a request is in ``buffer``; raises Refused where it may not be.

        This decides when gunicorn parses, never what: a head that gunicorn reads otherwise, or
        refuses, is still gunicorn's to read or refuse.
        """
        if self._whole is None:
            self._whole = wanted(buffer.getvalue())
        self.held = buffer.seek(0, os.SEEK_END)
        if self.held and self.deadline == math.inf:
            self.deadline = time.monotonic() + ARRIVAL_SECONDS
        return self._whole is not None and self.held >= self._whole


def wanted(data: bytes) -> int | None:
    """Return the length of the request that ``data`` begins, or None before its head has ended.

    Raises Refused for a head or body that is too large, and for a body without a length, which
    no browser sends and Django does not read.
    """
    end = data.find(END)
    if end < 0 and len(data) <= MOST_HEAD:
        return None
    if end < 0 or end > MOST_HEAD:
        raise Refused(431)
    head = data[: end + 2]
    if CODING.search(head):
        raise Refused(411)
    lengths = LENGTH.findall(head)
    # Zeros in front, however many, are none of its digits: gunicorn counts so too.
    length = int(lengths[0].lstrip(b"0")[:20] or 0) if len(lengths) == 1 else 0
    if length > MOST_BODY:
        raise Refused(413)
    return end + len(END) + length


class Arrivals:
    """The requests of one worker that have not come wholly, and what they hold together."""

    def __init__(self):
        # One that is forgotten, whoever closed its connection, is out of here by itself.
        self._waiting: weakref.WeakSet[Arrival] = weakref.WeakSet()
        self._lock = threading.Lock()

    def begin(self) -> Arrival:
        arrival = Arrival()
        with self._lock:
            self._waiting.add(arrival)
        return arrival

    def let_wait(self, arrival: Arrival) -> None:
        """Raise Refused where ``arrival`` has had its time, or all together hold too much."""
        if time.monotonic() > arrival.deadline:
            raise Refused(408)
        if arrival.held > PIECE:
            with self._lock:
                together = sum(other.held for other in self._waiting)
            if together > MOST_TOGETHER:
                raise Refused(503)
