"""Base ranges beside the O*NET Work Styles of their occupation. Pure, but for one shipped file.

O*NET 30.1 (December 2025) gives 891 occupations a signed impact, −3 to +3, of 21 work styles; its
values are marked "AI/Expert". A trait's composite is the mean of the styles below; what is shown
is its percentile among the 891 occupations, 0 to 100. It supports an order, never a tenth.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from statistics import StatisticsError, correlation, fmean
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


def percentiles(rows: Iterable[Mapping[str, str]]) -> dict[str, Percentiles]:
    """Return, by O*NET-SOC code, each trait's percentile among ``rows`` of work styles."""
    composites = {
        row[CODE]: {c: fmean(float(row[style]) for style in s) for c, s in COMPOSITES.items()}
        for row in rows
    }
    order = {trait: sorted(scores[trait] for scores in composites.values()) for trait in COMPOSITES}
    return {
        code: {trait: _percentile(score, order[trait]) for trait, score in scores.items()}
        for code, scores in composites.items()
    }


def _percentile(value: float, order: list[float]) -> int:
    """Return the share of those below ``value``; half of its ties, itself included, are below."""
    below = (bisect_left(order, value) + bisect_right(order, value)) / 2
    return round(100 * below / len(order))


def spearman(pairs: list[tuple[float, float]]) -> float:
    """Return the rank correlation of ``pairs``, −1 to 1; 0 if one side does not vary."""
    try:
        return correlation([one for one, _ in pairs], [two for _, two in pairs], method="ranked")
    except StatisticsError:
        return 0.0


def agreement(roles: Iterable[tuple[Mapping, Mapping]]) -> list[dict]:
    """Return how each trait's order over ``roles`` agrees with that of O*NET's occupations.

    ``roles`` are pairs of ranges (trait code → (low, high)) and O*NET code entry (``code``,
    ``approximate``). Each agreement is Spearman's ``rho``, −1 to 1, over so many ``roles``, and the
    same of those with an exact code.
    """
    known = [
        (ranges, shipped()[entry["code"]], not entry.get("approximate"))
        for ranges, entry in roles
        if entry["code"] in shipped()
    ]
    return [_agreement(TraitCode(code), known) for code in COMPOSITES] if known else []


def _agreement(code: TraitCode, known: list[tuple[Mapping, Percentiles, bool]]) -> dict:
    pairs = [((sum(ranges[code]), found[code]), is_exact) for ranges, found, is_exact in known]
    every, exact = [pair for pair, _ in pairs], [pair for pair, is_exact in pairs if is_exact]
    found = {"rho": spearman(every), "roles": len(every)}
    return {"code": code, **found, "exact_rho": spearman(exact), "exact_roles": len(exact)}


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
