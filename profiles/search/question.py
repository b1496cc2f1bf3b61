"""What somebody typed: the title in it, and what else it says (size, trait, level, intent)."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from profiles.documents.text import fold
from profiles.models import Context
from profiles.search.words import MAX_WORDS, WRITTEN, canonical, cut, is_small, stem, stems, tokens

THOUSANDS = re.compile(r"(?<=\d)[.\s](?=\d{3}\b)")
HEADS = re.compile(rf"(\d{{1,9}})\d*\s+(?:{'|'.join(WRITTEN['count'])})\b", re.IGNORECASE)
# A question has no more words than a sentence; what comes after them is not read.
MAX_TOKENS = 40


@dataclass
class Question:
    """A question as it is understood. ``title`` is what is left of it once the rest is told."""

    text: str
    title: str = ""
    size: Context | None = None
    # (trait, level as the address has it or nothing)
    traits: list = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    @cached_property
    def stems(self):
        """The stems of the title, as typed."""
        return stems(self.title)[:MAX_WORDS]

    @cached_property
    def words(self):
        """The canonical words of the title."""
        return canonical(self.stems)

    @property
    def is_cut(self):
        return len(stems(self.text)) > MAX_WORDS


def understand(text, index):
    """Return what ``text`` asks for: a whole title that is known, or what is left of it."""
    text = " ".join(text.split())
    whole = Question(text, text)
    rows, exact = index.titles.having(whole.words)
    if exact or (len(whole.words) > 1 and any(row.is_name for row in rows)):
        return whole
    # "Banco" tells a size only beside a whole name.
    question = read(text, index, but=("same",))
    _rows, exact = index.titles.having(question.words)
    is_name = any(row.is_name for row in exact)
    return question if is_name else read(text, index)


def read(text, index, but=("same", "sector")):
    """Return the question without what it says beside its title, which is understood."""
    question, text = Question(text, text), THOUSANDS.sub("", text)
    if heads := HEADS.search(text):
        people, sizes = int(heads[1]), index.contexts.values()
        fits = (s for s in sizes if s.min_employees <= people <= (s.max_employees or people))
        question.size = next(fits, None)
    written = tokens(HEADS.sub(" ", text))[:MAX_TOKENS]
    # Small words stay where they are, but no phrase has them.
    places = [at for at, word in enumerate(written) if not is_small(fold(word))]
    at, dropped = 0, set()
    for run, said in cut([stem(fold(written[place])) for place in places], index.phrases):
        if said and said[0] not in but:
            _note(question, *said, index)
            dropped.update(places[at : at + len(run)])
        at += len(run)
    if dropped or heads:
        kept = [word for place, word in enumerate(written) if place not in dropped]
        for end in (-1, 0):
            while kept and is_small(fold(kept[end])):
                kept.pop(end)
        question.title = " ".join(kept)
    return question


def _note(question, kind, meant, index):
    """Keep what a phrase of ``kind`` says beside the title."""
    if kind in ("size", "sector"):
        question.size = question.size or index.contexts.get(meant)
    elif kind == "trait":
        code, _colon, level = meant.partition(":")
        question.traits += [(index.traits[code], level)] if code in index.traits else []
    else:
        question.told.add(kind)


def size_named(text, index):
    """Return the size that ``text`` is a name of, whole: "pymes", "multinacional"."""
    question = read(text, index)
    return question.size if not question.title else None


def areas_named(question, index):
    """Return the areas whose name has all words of the title."""
    words = set(question.stems)
    return [area for area in index.areas.values() if words and words <= set(stems(area.name))]
