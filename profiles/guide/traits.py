"""The 1–5 scale: levels, ranges and what moves between two profiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from profiles.documents.choices import Level
from profiles.documents.text import decimal_comma

if TYPE_CHECKING:
    from profiles.documents.schema import Target

TENTH = Decimal("0.1")
# A smaller move between two middles changes no decision.
PRACTICAL_DIFFERENCE = Decimal("0.3")
# Equal, half-open fifths of the scale; the last one includes 5.0.
LEVEL_FLOORS = (
    (Decimal("4.2"), Level.VERY_HIGH),
    (Decimal("3.4"), Level.HIGH),
    (Decimal("2.6"), Level.MODERATE),
    (Decimal("1.8"), Level.LOW),
)


class Direction(StrEnum):
    """Where a range goes against the base."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


def middle(low: Decimal, high: Decimal) -> Decimal:
    """Return the middle of a range on the 1.0–5.0 scale, exactly."""
    return (low + high) / 2


def level(low: Decimal, high: Decimal) -> Level:
    """Return the level of a range: the fifth of the scale that its middle falls in."""
    point = middle(low, high)
    return next((name for floor, name in LEVEL_FLOORS if point >= floor), Level.VERY_LOW)


def exact(low: float, high: float) -> tuple[Decimal, Decimal]:
    """Return a range that an edition's column holds as plain numbers, in exact points."""
    return Decimal(str(low)), Decimal(str(high))


# Editions have some hundred different ranges between them.
@lru_cache(maxsize=2_000)
def frozen_level(low: float, high: float) -> Level:
    """Return the level of a range that an edition's column holds as plain numbers."""
    return level(*exact(low, high))


@dataclass(frozen=True)
class Shift:
    """How a context's range differs from the base's, in points of the scale."""

    moved: Decimal
    widened: Decimal

    @property
    def direction(self) -> Direction:
        if not self.moved:
            return Direction.SAME
        return Direction.UP if self.moved > 0 else Direction.DOWN

    @cached_property
    def words(self) -> str:
        """Say the shift in Spanish: "sube 0,4 respecto del perfil base"."""
        if self.moved:
            verb = _("sube") if self.moved > 0 else _("baja")
            change = f"{verb} {points(self.moved)}"
        elif self.widened:
            verb = _("se ensancha") if self.widened > 0 else _("se angosta")
            change = f"{verb} {points(self.widened)}"
        else:
            return _("igual que en el perfil base")
        return _("%(change)s respecto del perfil base") % {"change": change}


def shift(base: Target, own: Target) -> Shift:
    """Return how ``own`` differs from ``base``: the move of the middle, the change of width."""
    return Shift(
        moved=middle(own.low, own.high) - middle(base.low, base.high),
        widened=(own.high - own.low) - (base.high - base.low),
    )


def points(number: Decimal) -> str:
    """Return a distance on the scale as people read it, without sign: "0,4", "1,0"."""
    return decimal_comma(abs(number).quantize(TENTH, ROUND_HALF_UP))


def range_words(low: object, high: object) -> str:
    """Return a range as people read it: "2,8–3,8"."""
    return f"{decimal_comma(low)}–{decimal_comma(high)}"
