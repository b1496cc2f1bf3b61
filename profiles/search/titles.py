"""Titles of jobs, found by their words: the guide's own names and those of the world. Pure."""

from bisect import insort
from collections import Counter
from functools import cache
from itertools import product, takewhile
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from profiles.search.words import ENGLISH, PEOPLE, RANKS, WEAK, canonical, key_words, rows_of, stems

# Kinds of titles, the strongest first. The world's are those of ESCO and CIUO-08.
NAME, ALIAS, NEAR, WORLD, LABEL = range(5)
MAX_SHARED = 1_000
# A word of fewer letters is no misspelling of another.
MIN_MISSPELT = 5


class Title(NamedTuple):
    """A title, and the role or the code of CIUO-08 that it leads to; sorted by its own place."""

    place: tuple
    text: str
    words: frozenset
    stems: frozenset
    head: str
    kind: int = NAME
    target: Any = None
    note: str = ""

    def is_of(self, asked):
        """Tell whether who is called so is of the kind that the set of words ``asked`` names.

        "Vendedor externo" is a "Vendedor", "Asistente de dirección general" no "Asistente general".
        """
        if self.head not in asked and (self.head not in PEOPLE or not PEOPLE.isdisjoint(asked)):
            return False
        return len(asked) == 1 or PEOPLE.isdisjoint(self.words - asked - {self.head})

    @property
    def keys(self):
        """What it is found under: each of its words, and all of them, if it has any."""
        return filter(None, (*self.words, self.words))

    @property
    def telling(self):
        """The words that tell a job, not a rank, and not what many jobs are ("industrial")."""
        return self.words - RANKS - WEAK

    def is_like(self, row):
        """Tell whether another title is of the same kind: who somebody is, and at what work.

        "Chofer de ambulancia" is like "Chofer de Reparto"; "Operador de prensa hidráulica" is not
        like "Responsable de prensa", and "Herrero de obra" is not like "Director de obra".
        """
        mine, its = self.telling, row.telling
        common, is_same = mine & its, row.head in self.words
        if not common or (self.head not in RANKS and self.head not in row.words):
            return False
        if row.kind >= WORLD and not is_same:
            return False
        if mine <= its:
            return is_same or row.head in RANKS or self.head not in RANKS
        if its <= mine:
            return is_same or len(common) > 1
        is_own = row.kind == NAME and row.head == self.head not in RANKS
        return is_own or (len(common) > 1 and 2 * len(common) >= len(mine | its))


def title(text, *leads_to, place=()):
    """Return the title; ``leads_to`` are its kind, where it leads and what differs there."""
    literal, before = stems(text), stems(text.partition(" (")[0])
    words = canonical(literal)
    # Who somebody is says the first word, of an English title the last one before a bracket.
    is_english = before and before[-1] in ENGLISH and before[0] not in PEOPLE
    head = canonical(before)[-1] if is_english else next(iter(words), "")
    return Title(place, text, frozenset(words), frozenset(literal), head, *leads_to)


class Titles(dict):
    """Many titles, by each of their words and by all of them."""

    def __missing__(self, key):
        return ()

    def changed(self, gone, come):
        """Return other Titles: without those that are ``gone``, with those that ``come``."""
        titles, lost = Titles(self), set(gone)
        for key in {key for row in (*gone, *come) for key in row.keys}:
            titles[key] = [row for row in self[key] if row not in lost]
        for row in come:
            for key in row.keys:
                insort(titles[key], row)
        return titles

    def rarest(self, words):
        """Return the titles of the one of ``words`` that the fewest have."""
        return min(map(self.__getitem__, words), key=len, default=())

    def having(self, words):
        """Yield the titles that have all of ``words``, a set."""
        return (row for row in self.rarest(words) if words <= row.words)

    def is_called(self, words):
        """Tell whether a role is called so, in part too by its own name ("Vendedor externo")."""
        # Roles' own names are the first of each list.
        names = takewhile(lambda row: row.kind == NAME, self.rarest(words))
        is_name = any(words <= row.words and row.is_of(words) for row in names)
        return is_name or any(row.kind == ALIAS for row in self[words])

    def having_one(self, words, most=MAX_SHARED):
        """Return the first titles, ``most`` of each, that have one of ``words``."""
        lists = (self[word][:most] for word in words)
        return sorted({id(row): row for rows in lists for row in rows}.values())

    def alike(self, asked):
        """Return the titles of the same kind as ``asked``, the most alike first."""
        found = []
        for row in self.having_one(asked.telling or asked.words):
            if row.words == asked.words or asked.is_like(row):
                share = len(asked.telling & row.telling) / (len(asked.telling | row.telling) or 1)
                order = -share, -len(asked.words & row.words), row.kind, len(row.words), row.text
                found.append((*order, row))
        return [order[-1] for order in sorted(found)]


def misspelt(names):
    """Return name → the word that it misspells, of a role's names: the first is spelt rightly."""
    counts = Counter(word for name in names for word in key_words(name))
    own, wrong = set(key_words(names[0])), {}
    for word, meant in product(counts.keys() - own, counts):
        is_surer = len(word) >= MIN_MISSPELT and (meant in own or counts[word] < counts[meant])
        is_close = is_surer and OSA.distance(word, meant, score_cutoff=1) == 1
        if is_close and canonical(stems(word)) != canonical(stems(meant)):
            wrong[word] = meant
    return {name: wrong[w] for name in names for w in key_words(name) if w in wrong}


@cache
def world():
    """Return the occupations of ESCO and the unit groups of CIUO-08; each leads to its code."""
    found = [(text, WORLD, code) for code, text in groups().items() if len(code) == 4]
    for row in rows_of("esco.csv"):
        texts = enumerate(row["titles"].split(";"))
        found += [(text, LABEL if at else WORLD, row["code"]) for at, text in texts]
    return Titles().changed((), [title(*row, place=(row[1], at)) for at, row in enumerate(found)])


@cache
def groups():
    """Return the title of each group of CIUO-08, by its code of one to four digits."""
    return {row["code"]: row["title_es"] for row in rows_of("ciuo08.csv")}
