"""Answers: who is called so, and apart who mentions it; or what is nearest to what is missing."""

from collections import Counter
from dataclasses import dataclass, field, replace

from profiles.documents.text import fold
from profiles.models import Area
from profiles.search.index import Role
from profiles.search.question import Question, is_known, spellings, understand
from profiles.search.titles import ALIAS, NAME, NEAR, WORLD, Title, groups
from profiles.search.words import MIN_PREFIX, SMALL, WRITTEN, canonical, stem, stems, tokens

MAX_NEAREST, MAX_COMPARED, MAX_CODES = 4, 4, 3
# How near a role is whose occupation shares the unit group (a code of four digits) or the minor
# one, in shares of words. The sub-major group counts only if nothing is nearer.
SAME_GROUP = {4: 0.5, 3: 0.2, 2: 0}


@dataclass(frozen=True)
class Found:
    """A role that a question leads to, and why: a title, or the ``group`` of its occupation."""

    role: Role
    row: Title | None = None
    is_exact: bool = False
    group: str = ""
    is_distant: bool = False

    @property
    def alias(self):
        """The name by which the role was found, if its own does not say it."""
        is_other = self.row and self.row.kind == ALIAS and self.row.text not in self.role.name
        return self.row.text if is_other else ""

    @property
    def title(self):
        """The title that the role is only near to; its ``note`` says what differs."""
        return self.row.text if self.row and self.row.kind == NEAR else ""


@dataclass
class Answer:
    """What a question finds. ``missing`` is the title that the guide does not have.

    ``mentions`` are the editions whose text has all words. ``is_title``: the title exists, as a
    near one or in the world. ``correction`` was answered instead of what was typed.
    """

    question: Question
    names: list[Found]
    mentions: set[int]
    areas: list[Area]
    compared: list[Role]
    is_title: bool
    missing: str = ""
    nearest: list[Found] = field(default_factory=list)
    correction: str = ""

    @property
    def is_complete(self):
        """Tell whether all of the question is understood as names of the guide."""
        question = self.question
        beside = not question.words and (question.size or question.traits)
        return bool(self.names or self.areas or beside)


def find(text, index, *, literal=False):
    """Answer ``text``; ``literal``: as it is typed, without a better spelling."""
    answer = _answer(text, index)
    if not (literal or answer.is_complete or answer.is_title or answer.mentions):
        better = [(_answer(each, index), each) for each in spellings(text, index)]
        better = [pair for pair in better if pair[0].is_complete]
        better.sort(key=lambda pair: bool(pair[0].names) and not pair[0].names[0].is_exact)
        for found, correction in better[:1]:
            answer = replace(found, correction=correction)
    if not answer.is_complete and answer.question.words:
        _explain(answer, index)
    return answer


def _answer(text, index):
    """Return the answer by names alone, and who mentions it."""
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
    mentions, words = index.texts.having(question.stems), set(question.stems)
    areas = [area for area in index.areas.values() if words and words <= set(stems(area.name))]
    roles = [side.role for side in compared]
    mentions &= index.editions.keys()
    return Answer(question, compared or names, mentions, areas, roles, is_title)


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
    return index.titles.beginning(before, last) if is_enough else []


def _compared(text, index):
    """Return the roles that "A o B" asks for, if each side names one.

    "Y" joins the words of a title, too: then one of the sides is a whole name.
    """
    either, both, about = ({fold(w) for w in WRITTEN[k]} for k in ("compare", "join", "between"))
    written = [fold(word) for word in tokens(text.replace("/", " o ").replace(",", " y "))]
    kept = ("," if word in either | both else word for word in written if word not in about)
    sides = [side for side in " ".join(kept).split(",") if side.strip()]
    if not 1 < len(sides) <= MAX_COMPARED:
        return []
    found = [called(understand(side, index), index)[:1] for side in sides]
    first = {names[0].role: names[0] for names in found if names}
    is_asked = not (either | about).isdisjoint(written) or any(n.is_exact for n in first.values())
    return list(first.values()) if all(found) and is_asked and len(first) > 1 else []


def _explain(answer, index):
    """Say which title is missing and what is nearest to it."""
    question, best = answer.question, {}
    near = [row for row in index.titles.exact(question.words) if row.kind == NEAR]
    nearest = [*(Found(row.target, row, True) for row in near), *called(question, index)]
    like, codes = ([], []) if nearest else _alike(question, index)
    for found in nearest or like:
        best.setdefault(found.role, found)
    answer.nearest = list(best.values())[:MAX_NEAREST]
    if answer.nearest or answer.is_title or codes or not answer.mentions:
        answer.missing = question.title


def _alike(question, index):
    """Return the roles whose titles or occupations are like the question, and its codes."""
    words, alike = set(question.words), index.titles.sharing(question.words)
    found = [(share, Found(row.target, row)) for share, row in alike if row.kind <= NEAR]
    world = [row for _share, row in alike if row.kind >= WORLD]
    # The question is part of the title, or the other way round.
    world = [
        r
        for r in world
        if (words <= r.words and r.is_of(words)) or 1 < len(r.words) <= len(r.words & words)
    ]
    whole = [row for row in world if row.words == words and row.kind == WORLD]
    # Other labels of ESCO are sometimes odd: what most titles say counts.
    codes = Counter(row.target for row in whole or world if row.target).most_common(MAX_CODES)
    for code, _count in codes:
        for length, share in SAME_GROUP.items():
            group, is_distant = groups()[code[:length]], length == 2
            roles = [role for role in index.roles if role.code[:length] == code[:length]]
            found += [
                (share, Found(r, None, False, group, is_distant)) for r in roles[:MAX_NEAREST]
            ]
    found.sort(key=lambda pair: -pair[0])
    return [each for share, each in found if share or not found[0][0]], codes
