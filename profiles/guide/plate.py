"""The bands of a role on the plate: six ranges on one scale of 1 to 5, a cell each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.types import SCALE_MIN
from profiles.guide.traits import exact, frozen_level, range_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Band(NamedTuple):
    """One trait of one role; ``x`` and ``width`` are tenths of a point of the scale."""

    code: TraitCode
    x: int
    width: int
    is_critical: bool
    words: str


def bands(ranges: Mapping[str, Sequence[float]], critical: Collection[str]) -> list[Band]:
    """Return the six bands of ``ranges`` (trait code → [low, high]) in the guide's order."""
    return [_band(code, *ranges[code], is_critical=code in critical) for code in TraitCode]


def _band(code: TraitCode, low: float, high: float, *, is_critical: bool) -> Band:
    left, right = (int((point - SCALE_MIN) * 10) for point in exact(low, high))
    words = f"{code.agree(frozen_level(low, high).label)}, {range_words(*exact(low, high))}"
    if is_critical:
        words += f", {code.agree(Importance.CRITICAL.label)}"
    return Band(code, left, right - left, is_critical, words)
