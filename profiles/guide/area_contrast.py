"""The roles of one area beside each other, and what tells them apart. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.documents.choices import TraitCode
from profiles.guide.traits import exact, middle, points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from profiles.models import Edition

SHOWN = 3


class Contrast(NamedTuple):
    """A trait that tells the roles apart: who asks for most, who for least, how far."""

    code: TraitCode
    most: Edition
    least: Edition
    distance: Decimal

    @property
    def size(self) -> str:
        return points(self.distance)


def contrasts(editions: Sequence[Edition], shown: int = SHOWN) -> list[Contrast]:
    """Return the traits in which ``editions`` differ most, the widest first."""
    found = [_contrast(editions, code) for code in TraitCode] if editions else []
    found.sort(key=lambda contrast: -contrast.distance)
    return [contrast for contrast in found[:shown] if contrast.distance]


def _contrast(editions: Sequence[Edition], code: TraitCode) -> Contrast:
    ranked = sorted(editions, key=lambda e: (-middle(*_points(e, code)), e.role_name))
    most, least = ranked[0], ranked[-1]
    distance = middle(*_points(most, code)) - middle(*_points(least, code))
    return Contrast(code, most, least, distance)


def _points(edition: Edition, code: str) -> tuple[Decimal, Decimal]:
    return exact(*edition.ranges[code])
