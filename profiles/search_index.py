"""The index that search reads: what an edition puts in it, and what a question finds there.

The same rows and the same queries on SQLite and PostgreSQL, so the same order. An edition's rows
depend on that edition alone; whether it may be shown is asked of ``published`` at each search.
"""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Case, Exists, F, Max, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce, Length
from django.utils.html import strip_tags

from profiles import search
from profiles.choices import TraitCode
from profiles.models import Area, Edition, SearchTerm, SearchWord
from profiles.search import (
    ALIAS,
    AREA,
    EXACT_NAME,
    FACET,
    MAX_TERM_LENGTH,
    MAX_WORD_LENGTH,
    PER_WORD,
    Query,
)
from profiles.traits import level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.models import Profile

# More matches than these are not counted: a question that finds more needs another word.
LIMIT = 200
MAX_STARTS = 40
MAX_SIMILAR = 2000
MAX_TOKENS = 12
BATCH = 5000
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


def find(query: Query, filters: Filters, contexts: Iterable[int] = ()) -> Found:
    """Return the public profiles that match, best first; ``contexts`` are counted too."""
    asked, place = _asked(query), filters.context_id
    matches = _matches(asked, [place])[place]
    best = _best(matches, asked)
    if len(best) > LIMIT:
        return _find_among_many(asked, filters, best)
    found = Found([match for match in best if match.passes(filters)], unfiltered=len(best))
    found.complete = _is_complete(best, asked)
    _count(found, best, filters)
    if len(matches) <= LIMIT:
        _count_contexts(found, asked, filters, contexts)
    return found


def _find_among_many(asked: Asked, filters: Filters, best: list[Match]) -> Found:
    """Let the database filter, because what was looked at is not everything."""
    if filters.terms():
        place = filters.context_id
        best = _best(_matches(asked, [place], filters)[place], asked)
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
    for other, rows in _matches(asked, others).items() if others else ():
        found.contexts[other] = sum(
            match.passes(filters)
            for match in rows
            if not found.complete or match.words == len(asked.words)
        )


def _asked(query: Query) -> Asked:
    words = [([search.stem(word)], []) for word in query.words]
    if query.open_word:
        words[-1][1].extend(_stems_starting(query.open_word))
    if words:
        _add_areas(words, query.open_word)
    return Asked(words, search.phrase_term(query.text)[:MAX_TERM_LENGTH])


def _stems_starting(start: str) -> list[str]:
    starting = SearchWord.objects.filter(word__startswith=start).order_by("-points", "word")
    return list(dict.fromkeys(starting.values_list("stem", flat=True)[:MAX_STARTS]))


def _add_areas(words: list, open_word: str | None) -> None:
    """Let a word in an area's name find the area's profiles."""
    for area in Area.objects.only("name"):
        names = search.key_words(area.name)
        stems = {search.stem(name) for name in names}
        for whole, _starts in words:
            if whole[0] in stems:
                whole.append(search.area_term(area.pk))
        if open_word and any(name.startswith(open_word) for name in names):
            words[-1][1].append(search.area_term(area.pk))


def _matches(asked: Asked, places: list, filters: Filters | None = None) -> dict[int, list[Match]]:
    """Return what matches in each of ``places`` (a context's id, None for the base)."""
    editions, worth = Edition.objects.published(), {}
    if asked.words:
        worth = _worth(asked, places, filters)
        editions = editions.filter(_reached(worth, places))
    else:
        editions = _filtered(editions.filter(_in_places(places)), places[0], filters)
        editions = editions.order_by("role_name", "pk")[: (LIMIT + 1) * len(places)]
    rows = editions.values_list("pk", "role_id", "context_id", "role_name", "area_id", "ranges")
    return _merged(list(rows), {pk: points for pk, (_role, points) in worth.items()}, places, asked)


def _reached(worth: dict[int, tuple], places: list) -> Q:
    """What was found itself and, for contexts, the profiles of the roles that were found."""
    if places == [None]:
        return Q(pk__in=worth)
    roles = {role for role, _points in worth.values()}
    return Q(pk__in=worth) | _in_places(places) & Q(role__in=roles)


def _in_places(places: list) -> Q:
    contexts = [place for place in places if place is not None]
    return Q(context__in=contexts) | (Q(context=None) if None in places else Q())


def _filtered(editions, place: int | None, filters: Filters | None):
    for term in filters.terms() if filters else ():
        having = SearchTerm.objects.filter(context=place, term=term)
        editions = editions.filter(role__in=having.values("role"))
    return editions


def _worth(asked: Asked, places: list, filters: Filters | None) -> dict[int, tuple]:
    """Return edition id → (role id, points per word and of the phrase), the best editions only."""
    points = {f"word{i}": _points(*terms) for i, terms in enumerate(asked.words)}
    exact = Case(When(points=EXACT_NAME, then=EXACT_NAME), default=1)
    points["phrase"] = Coalesce(Max(exact, filter=Q(term=asked.phrase)), 0)
    rows = SearchTerm.objects.filter(_in_reach(places), term__in=asked.terms)
    rows = _filtered(rows, places[0], filters).values("edition_id", "role_id").annotate(**points)
    ranked = rows.order_by(-sum(map(F, points), Value(0)), "edition_id")
    ranked = ranked.values_list("edition_id", "role_id", *points)
    return {row[0]: (row[1], row[2:]) for row in ranked[: (LIMIT + 1) * (len(places) + 1)]}


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


def _merged(rows: list, worth: dict, places: list, asked: Asked) -> dict[int, list[Match]]:
    """Return the matches of each place, with the points of the base profile's names."""
    nothing = (0,) * (len(asked.words) + 1)
    named = {
        role: tuple(p if p >= PER_WORD + ALIAS - 1 else 0 for p in points[:-1]) + points[-1:]
        for pk, role, context, *_ in rows
        if context is None and (points := worth.get(pk))
    }
    found = {place: [] for place in places}
    for pk, role, context, name, area, ranges in rows:
        points = [
            max(pair) for pair in zip(worth.get(pk, nothing), named.get(role, nothing), strict=True)
        ]
        words = sum(point > 0 for point in points[:-1])
        if context in found and (words or not asked.words):
            levels = {code: level_name(*ends) for code, ends in ranges.items()}
            found[context].append(Match(pk, role, name, area, levels, words, sum(points)))
    return found


def suggest(query: Query) -> str:
    """Return the question with each unknown word corrected, or nothing to suggest."""
    typed, corrected = query.tokens[:MAX_TOKENS], []
    while typed:
        pair = "".join(typed[:2])
        if _is_known(typed[0], is_last=len(typed) == 1):
            corrected.append(typed.pop(0))
        elif len(typed) > 1 and _is_public(search.fold(pair)):
            corrected.append(pair)
            del typed[:2]
        else:
            token = typed.pop(0)
            corrected.append(_correction(token) or _apart(token) or token)
    return "" if corrected == query.tokens[:MAX_TOKENS] else " ".join(corrected)


def _is_known(token: str, *, is_last: bool) -> bool:
    word = search.fold(token)
    if word in search.STOP_WORDS:
        return True
    asked = _asked(Query(token))
    terms = asked.terms if is_last else set(asked.words[0][0]) if asked.words else set()
    return _have_public(terms)


def _is_public(word: str) -> bool:
    return _have_public({search.stem(word)})


def _have_public(terms: Iterable[str]) -> bool:
    # From the few rows of the terms to their editions: PostgreSQL, which cannot know that there
    # are none, would walk through all editions the other way round.
    public = Edition.objects.published().filter(pk=OuterRef("edition"))
    return SearchTerm.objects.filter(Exists(public), term__in=terms).exists()


def _correction(token: str) -> str:
    """Return the closest word that leads to a public profile, or nothing."""
    word = search.fold(token)[:MAX_WORD_LENGTH]
    limit = search.allowed_typos(word)
    alike = Q(word__startswith=word[:2])
    for fragment in search.fragments(word):
        alike |= Q(word__contains=fragment)
    near = SearchWord.objects.annotate(length=Length("word")).filter(
        alike, length__range=(len(word) - limit, len(word) + limit)
    )
    known = near.order_by("-points", "word").values_list("word", "written", "points")[:MAX_SIMILAR]
    return next((w for w in search.closest(word, known) if _is_public(search.fold(w))), "")


def _apart(token: str) -> str:
    """Return two words that were written as one, or nothing."""
    word = search.fold(token)[:MAX_WORD_LENGTH]
    pairs = [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
    halves = {half for pair in pairs for half in pair}
    known = set(SearchWord.objects.filter(word__in=halves).values_list("word", flat=True))
    return next((" ".join(pair) for pair in pairs if known.issuperset(pair)), "")
