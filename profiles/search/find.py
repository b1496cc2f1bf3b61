"""Answers: who is called so, and apart who mentions it; or what is nearest to what is missing."""

import re
from collections import Counter
from functools import cached_property
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from profiles.documents.text import fold
from profiles.search.index import Role
from profiles.search.question import MAX_TOKENS, Question, is_known, spellings
from profiles.search.titles import ALIAS, NAME, NEAR, WORLD, Title, groups
from profiles.search.words import MIN_PREFIX, RANKS, SMALL, WRITTEN, canonical, stem, stems, tokens

MAX_NEAREST, MAX_COMPARED, MAX_CODES, MAX_BEGUN = 4, 4, 3, 250
# More profiles than these are not shown: a question that finds more needs another word.
LIMIT = 200
# What speaks against a correction: that it leaves out a word; and from what on it is not meant.
LESS, UNLIKELY = 2, 5
# The groups of results, in their order: called just so, called so in part, mentioning it.
EXACT, PART, TEXT = "exact", "part", "text"
# What a slash and brackets add to a name: "Contador/a", "Product Designer (UX/UI)".
ADDED = re.compile(r"(?<=\w{3})/(?:as?|os?)\b|\([^()]*\)")
SIGNS = str.maketrans(dict.fromkeys("/|;", " o ") | {",": " y "})
EITHER, BOTH, ABOUT = ({fold(word) for word in WRITTEN[k]} for k in ("compare", "join", "between"))


class Found(NamedTuple):
    """A role in a context, or its base profile, found by a title or by its occupation's family."""

    role: Role
    row: Title | None = None
    group: str = PART
    family: str = ""
    place: int | None = None

    @property
    def profile(self):
        return self.role.profiles[self.place]

    def at(self, place):
        """Return it in a context, by its id; by its base profile if it has no other there."""
        return self._replace(place=place if place in self.role.profiles else None)

    @property
    def is_exact(self):
        return self.group == EXACT

    @property
    def alias(self):
        """The name by which the role was found, if its own does not say it."""
        is_other = self.row and self.row.kind == ALIAS and self.row.text not in self.role.name
        return self.row.text if is_other else ""

    def value(self, name):
        """Return what a filter looks at: the area, or the level of a trait."""
        return self.role.area_id if name == "area" else self.profile.levels[name]


class Answer:
    """What a question, or a ``correction`` of it, finds by names; else what is nearest to it."""

    def __init__(self, text, index, correction=""):
        self.question = question = Question(text, index)
        self.index, self.correction = index, correction
        exact, words = index.titles[question.words], question.stems
        # There is such a title, one of those that are near or in the world.
        self.is_title = any(row.kind > ALIAS for row in exact)
        self.near = [Found(row.target, row, EXACT) for row in exact if row.kind == NEAR]
        self.areas = [a for a in index.areas.values() if words and words <= set(stems(a.name))]
        is_missing = self.near and not index.titles.is_called(question.words)
        names = [] if is_missing else called(question, index)
        sides = _compared(question.text, index)
        is_whole = all(side.is_exact for side in sides)
        asked = sides if is_whole or not (names or self.is_title or self.areas) else []
        last = tokens(question.title)[-1:]
        if not names and any(not is_known(fold(word), index) for word in last):
            names = ranked(begun(question, index), question)
        self.names = asked or names
        self.compared = [side.role for side in asked] if len(asked) > 1 else []

    @property
    def is_complete(self):
        """Tell whether all of the question is understood as names of the guide."""
        beside = self.question.size or self.question.traits
        return bool(self.names or self.areas or (beside and not self.question.words))

    @cached_property
    def mentions(self):
        """Pairs of a role and the place where its text has all words: in sizes if in no base."""
        places = None, *(size.pk for size in self.index.contexts.values())
        return self.index.mentioning(self.question.stems, *places)

    @property
    def missing(self):
        """The title that the guide does not have; what only texts have is none."""
        is_asked = self.question.words and not self.is_complete
        is_like = self.is_title or self.nearest or self.codes
        return self.question.title if is_asked and (is_like or not self.mentions) else ""

    @cached_property
    def alike(self):
        """The titles that are like this one."""
        return self.index.titles.alike(self.question.row)

    @cached_property
    def codes(self):
        """The codes of the occupations that are like the title."""
        labels = [row for row in self.alike if row.kind >= WORLD]
        # Other labels of ESCO are sometimes odd.
        names = [row for row in labels if row.kind == WORLD]
        whole = [row for row in names if row.words == self.question.words]
        counts = Counter(row.target for row in whole or names or labels if row.target)
        return [code for code, _count in counts.most_common(MAX_CODES)]

    @cached_property
    def nearest(self):
        """The roles nearest to a title that is missing, each once."""
        if self.is_complete:
            return []
        found = self.near + called(self.question, self.index) or self._of_sides()
        found = found or [Found(row.target, row) for row in self.alike if row.kind <= NEAR]
        found = found or self._of_family(4) or self._of_family(3)
        first = {each.role: each for each in reversed(found)}
        return [each for each in found if first[each.role] is each][:MAX_NEAREST]

    def _of_sides(self):
        """Return what each side of "A o B" or "diferencia entre A y B" names or is nearest to."""
        written, words = _compared_words(self.question.title)
        ways = _sides(words) if words != written or EITHER.intersection(words) else ()
        answers = [Answer(side, self.index) for sides in ways[:1] for side in sides]
        return [each for answer in answers for each in (answer.names or answer.nearest)[:1]]

    def _of_family(self, length):
        """Return the roles whose codes begin as those of occupations that are like the title."""
        codes = dict.fromkeys(code[:length] for code in self.codes)
        # "Otros profesionales de la salud" are what was left over: no family.
        whole = [code for code in codes if not groups()[code].startswith("Otr")]
        pairs = ((role, code) for code in whole for role in self.index.roles)
        return [Found(r, family=groups()[code]) for r, code in pairs if r.code.startswith(code)]

    def hits(self, context_id=None):
        """Return the size asked for, and what is called so or mentions it there or in a context."""
        size = None if context_id else self.question.size
        place, named = size.pk if size else context_id, {found.role for found in self.names}
        # In a size a role is found by its base if it must be; if nothing is asked, all are.
        hits = [found.at(place) for found in self.names if size or place in found.role.profiles]
        is_told = place or named or self.missing
        texts = self.index.mentioning(self.question.stems, place) if is_told else self.mentions
        hits += [Found(role, group=TEXT, place=at) for role, at in texts if role not in named]
        if not hits and (self.areas or not self.question.words):
            areas = {area.pk for area in self.areas or self.index.areas.values()}
            roles = (role for role in self.index.roles if place in role.profiles)
            hits = [Found(role, place=place) for role in roles if role.area_id in areas]
            levels = [(trait.code, level) for trait, level in self.question.traits if level]
            hits = [hit for hit in hits if all(hit.value(t).label == level for t, level in levels)]
        return size, hits


def find(text, index, *, literal=False):
    """Answer ``text``; ``literal``: as it is typed, without a better spelling."""
    answer = Answer(text, index)
    if literal or answer.is_complete or answer.is_title:
        return answer
    best, least = answer, UNLIKELY
    for meant, less in spellings(text, index).items():
        if LESS * less < least:
            other = Answer(meant, index, meant)
            best, least = min((best, least), (other, _doubt(other, less)), key=itemgetter(1))
    # Who is called so without a word that says nothing stands before who mentions all of them.
    if best is not answer and least != LESS and answer.mentions:
        return answer
    return best


def _doubt(answer, less):
    """Return how much speaks against a correction: least if it is a name, with all the words."""
    words, is_name = answer.question.words, any(name.is_exact for name in answer.names[:1])
    if less == 1 and not RANKS.issuperset(words):
        is_name = is_name or answer.index.titles.is_called(words)
    if less or answer.is_complete:
        return LESS * less + (not is_name) * (UNLIKELY if less else 1)
    # One word is too little: "partera" is no "cartera".
    is_title = answer.is_title and len(words) > 1
    return 1 if answer.near or (is_title and answer.nearest) else UNLIKELY


def called(question, index):
    """Return the roles that are called so, the best first: just so, or in part."""
    words, typed = question.words, question.stems
    rows, exact = index.titles.having(words), index.titles[words]
    if any(row.kind >= WORLD for row in exact):
        # A title of its own is part of another only in its own words: "cartero", "cartera".
        rows = [*exact, *(row for row in rows if row.head in words and typed <= row.stems)]
    return ranked([row for row in rows if row.kind <= ALIAS and row.is_of(words)], question)


def ranked(rows, question, first=bool):
    """Return each role that the titles name once, by its best name; ``first`` counts the most."""
    count, typed, literal = len(question.words), fold(question.title), question.stems
    # What is another role's own name is none of its own.
    own = {row.words: row.target for row in rows if row.kind == NAME}

    def rank(row):
        return first(row), len(row.words), not literal <= row.stems, fold(row.text) != typed

    best = {}
    # They stand by kind and by the names of their roles.
    for row in sorted((row for row in rows if row.kind <= ALIAS), key=rank):
        if own.get(row.words, row.target) is row.target:
            best.setdefault(row.target, row)
    return [Found(r.target, r, EXACT if len(r.words) == count else PART) for r in best.values()]


def begun(question, index):
    """Return the titles of which the last word of the question is a beginning, or one form."""
    *before, last = [fold(word) for word in tokens(question.title)] or [""]
    before = frozenset(canonical([stem(word) for word in before if word not in SMALL]))
    known = index.words if len(last) >= MIN_PREFIX or (before and last) else ()
    ends = frozenset(canonical([stem(w) for w in (last, *known) if w.startswith(last)]))
    rows = index.titles.having(before)
    if not before:
        # So many are read: first those that begin so.
        rows = sorted(index.titles.having_one(ends), key=lambda row: row.head not in ends)
    # A small word is a beginning, or stands before a word that is still to come: "jefe de".
    is_open = before and last in SMALL
    rows = (row for row in rows if is_open or row.words & ends)
    return [row for row in islice(rows, MAX_BEGUN) if row.kind <= NEAR]


def _compared(text, index):
    """Return the roles that "A o B" or "diferencia de A con B" asks for, if each side names one."""
    written, words = _compared_words(text)
    ways = [_each(sides, index) for sides in _sides(words)]
    if ways:
        found = next((way for way in ways if len(way) > 1), ways[-1])
        is_asked = words != written or EITHER.intersection(words)
        # "Investigación y desarrollo" compares nothing: what does is called so, or of one kind.
        is_alike = any(side.is_exact for side in found) or len({s.role.area_id for s in found}) < 2
        return found if is_asked or is_alike else []
    # Two titles have no more words than a question is read of.
    cuts = range(1, len(words)) if len(words) < min(len(written), MAX_TOKENS / 2) else ()
    ways = (_each([" ".join(words[:at]), " ".join(words[at:])], index) for at in cuts)
    return next((way for way in ways if way and all(side.is_exact for side in way)), [])


def _compared_words(text):
    """Return the words of a question, and those that do not only say that it compares."""
    written = [fold(word) for word in tokens(ADDED.sub("", text).translate(SIGNS))]
    return written, [word for word in written if word not in ABOUT]


def _sides(words):
    """Return the ways to part "A o B" or "A y B": "y" joins the words of a title, too."""
    ways = [_parted(words, EITHER), _parted(words, EITHER | BOTH)]
    least = 1 if EITHER.intersection(words) else 2  # "Product owner vs" is still being typed
    return [sides for sides in ways if least <= len(sides) <= MAX_COMPARED]


def _parted(words, between):
    runs = groupby(words, key=between.__contains__)
    return [" ".join(run) for is_between, run in runs if not is_between]


def _each(sides, index):
    """Return what each of ``sides`` names first, if each names a role."""
    found = [called(each, index)[:1] for side in sides if (each := Question(side, index)).words]
    return list({names[0].role: names[0] for names in found}.values()) if all(found) else []
