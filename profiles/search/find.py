"""Answers: who is called so, and apart who mentions it; or what is nearest to what is missing."""

from collections import Counter
from dataclasses import dataclass, field, replace

from profiles.documents.text import fold
from profiles.models import Area
from profiles.search.index import Role
from profiles.search.marks import MIN_PREFIX
from profiles.search.question import Question, areas_named, understand
from profiles.search.spelling import is_known, spellings
from profiles.search.titles import ALIAS, NAME, NEAR, WORLD, Title, groups
from profiles.search.words import WRITTEN, canonical, is_small, key_words, stem, tokens

MAX_NEAREST = 4
MAX_COMPARED = 4
MAX_CODES = 3
# How near a role of the same unit group and of the same minor one is to a title, as shared words
# would be. Only where nothing is nearer, the same sub-major group counts.
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
        """The name by which the role was found, if it is another one than its own."""
        return self.row.text if self.row and self.row.kind == ALIAS else ""

    @property
    def title(self):
        """The title that the role is only near to; ``difference`` says what differs."""
        return self.row.text if self.row and self.row.kind == NEAR else ""

    @property
    def difference(self):
        return self.row.note if self.row else ""


@dataclass
class Answer:
    """What a question finds. ``missing`` is the title that the guide does not have."""

    question: Question
    names: list[Found] = field(default_factory=list)
    # The editions whose text has all words.
    mentions: set[int] = field(default_factory=set)
    areas: list[Area] = field(default_factory=list)
    compared: list[Role] = field(default_factory=list)
    # The title exists, here as a near one or in the world.
    is_title: bool = False
    missing: str = ""
    near_title: str = ""
    nearest: list[Found] = field(default_factory=list)
    # The question that was answered instead of the one that was typed.
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
    is_understood = answer.is_complete or answer.is_title or answer.mentions
    if not (literal or is_understood):
        better = [each for each in spellings(text, index) if _answer(each, index).is_complete]
        whole = (each for each in better if _is_whole(_answer(each, index)))
        if correction := next(whole, better[0] if better else ""):
            answer = replace(_answer(correction, index), correction=correction)
    if not answer.is_complete and answer.question.words:
        _explain(answer, index)
    return answer


def _is_whole(answer):
    return not answer.names or answer.names[0].is_exact


def _answer(text, index):
    """Return the answer by names alone, and who mentions it."""
    question = understand(text, index)
    rows = index.titles.having(question.words)
    exact = {row.kind for row in rows if len(row.words) == len(question.words)}
    names, is_title = called(rows, question, index), bool(exact - {NAME, ALIAS})
    sides = _compared(question.text, index)
    is_asked = sides and (all(side.is_exact for side in sides) or not (names or is_title))
    if is_asked:
        names = sides
    elif not names and not is_title:
        names = _begun(question, index)
    elif not (names and names[0].is_exact) and NEAR in exact and all(each.alias for each in names):
        # "Vendedor" is what "Vendedor externo" is called, whatever else it is near to.
        names = []
    mentions = index.texts.having(question.literal) & index.public
    areas = areas_named(question, index)
    compared = [side.role for side in sides] if is_asked else []
    return Answer(question, names, mentions, areas, compared, is_title)


def called(rows, question, index):
    """Return the roles that are called so, the best first: just so, or in part."""
    words, literal = set(question.words), set(question.literal)
    is_world = any(row.kind >= WORLD and len(row.words) == len(words) for row in rows)
    rows = [row for row in rows if row.kind <= ALIAS and row.is_of(words)]
    if is_world:
        # A title of its own is part of another only in its own words: "cartero", "cartera".
        rows = [
            row
            for row in rows
            if len(row.words) == len(words) or (row.head in words and literal <= row.literal)
        ]
    return ranked(rows, question)


def ranked(rows, question):
    """Return each role once, by its best name."""
    count, literal, typed = len(question.words), set(question.literal), fold(question.title)
    best = {}
    for row in rows:
        is_other = len(row.text) != len(question.title) or fold(row.text) != typed
        rank = (len(row.words) - count, not literal <= row.literal, is_other, row.kind, row.text)
        if row.target not in best or rank < best[row.target][0]:
            best[row.target] = rank, row
    found = sorted(best.values(), key=lambda pair: (*pair[0][:4], pair[1].target.order))
    return [Found(row.target, row, is_exact=not rank[0]) for rank, row in found]


def begun(question, index):
    """Return the titles of which the last word of the question is a beginning."""
    *before, last = [fold(word) for word in tokens(question.title)] or [""]
    before = canonical([stem(word) for word in before if not is_small(word)])
    is_enough = len(last) >= MIN_PREFIX or (before and last)
    return index.titles.beginning(before, last) if is_enough else []


def _begun(question, index):
    """Return the roles whose name the question begins, if it ends in the middle of a word."""
    last = tokens(question.title)[-1:]
    if not last or is_known(fold(last[0]), index):
        return []
    return ranked([row for row in begun(question, index) if row.kind <= ALIAS], question)


def is_unfinished(title, index):
    """Tell whether the last word of ``title`` is only the beginning of one in a title."""
    last = (key_words(title) or [""])[-1]
    known = {word for row in index.titles.rows for word in key_words(row.text)}
    return last not in known and any(word.startswith(last) for word in known)


def _compared(text, index):
    """Return the roles that "A o B" asks for, if each side names one.

    "Y" joins the words of a title, too: then one of the sides is a whole name.
    """
    either, both, about = ({fold(w) for w in WRITTEN[k]} for k in ("compare", "join", "between"))
    sides, is_asked = [[]], False
    for word in [fold(word) for word in tokens(text.replace("/", " o ").replace(",", " y "))]:
        is_asked = is_asked or word in either or word in about
        if word in either | both:
            sides.append([])
        elif word not in about:
            sides[-1].append(word)
    sides = [" ".join(side) for side in sides if side][: MAX_COMPARED + 1]
    if not 1 < len(sides) <= MAX_COMPARED:
        return []
    questions = [understand(side, index) for side in sides]
    found = [called(index.titles.having(q.words), q, index)[:1] for q in questions]
    first = {names[0].role: names[0] for names in found if names}
    is_asked = is_asked or any(each.is_exact for each in first.values())
    return list(first.values()) if all(found) and is_asked and len(first) > 1 else []


def _explain(answer, index):
    """Say which title is missing and what is nearest to it."""
    question = answer.question
    rows = index.titles.having(question.words)
    near = [r for r in rows if r.kind == NEAR and len(r.words) == len(question.words)]
    answer.near_title = near[0].text if near else ""
    nearest = [Found(row.target, row) for row in near] + called(rows, question, index)
    nearest = nearest or _alike(rows, question, index)
    answer.nearest = list({each.role: each for each in reversed(nearest)}.values())[::-1]
    answer.nearest = answer.nearest[:MAX_NEAREST]
    is_title = answer.nearest or answer.is_title or not answer.mentions
    answer.missing = question.title if is_title else ""


def _alike(rows, question, index):
    """Return the roles whose titles share words with the question or its occupational group."""
    found = []
    for alike, row in index.titles.sharing(question.words):
        if row.kind <= NEAR:
            found.append((alike, Found(row.target, row)))
    for code in _codes(rows, question, index):
        for length, alike in SAME_GROUP.items():
            group, is_distant = groups()[code[:length]], length == 2
            for role in index.by_code.get(code[:length], ())[:MAX_NEAREST]:
                found.append((alike, Found(role, group=group, is_distant=is_distant)))
    found.sort(key=lambda pair: -pair[0])
    return [each for alike, each in found if alike or not found[0][0]]


def _codes(rows, question, index):
    """Return the commonest codes of the world's titles that the question is, or is part of."""
    words = set(question.words)
    known = [row for row in rows if row.kind >= WORLD]
    whole = [row for row in known if len(row.words) == len(words)]
    known = (
        [row for row in whole if row.kind == WORLD]
        or [row for row in known if row.is_of(words)]
        or [
            row
            for _alike, row in index.titles.sharing(question.words)
            if row.kind >= WORLD and 1 < len(row.words) and row.words <= words
        ]
    )
    # Other labels of ESCO are sometimes odd: what most titles say counts.
    return [code for code, _count in Counter(row.target for row in known if row.target).most_common(MAX_CODES)]
