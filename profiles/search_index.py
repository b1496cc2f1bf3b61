"""The index that search reads: what an edition puts in it, and what a question finds there.

The same rows and the same queries on SQLite and PostgreSQL, so the same order. An edition's rows
depend on that edition alone; whether it may be shown is asked of ``published`` at each search.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Max, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils.html import strip_tags

from profiles import search
from profiles.choices import TraitCode
from profiles.models import Area, Edition, SearchTerm, SearchWord
from profiles.search import (
    ALIAS,
    AREA,
    EXACT_ALIAS,
    EXACT_NAME,
    FACET,
    MAX_TERM_LENGTH,
    PER_WORD,
    Query,
)
from profiles.traits import level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Expression, QuerySet

    from profiles.models import Profile

# More matches than these are not counted: a question that finds more needs another word.
LIMIT = 200
MAX_STARTS = 40
BATCH = 5000
MATCHED = ("pk", "role_id", "context_id", "role_name", "area_id", "ranges")
COLUMNS = ("term", "points", "edition_id", "role_id", "context_id")


@lru_cache(maxsize=2000)
def level_name(low: float, high: float) -> str:
    """Return the level of a frozen range, in the words of ``choices.Level``."""
    return level(Decimal(str(low)), Decimal(str(high))).value


def index(editions: Iterable[Edition]) -> None:
    """Write the rows of ``editions``, which have none yet."""
    terms, words = entries(editions)
    rows = (SearchTerm(**dict(zip(COLUMNS, values, strict=True))) for values in terms)
    SearchTerm.objects.bulk_create(rows, batch_size=BATCH)
    remember_words(words)


def entries(editions: Iterable[Edition]) -> tuple[list[tuple], dict[str, tuple[str, int]]]:
    """Return what ``editions`` put in the index: rows in the order of ``COLUMNS``, and words.

    The words are folded word → (as written, points).
    """
    terms, words = [], {}
    for edition in editions:
        aliases = tuple(edition.facts["aliases"]) if edition.facts else ()
        found = search.weighted_words(edition.role_name, aliases, _texts(edition))
        for word, (written, points) in found.items():
            if points > words.get(word, ("", -1))[1]:
                words[word] = (written, points)
        weights = search.weighted_terms(found, edition.role_name, aliases)
        place = edition.pk, edition.role_id, edition.context_id
        terms += [(term, points, *place) for term, points in (weights | _facets(edition)).items()]
    return terms, words


def _texts(edition: Edition) -> tuple[str, ...]:
    return edition.summary, edition.teaser, body_text(edition)


def body_text(edition: Edition) -> str:
    """Return the body of an edition as plain text."""
    return html.unescape(strip_tags(edition.body_html))


def _facets(edition: Edition) -> dict[str, int]:
    levels = [search.level_term(code, level_name(*ends)) for code, ends in edition.ranges.items()]
    return {search.area_term(edition.area_id): AREA, **dict.fromkeys(levels, FACET)}


def remember_words(words: dict[str, tuple[str, int]]) -> None:
    """Add words to those that corrections and beginnings are looked up in."""
    rows = [
        SearchWord(word=word, stem=search.stem(word), written=written, points=points)
        for word, (written, points) in sorted(words.items())
    ]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    for points in {points for _written, points in words.values()} - {search.TEXT}:
        better = [word for word, (_written, worth) in words.items() if worth == points]
        SearchWord.objects.filter(word__in=better, points__lt=points).update(points=points)


def forget_past(profile: Profile) -> None:
    """Drop the rows of a profile's editions that are not public any more."""
    SearchTerm.objects.filter(edition__in=profile.editions.past()).delete()


@dataclass(frozen=True)
class Filters:
    """What narrows a search: an area, a context (None: base profiles), a level per trait."""

    area_id: int | None = None
    context_id: int | None = None
    levels: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self.area_id is None and self.context_id is None and not self.levels

    def terms(self) -> list[str]:
        """Return the index terms that a matching profile has."""
        area = [search.area_term(self.area_id)] if self.area_id is not None else []
        return area + [search.level_term(code, name) for code, name in self.levels.items()]


@dataclass(frozen=True)
class Match:
    """A public profile that a question found: how many of its words, and their points."""

    edition_id: int
    role_id: int
    name: str
    area_id: int
    levels: dict[str, str]
    words: int
    points: int

    @property
    def rank(self) -> tuple:
        """Sort key: most points (a word outweighs all else), then the shortest name."""
        length = len(self.name) if self.words else 0
        return -self.points, length, search.fold(self.name), self.role_id

    def passes(self, filters: Filters) -> bool:
        in_area = filters.area_id in (None, self.area_id)
        return in_area and filters.levels.items() <= self.levels.items()


@dataclass
class Found:
    """The answer to a question. Counts are None where not all matches were looked at."""

    matches: list[Match]
    # More matches exist than were looked at.
    more: bool = False
    # Each match has every word that was asked for.
    complete: bool = True
    # Matches without the filters, by area, by (trait code, level), by context.
    unfiltered: int | None = None
    areas: Counter | None = None
    levels: Counter | None = None
    contexts: Counter | None = None


@dataclass
class Asked:
    """A question in terms of the index: per word its whole terms and those it may begin."""

    words: list[tuple[list[str], list[str]]]
    phrase: str

    @property
    def terms(self) -> set[str]:
        return {self.phrase}.union(*(whole + starts for whole, starts in self.words))

    @cached_property
    def plain(self) -> list[tuple[list[str], list[str]]]:
        """The words with at most one term in an edition, apart from the area's."""
        return [terms for terms in self.words if not self._is_entangled(*terms)]

    @cached_property
    def entangled(self) -> list[tuple[list[str], list[str]]]:
        """The words with several beginnings and those that share a term with another word."""
        return [terms for terms in self.words if self._is_entangled(*terms)]

    @cached_property
    def _uses(self) -> Counter:
        return Counter(term for whole, starts in self.words for term in whole + starts)

    def _is_entangled(self, whole: list[str], starts: list[str]) -> bool:
        return bool(starts) or any(self._uses[term] > 1 for term in whole)


def find(
    query: Query,
    filters: Filters,
    contexts: Iterable[int] = (),
    areas: Iterable[Area] | None = None,
) -> Found:
    """Return the public profiles that match, best first; ``contexts`` are counted too.

    ``areas`` are all the areas, where the caller has read them already.
    """
    asked, place = asked_for(query, areas), filters.context_id
    worth = _worth(asked, [place])
    if filters.terms() and _is_many(asked, worth, place):
        return _find_among_many(asked, filters)
    matches = _matches(asked, [place], worth)[place]
    best = _best(matches, asked)
    if len(best) > LIMIT:
        return _find_among_many(asked, filters, best)
    found = Found([match for match in best if match.passes(filters)], unfiltered=len(best))
    found.complete = _is_complete(best, asked)
    _count(found, best, filters)
    if len(matches if place else worth or matches) <= LIMIT:
        _count_contexts(found, asked, filters, contexts)
    return found


def _is_many(asked: Asked, worth: dict[int, tuple], place: int | None) -> bool:
    """Tell whether a question finds more than ``LIMIT``, before its profiles are read.

    It counts what will be public later, too; what is found does not depend on that.
    """
    if not asked.words:
        others = Edition.objects.published().filter(_in_places([place])).order_by()
        return others[LIMIT : LIMIT + 1].exists()
    roles: dict[int, tuple] = {}
    for role, points in worth.values():
        roles[role] = tuple(map(max, points, roles.get(role, points)))
    full = sum(_words(points) == len(asked.words) for points in roles.values())
    return (full or len(roles)) > LIMIT


def _find_among_many(asked: Asked, filters: Filters, best: list[Match] | None = None) -> Found:
    """Let the database filter, because what was looked at is not everything."""
    if best is None or filters.terms():
        place = filters.context_id
        worth = _worth(asked, [place], filters)
        best = _best(_matches(asked, [place], worth, filters)[place], asked)
    return Found(best[:LIMIT], len(best) > LIMIT, _is_complete(best, asked))


def _best(matches: list[Match], asked: Asked) -> list[Match]:
    """Keep those with every word, or all where no profile has every word."""
    ranked = sorted(matches, key=lambda match: match.rank)
    full = [match for match in ranked if match.words == len(asked.words)]
    return full or ranked


def _is_complete(ranked: list[Match], asked: Asked) -> bool:
    return bool(ranked) and ranked[0].words == len(asked.words)


def _count(found: Found, matches: list[Match], filters: Filters) -> None:
    """Count what each area and level would leave; a filter does not narrow its own choices."""
    anywhere = replace(filters, area_id=None)
    found.areas = Counter(m.area_id for m in matches if m.passes(anywhere))
    found.levels = Counter()
    for code in TraitCode.values:
        others = {name: value for name, value in filters.levels.items() if name != code}
        rest = replace(filters, levels=others)
        found.levels.update((code, m.levels[code]) for m in matches if m.passes(rest))


def _count_contexts(found: Found, asked: Asked, filters: Filters, contexts: Iterable) -> None:
    """Count what the same question finds for the base and in each of ``contexts``."""
    found.contexts = Counter({filters.context_id: len(found.matches)})
    others = [other for other in (None, *contexts) if other != filters.context_id]
    worth = _worth(asked, others) if others else {}
    for other, rows in _matches(asked, others, worth).items() if others else ():
        found.contexts[other] = sum(
            match.passes(filters)
            for match in rows
            if not found.complete or match.words == len(asked.words)
        )


def asked_for(query: Query, areas: Iterable[Area] | None = None) -> Asked:
    """Return the terms of a question; ``areas`` are all the areas, if they are read already."""
    words = [([search.stem(word)], []) for word in query.words]
    if query.open_word:
        words[-1][1].extend(_stems_starting(query.open_word))
    if words:
        _add_areas(words, query.open_word, Area.objects.only("name") if areas is None else areas)
        whole, starts = words[-1]
        words[-1] = whole, [term for term in starts if term not in whole]
    return Asked(words, search.phrase_term(query.text)[:MAX_TERM_LENGTH])


def _stems_starting(start: str) -> list[str]:
    starting = SearchWord.objects.filter(word__startswith=start).order_by("-points", "word")
    return list(dict.fromkeys(starting.values_list("stem", flat=True)[:MAX_STARTS]))


def _add_areas(words: list, open_word: str | None, areas: Iterable[Area]) -> None:
    """Let a word in an area's name find the area's profiles."""
    for area in areas:
        names = search.key_words(area.name)
        stems = {search.stem(name) for name in names}
        for whole, _starts in words:
            if whole[0] in stems:
                whole.append(search.area_term(area.pk))
        if open_word and any(name.startswith(open_word) for name in names):
            words[-1][1].append(search.area_term(area.pk))


def _matches(
    asked: Asked, places: list, worth: dict[int, tuple], filters: Filters | None = None
) -> dict[int, list[Match]]:
    """Return what matches in each of ``places`` (a context's id, None for the base)."""
    editions = Edition.objects.published()
    if not asked.words:
        editions = _listed(editions.filter(_in_places(places)), places[0], filters)
        editions = editions.order_by("role_name", "pk")[: (LIMIT + 1) * len(places)]
        return _merged(editions.values_list(*MATCHED), {}, places, asked)
    rows: list[tuple] = []
    if places == [None]:
        # Those with every word hide the others, so mostly nobody needs to read the others.
        full = [pk for pk, (_, points) in worth.items() if _words(points) == len(asked.words)]
        rows = list(editions.filter(pk__in=full).values_list(*MATCHED))
    rows = rows or editions.filter(_reached(worth, places)).values_list(*MATCHED)
    return _merged(rows, worth, places, asked)


def _words(points: tuple[int, ...]) -> int:
    """Return how many words of the question the points are for."""
    return sum(points) // PER_WORD


def _reached(worth: dict[int, tuple], places: list) -> Q:
    """What was found itself and, for contexts, the profiles of the roles that were found."""
    if places == [None]:
        return Q(pk__in=worth)
    roles = {role for role, _points in worth.values()}
    return Q(pk__in=worth) | _in_places(places) & Q(role__in=roles)


def _in_places(places: list) -> Q:
    contexts = [place for place in places if place is not None]
    return Q(context__in=contexts) | (Q(context=None) if None in places else Q())


def _listed(editions: QuerySet, place: int | None, filters: Filters | None) -> QuerySet:
    """Filter editions in the order of names; they know their area, and few are then read."""
    if filters and filters.area_id is not None:
        editions = editions.filter(area=filters.area_id)
        filters = replace(filters, area_id=None)
    return _filtered(editions, place, filters)


def _filtered(rows: QuerySet, place: int | None, filters: Filters | None) -> QuerySet:
    """Keep the rows of roles whose profile in ``place`` has every term of the filters.

    One subquery for all terms: with one each, PostgreSQL reads all editions that have the first.
    """
    if not (terms := filters.terms() if filters else []):
        return rows
    having = SearchTerm.objects.filter(context=place, term__in=terms)
    if len(terms) > 1:
        having = having.values("edition", "role").annotate(terms=Count("*"))
        having = having.filter(terms=len(terms))
    return rows.filter(role__in=having.values("role"))


def _worth(asked: Asked, places: list, filters: Filters | None = None) -> dict[int, tuple]:
    """Return edition id → (role id, points), the best editions only.

    The points are those of each word and of the phrase, or their sum where no other edition's
    points are merged with them.
    """
    if not asked.words:
        return {}
    rows = SearchTerm.objects.filter(_in_reach(places), term__in=asked.terms)
    rows = _filtered(rows, places[0], filters)
    if places == [None]:
        rows, points = _once_per_word(rows, asked), {"sum": _sum_of_points(asked)}
    else:
        points = {f"word{i}": _points(*terms) for i, terms in enumerate(asked.words)}
        exact = Case(When(points=EXACT_NAME, then=EXACT_NAME), default=1)
        points["phrase"] = Coalesce(Max(exact, filter=Q(term=asked.phrase)), 0)
    rows = rows.values("edition_id", "role_id").annotate(**points)
    first, *others = map(F, points)
    ranked = rows.order_by(-sum(others, first), "edition_id")
    ranked = ranked.values_list("edition_id", "role_id", *points)
    return {row[0]: (row[1], row[2:]) for row in ranked[: (LIMIT + 1) * (len(places) + 1)]}


def _once_per_word(rows: QuerySet, asked: Asked) -> QuerySet:
    """Leave out an area's rows where the word itself stands and is worth more."""
    for whole, _starts in asked.plain:
        if len(whole) > 1:
            itself = SearchTerm.objects.filter(context=None, term=whole[0]).values("edition")
            rows = rows.exclude(Q(term__in=whole[1:]) & Q(edition__in=itself))
    return rows


def _sum_of_points(asked: Asked) -> Expression:
    """Return the expression for what an edition is worth, with one row for each plain word.

    The best row of every word, as a context needs it, takes PostgreSQL more than twice as long
    where thousands of profiles have the words.
    """
    cases = [When(points=EXACT_NAME, then=EXACT_NAME), When(points=EXACT_ALIAS, then=1)]
    if entangled := {term for whole, starts in asked.entangled for term in whole + starts}:
        cases.append(When(term__in=entangled, then=0))
    plain = Coalesce(Sum(Case(*cases, default=F("points") + PER_WORD)), 0)
    return sum((_points(*terms) for terms in asked.entangled), plain)


def _in_reach(places: list) -> Q:
    """A context's profiles are also found by the names that their role's base profile has."""
    if None in places:
        return _in_places(places)
    return _in_places(places) | Q(context=None, points__gte=ALIAS)


def _points(whole: list[str], starts: list[str]) -> Coalesce:
    """Return the expression for what one word of the question is worth, 0 where it is not."""
    cases = [When(term__in=whole, then=F("points") + PER_WORD)]
    if starts:
        cases.append(When(term__in=starts, then=F("points") + PER_WORD - 1))
    return Coalesce(Max(Case(*cases)), 0)


def _merged(rows: Iterable, worth: dict, places: list, asked: Asked) -> dict[int, list[Match]]:
    """Return the matches of each place, with the points of the base profile's names."""
    rows, nothing = list(rows), (0,) * (len(asked.words) + 1)
    named = {
        role: tuple(p if p >= PER_WORD + ALIAS - 1 else 0 for p in points[:-1]) + points[-1:]
        for pk, role, context, *_ in rows
        if context is None and pk in worth
        for points in [worth[pk][1]]
    }
    found = {place: [] for place in places}
    for pk, role, context, name, area, ranges in rows:
        own = worth[pk][1] if pk in worth else nothing
        points = tuple(map(max, own, named.get(role, own)))
        words = _words(points)
        if context in found and (words or not asked.words):
            levels = {code: level_name(*ends) for code, ends in ranges.items()}
            found[context].append(Match(pk, role, name, area, levels, words, sum(points)))
    return found
