"""Figures about the whole guide, for editors who ask whether it is even and honest. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from profiles.documents.choices import TraitCode
from profiles.documents.schema import RoleDocument
from profiles.documents.text import word_count
from profiles.guide.checks import own_similarities
from profiles.guide.texts import own_texts, profiles_of
from profiles.guide.traits import LEVEL_FLOORS, middle

HIGH_FROM = LEVEL_FLOORS[1][0]
LOW_BELOW = LEVEL_FLOORS[2][0]


class TraitSpread(NamedTuple):
    """Where the middles of one trait's ranges lie, in points of the 1–5 scale.

    Of the base profiles; ``low_profiles`` and ``questions`` count in all of them.
    """

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
        texts = (own_texts(profile, path) for path, profile in profiles_of(role))
        yield role.slug, [sum(word_count(text) for _, text in own) for own in texts]


def trait_spreads(roles: list[RoleDocument]) -> list[TraitSpread]:
    """Return the spread of each trait over ``roles``."""
    profiles = [profile for role in roles for _, profile in profiles_of(role)]
    questions = [question for profile in profiles for question in profile.questions]
    asked = Counter(code for question in questions for code in question.traits)
    return [_spread(code, roles, profiles, asked[code.value]) for code in TraitCode]


def _spread(code: TraitCode, roles: list, profiles: list, questions: int) -> TraitSpread:
    def middles(found):
        targets = [profile.targets[code] for profile in found]
        return sorted(middle(target.low, target.high) for target in targets)

    bases = middles(role.base for role in roles)
    return TraitSpread(
        code=code,
        lowest=bases[0],
        median=median(bases),
        highest=bases[-1],
        high_share=Decimal(sum(point > HIGH_FROM for point in bases)) / len(bases),
        low_profiles=sum(point < LOW_BELOW for point in middles(profiles)),
        questions=questions,
    )


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
