"""The 1–5 scale: levels, ranges and what moves between two profiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
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
    """How far the middle of a context's range lies from the base's, in points of the scale."""

    moved: Decimal

    @property
    def is_practical(self) -> bool:
        return abs(self.moved) >= PRACTICAL_DIFFERENCE

    @property
    def words(self) -> str:
        """Say the shift in Spanish: "0,4 más que el base"."""
        if not self.is_practical:
            return _("igual en la práctica que el base")
        change = (
            _("%(points)s más que el base") if self.moved > 0 else _("%(points)s menos que el base")
        )
        return change % {"points": points(self.moved)}


def shift(base: Target, own: Target) -> Shift:
    """Return how far ``own`` lies from ``base``."""
    return Shift(middle(own.low, own.high) - middle(base.low, base.high))


def points(number: Decimal) -> str:
    """Return a distance on the scale as people read it, without sign: "0,4", "1,0"."""
    return decimal_comma(abs(number).quantize(TENTH, ROUND_HALF_UP))


def range_words(low: object, high: object) -> str:
    """Return a range as people read it: "2,8–3,8"."""
    return f"{decimal_comma(low)}–{decimal_comma(high)}"
