"""Public pages read a copy of the database where there is one; all else reads the primary.

Optional: REPLICA_URL. A page and the version that it is kept under must be read from the same
database: under the primary's newer number, the page of a copy that lags would never be renewed.
So one place decides for both, and each change of mind gives the versions a new name.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

logger = logging.getLogger(__name__)

COPY = "replica"
# How long a copy that failed is left alone.
PAUSE_SECONDS = 5
# The database that what runs now reads; None: nothing public, so the primary.
_reads: ContextVar[str | None] = ContextVar("public_reads", default=None)


class PublicReads:
    """A database router: only a public page being made, or its version, reads the copy."""

    def db_for_read(self, model, **hints):
        return _reads.get() or DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints):
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first, second, **hints):
        return True

    def allow_migrate(self, database, app_label, **hints):
        return database == DEFAULT_DB_ALIAS


@contextmanager
def reading(alias: str):
    """Let public reads go to ``alias`` for as long as the block lasts."""
    token = _reads.set(alias)
    try:
        yield
    finally:
        _reads.reset(token)


class Place:
    """Where public pages are read: the copy or, while it does not answer, the primary."""

    def __init__(self):
        self.alias = COPY
        self.turn = 0
        self._copy_again_at = 0.0
        self._lock = threading.Lock()

    def version(self, version: Callable[[], Hashable]) -> Callable[[], Hashable]:
        """Return ``version`` read at this place, which it moves where the copy fails or is back.

        Raises DatabaseError where neither answers.
        """

        def read_from(alias):
            with reading(alias):
                number = version()
            return self._name(alias, number)

        def read():
            paused = self.alias != COPY and time.monotonic() < self._copy_again_at
            if not paused:
                try:
                    return read_from(COPY)
                except DatabaseError as error:
                    self._copy_again_at = time.monotonic() + PAUSE_SECONDS
                    logger.warning("The copy does not answer; reading the primary: %s", error)
            try:
                return read_from(DEFAULT_DB_ALIAS)
            except DatabaseError:
                if not paused:
                    raise
                # Without a primary, a copy that failed a moment ago is worth asking again.
                self._copy_again_at = 0.0
                return read_from(COPY)

        return read

    def pages(self, application: Callable) -> Callable:
        """Return ``application`` as it answers from this place."""

        def answer(environ, start_response):
            with reading(self.alias):
                return application(environ, start_response)

        return answer

    def _name(self, alias: str, number: Hashable) -> Hashable:
        with self._lock:
            if alias != self.alias:
                self.alias = alias
                self.turn += 1
            return (self.turn, number)
