"""Answers: who is called so, and apart who mentions it; or what is nearest to what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from profiles.documents.text import fold
from profiles.search.question import areas_named, understand
from profiles.search.titles import ALIAS, NAME, NEAR, allowed_slips, groups, world
from profiles.search.words import (
    MAX_WORDS,
    MIN_PREFIX,
    STOP_WORDS,
    canonical,
    key_words,
    stem,
    stems,
    tokens,
    vocabulary,
)

if TYPE_CHECKING:
    from profiles.models import Area
    from profiles.search.index import Index, Role
    from profiles.search.question import Question
    from profiles.search.titles import Title, Titles

MAX_NEAREST = 4
# More roles than these are not put in order: the question needs another word.
MAX_RANKED = 300
MAX_COMPARED = 4
MAX_CODES = 3
# A word has so many better spellings, a question so many together.
MAX_SPELLINGS = 4
MAX_QUESTIONS = 24
# More words than these are not one slip of the hand.
MAX_UNKNOWN = 3
MIN_SPELT = 3
# A word of so many titles is no misspelling of another.
MIN_USES = 3


@dataclass(frozen=True)
class Found:
    """A role that a question names; ``alias`` is the name it was found by, if not its own."""

    role: Role
    alias: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Nearest:
    """A role near to a title that the guide does not have, and why.

    ``difference`` is the editors' sentence about ``title``, ``called`` another name of the role
    that shares words with it, ``group`` what both occupations belong to.
    """

    role: Role
    difference: str = ""
    title: str = ""
    called: str = ""
    group: str = ""
    is_distant: bool = False


@dataclass
class Answer:
    """What a question finds. ``missing`` is the title that the guide does not have."""

    question: Question
    names: list[Found] = field(default_factory=list)
    # Context (None: base) → the roles that are not called so and mention it there.
    mentions: dict[int | None, list[Role]] = field(default_factory=dict)
    missing: str = ""
    near_title: str = ""
    nearest: list[Nearest] = field(default_factory=list)
    compared: list[Role] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    # The question that was answered instead of the one that was typed.
    correction: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether all of the question is understood as names of the guide."""
        question = self.question
        beside = not question.words and (question.size or question.traits)
        return bool(self.names or self.areas or beside)


def find(text: str, index: Index, *, literal: bool = False) -> Answer:
    """Answer ``text``; ``literal``: as it is typed, without a better spelling."""
    answer = _answer(text, index)
    answer.mentions = _mentions(answer, index)
    is_known = answer.is_complete or answer.mentions or _is_known_title(answer.question, index)
    if not (literal or is_known) and (better := correct(text, index)):
        answer = replace(_answer(better, index), correction=better)
        answer.mentions = _mentions(answer, index)
    if not answer.is_complete and answer.question.words:
        _explain(answer, index)
    return answer


def _answer(text: str, index: Index) -> Answer:
    """Return the answer by names alone."""
    question = understand(text, index)
    answer = Answer(question, areas=areas_named(question, index))
    found = called(question, index)
    is_known = _is_known_title(question, index)
    if not (found or is_known) and (compared := _compared(question.text, index)):
        answer.compared = [each.role for each in compared]
        answer.names = compared
    elif (found and found[0].is_exact) or not is_known:
        answer.names = found or _begun(question, index)
    elif not index.near.exact(question.words) or any(not each.alias for each in found):
        # "Vendedor" is what "Vendedor externo" is called, whatever else it is near to.
        answer.names = found
    return answer


def called(question: Question, index: Index) -> list[Found]:
    """Return the roles that are called so, the best first: just so, or in part."""
    words, literal = question.words, set(question.literal)
    rows = index.names.called(words) if words else []
    if world().exact(words):
        # A title of its own is part of another only in its own words: "cartero", "cartera".
        rows = [
            row
            for row in rows
            if len(row.words) == len(words)
            or (row.head in words and literal <= set(stems(row.text)))
        ]
    return ranked(rows, question, index)


def begun(question: Question, titles: Titles) -> list[Title]:
    """Return the titles of which the last word of the question is a beginning."""
    *before, last = [fold(word) for word in tokens(question.title)] or [""]
    before = [stem(word) for word in before if word not in STOP_WORDS]
    is_enough = len(last) >= MIN_PREFIX or (before and last)
    return titles.beginning(canonical(before), last) if is_enough else []


def is_unfinished(title: str) -> bool:
    """Tell whether the last word of ``title`` is only the beginning of one in the world's."""
    last = key_words(title)[-1:]
    known = world().known
    return bool(last) and last[0] not in known and bool(world().beginning([], last[0]))


def _begun(question: Question, index: Index) -> list[Found]:
    """Return the roles whose name the question begins, if it ends in the middle of a word."""
    last = [fold(word) for word in tokens(question.title)][-1:]
    is_word = not last or _is_known(last[0], index)
    return [] if is_word else ranked(begun(question, index.names), question, index)


def ranked(rows: list[Title], question: Question, index: Index) -> list[Found]:
    """Return each role once, by its best name; of very many only the first ones."""
    count, title, typed = len(question.words), question.title, fold(question.title)
    best: dict[int, tuple] = {}
    for row in rows:
        is_other = len(row.text) != len(title) or fold(row.text) != typed
        rank = (len(row.words) - count, is_other, row.kind, row.text)
        if row.target not in best or rank < best[row.target]:
            best[row.target] = rank
    first = sorted(best.items(), key=lambda item: (item[1][0], index.roles[item[0]].order))
    literal = set(question.literal)

    def order(item: tuple) -> tuple:
        rest, is_other, kind, text = item[1]
        is_told_otherwise = not literal <= set(stems(text))
        return rest, is_told_otherwise, is_other, kind, index.roles[item[0]].order

    return [
        Found(index.roles[role], alias=text if kind != NAME else "", is_exact=not rest)
        for role, (rest, _is_other, kind, text) in sorted(first[:MAX_RANKED], key=order)
    ]


def _compared(text: str, index: Index) -> list[Found]:
    """Return the roles that "A o B" asks for, if each side names one.

    "Y" joins the words of a title, too: then one of the sides is a whole name.
    """
    known = vocabulary().written
    sides, is_asked = [[]], False
    for word in [fold(word) for word in tokens(text.replace("/", " o "))]:
        is_asked = is_asked or word in known["compare"] or word in known["between"]
        if (word in known["compare"] or word in known["join"]) and sides[-1]:
            sides.append([])
        elif word not in known["between"]:
            sides[-1].append(word)
    found = [called(understand(" ".join(side), index), index) for side in sides[:MAX_COMPARED]]
    if len(sides) < 2 or not all(found):
        return []
    first = {names[0].role.id: names[0] for names in found}
    is_asked = is_asked or any(names[0].is_exact for names in found)
    return list(first.values()) if is_asked and len(first) > 1 else []


def _mentions(answer: Answer, index: Index) -> dict[int | None, list[Role]]:
    """Return the roles that are not called so but have every word in a text, by name."""
    names = {found.role.id for found in answer.names}
    found = defaultdict(list)
    for edition in index.texts.having(answer.question.literal) & index.editions.keys():
        role, place = index.editions[edition]
        if role.id not in names:
            found[place].append(role)
    return {place: sorted(roles, key=lambda role: role.order) for place, roles in found.items()}


def _is_known_title(question: Question, index: Index) -> bool:
    """Tell whether the title is one that exists, here or in the world."""
    return bool(index.near.exact(question.words) or world().exact(question.words))


def _explain(answer: Answer, index: Index) -> None:
    """Say which title is missing and what is nearest to it."""
    question = answer.question
    rows = index.near.exact(question.words)
    answer.near_title = rows[0].text if rows else ""
    nearest = [_nearest(row, index) for row in rows]
    nearest += [Nearest(found.role, called=found.alias) for found in called(question, index)]
    if not nearest:
        nearest = _by_near_titles(question, index)
        same, alike, distant = _by_code(question, index)
        nearest += [*same, *_by_shared_words(question, index), *alike]
        nearest = nearest or distant
    answer.nearest = list({near.role.id: near for near in reversed(nearest)}.values())[::-1]
    answer.nearest = answer.nearest[:MAX_NEAREST]
    is_title = answer.nearest or _is_known_title(question, index) or not answer.mentions
    answer.missing = question.title if is_title else ""


def _by_near_titles(question: Question, index: Index) -> list[Nearest]:
    """Return the roles whose near titles have all words of the question or only such."""
    rows = index.near.called(question.words) or _inside(index.near, question)
    rows = sorted(rows, key=lambda row: (len(row.words), row.text))
    return [_nearest(row, index) for row in rows]


def _inside(titles, question: Question) -> list[Title]:
    """Return the titles of several words whose every word the question has."""
    words = set(question.words)
    rows = [row for _weight, row in titles.overlaps(question.words)]
    return [row for row in rows if len(row.words) > 1 and words.issuperset(row.words)]


def _by_code(question: Question, index: Index) -> list[list[Nearest]]:
    """Return the roles of the same unit group, of the same minor and of the same sub-major one."""
    rows = [row for row in world().exact(question.words) if row.kind == NAME]
    rows = rows or world().called(question.words) or _inside(world(), question)
    # Other labels of ESCO are sometimes odd: what most titles say counts.
    counts = Counter(row.target for row in rows if row.target)
    codes = [code for code, _count in counts.most_common(MAX_CODES)]
    return [
        [
            Nearest(role, group=groups()[code[:length]], is_distant=length == 2)
            for code in codes
            for role in index.by_code.get(code[:length], ())[:MAX_NEAREST]
        ]
        for length in (4, 3, 2)
    ]


def _by_shared_words(question: Question, index: Index) -> list[Nearest]:
    """Return the roles whose name shares a word with the question that tells a job."""
    overlaps = index.names.overlaps(question.words) + index.near.overlaps(question.words)
    rows = sorted(overlaps, key=lambda pair: (-pair[0], len(pair[1].words), pair[1].text))
    best = {row.target: row for _weight, row in reversed(rows)}
    ranked = list(dict.fromkeys(row.target for _weight, row in rows))[:MAX_NEAREST]
    return [_nearest(best[role], index) for role in ranked]


def _nearest(row: Title, index: Index) -> Nearest:
    """Return the role that a title leads to: by its name, or as near to another title."""
    role = index.roles[row.target]
    if row.kind == NEAR:
        return Nearest(role, row.note, title=row.text)
    return Nearest(role, called=row.text if row.kind == ALIAS else "")


def correct(text: str, index: Index) -> str:
    """Return ``text`` with its unknown words spelt better, if that is a name then, or nothing."""
    written = [fold(word) for word in tokens(text)]
    unknown = [word for word in written if not _is_known(word, index)]
    if len(written) > 2 * MAX_WORDS or len(unknown) > MAX_UNKNOWN:
        return ""
    spellings = [_spellings(word, index) for word in written]
    ways = sorted(product(*spellings), key=lambda way: sum(apart for apart, _word in way))
    questions = [" ".join(word for _apart, word in way) for way in ways[:MAX_QUESTIONS]]
    complete = []
    for question in [*_joined(written, index), *questions]:
        answer = _answer(question, index) if question != " ".join(written) else None
        if answer and answer.is_complete:
            if not answer.names or answer.names[0].is_exact:
                return question
            complete.append(question)
    return complete[0] if complete else ""


def _spellings(word: str, index: Index) -> list[tuple[int, str]]:
    """Return (letters apart, word) for what may be meant by ``word``, itself if it is known."""
    if _is_known(word, index):
        return [(0, word)]
    if len(word) < MIN_SPELT or any(char.isdigit() for char in word):
        return []
    limit = allowed_slips(word)
    close = process.extract(
        word, index.words, scorer=OSA.distance, score_cutoff=limit, limit=MAX_SPELLINGS * 3
    )
    ranked = sorted((far, o not in index.names.known, o[0] != word[0], o) for o, far, _at in close)
    if len(word) == MIN_SPELT:
        ranked = [item for item in ranked if sorted(item[-1]) == sorted(word)]
    return [(item[0], item[-1]) for item in ranked[:MAX_SPELLINGS]]


def _is_known(word: str, index: Index) -> bool:
    """Tell whether a word is the guide's, says something beside a title, or is common in titles."""
    single, kinds = stem(word), vocabulary().kinds.values()
    if word in STOP_WORDS or single in index.known or any((single,) in said for said in kinds):
        return True
    meant = canonical([single])
    uses = sum(len(world().by_word.get(each, ())) for each in meant)
    return uses >= MIN_USES or any(each in index.near.by_word for each in meant)


def _joined(words: list[str], index: Index):
    """Yield the question with two halves of a word joined, or a word of two cut in halves."""
    known = set(index.words)
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        if after and word + after[0] in known:
            yield " ".join([*before, word + after[0], *after[1:]])
        for cut in range(2, len(word) - 1):
            if word not in known and {word[:cut], word[cut:]} <= known:
                yield " ".join([*before, word[:cut], word[cut:], *after])
