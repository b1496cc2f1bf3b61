"""The index that search reads: what an edition puts in it, and what a question finds there.

The same rows and the same queries on SQLite and PostgreSQL, so the same order. An edition's rows
depend on that edition and, for a context, on the base edition whose names it shares; whether it is
public is asked of ``published`` at each search.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Q,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.html import strip_tags

from profiles import search
from profiles.documents.choices import TraitCode
from profiles.guide.traits import frozen_level
from profiles.models import Area, Edition, SearchTerm, SearchWord
from profiles.search import (
    AREA,
    FACET,
    MAX_TERM_LENGTH,
    PER_WORD,
    Query,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.db.models import Expression, QuerySet

    # edition id → points
    type Worth = dict[int, int]

# More matches than these are not counted: a question that finds more needs another word.
LIMIT = 200
MAX_STARTS = 40
BATCH = 5000
NUMBER = IntegerField()
MATCHED = ("pk", "role_id", "context_id", "role_name", "area_id", "ranges")
COLUMNS = ("term", "points", "edition_id", "role_id", "context_id")
INDEXED = (
    *("role_id", "context_id", "area_id", "role_name", "facts", "summary", "teaser"),
    *("body_html", "ranges", "published_from", "published_until"),
)


def index(editions: Collection[Edition]) -> None:
    """Write the rows of ``editions``, which are on the shelf.

    Contexts are also found by the names that their role's base profile has, so a base edition
    renews the rows of its role's contexts.
    """
    if not editions:
        return
    fresh = {edition.pk for edition in editions}
    renamed = {edition.role_id for edition in editions if edition.context_id is None}
    roles = {edition.role_id for edition in editions}
    shelf = list(Edition.objects.on_shelf().filter(role__in=roles).only(*INDEXED))
    due = [e for e in shelf if e.pk in fresh or (e.context_id and e.role_id in renamed)]
    SearchTerm.objects.filter(edition__in=[edition.pk for edition in due]).delete()
    # Read from the last to the first: what is public stays, before what is scheduled.
    bases = [edition for edition in shelf if edition.context_id is None]
    bases.sort(key=lambda base: base.published_from, reverse=True)
    terms, words = entries(due, {base.role_id: base for base in bases})
    rows = (SearchTerm(**dict(zip(COLUMNS, values, strict=True))) for values in terms)
    SearchTerm.objects.bulk_create(rows, batch_size=BATCH)
    remember_words(words)


def entries(
    editions: Iterable[Edition], bases: dict[int, Edition]
) -> tuple[list[tuple], dict[str, tuple[str, int]]]:
    """Return what editions put in the index: rows as COLUMNS, and words.

    ``bases`` are the base editions by role; the words are folded word → (as written, points).
    """
    terms, words = [], {}
    for edition in editions:
        own = search.weighted_words(edition.role_name, _aliases(edition), _texts(edition))
        for word, (written, points) in own.items():
            if points > words.get(word, ("", -1))[1]:
                words[word] = (written, points)
        weights = search.weighted_terms(own, edition.role_name, _aliases(edition))
        base = bases.get(edition.role_id) if edition.context_id else None
        for term, points in _names(base).items() if base else ():
            weights[term] = max(points, weights.get(term, 0))
        place = edition.pk, edition.role_id, edition.context_id
        terms += [(term, points, *place) for term, points in (weights | _facets(edition)).items()]
    return terms, words


def _aliases(edition: Edition) -> tuple[str, ...]:
    return tuple(edition.facts["aliases"]) if edition.facts else ()


def _names(base: Edition) -> dict[str, int]:
    """Return the terms of a role's names alone, with their points."""
    words = search.weighted_words(base.role_name, _aliases(base), ())
    return search.weighted_terms(words, base.role_name, _aliases(base))


def _texts(edition: Edition) -> tuple[str, ...]:
    return edition.summary, edition.teaser, body_text(edition)


def body_text(edition: Edition) -> str:
    """Return the body of an edition as plain text."""
    return html.unescape(strip_tags(edition.body_html))


def _facets(edition: Edition) -> dict[str, int]:
    levels = [search.level_term(code, frozen_level(*ends)) for code, ends in edition.ranges.items()]
    return {search.area_term(edition.area_id): PER_WORD + AREA, **dict.fromkeys(levels, FACET)}


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


def forget_past(profiles: Iterable[int]) -> None:
    """Drop the rows of editions that are not public any more, of profiles by their keys."""
    past = Edition.objects.past().filter(profile__in=profiles)
    SearchTerm.objects.filter(edition__in=past).delete()


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
    """A public profile that a question found, with its points; columns as MATCHED."""

    edition_id: int
    role_id: int
    context_id: int | None
    name: str
    area_id: int
    ranges: dict[str, list[float]]
    points: int = 0

    @property
    def words(self) -> int:
        """How many words of the question it has."""
        return _words(self.points)

    @cached_property
    def levels(self) -> dict[str, str]:
        return {code: frozen_level(*ends) for code, ends in self.ranges.items()}

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
    if len(worth or matches) <= LIMIT:
        _count_contexts(found, asked, filters, contexts)
    return found


def _is_many(asked: Asked, worth: Worth, place: int | None) -> bool:
    """Tell whether a question finds more than ``LIMIT``, before its profiles are read.

    It counts what will be public later, too; what is found does not depend on that.
    """
    if not asked.words:
        others = Edition.objects.published().filter(_in_places([place])).order_by()
        return others[LIMIT : LIMIT + 1].exists()
    full = sum(_words(points) == len(asked.words) for points in worth.values())
    return (full or len(worth)) > LIMIT


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
    asked: Asked, places: list, worth: Worth, filters: Filters | None = None
) -> dict[int, list[Match]]:
    """Return what matches in each of ``places`` (a context's id, None for the base)."""
    if not asked.words:
        editions = Edition.objects.published().filter(_in_places(places))
        listed = _listed(editions, places[0], filters).order_by("role_name", "pk")
        rows = listed.values_list(*MATCHED)[: (LIMIT + 1) * len(places)]
        return _by_place((Match(*row) for row in rows), places)
    full = {key: points for key, points in worth.items() if _words(points) == len(asked.words)}
    # Those with every word hide the others, so mostly nobody needs to read the others.
    found = _by_place(_public(full), places) if len(places) == 1 else {}
    return found if any(found.values()) else _by_place(_public(worth), places)


def _public(worth: Worth) -> Iterator[Match]:
    """Yield what is public now."""
    for row in Edition.objects.published().filter(pk__in=worth).values_list(*MATCHED):
        yield Match(*row, worth[row[0]])


def _by_place(matches: Iterable[Match], places: list) -> dict[int, list[Match]]:
    found = {place: [] for place in places}
    for match in matches:
        found[match.context_id].append(match)
    return found


def _words(points: int) -> int:
    """Return how many words of the question the points are for."""
    return points // PER_WORD


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


def _worth(asked: Asked, places: list, filters: Filters | None = None) -> Worth:
    """Return the points of the best editions."""
    if not asked.words:
        return {}
    rows = SearchTerm.objects.filter(_in_places(places), term__in=asked.terms)
    rows = _once_per_word(_filtered(rows, places[0], filters), asked, places)
    ranked = rows.values("edition_id").annotate(sum=_sum_of_points(asked))
    ranked = ranked.order_by("-sum", "edition_id")
    # More than are shown, because some may not be public.
    return dict(ranked.values_list("edition_id", "sum")[: (LIMIT + 1) * (len(places) + 1)])


def _once_per_word(rows: QuerySet, asked: Asked, places: list) -> QuerySet:
    """Leave out an area's rows where the word itself stands and is worth more."""
    for whole, _starts in asked.plain:
        if len(whole) > 1:
            itself = SearchTerm.objects.filter(_in_places(places), term=whole[0])
            rows = rows.exclude(Q(term__in=whole[1:]) & Q(edition__in=itself.values("edition")))
    return rows


def _sum_of_points(asked: Asked) -> Expression:
    """Return the expression for what an edition is worth, with one row for each plain word.

    The best row of every word takes PostgreSQL more than twice as long where thousands of
    profiles have the words.
    """
    points = F("points")
    if entangled := {term for whole, starts in asked.entangled for term in whole + starts}:
        points = Case(When(term__in=entangled, then=0), default=points, output_field=NUMBER)
    plain = Coalesce(Sum(points, output_field=NUMBER), 0)
    return sum((_points(*terms) for terms in asked.entangled), plain)


def _points(whole: list[str], starts: list[str]) -> Coalesce:
    """Return the expression for what one word of the question is worth, 0 where it is not."""
    cases = [When(term__in=whole, then=F("points"))]
    if starts:
        cases.append(When(term__in=starts, then=F("points") - 1))
    return Coalesce(Max(Case(*cases, output_field=NUMBER)), 0)
