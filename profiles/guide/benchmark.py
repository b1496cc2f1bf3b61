"""Base ranges beside the O*NET Work Styles of their occupation. Pure, but for one shipped file.

O*NET 30.1 (December 2025) gives 891 occupations a signed impact, −3 to +3, of 21 work styles; its
values are marked "AI/Expert". A trait's composite is the mean of the styles below; what is shown
is its percentile among the 891 occupations, 0 to 100. It supports an order, never a tenth.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import correlation, fmean
from typing import TextIO

from django.conf import settings

from profiles.documents.choices import TraitCode

# ER has no counterpart among the work styles.
COMPOSITES = {
    "O": ("Innovation", "Intellectual Curiosity", "Tolerance for Ambiguity"),
    "C": ("Attention to Detail", "Dependability", "Cautiousness", "Achievement Orientation"),
    "E": ("Social Orientation", "Leadership Orientation", "Self-Confidence"),
    "A": ("Empathy", "Cooperation", "Humility", "Sincerity"),
    "EE": ("Stress Tolerance", "Self-Control"),
}
SHIPPED = settings.BASE_DIR / "fixtures" / "onet_work_styles.csv"
CODE = "onet_soc"

type Percentiles = dict[str, int]


@dataclass(frozen=True)
class Agreement:
    """How the order of the base ranges of one trait agrees with that of O*NET's occupations."""

    code: TraitCode
    # Spearman's rank correlation, −1 to 1: of all roles, and of those with an exact code.
    rho: float
    exact_rho: float
    roles: int
    exact_roles: int


def percentiles(rows: Iterable[Mapping[str, str]]) -> dict[str, Percentiles]:
    """Return, by O*NET-SOC code, each trait's percentile among ``rows`` of work styles."""
    composites = {
        row[CODE]: {c: fmean(float(row[style]) for style in s) for c, s in COMPOSITES.items()}
        for row in rows
    }
    found: dict[str, Percentiles] = {code: {} for code in composites}
    for trait in COMPOSITES:
        values = [scores[trait] for scores in composites.values()]
        ranks = dict(zip(composites, _ranks(values), strict=True))
        for code, rank in ranks.items():
            # Half of those that tie with it, itself included, count as lower.
            found[code][trait] = round(100 * (rank - 0.5) / len(values))
    return found


def _ranks(values: list[float]) -> list[float]:
    """Return the rank of each value, 1 for the lowest; equal values share the mean of theirs."""
    order = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(order, start=1)))}
    last = {value: place for place, value in enumerate(order, start=1)}
    return [(first[value] + last[value]) / 2 for value in values]


def spearman(left: list[float], right: list[float]) -> float:
    """Return the rank correlation of two lists, −1 to 1; 0 if one of them does not vary."""
    if len(set(left)) < 2 or len(set(right)) < 2:
        return 0.0
    return correlation(_ranks(left), _ranks(right))


def agreement(roles: Iterable[tuple[Mapping, Mapping]]) -> list[Agreement]:
    """Return each trait's agreement over ``roles``: pairs of ranges and O*NET code entry.

    Ranges are trait code → (low, high); an entry has ``code`` and ``approximate``.
    """
    known = [
        (ranges, shipped()[entry["code"]], not entry.get("approximate"))
        for ranges, entry in roles
        if entry["code"] in shipped()
    ]
    return [_agreement(TraitCode(code), known) for code in COMPOSITES] if known else []


def _agreement(code: TraitCode, known: list[tuple[Mapping, Percentiles, bool]]) -> Agreement:
    points = [(sum(ranges[code]), found[code], exact) for ranges, found, exact in known]
    exact = [(ours, theirs) for ours, theirs, is_exact in points if is_exact]
    return Agreement(
        code=code,
        rho=spearman([ours for ours, _, _ in points], [theirs for _, theirs, _ in points]),
        exact_rho=spearman([ours for ours, _ in exact], [theirs for _, theirs in exact]),
        roles=len(points),
        exact_roles=len(exact),
    )


@cache
def shipped() -> dict[str, Percentiles]:
    """Return the percentiles of the guide's own occupations, by O*NET-SOC code."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return {
            row.pop(CODE): {trait: int(value) for trait, value in row.items()}
            for row in csv.DictReader(file)
        }


def write(found: Mapping[str, Percentiles], codes: Iterable[str], file: TextIO) -> None:
    """Write the percentiles of ``codes``, those that there are, as the file that is shipped."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow([CODE, *COMPOSITES])
    for code in sorted(set(codes) & set(found)):
        table.writerow([code, *(found[code][trait] for trait in COMPOSITES)])
