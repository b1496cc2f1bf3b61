"""An answer as a list of profiles in one place: filtered, counted, bounded."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from profiles.documents.choices import TraitCode
from profiles.search.index import Profile, Role

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


class Hit(NamedTuple):
    """A profile that was found."""

    role: Role
    profile: Profile
    group: str
    alias: str = ""

    def passes(self, filters):
        levels = filters.levels.items()
        in_area = filters.area_id in (None, self.role.area_id)
        return in_area and all(self.profile.level(code) == level for code, level in levels)


class Results:
    """What an answer finds in one place; ``count`` says what each choice of a filter leaves."""

    def __init__(self, answer, index, filters):
        self.answer, self.index, self.filters = answer, index, filters
        size = answer.question.size
        # A size in the question shows that size's profile, and the base where there is none.
        self.size = size if size and filters.context_id is None else None
        place = self.size.pk if self.size else filters.context_id
        everywhere = self._hits(place)
        hits = [hit for hit in everywhere if hit.passes(filters)]
        self.unfiltered, self.hits, self.more = len(everywhere), hits[:LIMIT], len(hits) > LIMIT
        # ("area", id), ("context", id) or (trait, level) → how many; of very many nothing is said.
        self.count = self._count(everywhere, place) if len(everywhere) <= LIMIT else None

    def _hits(self, place):
        """Return who is called so, then who mentions it; where nothing is asked, all."""
        answer, hits = self.answer, []
        if not (answer.question.words or answer.names):
            return self._listed(place)
        for found in answer.names:
            own = found.role.profiles.get(place)
            own = own or (found.role.profiles[None] if self.size else None)
            if own:
                hits.append(Hit(found.role, own, EXACT if found.is_exact else PART, found.alias))
        named = {found.role for found in answer.names}
        mentions = [
            hit._replace(group=TEXT)
            for hit in self._listed(place)
            if hit.profile.edition_id in answer.mentions and hit.role not in named
        ]
        if answer.areas and not (hits or mentions):
            ids = {area.pk for area in answer.areas}
            return [hit for hit in self._listed(place) if hit.role.area_id in ids]
        return hits + mentions

    def _listed(self, place):
        """Return all that is public in ``place``, by name."""
        roles = self.index.roles
        return [Hit(role, role.profiles[place], PART) for role in roles if place in role.profiles]

    def _count(self, hits, place):
        """Count what each choice would leave; a filter does not narrow its own choices."""
        filters = self.filters
        anywhere = replace(filters, area_id=None)
        count = Counter(("area", hit.role.area_id) for hit in hits if hit.passes(anywhere))
        for code in TraitCode.values:
            others = {name: level for name, level in filters.levels.items() if name != code}
            rest = replace(filters, levels=others)
            count.update((code, hit.profile.level(code)) for hit in hits if hit.passes(rest))
        count["context", place] = len(self.hits)
        for other in {None, *(size.pk for size in self.index.contexts.values())} - {place}:
            count["context", other] = sum(hit.passes(filters) for hit in self._hits(other))
        return count
