"""What people type → the words that count, and how they are marked in a text. Pure."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from profiles.documents.text import fold, visible

MAX_WORDS = 8
MAX_WORD_LENGTH = 40
MAX_PHRASE = 4
# The fewest letters that the beginning of a name may have where it stands alone.
MIN_PREFIX = 3
DATA = Path(__file__).parent / "data"
TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
COMBINING = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
# "s.r.e.", "C&B", "FP&A": letters that are read one by one are one word.
SPELT = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?|\b\w{1,2}&\w{1,2}\b")
with (DATA / "words.csv").open(encoding="utf-8", newline="") as file:
    ROWS = [(row["kind"], row["words"].split(";"), row["means"]) for row in csv.DictReader(file)]
STOP_WORDS, KEPT = (
    frozenset(word for kind, words, _means in ROWS if kind == wanted for word in words)
    for wanted in ("stop", "keep")
)


def normal(text: str) -> str:
    """Return ``text`` composed, without invisible characters or marks that stand alone."""
    return COMBINING.sub("", unicodedata.normalize("NFC", visible(text)))


def tokens(text: str) -> list[str]:
    """Return the words of ``text`` as written; "full-stack" counts as two, "s.r.e." as one."""
    joined = SPELT.sub(lambda match: re.sub(r"[.&]", "", match[0]), normal(text))
    return [token[:MAX_WORD_LENGTH] for token in TOKEN.findall(joined)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a folded word without its plural and gender ending ("vendedoras" → "vendedor")."""
    bare = word
    if word in KEPT:
        return word
    if len(bare) > 3 and bare.endswith("s") and not bare.endswith("ss"):
        bare = bare[:-1]
        if bare.endswith("ce"):
            return f"{bare[:-2]}z"
    if len(bare) > 3 and bare[-1] in "aeox":
        bare = bare[:-1]
    return bare


def key_words(text: str) -> list[str]:
    """Return the folded words of ``text`` that count; small words count if there are no others."""
    folded = [word for token in tokens(text) if (word := fold(token))]
    return [word for word in folded if word not in STOP_WORDS] or folded


def stems(text: str) -> list[str]:
    """Return the stems of the words of ``text`` that count, each once, in order."""
    return list(dict.fromkeys(map(stem, key_words(text))))


class Vocabulary:
    """The words that search knows by themselves: ``data/words.csv``, read once."""

    def __init__(self):
        # Kind → phrase as written → what it means; and the same by the stems of the phrase.
        self.written: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for kind, phrases, means in ROWS:
            self.written[kind] |= dict.fromkeys(phrases, means)
        self.kinds = {
            kind: {tuple(stems(phrase)): means for phrase, means in phrases.items()}
            for kind, phrases in self.written.items()
        }
        self.same = {phrase: stems(means) for phrase, means in self.kinds["same"].items()}
        self.ranks, self.trades, self.weak, self.english = (
            {phrase[0] for phrase in self.kinds[kind]}
            for kind in ("rank", "trade", "weak", "english")
        )
        self.people = self.ranks | self.trades


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary()


def find_phrase(words: list[str], start: int, phrases: dict[tuple[str, ...], object]) -> int:
    """Return how many words from ``start`` on are the longest of ``phrases``, or 0."""
    for length in range(min(MAX_PHRASE, len(words) - start), 0, -1):
        if tuple(words[start : start + length]) in phrases:
            return length
    return 0


def canonical(words: list[str]) -> list[str]:
    """Return stems with words of the same meaning exchanged for one: "engineer" → "ingenier"."""
    same, meant, at = vocabulary().same, [], 0
    while at < len(words):
        length = find_phrase(words, at, same)
        meant += same[tuple(words[at : at + length])] if length else [words[at]]
        at += length or 1
    return list(dict.fromkeys(meant))


def head(literal: list[str]) -> str:
    """Return the canonical word that says who somebody is: an English title ends with it."""
    if not literal:
        return ""
    known = vocabulary()
    is_english = literal[-1] in known.english and literal[0] not in known.people
    return canonical(literal)[-1 if is_english else 0]


class Piece(NamedTuple):
    """A stretch of text and whether it was asked for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Query:
    """The words to mark in what was found; the last one may be unfinished."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        return key_words(self.text)[:MAX_WORDS]

    @cached_property
    def _stems(self) -> set[str]:
        return set(map(stem, self.words))

    def hits(self, word: str) -> bool:
        """Tell whether a word of a text is one that was asked for."""
        folded = fold(word)
        if stem(folded) in self._stems:
            return True
        return len(self.words[-1]) >= MIN_PREFIX and folded.startswith(self.words[-1])


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
