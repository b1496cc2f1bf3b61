"""The 1–5 scale: levels, ranges and what moves between two profiles. Pure.

A range is (low, high): decimals in a document, plain numbers in an edition's column.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from profiles.documents.choices import Level, TraitCode
from profiles.documents.schema import Target
from profiles.documents.text import decimal_comma

type Point = Decimal | float

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


def exact(low: Point, high: Point) -> tuple[Decimal, Decimal]:
    return Decimal(str(low)), Decimal(str(high))


def middle(low: Point, high: Point) -> Decimal:
    """Return the middle of a range on the 1.0–5.0 scale, exactly."""
    return sum(exact(low, high)) / 2


# Editions have some hundred different ranges between them.
@lru_cache(maxsize=2_000)
def level(low: Point, high: Point) -> Level:
    """Return the level of a range: the fifth of the scale that its middle falls in."""
    point = middle(low, high)
    return next((name for floor, name in LEVEL_FLOORS if point >= floor), Level.VERY_LOW)


def level_words(code: str, low: Point, high: Point) -> str:
    """Return the level of a range in the gender of the trait's name: "alta", "alto"."""
    return TraitCode(code).agree(level(low, high).label)


class Shift(NamedTuple):
    """How far the middle of a context's range lies from the base's, in points of the scale."""

    moved: Decimal

    @property
    def is_practical(self) -> bool:
        return abs(self.moved) >= PRACTICAL_DIFFERENCE

    @property
    def short(self) -> str:
        """Say the shift briefly: "0,4 más", "igual"."""
        if not self.is_practical:
            return _("igual")
        return f"{points(self.moved)} {_('más') if self.moved > 0 else _('menos')}"

    @property
    def words(self) -> str:
        """Say the shift in Spanish: "0,4 más que el base"."""
        how = self.short if self.is_practical else _("igual en la práctica")
        return _("%(how)s que el base") % {"how": how}


def shift(base: Target, own: Target) -> Shift:
    return Shift(middle(own.low, own.high) - middle(base.low, base.high))


def points(number: Decimal) -> str:
    """Return a distance on the scale as people read it, without sign: "0,4", "1,0"."""
    return decimal_comma(abs(number).quantize(TENTH, ROUND_HALF_UP))


def range_words(low: object, high: object) -> str:
    """Return a range as people read it: "2,8–3,8"."""
    return f"{decimal_comma(low)}–{decimal_comma(high)}"
