"""What people type → what the index holds, and how matches are ranked and shown. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from profiles.documents.text import fold, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_WORDS = 8
MAX_WORD_LENGTH = 40
MAX_TERM_LENGTH = 120
MIN_PREFIX = 2
# What a word is worth by where it stands; an unfinished word is worth one point less.
NAME, ALIAS, AREA, TEXT, FACET = 8, 6, 4, 2, 0
# The whole question is a name (before everything else) or another name (before its equals).
EXACT_NAME, EXACT_ALIAS = 100, 1
# Any match of one more word outweighs where the others match: the index adds this to each.
PER_WORD = 1000

TOKEN = re.compile(r"[^\W_]+")
COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
COMBINING = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
STOP_WORDS = frozenset(
    [
        "a",
        "al",
        "and",
        "con",
        "de",
        "del",
        "e",
        "el",
        "en",
        "for",
        "in",
        "la",
        "las",
        "lo",
        "los",
        "o",
        "of",
        "para",
        "por",
        "que",
        "se",
        "su",
        "the",
        "to",
        "u",
        "un",
        "una",
        "y",
    ]
)


def normal(text: str) -> str:
    """Return ``text`` composed, without invisible characters or marks that stand alone."""
    return COMBINING.sub("", unicodedata.normalize("NFC", visible(text)))


def tokens(text: str) -> list[str]:
    """Return the words of ``text`` as written; "full-stack" counts as two."""
    return TOKEN.findall(normal(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a folded word without its plural and gender ending ("vendedoras" → "vendedor")."""
    bare = word
    if len(bare) > 3 and bare.endswith("s") and not bare.endswith("ss"):
        bare = bare[:-1]
        if bare.endswith("ce"):
            return f"{bare[:-2]}z"
    if len(bare) > 3 and bare[-1] in "aeox":
        bare = bare[:-1]
    return bare


def key_words(text: str) -> list[str]:
    """Return the words of ``text`` that count for search, folded, in order."""
    folded = [fold(token)[:MAX_WORD_LENGTH] for token in tokens(text)]
    return [word for word in folded if word and word not in STOP_WORDS]


def phrase_term(text: str) -> str:
    """Return the term of a whole name: "Analista de datos" → "=analist dat"."""
    return "=" + " ".join(stem(word) for word in key_words(text))


def area_term(area_id: int) -> str:
    """Return the term of an area; areas are renamed, so it does not hold the name."""
    return f"area:{area_id}"


def level_term(code: str, level: str) -> str:
    """Return the term of a trait level: "E:low"."""
    return f"{code}:{level}"


def weighted_words(name: str, aliases: tuple[str, ...], texts: tuple[str, ...]) -> dict:
    """Return folded word → (word as written, most points it is worth in one profile)."""
    found: dict[str, tuple[str, int]] = {}
    for text, points in [(name, NAME), *((a, ALIAS) for a in aliases), *((t, TEXT) for t in texts)]:
        compounds = COMPOUND.findall(normal(text)) if points > TEXT else []
        for token in [*tokens(text), *(item.replace("-", "") for item in compounds)]:
            word = fold(token)[:MAX_WORD_LENGTH]
            if word and word not in STOP_WORDS:
                found.setdefault(word, (token.lower()[:MAX_WORD_LENGTH], points))
    return found


def weighted_terms(words: dict, name: str, aliases: tuple[str, ...]) -> dict[str, int]:
    """Return term → points in the index, from a profile's ``weighted_words`` and its names."""
    terms: dict[str, int] = {}
    for word, (_written, points) in words.items():
        terms[stem(word)] = max(PER_WORD + points, terms.get(stem(word), 0))
    for alias in aliases:
        terms[phrase_term(alias)[:MAX_TERM_LENGTH]] = EXACT_ALIAS
    terms[phrase_term(name)[:MAX_TERM_LENGTH]] = EXACT_NAME
    return terms


@dataclass(frozen=True)
class Query:
    """What somebody typed. Only its first eight different words count."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        """The words as typed, with the small ones."""
        return [token.lower() for token in tokens(self.text)]

    @cached_property
    def _all_words(self) -> list[str]:
        return list({stem(word): word for word in key_words(self.text)}.values())

    @cached_property
    def words(self) -> list[str]:
        """The words that count, folded, each stem once."""
        return self._all_words[:MAX_WORDS]

    @cached_property
    def _stems(self) -> set[str]:
        return {stem(word) for word in self.words}

    @property
    def is_cut(self) -> bool:
        return len(self._all_words) > MAX_WORDS

    @property
    def open_word(self) -> str | None:
        """The last word, which may be unfinished."""
        last = self.words[-1] if self.words else ""
        return last if len(last) >= MIN_PREFIX else None

    def names(self, name: str) -> bool:
        """Tell whether every word of ``name`` was asked for."""
        wanted = _stems_of(name)
        return bool(wanted) and wanted <= self._stems

    def without(self, names: Iterable[str]) -> Query:
        """Return the question without the words of ``names``, or this one where it has none."""
        dropped = set().union(*map(_stems_of, names))
        kept = [token for token in tokens(self.text) if stem(fold(token)) not in dropped]
        while dropped and kept and fold(kept[-1]) in STOP_WORDS:
            kept.pop()
        return Query(" ".join(kept)) if dropped else self

    def hits(self, word: str) -> bool:
        """Tell whether a word of a text is one that was asked for."""
        folded = fold(word)
        if stem(folded) in self._stems:
            return True
        return bool(self.open_word) and folded.startswith(self.open_word)


def _stems_of(text: str) -> set[str]:
    return {stem(word) for word in key_words(text)}


class Piece(NamedTuple):
    """A stretch of text and whether it was asked for."""

    text: str
    hit: bool


def highlight(text: str, query: Query) -> list[Piece]:
    """Cut ``text`` into pieces, so that a template can mark the words asked for."""
    text, pieces, end = normal(text), [], 0
    for match in TOKEN.finditer(text) if query.words else ():
        if query.hits(match[0]):
            pieces += [Piece(text[end : match.start()], False), Piece(match[0], True)]
            end = match.end()
    return [piece for piece in [*pieces, Piece(text[end:], False)] if piece.text]


def excerpt(text: str, query: Query, before: int = 60, after: int = 140) -> list[Piece]:
    """Return the surroundings of the first word asked for, in whole words, or nothing."""
    if not query.words:
        return []
    text = " ".join(normal(text).split())
    first = next((m for m in TOKEN.finditer(text) if query.hits(m[0])), None)
    if first is None:
        return []
    start, end = max(0, first.start() - before), min(len(text), first.end() + after)
    # A word without end beside it is cut, so that the word asked for stays.
    if start:
        start = text.find(" ", start, first.start()) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", first.end(), end), 0) or end
    opening, closing = "…" if start else "", "…" if end < len(text) else ""
    return highlight(f"{opening}{text[start:end]}{closing}", query)


def allowed_typos(word: str) -> int:
    """Return how many letters of ``word`` may be wrong: none, one, or two from five letters on."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2


def distance(left: str, right: str, limit: int) -> int:
    """Return how many letters differ (two swapped ones count once), at most ``limit`` + 1."""
    if abs(len(left) - len(right)) > limit or len(set(left) ^ set(right)) > 2 * limit:
        return limit + 1
    older, previous = [], list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            best = min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                best = min(best, older[j - 2] + 1)
            current.append(best)
        if min(current) > limit:
            return limit + 1
        older, previous = previous, current
    return previous[-1]


def fragments(word: str) -> list[str]:
    """Return the three-letter fragments of ``word``, which a word close to it mostly shares."""
    return sorted({word[i : i + 3] for i in range(len(word) - 2)})


def closest(word: str, known: list[tuple[str, str, int]], count: int = 3) -> list[str]:
    """Return the best ``count`` corrections of ``word`` as written, the likeliest first.

    ``known`` has (folded word, word as written, points).
    """
    limit, ranked = allowed_typos(word), []
    for candidate, written, points in known:
        apart = distance(word, candidate, limit)
        if 0 < apart <= limit:
            ranked.append((apart, -points, candidate[0] != word[0], candidate, written))
    return [item[-1] for item in sorted(ranked)[:count]]


def is_misspelt(text: str, name: str) -> bool:
    """Tell whether ``text`` is ``name`` with one or two wrong letters, not another form of it."""
    typed, meant = " ".join(key_words(text)), " ".join(key_words(name))
    same = phrase_term(text) == phrase_term(name)
    return not same and 0 < distance(typed, meant, 2) <= min(2, allowed_typos(typed))
