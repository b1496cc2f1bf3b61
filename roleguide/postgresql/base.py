"""Django's backend for PostgreSQL, for a server that accepts and says nothing.

The kernel of a frozen server goes on acknowledging what nobody reads, so that neither TCP nor
libpq gives a kept connection up. Here a kept connection has to answer within a moment when a
request begins with it, or it is given up for a new one. Where that gets no answer either, nobody
waits again until one thread has found out that the server speaks: the others are told at once, so
that they are free for the pages that need no database.
"""

import threading
import time
from contextlib import contextmanager

import psycopg
from django.db.backends.postgresql import base
from psycopg import generators
from psycopg.pq import ExecStatus

ANSWER_SECONDS = 0.8
# How long a server that said nothing is left alone.
QUIET_SECONDS = 1
# More than a new connection may take (connect_timeout).
ASKING_SECONDS = 2.5


class Watch:
    """What this process knows of one server: it speaks, is suspected of silence, or is silent."""

    def __init__(self):
        self.suspected = False
        self._silent_until = 0.0
        self._asking: threading.Event | None = None
        self._lock = threading.Lock()

    @property
    def is_silent(self) -> bool:
        return time.monotonic() < self._silent_until

    @contextmanager
    def connecting(self):
        """Let one thread at a time connect to a suspect; raises OperationalError for the others.

        On a mere suspicion they wait for what the first one finds; of a silent server they know.
        """
        with self._lock:
            if self.is_silent or (self._asking and self._silent_until):
                raise psycopg.OperationalError("The server did not answer a moment ago.")
            others, mine = self._asking, threading.Event()
            if self.suspected and others is None:
                self._asking = mine
        if others:
            others.wait(ASKING_SECONDS)
            if self.suspected:
                raise psycopg.OperationalError("The server does not answer.")
        try:
            with self._listening():
                yield
        finally:
            if self._asking is mine:
                self._asking = None
            mine.set()

    @contextmanager
    def _listening(self):
        """Note whether a new connection got any answer: a refusal is one."""
        try:
            yield
        except psycopg.errors.ConnectionTimeout:
            self._silent_until = time.monotonic() + QUIET_SECONDS
            self.suspected = True
            raise
        except psycopg.Error:
            self._speaks()
            raise
        self._speaks()

    def _speaks(self) -> None:
        self.suspected, self._silent_until = False, 0.0


_watches: dict[tuple, Watch] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def _watch(self) -> Watch:
        server = self.settings_dict["HOST"], self.settings_dict["PORT"]
        return _watches.setdefault(server, Watch())

    def is_usable(self):
        if self.connection is None or self._watch.is_silent:
            return False
        try:
            self.connection.pgconn.send_query(b"SELECT 1")
            question = generators.execute(self.connection.pgconn)
            results = self.connection.wait(question, timeout=ANSWER_SECONDS)
        except psycopg.errors._WaitTimeout:
            self._watch.suspected = True
            return False
        except psycopg.Error:
            return False
        # The last words of a server that ends a connection are a result too.
        return [result.status for result in results] == [ExecStatus.TUPLES_OK]

    def get_new_connection(self, conn_params):
        with self._watch.connecting():
            return super().get_new_connection(conn_params)
