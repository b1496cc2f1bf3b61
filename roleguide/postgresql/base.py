"""Django's backend for PostgreSQL, for a server that accepts and says nothing.

The kernel of a frozen server goes on acknowledging what nobody reads, so that neither TCP nor
libpq gives a kept connection up. Here a kept connection has to answer within a moment when a
request begins with it; and while one thread finds out whether the server speaks again, the others
are told at once that it does not, so that they are free for the pages that need no database.
"""

import time

import psycopg
from django.db.backends.postgresql import base
from psycopg import generators

ANSWER_SECONDS = 0.8
# How long a server that said nothing is left alone, and nobody waits for it.
QUIET_SECONDS = 1
# More than a new connection may take (connect_timeout): how long one thread asks for all.
ASKING_SECONDS = 3


class DatabaseWrapper(base.DatabaseWrapper):
    # By server: until when nobody shall ask it. A server that answers is not in here.
    _silent: dict[tuple, float] = {}

    @property
    def _server(self) -> tuple:
        return self.settings_dict["HOST"], self.settings_dict["PORT"]

    def is_usable(self):
        if self._silent.get(self._server, 0) > time.monotonic():
            return False
        try:
            self.connection.pgconn.send_query(b"SELECT 1")
            self.connection.wait(generators.execute(self.connection.pgconn), timeout=ANSWER_SECONDS)
        except psycopg.Error as error:
            if isinstance(error, psycopg.errors._WaitTimeout):
                self._silent.setdefault(self._server, 0)
            return False
        return True

    def get_new_connection(self, conn_params):
        """Connect; raises OperationalError at once where the server was silent just now."""
        if (until := self._silent.get(self._server)) is not None:
            if until > time.monotonic():
                raise psycopg.OperationalError("The server has not answered a moment ago.")
            self._silent[self._server] = time.monotonic() + ASKING_SECONDS
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            self._silent[self._server] = time.monotonic() + QUIET_SECONDS
            raise
        except psycopg.Error:
            self._silent.pop(self._server, None)  # it said no, which is an answer
            raise
        self._silent.pop(self._server, None)
        return connection
