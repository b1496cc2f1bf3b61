"""Titles of jobs, found by their words: the guide's own names and those of the world. Pure."""

from __future__ import annotations

import csv
from array import array
from bisect import bisect_left
from collections import Counter
from functools import cache, cached_property
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from rapidfuzz.distance import OSA

from profiles.search.words import DATA, canonical, head, key_words, stem, stems, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

# Kinds of titles, the strongest first.
NAME, ALIAS, NEAR = range(3)
# A shared word that many jobs have says little about which job is meant.
COMMON_WEIGHT = 0.3
MAX_STARTS = 60
MAX_SHARED = 1_000
# A word of fewer letters is no misspelling of another.
MIN_MISSPELT = 5


class Title(NamedTuple):
    """A title, its words whatever their order, and what it leads to (a role, a code)."""

    text: str
    words: tuple[str, ...]
    head: str
    target: Any
    kind: int = NAME
    note: str = ""


def title(text: str, target: Any, kind: int = NAME, note: str = "") -> Title:
    literal = stems(text)
    return Title(text, tuple(canonical(literal)), head(literal), target, kind, note)


class Titles:
    """Many titles. A question is a list of canonical words."""

    def __init__(self, rows: Iterable[Title]):
        self.rows = list(rows)
        self.by_word: dict[str, array] = {}
        for number, row in enumerate(self.rows):
            for word in row.words:
                self.by_word.setdefault(word, array("I")).append(number)

    def exact(self, words: list[str]) -> list[Title]:
        """Return the titles with just these words."""
        return [row for row in self._holding(words) if len(row.words) == len(words)]

    def called(self, words: list[str]) -> list[Title]:
        """Return the titles that these words are part of and that are for the same kind of person.

        "Vendedor" is part of "Vendedor externo"; "CEO" is not a kind of "Asistente de CEO".
        """
        people = vocabulary().people
        asked = set(words)
        known = asked if people & asked else people | asked
        rows = [row for row in self._holding(words) if row.head in known]
        if len(words) == 1:
            return rows
        # Nor is "Asistente general" a kind of "Asistente de dirección general".
        return [row for row in rows if people.isdisjoint({*row.words} - asked - {row.head})]

    def beginning(self, words: list[str], last: str) -> list[Title]:
        """Return the titles with ``words`` and one that ``last``, a word not ended, begins."""
        start = bisect_left(self.written, last)
        begun = takewhile(lambda word: word.startswith(last), self.written[start:])
        ends = {meant for word in islice(begun, MAX_STARTS) for meant in canonical([stem(word)])}
        found = (row for end in sorted(ends) for row in self._holding([*words, end]))
        return list(dict.fromkeys(islice(found, MAX_SHARED)))

    @cached_property
    def written(self) -> list[str]:
        """The words of all titles, folded and sorted."""
        return sorted({word for row in self.rows for word in key_words(row.text)})

    @cached_property
    def known(self) -> frozenset[str]:
        """The words of ``written``, to look one up."""
        return frozenset(self.written)

    def _holding(self, words: list[str]) -> list[Title]:
        """Return the titles that have all of ``words``."""
        numbers = sorted((self.by_word.get(word, ()) for word in words), key=len)
        found = set(numbers[0]).intersection(*numbers[1:]) if numbers else ()
        return [self.rows[number] for number in sorted(found)]

    def overlaps(self, words: list[str]) -> list[tuple[float, Title]]:
        """Return (how much they share, title) of the titles that share a word which tells a job."""
        known, shared = vocabulary(), Counter()
        for word in words:
            if word in known.ranks or word in known.weak:
                continue
            shared.update(self.by_word.get(word, ())[:MAX_SHARED])
        common = [word for word in words if word in known.ranks]
        rows = ((weight, self.rows[number]) for number, weight in shared.items())
        return [
            (weight + COMMON_WEIGHT * sum(word in row.words for word in common), row)
            for weight, row in rows
        ]


def misspelt(text: str, names: list[str]) -> str:
    """Return the word that ``text``, one of the ``names`` of a role, misspells, or nothing.

    The role's own name, which comes first, is spelt rightly; of others the commoner word is.
    """
    counts = Counter(word for name in names for word in key_words(name))
    own = key_words(names[0])
    for word in key_words(text):
        for meant in counts if len(word) >= MIN_MISSPELT and word not in own else ():
            is_rarer = meant in own or counts[word] < counts[meant]
            is_slip = is_rarer and OSA.distance(word, meant, score_cutoff=1) == 1
            if is_slip and canonical(stems(word)) != canonical(stems(meant)):
                return meant
    return ""


def allowed_slips(word: str) -> int:
    """Return how many letters of ``word`` may be wrong: one, or two from six letters on."""
    return 1 if len(word) < 6 else 2


@cache
def world() -> Titles:
    """Return the occupations of ESCO and the unit groups of CIUO-08; each leads to its code."""
    with (DATA / "esco.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            title(text, row["code"], kind)
            for row in csv.DictReader(file)
            for kind, text in enumerate(row["titles"].split(";"))
        ]
    units = [title(text, code) for code, text in groups().items() if len(code) == 4]
    return Titles([*rows, *units])


@cache
def groups() -> dict[str, str]:
    """Return the title of each group of CIUO-08, by its code of one to four digits."""
    with (DATA / "ciuo08.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["title_es"] for row in csv.DictReader(file)}
