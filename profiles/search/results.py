"""An answer as a list of profiles in one place: filtered, counted, bounded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from profiles.documents.choices import TraitCode

if TYPE_CHECKING:
    from profiles.search.find import Answer
    from profiles.search.index import Index, Profile, Role

# More profiles than these are not shown: a question that finds more needs another word.
LIMIT = 200
# The groups of results, in their order: called just so, called so in part, mentioning it.
EXACT, PART, TEXT = "exact", "part", "text"


@dataclass(frozen=True)
class Filters:
    """What narrows a search: an area, a context (None: base profiles), a level per trait."""

    area_id: int | None = None
    context_id: int | None = None
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self.area_id is None and self.context_id is None and not self.levels


class Hit(NamedTuple):
    """A profile that was found."""

    role: Role
    profile: Profile
    group: str
    alias: str = ""

    def passes(self, filters: Filters) -> bool:
        in_area = filters.area_id in (None, self.role.area_id)
        return in_area and filters.levels.items() <= self.profile.levels.items()


class Results:
    """What an answer finds in one place. Counts are None if there is more than is looked at."""

    def __init__(self, answer: Answer, index: Index, filters: Filters):
        self.answer, self.index, self.filters = answer, index, filters
        size = answer.question.size
        # A size in the question shows that size's profile, and the base where there is none.
        self.size = size if size and filters.context_id is None else None
        place = self.size.pk if self.size else filters.context_id
        everywhere = self._hits(place)
        hits = [hit for hit in everywhere if hit.passes(filters)]
        self.unfiltered = len(everywhere)
        self.hits, self.more = hits[:LIMIT], len(hits) > LIMIT
        self.areas = self.levels = self.contexts = None
        if len(everywhere) <= LIMIT:
            self._count(everywhere, place)

    def _hits(self, place: int | None) -> list[Hit]:
        answer = self.answer
        if not (answer.question.words or answer.names):
            return self._listed(place)
        hits = []
        for found in answer.names:
            own = found.role.profiles.get(place)
            own = own or (found.role.profiles[None] if self.size else None)
            if own:
                hits.append(Hit(found.role, own, EXACT if found.is_exact else PART, found.alias))
        mentions = answer.mentions.get(place, ())
        if not hits and answer.areas and not mentions:
            ids = {area.pk for area in answer.areas}
            return [hit for hit in self._listed(place) if hit.role.area_id in ids]
        return hits + [Hit(role, role.profiles[place], TEXT) for role in mentions]

    def _listed(self, place: int | None) -> list[Hit]:
        """Return all that is public in ``place``, by name."""
        roles = [role for role in self.index.roles.values() if place in role.profiles]
        roles.sort(key=lambda role: role.order)
        return [Hit(role, role.profiles[place], PART) for role in roles]

    def _count(self, hits: list[Hit], place: int | None) -> None:
        """Count what each choice would leave; a filter does not narrow its own choices."""
        filters = self.filters
        anywhere = replace(filters, area_id=None)
        self.areas = Counter(hit.role.area_id for hit in hits if hit.passes(anywhere))
        self.levels = Counter()
        for code in TraitCode.values:
            others = {name: value for name, value in filters.levels.items() if name != code}
            rest = replace(filters, levels=others)
            levels = (hit.profile.levels[code] for hit in hits if hit.passes(rest))
            self.levels.update((code, level) for level in levels)
        self.contexts = Counter({place: len(self.hits)})
        for other in {None, *(size.pk for size in self.index.contexts.values())} - {place}:
            self.contexts[other] = sum(hit.passes(filters) for hit in self._hits(other))
