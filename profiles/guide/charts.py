"""Geometry of the guide's drawings; the templates only print it. Pure.

The fingerprint and the range chart share one idea: a position on the 1–5 scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.types import SCALE_MAX, SCALE_MIN
from profiles.guide.traits import exact, frozen_level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The fingerprint: six tracks, 6 wide and 8 apart; 8 units are one point of the scale.
TRACK_STEP = 8
TRACK_MARGIN = 1
TRACK_HEIGHT = 32


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
    """A horizontal band on a scale."""

    x: float
    width: float


@dataclass(frozen=True)
class RangeChart:
    """The bands of one trait, in percent of the scale: the profile's own, the base's behind it."""

    code: str
    own: Span
    base: Span | None = None
    # Where the occupation stands among all that O*NET rates, 0 to 100.
    percentile: int | None = None


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


def range_chart(
    code: str,
    own: Sequence[Decimal],
    base: Sequence[Decimal] | None = None,
    percentile: int | None = None,
) -> RangeChart:
    """Return the bands of one trait; ``own`` and ``base`` are (low, high) on the 1–5 scale."""
    return RangeChart(code, _percent(*own), base and _percent(*base), percentile)


def _percent(low: Decimal, high: Decimal) -> Span:
    left, right = (round(100 * _share(point), 2) for point in (low, high))
    return Span(left, round(right - left, 2))


def _fingerprint_y(point: Decimal) -> float:
    return round(TRACK_HEIGHT * (1 - _share(point)), 2)


def _share(point: Decimal) -> float:
    return float((point - SCALE_MIN) / (SCALE_MAX - SCALE_MIN))
