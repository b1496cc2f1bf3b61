"""What a context changes across all roles, trait by trait. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.documents.text import join_words
from profiles.guide.traits import exact, middle, points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from profiles.models import Edition, Trait

SHOWN = 3


class Move(NamedTuple):
    """How far a role's range moves against its base, in points of the scale."""

    edition: Edition
    moved: Decimal

    @property
    def size(self) -> str:
        return points(self.moved)


@dataclass(frozen=True)
class TraitEffect:
    """What a context does to one trait: the roles that go up or down, the largest move first."""

    trait: Trait
    up: Sequence[Move]
    down: Sequence[Move]
    same: int

    @property
    def words(self) -> str:
        """Say the counts: "sube en 9 roles, baja en 2 y queda igual en 11"."""
        counts = [
            (_("sube"), len(self.up)),
            (_("baja"), len(self.down)),
            (_("queda igual"), self.same),
        ]
        kept = [(verb, number) for verb, number in counts if number]
        parts = [_in_roles(*kept[0])] if kept else []
        parts += [f"{verb} {_('en')} {number}" for verb, number in kept[1:]]
        return join_words(parts)

    @property
    def largest_up(self) -> Sequence[Move]:
        return self.up[:SHOWN]

    @property
    def largest_down(self) -> Sequence[Move]:
        return self.down[:SHOWN]


def context_effects(editions: Iterable[Edition], traits: Iterable[Trait]) -> list[TraitEffect]:
    """Return the effect on each trait.

    ``editions`` are those of one context and the base ones; a role without both says nothing.
    """
    editions = list(editions)
    bases = {e.role_slug: e for e in editions if e.context_id is None}
    pairs = [(bases[e.role_slug], e) for e in editions if e.context_id and e.role_slug in bases]
    return [_effect(trait, pairs) for trait in traits] if pairs else []


def _effect(trait: Trait, pairs: Sequence[tuple[Edition, Edition]]) -> TraitEffect:
    moves = [Move(own, _middle(own, trait) - _middle(base, trait)) for base, own in pairs]
    moves.sort(key=lambda move: (-abs(move.moved), move.edition.role_name))
    up = [move for move in moves if move.moved > 0]
    down = [move for move in moves if move.moved < 0]
    return TraitEffect(trait, up, down, len(moves) - len(up) - len(down))


def _middle(edition: Edition, trait: Trait) -> Decimal:
    return middle(*exact(*edition.ranges[trait.code]))


def _in_roles(verb: str, number: int) -> str:
    words = ngettext("%(verb)s en %(number)s rol", "%(verb)s en %(number)s roles", number)
    return words % {"verb": verb, "number": number}
