"""The names that contexts bear on the shelf: always those of the base they are public with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from profiles.models import Edition

if TYPE_CHECKING:
    from collections.abc import Iterable


def follow_names(role_id: int) -> list[Edition]:
    """Give contexts the name and area of the base they are public with; return what changed.

    Lists order and filter contexts by both, so they are columns, but no more a context's content
    than its address is. Where the next base brings others, a context goes on as a new edition.
    """
    shelf = Edition.objects.on_shelf().filter(role=role_id).order_by("published_from")
    editions = list(shelf.defer("document", "facts", "body_html"))
    bases = [edition for edition in editions if edition.context_id is None]
    waiting = [edition for edition in editions if edition.context_id]
    changed = []
    for edition in waiting:
        for _edition, base in pairs([edition], bases):
            if _named(edition) == _named(base):
                continue
            if base.published_from > max(edition.published_from, timezone.now()):
                waiting.append(_go_on(edition, base))
                changed.append(waiting[-1])
                break
            edition.role_name, edition.area_id = _named(base)
            edition.save(update_fields=["role_name", "area"])
            changed.append(edition)
    return [edition for edition in changed if not _is_undone(edition, waiting)]


def pairs(editions: Iterable[Edition], shelf: Iterable[Edition]) -> list[tuple[Edition, Edition]]:
    """Return each edition with every base edition of its role that is public while it is.

    There are several where the next base edition is scheduled; ``shelf`` has the base editions.
    """
    bases: dict[int, list[Edition]] = {}
    for edition in shelf:
        if edition.context_id is None:
            bases.setdefault(edition.role_id, []).append(edition)
    return [
        (edition, base)
        for edition in editions
        for base in ([edition] if edition.context_id is None else bases.get(edition.role_id, ()))
        if _ends_after(edition, base) and _ends_after(base, edition)
    ]


def _ends_after(edition: Edition, other: Edition) -> bool:
    return edition.published_until is None or edition.published_until > other.published_from


def _named(edition: Edition) -> tuple[str, int]:
    return edition.role_name, edition.area_id


def _go_on(edition: Edition, base: Edition) -> Edition:
    """End a context's edition when ``base`` begins, and return the one that goes on from there."""
    following = Edition.objects.get(pk=edition.pk)
    following.pk, following._state.adding = None, True
    following.number = edition.profile.editions.next_number()
    following.role_name, following.area_id = _named(base)
    following.published_from = edition.published_until = base.published_from
    following.published_by_id, following.reason = base.published_by_id, base.reason
    edition.save(update_fields=["published_until"])
    following.save()
    return following


def _is_undone(edition: Edition, others: list[Edition]) -> bool:
    """Drop ``edition`` where it goes on with what ends before it and says nothing else, now."""
    for other in others:
        alike = (other.digest, _named(other)) == (edition.digest, _named(edition))
        if alike and (other.profile_id, other.published_until) == (
            edition.profile_id,
            edition.published_from,
        ):
            other.published_until = edition.published_until
            others.remove(edition)
            edition.delete()
            other.save(update_fields=["published_until"])
            return True
    return False
