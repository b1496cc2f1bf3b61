"""Better spellings of a question: each unknown word is exchanged for one that leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from profiles import search
from profiles.models import Area, Edition, SearchTerm, SearchWord
from profiles.search import MAX_WORD_LENGTH, Query
from profiles.search_index import asked_for

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SIMILAR = 2000
MAX_TOKENS = 12


def suggest(query: Query, areas: Iterable[Area] | None = None) -> str:
    """Return the question with each unknown word corrected, or nothing to suggest.

    ``areas`` are all the areas, if they are read already.
    """
    typed, corrected = query.tokens[:MAX_TOKENS], []
    areas = list(Area.objects.only("name") if areas is None else areas)
    while typed:
        pair = "".join(typed[:2])
        if _is_known(typed[0], areas, is_last=len(typed) == 1):
            corrected.append(typed.pop(0))
        elif len(typed) > 1 and _is_public(search.fold(pair)):
            corrected.append(pair)
            del typed[:2]
        else:
            token = typed.pop(0)
            corrected.append(_correction(token) or _apart(token) or token)
    return "" if corrected == query.tokens[:MAX_TOKENS] else " ".join(corrected)


def _is_known(token: str, areas: list[Area], *, is_last: bool) -> bool:
    word = search.fold(token)
    if word in search.STOP_WORDS:
        return True
    asked = asked_for(Query(token), areas)
    terms = asked.terms if is_last else set(asked.words[0][0]) if asked.words else set()
    return _have_public(terms)


def _is_public(word: str) -> bool:
    return _have_public({search.stem(word)})


def _have_public(terms: Iterable[str]) -> bool:
    # From the few rows of the terms to their editions: PostgreSQL, which cannot know that there
    # are none, would walk through all editions the other way round.
    edition = Edition.objects.published().filter(pk=OuterRef("edition"))
    return SearchTerm.objects.filter(Exists(edition), term__in=terms).exists()


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
