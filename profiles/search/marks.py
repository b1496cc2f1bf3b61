"""The words asked for, cut out of a text so that a template can mark them. Pure."""

from typing import NamedTuple

from profiles.documents.text import fold
from profiles.search.words import MAX_WORDS, TOKEN, key_words, normal, stem

# The fewest letters that the beginning of a word may have.
MIN_PREFIX = 3


class Piece(NamedTuple):
    """A stretch of text and whether it was asked for."""

    text: str
    hit: bool


def _hits(text, question):
    """Yield the words of ``text`` that were asked for; the last one asked may be unfinished."""
    words = key_words(question)[:MAX_WORDS]
    known = {stem(word) for word in words}
    begun = words[-1] if words and len(words[-1]) >= MIN_PREFIX else None
    for match in TOKEN.finditer(text) if words else ():
        word = fold(match[0])
        if stem(word) in known or (begun and word.startswith(begun)):
            yield match


def highlight(text, question):
    """Cut ``text`` into pieces."""
    text, pieces, end = normal(text), [], 0
    for match in _hits(text, question):
        pieces += [Piece(text[end : match.start()], False), Piece(match[0], True)]
        end = match.end()
    return [piece for piece in [*pieces, Piece(text[end:], False)] if piece.text]


def excerpt(text, question, before=60, after=140):
    """Return the surroundings of the first word asked for, in whole words, or nothing."""
    text = " ".join(normal(text).split())
    first = next(_hits(text, question), None)
    if first is None:
        return []
    start, end = max(0, first.start() - before), min(len(text), first.end() + after)
    # A word without end beside it is cut, so that the word asked for stays.
    if start:
        start = text.find(" ", start, first.start()) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", first.end(), end), 0) or end
    opening, closing = "…" if start else "", "…" if end < len(text) else ""
    return highlight(f"{opening}{text[start:end]}{closing}", question)
