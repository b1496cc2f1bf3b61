"""One number that moves with every change of what the public may read.

Triggers in the database move it (they stand in the first migration), in the transaction of the
change itself: admin, loader, shell and plain SQL alike, and a rolled-back change moves nothing.
Readers compare it. Writers take its row before any other: see ``ContentVersion.hold``.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.http import http_date

from profiles.models import ContentVersion, Edition, Profile, Role

STEADY = datetime.timedelta(seconds=1)


@contextmanager
def editorial_act(*roles: int) -> Iterator[dict[int, Profile]]:
    """Do what moves editions in one transaction; yield the profiles of ``roles`` (keys) by key.

    Nobody else changes any of it until the end. The locks are taken in the one order: what is
    public, roles, profiles. So who holds one never waits for another.
    """
    with transaction.atomic():
        ContentVersion.hold()
        locked = Role.objects.select_for_update(no_key=True).filter(pk__in=roles).order_by("pk")
        profiles = Profile.objects.select_for_update(of=("self",)).filter(role__in=list(locked))
        yield profiles.order_by("pk").in_bulk()


class ContentState(NamedTuple):
    """A value that differs whenever what is public differs."""

    number: int
    # When it last changed; also if time alone let a scheduled edition begin.
    moved_at: datetime.datetime | None

    @property
    def last_modified(self) -> str:
        """Return the HTTP date of pages made of it, since no page is made of one row.

        There is none within a second of the change: another may come in the same second.
        """
        is_steady = self.moved_at and timezone.now() - self.moved_at > STEADY
        return http_date(self.moved_at.timestamp()) if is_steady else ""


def current_version() -> ContentState:
    """Return the version of now; raises DatabaseError if the database cannot say."""
    number, moved_at = ContentVersion.objects.values_list("number", "moved_at").first() or (0, None)
    moments = filter(None, (moved_at, Edition.objects.newest()))
    return ContentState(number, max(moments, default=None))


def version_between_requests():
    """Return the current version while no request is under way, and tidy the connections.

    Django does the tidying at the ends of its own requests; outside them nobody else does.
    """
    try:
        return current_version()
    finally:
        close_old_connections()
