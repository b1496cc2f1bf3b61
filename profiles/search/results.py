"""An answer as a list of profiles in one place: filtered, counted, bounded."""

from collections import Counter
from typing import NamedTuple

from profiles.documents.choices import TraitCode
from profiles.search.index import Profile, Role

# More profiles than these are not shown: a question that finds more needs another word.
LIMIT = 200
# The groups of results, in their order: called just so, called so in part, mentioning it.
EXACT, PART, TEXT = "exact", "part", "text"


class Hit(NamedTuple):
    """A profile that was found."""

    role: Role
    profile: Profile
    group: str
    alias: str = ""

    def value(self, name):
        """Return what a filter looks at: the area, or the level of a trait."""
        return self.role.area_id if name == "area" else self.profile.levels[name]


class Results:
    """What an answer finds in a context (None: base profiles), an area, with levels of traits.

    ``count`` says what each choice would leave, or is None if there is more than is looked at:
    ("area", id) or (trait, level) → how many.
    """

    def __init__(self, answer, index, *, area_id=None, context_id=None, levels=None):
        self.answer, self.index = answer, index
        self.wanted = {**({"area": area_id} if area_id else {}), **(levels or {})}
        # A size in the question shows that size's profile, and the base where there is none.
        self.size = None if context_id else answer.question.size
        place = self.size.pk if self.size else context_id
        everywhere = self._hits(place)
        hits = [hit for hit in everywhere if self._passes(hit)]
        self.unfiltered, self.hits, self.more = len(everywhere), hits[:LIMIT], len(hits) > LIMIT
        self.count = self._count(everywhere) if len(everywhere) <= LIMIT else None

    def _passes(self, hit, but=""):
        return all(but == name or hit.value(name) == value for name, value in self.wanted.items())

    def _hits(self, place):
        """Return who is called so, then who mentions it; where nothing is asked, all."""
        answer, index, hits = self.answer, self.index, []
        for found in answer.names:
            own = found.role.profiles.get(place)
            if own := own or (found.role.profiles[None] if self.size else None):
                hits.append(Hit(found.role, own, EXACT if found.is_exact else PART, found.alias))
        named = {found.role for found in answer.names}
        texts = [role for role, at in map(index.editions.get, answer.mentions) if at == place]
        texts = sorted((role for role in texts if role not in named), key=lambda role: role.order)
        hits += [Hit(role, role.profiles[place], TEXT) for role in texts]
        if hits or not (answer.areas or not answer.question.words):
            return hits
        areas = {area.pk for area in answer.areas or index.areas.values()}
        roles = [role for role in index.roles if place in role.profiles and role.area_id in areas]
        return [Hit(role, role.profiles[place], PART) for role in roles]

    def _count(self, hits):
        """Count what each choice would leave; a filter does not narrow its own choices."""
        count = Counter()
        for name in ("area", *TraitCode.values):
            count.update((name, hit.value(name)) for hit in hits if self._passes(hit, but=name))
        return count
