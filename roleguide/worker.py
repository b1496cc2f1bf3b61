"""gunicorn's threaded worker, whose threads wait for nobody: a request gets one when it is whole.

gthread gives a connection a thread at its first byte, and the thread then waits for the rest: as
many half-sent requests as there are threads stop a site. Here what has come so far lies in memory,
the poller watches all such connections at once, and what is too large or takes too long is refused.
Nor does anybody wait for a visitor to close a connection that we have closed.
Behind nginx, which does the same, nothing of this is ever seen.
"""

import selectors
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from functools import partial

from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from roleguide.arrivals import PIECE, Arrivals, Refused
from roleguide.responses import Response, refusal

# How long an answer may find no room on its way to a visitor who does not read.
STALL_SECONDS = 15
# How long a visitor has to close a connection that we have closed, and what he may still send.
LEAVING_SECONDS = 2
MOST_LEFT = 64 * 1024
# What gunicorn's parser refuses is a 400, but for these.
STATUSES = {
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
}
# Headers that the site itself would send: no fault of the visitor's.
OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class PatientWorker(ThreadWorker):
    """Hands a connection over once its request has arrived; keeps gthread's ways in all else."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._arrivals = Arrivals()
        self._leaving: deque = deque()
        self._next_round = 0.0

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
        except Refused as refused:
            self._refuse(conn.sock, refused.status)
            return False
        except OSError:
            return False  # the visitor broke off
        conn.arrival = None
        return super().handle(conn)

    def finish_request(self, conn, fs):
        """Let visitors leave by the poller: gunicorn waits two seconds for each, and takes in
        nobody else meanwhile."""
        if self.cfg.is_ssl or fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
            if arrival := getattr(conn, "arrival", None):
                conn.timeout = min(conn.timeout, arrival.deadline)
        else:
            self._let_leave(conn)

    def murder_pending(self):
        """Close what has had its time, once a second; gunicorn's own counts on their order."""
        now = time.monotonic()
        if now < self._next_round:
            return
        self._next_round = now + 1
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            arrival = getattr(conn, "arrival", None)
            if arrival and arrival.held:
                self._refuse(conn.sock, 408)
            self._let_leave(conn)
        while self._leaving and self._leaving[0].timeout <= now:
            self._close(self._leaving[0])

    def handle_error(self, req, client, addr, exc):
        """Answer what is no request, and repeat none of it, nor write any of it in the log."""
        if self.cfg.is_ssl:
            super().handle_error(req, client, addr, exc)
        elif isinstance(exc, errors.ParseException) and not isinstance(exc, OURS):
            self._refuse(client, STATUSES.get(type(exc), 400))
        else:
            self.log.exception("A request failed before it had an answer")
            self._refuse(client, 500)

    def _refuse(self, sock, status: int) -> None:
        self.log.info("Refused unread: %s", status)
        sock.setblocking(False)
        with suppress(OSError):  # the visitor broke off, or has no room for even this
            sock.send(refusal(status))

    def _let_leave(self, conn) -> None:
        """Close our half, and the rest when the visitor has closed his or has had his time."""
        conn.timeout, conn.left = time.monotonic() + LEAVING_SECONDS, 0
        self._leaving.append(conn)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            self._close(conn)

    def _drain(self, conn, client) -> None:
        # Closing with something unread would take our answer's end away from the visitor.
        with suppress(OSError):
            conn.left += len(piece := client.recv(PIECE))
            if piece and conn.left < MOST_LEFT:
                return
        self._close(conn)

    def _close(self, conn) -> None:
        self._leaving.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

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
