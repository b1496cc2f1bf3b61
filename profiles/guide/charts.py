"""Geometry of the guide's drawings, in viewBox units; the templates only print it. Pure.

The fingerprint and the range chart share one idea: a position on the 1–5 scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.types import SCALE_MAX, SCALE_MIN
from profiles.guide.traits import Direction, Shift, exact, frozen_level, middle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.documents.schema import Target

# The fingerprint: six tracks, 6 wide and 8 apart; 8 units are one point of the scale.
TRACK_STEP = 8
TRACK_MARGIN = 1
TRACK_HEIGHT = 32

# The range chart: the scale runs from x = 8 to x = 312.
AXIS_LEFT = 8
AXIS_WIDTH = 304


@dataclass(frozen=True)
class Bar:
    """The band of one trait on its track of a fingerprint."""

    code: str
    x: float
    y: float
    height: float
    is_critical: bool


@dataclass(frozen=True)
class Fingerprint:
    """The six bands of a profile and what they say in words."""

    bars: tuple[Bar, ...]
    description: str


@dataclass(frozen=True)
class Span:
    """A horizontal band on the range chart."""

    x: float
    width: float


@dataclass(frozen=True)
class RangeChart:
    """The bands of one trait: the profile's own, the base's behind it, the shift between."""

    code: str
    own: Span
    base: Span | None = None
    arrow_from: float | None = None
    arrow_to: float | None = None
    arrow_head: str = ""


def fingerprint(ranges: Mapping[str, Sequence[float]], critical: Sequence[str] = ()) -> Fingerprint:
    """Return the bands of ``ranges`` (trait code → [low, high] on the 1–5 scale).

    ``critical`` are the codes that stand out; where there is none, no band is pale.
    """
    bars = tuple(
        _bar(i, code.value, *ranges[code], is_critical=not critical or code in critical)
        for i, code in enumerate(TraitCode)
    )
    words = ", ".join(_trait_words(code, ranges[code], critical) for code in TraitCode)
    return Fingerprint(bars, words)


def _trait_words(code: TraitCode, ends: Sequence[float], critical: Sequence[str]) -> str:
    words = f"{code.label} {code.agree(frozen_level(*ends).label)}"
    return f"{words} ({code.agree(Importance.CRITICAL.label)})" if code in critical else words


# A list draws twenty fingerprints, and a trait has some hundred different ranges.
@lru_cache(maxsize=6_000)
def _bar(place: int, code: str, low: float, high: float, *, is_critical: bool) -> Bar:
    foot, top = map(_fingerprint_y, exact(low, high))
    x = TRACK_STEP * place + TRACK_MARGIN
    return Bar(code, x=x, y=top, height=round(foot - top, 2), is_critical=is_critical)


def range_chart(code: str, own: Target, base: Target | None, shift: Shift | None) -> RangeChart:
    """Return the bands of one trait; base and shift only where there is a base to compare."""
    if base is None:
        return RangeChart(code, _span(own))
    if shift is None or shift.direction is Direction.SAME:
        return RangeChart(code, _span(own), _span(base))
    start, end = (axis_x(middle(target.low, target.high)) for target in (base, own))
    back = 4 if shift.direction is Direction.DOWN else -4
    head = f"M{end + back:g} 1l{-back} 3l{back} 3"
    return RangeChart(code, _span(own), _span(base), start, end, head)


def band(code: str, points: Sequence[float]) -> RangeChart:
    """Return the chart of one range given as plain numbers, as an edition's column holds it."""
    left, right = map(axis_x, exact(*points))
    return RangeChart(code, Span(left, round(right - left, 2)))


def axis_x(point: Decimal) -> float:
    """Return the x of a point of the 1–5 scale on the range chart."""
    return round(AXIS_LEFT + AXIS_WIDTH * _share(point), 2)


def _span(target: Target) -> Span:
    left, right = axis_x(target.low), axis_x(target.high)
    return Span(left, round(right - left, 2))


def _fingerprint_y(point: Decimal) -> float:
    return round(TRACK_HEIGHT * (1 - _share(point)), 2)


def _share(point: Decimal) -> float:
    return float((point - SCALE_MIN) / (SCALE_MAX - SCALE_MIN))
