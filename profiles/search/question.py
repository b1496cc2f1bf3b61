"""What somebody typed: the title in it, and what else it says (size, trait, level, intent)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from profiles.search.titles import world
from profiles.search.words import (
    MAX_WORDS,
    STOP_WORDS,
    canonical,
    find_phrase,
    stem,
    stems,
    tokens,
    vocabulary,
)
from profiles.text import fold

if TYPE_CHECKING:
    from profiles.models import Area, Context, Trait
    from profiles.search.index import Index

THOUSANDS = re.compile(r"(?<=\d)[.\s](?=\d{3}\b)")
# A question has no more words than a sentence; what comes after them is not read.
MAX_TOKENS = 40
DROPPED = ("level", "intent", "interview", "pay")


@dataclass
class Question:
    """A question as it is understood. ``title`` is what is left of it once the rest is told."""

    text: str
    title: str = ""
    size: Context | None = None
    # (trait, level as the address has it or nothing)
    traits: list[tuple[Trait, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    is_cut: bool = False

    @property
    def literal(self) -> list[str]:
        """The stems of the title, as typed."""
        return stems(self.title)[:MAX_WORDS]

    @property
    def words(self) -> list[str]:
        """The canonical words of the title."""
        return canonical(self.literal)


def understand(text: str, index: Index) -> Question:
    """Return what ``text`` asks for: a whole title that is known, or what is left of it."""
    text = " ".join(text.split())
    question = Question(text, title=text, is_cut=len(stems(text)) > MAX_WORDS)
    if _is_title(question, index):
        return question
    bare = _without_the_rest(text, index, ("size", "trait", *DROPPED))
    if bare.size is None:
        sector = _without_the_rest(text, index, ("sector", "size", "trait", *DROPPED))
        if sector.size and index.names.exact(sector.words):
            bare = sector
    bare.is_cut = question.is_cut
    return bare


def _is_title(question: Question, index: Index) -> bool:
    words = question.words
    return any(titles.exact(words) for titles in (index.names, index.near, world()))


def _without_the_rest(text: str, index: Index, kinds: tuple[str, ...]) -> Question:
    """Return the question with the words of ``kinds`` taken out of its title and understood."""
    question = Question(text)
    written = tokens(THOUSANDS.sub("", text))[:MAX_TOKENS]
    # Small words stay where they are, but no phrase has them.
    places = [at for at, word in enumerate(written) if fold(word) not in STOP_WORDS]
    found = [stem(fold(written[at])) for at in places]
    dropped, at = set(), 0
    while at < len(found):
        length = _take(question, index, found, at, kinds)
        dropped.update(places[at : at + length])
        at += length or 1
    kept = [word for at, word in enumerate(written) if at not in dropped]
    while dropped and kept and fold(kept[-1]) in STOP_WORDS:
        kept.pop()
    while dropped and kept and fold(kept[0]) in STOP_WORDS:
        kept.pop(0)
    question.title = " ".join(kept) if dropped else text
    return question


def _take(question: Question, index: Index, found: list[str], at: int, kinds) -> int:
    """Note what the words from ``at`` on say beside the title; return how many they are."""
    if found[at].isdigit() and found[at + 1 : at + 2] and (found[at + 1],) in _phrases("count"):
        question.size = question.size or size_of_head_count(int(found[at][:9]), index)
        return 2
    own = {**_own_phrases(index.contexts, "size"), **_own_phrases(index.traits, "trait")}
    for kind in kinds:
        phrases = {**_phrases(kind), **own.get(kind, {})}
        if length := find_phrase(found, at, phrases):
            _note(question, index, kind, phrases[tuple(found[at : at + length])])
            return length
    return 0


def _note(question: Question, index: Index, kind: str, meant: str) -> None:
    if kind in ("size", "sector"):
        question.size = question.size or index.contexts.get(meant)
    elif kind == "trait":
        code, _colon, level = meant.partition(":")
        question.traits += [(index.traits[code], level)] if code in index.traits else []
    else:
        question.told.add(kind)


def _phrases(kind: str) -> dict[tuple[str, ...], str]:
    return vocabulary().kinds[kind]


def _own_phrases(rows: dict, kind: str) -> dict[str, dict[tuple[str, ...], str]]:
    """Return the names of the guide's own sizes or traits, as phrases of ``kind``."""
    return {kind: {tuple(stems(row.name)): key for key, row in rows.items()}}


def size_of_head_count(people: int, index: Index) -> Context | None:
    """Return the size that a company with so many people has."""
    return next(
        (
            size
            for size in index.contexts.values()
            if size.min_employees <= people <= (size.max_employees or people)
        ),
        None,
    )


def size_named(text: str, index: Index) -> Context | None:
    """Return the size that ``text`` is a name of, whole: "pymes", "multinacional"."""
    question = _without_the_rest(text, index, ("size",))
    return question.size if not question.title else None


def areas_named(question: Question, index: Index) -> list[Area]:
    """Return the areas whose name has all words of the title."""
    words = set(question.literal)
    return [area for area in index.areas.values() if words and words <= set(stems(area.name))]
