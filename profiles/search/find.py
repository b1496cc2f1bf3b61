"""Answers: who is called so, and apart who mentions it; or what is nearest to what is missing."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from profiles.documents.text import fold
from profiles.models import Area
from profiles.search.index import Index, Profile, Role
from profiles.search.question import MAX_TOKENS, Question, is_known, spellings, understand
from profiles.search.titles import ALIAS, MAX_SHARED, NAME, NEAR, WORLD, Title, groups
from profiles.search.words import MIN_PREFIX, SMALL, WRITTEN, canonical, stem, stems, tokens

MAX_NEAREST, MAX_COMPARED, MAX_CODES = 4, 4, 3
# How near a role is whose occupation shares the unit group (a code of four digits) or the minor
# one, in shares of words. The sub-major group counts only if nothing is nearer.
SAME_GROUP = {4: 0.5, 3: 0.2, 2: 0}
# More profiles than these are not shown: a question that finds more needs another word.
LIMIT = 200
# The groups of results, in their order: called just so, called so in part, mentioning it.
EXACT, PART, TEXT = "exact", "part", "text"
EITHER, BOTH, ABOUT = ({fold(word) for word in WRITTEN[k]} for k in ("compare", "join", "between"))


@dataclass(frozen=True)
class Found:
    """A role that a question leads to, and why: a title, or the ``group`` of its occupation."""

    role: Role
    row: Title | None = None
    is_exact: bool = False
    group: str = ""
    is_distant: bool = False

    @property
    def profile(self):
        return self.role.profiles[None]

    @property
    def alias(self):
        """The name by which the role was found, if its own does not say it."""
        is_other = self.row and self.row.kind == ALIAS and self.row.text not in self.role.name
        return self.row.text if is_other else ""


@dataclass
class Answer:
    """What a question finds by names, and what is ``nearest`` to it if they do not have it all.

    ``is_title``: there is such a title, a near one or in the world. ``codes`` are those of the
    occupations that are like it. ``correction`` was answered instead of the question.
    """

    question: Question
    index: Index
    names: list[Found]
    areas: list[Area]
    compared: list[Role]
    is_title: bool
    nearest: list[Found] = field(default_factory=list)
    codes: list = field(default_factory=list)
    correction: str = ""

    @property
    def is_complete(self):
        """Tell whether all of the question is understood as names of the guide."""
        beside = self.question.size or self.question.traits
        return bool(self.names or self.areas or (beside and not self.question.words))

    @cached_property
    def mentions(self):
        """The (role, context id) of profiles whose text has all words."""
        return list(self.index.mentioning(self.question.stems))

    @property
    def missing(self):
        """The title that the guide does not have; what only texts have is none."""
        is_asked = self.question.words and not self.is_complete
        is_like = self.nearest or self.is_title or self.codes
        return self.question.title if is_asked and (is_like or not self.mentions) else ""


def find(text, index, *, literal=False):
    """Answer ``text``; ``literal``: as it is typed, without a better spelling."""
    answer = _answer(text, index)
    if not (literal or answer.is_complete or answer.is_title):
        better = [replace(_answer(each, index), correction=each) for each in spellings(text, index)]
        better.sort(key=lambda other: bool(other.names) and not other.names[0].is_exact)
        complete = next((other for other in better if other.is_complete), None)
        said = complete and next(index.mentioning(answer.question.stems), None)
        answer = complete if complete and not said else answer
    if not answer.is_complete and answer.question.words:
        _explain(answer)
    return answer


def _answer(text, index):
    """Return the answer by names alone."""
    question = understand(text, index)
    names, exact = called(question, index), index.titles.exact(question.words)
    is_title, sides = any(not row.is_name for row in exact), _compared(question.text, index)
    compared = sides if all(side.is_exact for side in sides) or not (names or is_title) else []
    if not (compared or names or is_title):
        is_begun = any(not is_known(fold(word), index) for word in tokens(question.title)[-1:])
        names = ranked(begun(question, index), question) if is_begun else []
    elif NEAR in {row.kind for row in exact}:
        # "Vendedor" is what "Vendedor externo" is called, whatever else it is near to.
        names = names if any(n.is_exact or n.row.kind == NAME for n in names) else []
    words = set(question.stems)
    areas = [area for area in index.areas.values() if words and words <= set(stems(area.name))]
    return Answer(
        question, index, compared or names, areas, [side.role for side in compared], is_title
    )


def called(question, index):
    """Return the roles that are called so, the best first: just so, or in part."""
    words, typed = set(question.words), set(question.stems)
    rows, exact = index.titles.having(words), index.titles.exact(words)
    if any(row.kind >= WORLD for row in exact):
        # A title of its own is part of another only in its own words: "cartero", "cartera".
        rows = exact + [row for row in rows if row.head in words and typed <= row.stems]
    return ranked([row for row in rows if row.is_of(words)], question)


def ranked(rows, question):
    """Return each role that one of the titles names once, by its best name."""
    best, typed = {}, fold(question.title)
    for row in rows:
        rest = len(row.words) - len(question.words)
        is_other = len(row.text) != len(question.title) or fold(row.text) != typed
        rank = (rest, not row.stems.issuperset(question.stems), is_other, row.kind, row.text)
        if row.is_name and (row.target not in best or rank < best[row.target][0]):
            best[row.target] = rank, row
    found = sorted(best.values(), key=lambda pair: (*pair[0][:4], pair[1].target.order))
    return [Found(row.target, row, is_exact=not rank[0]) for rank, row in found]


def begun(question, index):
    """Return the titles of which the last word of the question is a beginning."""
    *before, last = [fold(word) for word in tokens(question.title)] or [""]
    before = canonical([stem(word) for word in before if word not in SMALL])
    is_enough = len(last) >= MIN_PREFIX or (before and last)
    ends = canonical([stem(word) for word in index.written if is_enough and word.startswith(last)])
    rows = index.titles.having_one(ends)[:MAX_SHARED]
    return [row for row in rows if row.kind <= NEAR and row.words.issuperset(before)]


def _compared(text, index):
    """Return the roles that "A o B" or "diferencia de A con B" asks for, if each side names one."""
    written = [fold(word) for word in tokens(text.replace("/", " o ").replace(",", " y "))]
    words = [word for word in written if word not in ABOUT]
    sides = " ".join("," if word in EITHER | BOTH else word for word in words).split(",")
    sides = [side for side in sides if side.strip()]
    if len(sides) > 1:
        found = _each(sides, index) if len(sides) <= MAX_COMPARED else []
        # "Y" joins the words of a title, too: then a side is a whole name, or all are bare words.
        is_bare = all(len(side.split()) == 1 for side in sides)
        is_asked = is_bare or any(side.is_exact for side in found) or EITHER & set(written)
        return found if is_asked or len(words) < len(written) else []
    # Two titles have no more words than a question is read of.
    cuts = range(1, len(words)) if len(words) < min(len(written), MAX_TOKENS / 2) else ()
    ways = (_each([" ".join(words[:at]), " ".join(words[at:])], index) for at in cuts)
    return next((way for way in ways if way and all(side.is_exact for side in way)), [])


def _each(sides, index):
    """Return what each of ``sides`` names first, if these are several roles."""
    found = [called(understand(side, index), index)[:1] for side in sides]
    first = {names[0].role: names[0] for names in found if names}
    return list(first.values()) if all(found) and len(first) > 1 else []


def _explain(answer):
    """Say what is nearest to the title that is missing."""
    question, index, best = answer.question, answer.index, {}
    near = [row for row in index.titles.exact(question.words) if row.kind == NEAR]
    nearest = [*(Found(row.target, row, True) for row in near), *called(question, index)]
    if not nearest:
        nearest, answer.codes = _alike(question, index)
    for found in nearest:
        best.setdefault(found.role, found)
    answer.nearest = list(best.values())[:MAX_NEAREST]


def _alike(question, index):
    """Return the roles whose titles or occupations are like the question, and its codes."""
    words, alike = set(question.words), index.titles.sharing(question.words)
    found = [(share, Found(row.target, row)) for share, row in alike if row.kind <= NEAR]
    world = [row for _share, row in alike if row.kind >= WORLD and _is_part(words, row)]
    whole = [row for row in world if row.words == words and row.kind == WORLD]
    # Other labels of ESCO are sometimes odd: what most titles say counts.
    codes = Counter(row.target for row in whole or world if row.target).most_common(MAX_CODES)
    for code, _count in codes:
        family = [role for role in index.roles if role.code.startswith(code[:2])]
        for length, share in SAME_GROUP.items():
            roles = [role for role in family if role.code.startswith(code[:length])]
            told = {"group": groups()[code[:length]], "is_distant": length == 2}
            found += [(share, Found(role, **told)) for role in roles[:MAX_NEAREST]]
    found.sort(key=lambda pair: -pair[0])
    return [each for share, each in found if share or not found[0][0]], codes


def _is_part(words, row):
    """Tell whether a question is part of a title of the world, or the other way round."""
    is_inside = words <= row.words and row.is_of(words)
    return is_inside or 1 < len(row.words) <= len(row.words & words)


class Hit(NamedTuple):
    """A profile that was found."""

    role: Role
    profile: Profile
    group: str
    alias: str = ""

    def value(self, name):
        """Return what a filter looks at: the area, or the level of a trait."""
        return self.role.area_id if name == "area" else self.profile.levels[name]


def profiles_found(answer, index, context_id=None):
    """Return the size that a question asks for, and what it finds there or in a context.

    These are who is called so, then who mentions it; if nothing is asked, all. In the size of a
    question a role without a profile is found by its base profile.
    """
    size, hits = None if context_id else answer.question.size, []
    place, named = size.pk if size else context_id, {found.role for found in answer.names}
    for found in answer.names:
        own = found.role.profiles.get(place) or (size and found.role.profiles[None])
        group = EXACT if found.is_exact else PART
        hits += [Hit(found.role, own, group, found.alias)] if own else []
    texts = (role for role, at in answer.mentions if at == place and role not in named)
    hits += [Hit(role, role.profiles[place], TEXT) for role in texts]
    if not hits and (answer.areas or not answer.question.words):
        areas = {area.pk for area in answer.areas or index.areas.values()}
        roles = [role for role in index.roles if place in role.profiles and role.area_id in areas]
        hits = [Hit(role, role.profiles[place], PART) for role in roles]
    return size, hits
