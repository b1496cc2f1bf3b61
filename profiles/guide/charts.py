"""Geometry of the guide's drawings; the templates only print it. Pure.

They share one idea: a position on the 1–5 scale.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.types import SCALE_MAX, SCALE_MIN
from profiles.guide.traits import Point, exact, level_words, range_words

# Trait code → (low, high) on the 1–5 scale.
type Ranges = Mapping[str, Sequence[Point]]

# The fingerprint: six tracks, 6 wide and 8 apart; 8 units are one point of the scale.
TRACK_STEP = 8
TRACK_MARGIN = 1
TRACK_HEIGHT = 32


class Span(NamedTuple):
    """A horizontal band in percent of the scale."""

    x: float
    width: float


class RangeChart(NamedTuple):
    """The bands of one trait: the profile's own, the base's behind it."""

    code: str
    own: Span
    base: Span | None = None
    # Where the occupation stands among all that O*NET rates, 0 to 100.
    percentile: int | None = None


def fingerprint(ranges: Ranges, critical: Collection[str] = ()) -> dict:
    """Return the six bands of ``ranges`` ("bars") and what they say in words ("description").

    ``critical`` are the codes that stand out; where there is none, no band is pale.
    """
    spans = [_percent(*ranges[code]) for code in TraitCode]
    bars = [
        {
            "code": code.value,
            "x": TRACK_STEP * place + TRACK_MARGIN,
            "y": round(TRACK_HEIGHT * (100 - span.x - span.width) / 100, 2),
            "height": round(TRACK_HEIGHT * span.width / 100, 2),
            "is_critical": not critical or code in critical,
        }
        for place, (code, span) in enumerate(zip(TraitCode, spans, strict=True))
    ]
    words = ", ".join(_trait_words(code, ranges[code], critical) for code in TraitCode)
    return {"bars": bars, "description": words}


def _trait_words(code: TraitCode, ends: Sequence[Point], critical: Collection[str]) -> str:
    words = f"{code.label} {level_words(code, *ends)}"
    return f"{words} ({code.agree(Importance.CRITICAL.label)})" if code in critical else words


def bands(ranges: Ranges, critical: Collection[str]) -> list[dict]:
    """Return the six bands of a role on the plate; ``x`` and ``width`` are tenths of a point."""
    return [_band(code, *ranges[code], is_critical=code in critical) for code in TraitCode]


def _band(code: TraitCode, low: Point, high: Point, *, is_critical: bool) -> dict:
    left, right = (int((point - SCALE_MIN) * 10) for point in exact(low, high))
    words = f"{level_words(code, low, high)}, {range_words(low, high)}"
    if is_critical:
        words += f", {code.agree(Importance.CRITICAL.label)}"
    place = {"x": left, "width": right - left}
    return {"code": code, "is_critical": is_critical, "words": words, **place}


def range_chart(
    code: str,
    own: Sequence[Point],
    base: Sequence[Point] | None = None,
    percentile: int | None = None,
) -> RangeChart:
    """Return the bands of one trait; ``own`` and ``base`` are (low, high) on the 1–5 scale."""
    return RangeChart(code, _percent(*own), base and _percent(*base), percentile)


def _percent(low: Point, high: Point) -> Span:
    ends = exact(low, high)
    left, right = (float(100 * (end - SCALE_MIN) / (SCALE_MAX - SCALE_MIN)) for end in ends)
    return Span(round(left, 2), round(right - left, 2))
