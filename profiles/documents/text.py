"""Small rules about Spanish text that every layer may use."""

import html
import re
import unicodedata
from functools import lru_cache
from itertools import dropwhile

from django.utils.text import get_text_list

WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+(?:[.,]\d+)*", re.UNICODE)
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
# What shows nothing although its category says letter, mark or symbol: fillers, an empty Braille
# cell, a joiner, the place of a pasted image, selectors of variants (but for the one of emoji).
BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\ufffc"
    "\U0001d159\U000e0100-\U000e01ef]"
)
TAG = re.compile(r"<[^>]*>")
LINE_BREAKS = frozenset("\n\t")
BREAK = re.compile(r"(?<! ) *+[\n\t]+ *")
# Before which beginning a conjunction changes, and into what: "A e Involucramiento".
SAME_SOUND = {"y": (r"h?i(?!e)", "e"), "o": (r"h?o", "u")}


def invisible(text: str) -> str | None:
    """Return the first character of ``text`` that readers cannot see, or None.

    These are control, format, private, surrogate and unassigned characters, line and paragraph
    separators (Unicode categories C*, Zl and Zp), the blanks above, and a mark at the beginning,
    which has no letter to stand on. Spaces, new lines and tabs are none of them.
    """
    first = text.lstrip()[:1]
    if first and unicodedata.category(first).startswith("M"):
        return first
    if text.isprintable() and not BLANKS.search(text):
        return None
    return next((char for char in text if _is_invisible(char)), None)


def visible(text: str, instead: str = "") -> str:
    """Return ``text`` with ``instead`` for each character that readers cannot see."""
    if invisible(text) is None:
        return text
    return "".join(instead if _is_invisible(char) else char for char in text)


def tidy(text: str) -> str:
    """Return pasted ``text`` without what readers cannot see; any line break becomes a new line.

    A letter and its accent are one character, also if they come from a Mac as two.
    """
    text = visible(unicodedata.normalize("NFC", "\n".join(text.splitlines()))).lstrip()
    return "".join(dropwhile(lambda char: unicodedata.category(char).startswith("M"), text))


def one_line(text: str) -> str:
    """Return pasted ``text`` on one line."""
    return BREAK.sub(" ", tidy(text))


def _is_invisible(char: str) -> bool:
    if char.isprintable():
        return BLANKS.match(char) is not None
    return char not in LINE_BREAKS and unicodedata.category(char) != "Zs"


def words(text: str) -> list[str]:
    """Return the words and numbers of ``text`` in order; "e-commerce" counts as one."""
    return WORD.findall(text)


def word_count(text: str) -> int:
    """Return how many words ``text`` has, the way the editorial limits count them."""
    return len(words(text))


def sentences(text: str) -> list[str]:
    """Split prose into sentences, stripped, without empty ones."""
    return [part.strip() for part in SENTENCE_END.split(text) if part.strip()]


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return ``text`` without accents or case ("ANALISTA DE DATÓS" → "analista de datos")."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def plain(markup: str) -> str:
    """Return the text of rendered Markdown in one line."""
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


def join_words(items: list[str], conjunction: str = "y") -> str:
    """Join in Spanish: "a", "a y b", "a, b y c"; "e" before an i sound, "u" before an o sound."""
    sound, instead = SAME_SOUND[conjunction]
    is_like = items and re.match(sound, fold(items[-1]))
    return get_text_list(items, instead if is_like else conjunction)


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    """Return the set of ``size``-word runs of ``text``, folded, for similarity."""
    tokens = [fold(word) for word in words(text)]
    return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}


def similarity(left: set, right: set) -> float:
    """Return the Jaccard similarity of two sets: 0.0 (nothing shared) to 1.0 (the same)."""
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def decimal_comma(number: object) -> str:
    """Return a number as people read it in Spanish: 0.4 → "0,4"."""
    return str(number).replace(".", ",")
