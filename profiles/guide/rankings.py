"""Editions beside each other by their ranges: extremes, contrasts, what a size moves. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.documents.choices import TraitCode
from profiles.documents.text import join_words
from profiles.guide.charts import RangeChart, range_chart
from profiles.guide.traits import PRACTICAL_DIFFERENCE, level_words, middle, points, range_words
from profiles.models import Edition, Trait

# Trait code → (low, high).
type Ranges = Mapping[str, Sequence[float]]

SHOWN_ROLES, SHOWN_CONTRASTS = 5, 3


def _ranked(editions: Iterable[Edition], code: str) -> list[Edition]:
    """Return ``editions`` by what they ask of a trait, the highest first, equals by name."""
    return sorted(editions, key=lambda e: (-middle(*e.ranges[code]), e.role_name))


def most_and_least(editions: Iterable[Edition], code: str) -> list[list[tuple]]:
    """Return two lists of (edition, level, range, chart): the highest first, then the lowest first.

    The lists never share an edition.
    """
    ranked = _ranked(editions, code)
    shown = min(SHOWN_ROLES, (len(ranked) + 1) // 2)
    ends = ranked[:shown], ranked[shown:][-shown:][::-1]
    return [[(edition, *_row(code, *edition.ranges[code])) for edition in end] for end in ends]


def _row(code: str, low: float, high: float) -> tuple[str, str, RangeChart]:
    return level_words(code, low, high), range_words(low, high), range_chart(code, (low, high))


def contrasts(editions: Sequence[Edition]) -> list[tuple[TraitCode, Edition, Edition, str]]:
    """Return the traits in which ``editions`` differ most, the widest first.

    Each is (trait, who asks for most, who for least, how far they are apart).
    """
    found = []
    for code in TraitCode if editions else ():
        ranked = _ranked(editions, code)
        found.append((_moved(ranked[-1].ranges, ranked[0].ranges, code), code, ranked))
    found.sort(key=lambda contrast: -contrast[0])
    return [
        (code, ranked[0], ranked[-1], points(distance))
        for distance, code, ranked in found[:SHOWN_CONTRASTS]
        if distance
    ]


def _moved(first: Ranges, last: Ranges, code: str) -> Decimal:
    return middle(*last[code]) - middle(*first[code])


class TraitEffect(NamedTuple):
    """What a context does to one trait: (role, how far) of those that move in practice."""

    trait: Trait
    up: list[tuple[Edition, str]]
    down: list[tuple[Edition, str]]
    # "sube en 9 roles, baja en 2 y queda igual en 11"
    words: str


def context_effects(editions: Iterable[Edition], traits: Iterable[Trait]) -> list[TraitEffect]:
    """Return the effect on each trait, the largest moves first.

    ``editions`` are those of one context and the base ones; a role without both says nothing.
    """
    editions = list(editions)
    bases = {e.role_slug: e for e in editions if e.context_id is None}
    pairs = [(bases[e.role_slug], e) for e in editions if e.context_id and e.role_slug in bases]
    return [_effect(trait, pairs) for trait in traits] if pairs else []


def _effect(trait: Trait, pairs: Sequence[tuple[Edition, Edition]]) -> TraitEffect:
    moves = [(own, _moved(base.ranges, own.ranges, trait.code)) for base, own in pairs]
    count = len(moves)
    moves = [move for move in moves if abs(move[1]) >= PRACTICAL_DIFFERENCE]
    moves.sort(key=lambda move: (-abs(move[1]), move[0].role_name))
    up = [(edition, points(moved)) for edition, moved in moves if moved > 0]
    down = [(edition, points(moved)) for edition, moved in moves if moved < 0]
    same = count - len(moves)
    counts = [(_("sube"), len(up)), (_("baja"), len(down)), (_("queda igual"), same)]
    return TraitEffect(trait, up, down, _counted([pair for pair in counts if pair[1]]))


def _counted(counts: list[tuple[str, int]]) -> str:
    (verb, number), *others = counts
    words = ngettext("%(verb)s en %(number)s rol", "%(verb)s en %(number)s roles", number)
    first = words % {"verb": verb, "number": number}
    return join_words([first, *(f"{verb} {_('en')} {number}" for verb, number in others)])


def largest_move(first: Edition, last: Edition) -> str:
    """Say what moves most between two sizes of a role."""
    code = max(TraitCode, key=lambda code: abs(_moved(first.ranges, last.ranges, code)))
    before, after = (level_words(code, *each.ranges[code]) for each in (first, last))
    words = {"trait": code.label, "few": first.context, "many": last.context}
    words |= {"before": before, "after": after}
    return _("%(trait)s: %(before)s en %(few)s, %(after)s en %(many)s.") % words


def most_changed(rows: Iterable[tuple[str, Ranges]]) -> str | None:
    """Return the slug of the role whose ranges move most between its two rows.

    ``rows`` are (role slug, ranges) of two sizes; of equal roles the first one is it.
    """
    pairs: dict[str, list[Ranges]] = {}
    for slug, ranges in rows:
        pairs.setdefault(slug, []).append(ranges)
    change = {
        slug: sum(abs(_moved(*both, code)) for code in TraitCode)
        for slug, both in pairs.items()
        if len(both) == 2
    }
    return max(change, key=change.get, default=None)
