"""The role that the start page shows: the one that company size changes most. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from profiles.documents.choices import TraitCode
from profiles.guide.traits import exact, frozen_level, middle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from profiles.documents.schema import Question
    from profiles.models import Edition

    type Ranges = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Specimen:
    """A role in each size, the smallest first, and the first question about it."""

    base: Edition
    sizes: Sequence[Edition]
    question: Question
    codes = TraitCode

    @property
    def words(self) -> str:
        """Say what moves most between the smallest and the largest size."""
        first, last = self.sizes[0], self.sizes[-1]
        code = max(TraitCode, key=lambda code: _moved(first.ranges, last.ranges, code))
        names = [code.agree(frozen_level(*each.ranges[code]).label) for each in (first, last)]
        words = {"trait": code.label, "few": first.context, "many": last.context}
        words |= {"before": names[0], "after": names[1]}
        return _("%(trait)s: %(before)s en %(few)s, %(after)s en %(many)s.") % words


def most_changed(rows: Iterable[tuple[str, Ranges]]) -> str | None:
    """Return the slug of the role whose ranges move most between its two rows.

    ``rows`` are (role slug, ranges) of two sizes; of equal roles the first one is it.
    """
    pairs: dict[str, list[Ranges]] = {}
    for slug, ranges in rows:
        pairs.setdefault(slug, []).append(ranges)
    change = {
        slug: sum(_moved(*both, code) for code in TraitCode)
        for slug, both in pairs.items()
        if len(both) == 2
    }
    return max(change, key=change.get, default=None)


def _moved(first: Ranges, last: Ranges, code: str) -> float:
    return abs(middle(*exact(*last[code])) - middle(*exact(*first[code])))
