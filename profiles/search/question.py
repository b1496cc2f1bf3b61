"""What somebody typed: the title in it, and what else it says (size, trait, level, intent)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from profiles.documents.text import fold
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

if TYPE_CHECKING:
    from profiles.models import Area, Context, Trait
    from profiles.search.index import Index

THOUSANDS = re.compile(r"(?<=\d)[.\s](?=\d{3}\b)")
# A question has no more words than a sentence; what comes after them is not read.
MAX_TOKENS = 40


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

    def note(self, kind: str, meant: str, index: Index) -> None:
        """Keep what a phrase of ``kind`` says beside the title."""
        if kind in ("size", "sector"):
            self.size = self.size or index.contexts.get(meant)
        elif kind == "trait":
            code, _colon, level = meant.partition(":")
            self.traits += [(index.traits[code], level)] if code in index.traits else []
        else:
            self.told.add(kind)


def understand(text: str, index: Index) -> Question:
    """Return what ``text`` asks for: a whole title that is known, or what is left of it."""
    text = " ".join(text.split())
    whole = Question(text, title=text, is_cut=len(stems(text)) > MAX_WORDS)
    if any(titles.exact(whole.words) for titles in (index.names, index.near, world())):
        return whole
    bare = _without_the_rest(text, index, index.phrases)
    if bare.size is None:
        sector = _without_the_rest(text, index, {**index.phrases, **index.sectors})
        bare = sector if sector.size and index.names.exact(sector.words) else bare
    bare.is_cut = whole.is_cut
    return bare


def _without_the_rest(text: str, index: Index, phrases: dict) -> Question:
    """Return the question with ``phrases`` taken out of its title and understood."""
    question = Question(text)
    written = tokens(THOUSANDS.sub("", text))[:MAX_TOKENS]
    # Small words stay where they are, but no phrase has them.
    places = [at for at, word in enumerate(written) if fold(word) not in STOP_WORDS]
    found = [stem(fold(written[at])) for at in places]
    dropped, at = set(), 0
    while at < len(found):
        length = find_phrase(found, at, phrases)
        if length:
            question.note(*phrases[tuple(found[at : at + length])], index)
        elif found[at].isdigit() and tuple(found[at + 1 : at + 2]) in vocabulary().kinds["count"]:
            length = 2
            question.size = question.size or size_of_head_count(int(found[at][:9]), index)
        dropped.update(places[at : at + length])
        at += length or 1
    kept = [word for at, word in enumerate(written) if at not in dropped]
    for end in (-1, 0):
        while dropped and kept and fold(kept[end]) in STOP_WORDS:
            kept.pop(end)
    question.title = " ".join(kept) if dropped else text
    return question


def size_of_head_count(people: int, index: Index) -> Context | None:
    """Return the size that a company with so many people has."""
    sizes = index.contexts.values()
    fits = (s for s in sizes if s.min_employees <= people <= (s.max_employees or people))
    return next(fits, None)


def size_named(text: str, index: Index) -> Context | None:
    """Return the size that ``text`` is a name of, whole: "pymes", "multinacional"."""
    question = _without_the_rest(text, index, index.phrases)
    return question.size if not question.title else None


def areas_named(question: Question, index: Index) -> list[Area]:
    """Return the areas whose name has all words of the title."""
    words = set(question.literal)
    return [area for area in index.areas.values() if words and words <= set(stems(area.name))]
