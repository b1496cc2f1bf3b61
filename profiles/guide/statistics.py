"""Figures about the whole guide, for editors who ask whether it is even and honest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from profiles.documents.choices import TraitCode
from profiles.documents.schema import RoleDocument
from profiles.documents.text import word_count
from profiles.guide.checks import own_similarities
from profiles.guide.texts import own_texts, profiles_of
from profiles.guide.traits import LEVEL_FLOORS, middle

HIGH_FROM = LEVEL_FLOORS[1][0]
LOW_BELOW = LEVEL_FLOORS[2][0]


@dataclass(frozen=True)
class TraitSpread:
    """Where the middles of one trait's ranges lie, in points of the 1–5 scale."""

    code: TraitCode
    lowest: Decimal
    median: Decimal
    highest: Decimal
    high_share: Decimal
    low_profiles: int
    questions: int


def words_per_profile(roles: Iterable[RoleDocument]) -> Iterator[tuple[str, list[int]]]:
    """Yield (role slug, words of the base and of each context's own text)."""
    for role in roles:
        yield role.slug, [_words(profile, path) for path, profile in profiles_of(role)]


def _words(profile, path) -> int:
    return sum(word_count(text) for _, text in own_texts(profile, path))


def trait_spreads(roles: list[RoleDocument]) -> list[TraitSpread]:
    """Return the spread of each trait: base profiles for the share above "alta", all for "baja"."""
    asked = Counter(
        code
        for role in roles
        for _, profile in profiles_of(role)
        for question in profile.questions
        for code in question.traits
    )
    return [_spread(code, roles, asked[code.value]) for code in TraitCode]


def _spread(code: TraitCode, roles: list[RoleDocument], questions: int) -> TraitSpread:
    bases = sorted(_middle(role.base, code) for role in roles)
    everywhere = [_middle(profile, code) for role in roles for _, profile in profiles_of(role)]
    high = sum(point > HIGH_FROM for point in bases)
    return TraitSpread(
        code=code,
        lowest=bases[0],
        median=median(bases),
        highest=bases[-1],
        high_share=Decimal(high) / len(bases),
        low_profiles=sum(point < LOW_BELOW for point in everywhere),
        questions=questions,
    )


def _middle(profile, code: TraitCode) -> Decimal:
    target = profile.targets[code]
    return middle(target.low, target.high)


def worst_similarities(
    roles: Iterable[RoleDocument], shown: int
) -> list[tuple[float, str, str, str]]:
    """Return the most alike pairs of contexts, as (similarity, role, context, context)."""
    pairs = [
        (share, role.slug, left, right)
        for role in roles
        for share, left, right in own_similarities(role)
    ]
    return sorted(pairs, reverse=True)[:shown]
