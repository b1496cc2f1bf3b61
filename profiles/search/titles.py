"""Titles of jobs, found by their words: the guide's own names and those of the world. Pure."""

from collections import Counter, defaultdict
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from profiles.search import words as read
from profiles.search.words import PEOPLE, RANKS, WEAK, canonical, key_words, stem

# Kinds of titles, the strongest first. The world's are those of ESCO and CIUO-08.
NAME, ALIAS, NEAR, WORLD, LABEL = range(5)
MAX_SHARED = 1_000
# A word of fewer letters is no misspelling of another.
MIN_MISSPELT = 5


class Title(NamedTuple):
    """A title, its words whatever their order, and what it leads to: a role, a code of CIUO-08."""

    text: str
    kind: int
    target: Any
    note: str
    words: frozenset
    stems: frozenset
    head: str

    @property
    def is_name(self):
        return self.kind <= ALIAS

    def is_of(self, asked):
        """Tell whether who is called so is of the kind that the set of words ``asked`` names.

        "Vendedor externo" is a "Vendedor"; "Asistente de CEO" is no "CEO", and "Asistente de
        dirección general" no "Asistente general".
        """
        if self.head not in (asked if PEOPLE & asked else PEOPLE | asked):
            return False
        return len(asked) == 1 or PEOPLE.isdisjoint(self.words - asked - {self.head})


def title(text, kind, target, note=""):
    return Title(text, kind, target, note, *_read(text))


@lru_cache(maxsize=200_000)
def _read(text):
    stems = read.stems(text)
    words = canonical(stems)
    return frozenset(words), frozenset(stems), read.head(stems, words)


class Titles:
    """Many titles, the guide's first. A question is a list of canonical words."""

    def __init__(self, rows):
        self.rows, self.by_word, self.by_words = rows, defaultdict(list), defaultdict(list)
        for number, row in enumerate(rows):
            self.by_words[row.words].append(row)
            for word in row.words:
                self.by_word[word].append(number)

    def having(self, words):
        """Return the titles that have all of ``words``."""
        under = sorted((self.by_word.get(word, ()) for word in words), key=len)
        numbers = set(under[0]).intersection(*under[1:]) if under else ()
        return [self.rows[number] for number in sorted(numbers)]

    def exact(self, words):
        """Return the titles that have all of ``words`` and no other."""
        return self.by_words.get(frozenset(words), []) if words else []

    @cached_property
    def written(self):
        """The words of the guide's titles, folded."""
        return {word for row in self.rows if row.kind <= NEAR for word in key_words(row.text)}

    def beginning(self, words, last):
        """Return the guide's titles with ``words`` and one that ``last`` is a beginning of."""
        ends = canonical([stem(word) for word in self.written if word.startswith(last)])
        numbers = sorted({number for end in ends for number in self.by_word.get(end, ())})
        found = (self.rows[number] for number in numbers[:MAX_SHARED])
        return [row for row in found if row.kind <= NEAR and row.words.issuperset(words)]

    def sharing(self, words):
        """Return (how alike, title) for the titles that share a word that tells a job.

        If no word does ("gerente general"), only the world's titles are alike.
        """
        asked, numbers, found = set(words), set(), []
        telling = asked - RANKS - WEAK
        for word in telling or asked:
            numbers.update(self.by_word.get(word, ())[:MAX_SHARED])
        for row in (self.rows[number] for number in numbers):
            union = telling | (row.words - RANKS - WEAK)
            share, common = len(telling & row.words) / (len(union) or 1), len(asked & row.words)
            if telling or row.kind >= WORLD:
                found.append((-share, -common, row.kind, len(row.words), row.text, row))
        return [(-order[0], order[-1]) for order in sorted(found, key=lambda order: order[:-1])]


@lru_cache(maxsize=10_000)
def misspelt(names):
    """Return name → the word that it misspells, of all ``names`` of one role.

    The role's own name, which comes first, is spelt rightly; of others the commoner word is.
    """
    read_names = {name: key_words(name) for name in names}
    counts = Counter(word for words in read_names.values() for word in words)
    own, wrong = set(read_names[names[0]]), {}
    for word in counts.keys() - own:
        for meant in counts if len(word) >= MIN_MISSPELT else ():
            is_surer = meant in own or counts[word] < counts[meant]
            is_close = is_surer and OSA.distance(word, meant, score_cutoff=1) == 1
            if is_close and canonical([stem(word)]) != canonical([stem(meant)]):
                wrong[word] = meant
    return {name: wrong[w] for name, words in read_names.items() for w in words if w in wrong}


@cache
def world():
    """Return the occupations of ESCO and the unit groups of CIUO-08; each leads to its code."""
    found = [title(text, WORLD, code) for code, text in groups().items() if len(code) == 4]
    for row in read.rows_of("esco.csv"):
        first, *labels = row["titles"].split(";")
        found += [title(first, WORLD, row["code"])]
        found += [title(text, LABEL, row["code"]) for text in labels]
    return found


@cache
def groups():
    """Return the title of each group of CIUO-08, by its code of one to four digits."""
    return {row["code"]: row["title_es"] for row in read.rows_of("ciuo08.csv")}
