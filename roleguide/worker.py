"""gunicorn's threaded worker, whose threads wait for nobody: a request gets one when it is whole.

gthread gives a connection a thread at its first byte, and the thread then waits for the rest: as
many half-sent requests as there are threads stop a site. Here what has come so far lies in memory,
the poller watches all such connections at once, and what is too large or takes too long is refused.
Behind nginx, which does the same, nothing of this is ever seen.
"""

import math
import os
import re
import socket
import struct
import threading
import time
import weakref

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from roleguide.responses import Response

# What a request may take to arrive, counted from its first byte.
ARRIVAL_SECONDS = 30
# How long an answer may find no room on its way to a visitor who does not read.
STALL_SECONDS = 15
MOST_HEAD = 64 * 1024
# As much as nginx.conf lets through; what all of them together may hold.
MOST_BODY = 8 * 1024 * 1024
MOST_TOGETHER = 64 * 1024 * 1024
PIECE = 64 * 1024
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*(?=\r\n)", re.IGNORECASE)
CODING = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
REFUSALS = {
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


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
    length = int(lengths[0][:20]) if len(lengths) == 1 else 0
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


class PatientWorker(ThreadWorker):
    """Hands a connection over once its request has arrived; keeps gthread's ways in all else."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._arrivals = Arrivals()

    def init_process(self):
        # gunicorn has no setting for the class of its responses.
        wsgi.Response = Response
        super().init_process()

    def handle(self, conn):
        # Under TLS the socket's bytes are not the request's; a worker that stops waits in place.
        if self.cfg.is_ssl or not self.alive:
            return super().handle(conn)
        try:
            if not self._has_arrived(conn):
                return _DEFER
        except Refused as refusal:
            self.log.info("Refused unread: %s", refusal.status)
            util.write_error(conn.sock, refusal.status, REFUSALS[refusal.status], "")
            return False
        except OSError:
            return False  # the visitor broke off
        conn.arrival = None
        return super().handle(conn)

    def _has_arrived(self, conn) -> bool:
        """Take what has come, without waiting, and tell whether a thread has something to do."""
        if not conn.initialized:
            conn.data_ready = True
            conn.init()
            stall = struct.pack("ll", STALL_SECONDS, 0)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, stall)
        if getattr(conn, "arrival", None) is None:
            conn.arrival = self._arrivals.begin()
        buffer = conn.parser.unreader.buf
        while not conn.arrival.is_whole(buffer):
            try:
                piece = conn.sock.recv(PIECE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._arrivals.let_wait(conn.arrival)
                return False
            if not piece:
                return True  # the visitor has gone: gunicorn knows what to do
            buffer.write(piece)
        return True
