"""What people type → the words that count. Pure; ``data/words.csv`` says what search knows."""

import csv
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from profiles.documents.text import fold, visible

MAX_WORDS = 8
MAX_WORD_LENGTH = 40
MAX_PHRASE = 4
# The fewest letters that the beginning of a word may have.
MIN_PREFIX = 3
TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
COMBINING = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
# "s.r.e.", "C&B", "FP&A": letters that are read one by one are one word.
SPELT = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?|\b\w{1,2}&\w{1,2}\b")


def rows_of(name):
    """Return the rows of a file of the folder ``data``."""
    return csv.DictReader((Path(__file__).parent / "data" / name).read_text("utf-8").splitlines())


# Kind → phrase as written → what it means.
WRITTEN = defaultdict(dict)
for row in rows_of("words.csv"):
    WRITTEN[row["kind"]] |= dict.fromkeys(row["words"].split(";"), row["means"])
SMALL = WRITTEN["small"]


def normal(text):
    """Return ``text`` composed, without invisible characters or marks that stand alone."""
    return COMBINING.sub("", unicodedata.normalize("NFC", visible(text)))


def tokens(text):
    """Return the words of ``text`` as written; "full-stack" counts as two, "s.r.e." as one."""
    joined = SPELT.sub(lambda match: re.sub(r"[.&]", "", match[0]), normal(text))
    return [token[:MAX_WORD_LENGTH] for token in TOKEN.findall(joined)]


@lru_cache(maxsize=20_000)
def stem(word):
    """Return a folded word without its plural and gender ending ("vendedoras" → "vendedor")."""
    if word in WRITTEN["keep"]:
        return word
    bare = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    if bare != word and bare.endswith("ce"):
        return f"{bare[:-2]}z"
    return bare[:-1] if len(bare) > 3 and bare[-1] in "aeox" else bare


@lru_cache(maxsize=1_000)
def key_words(text):
    """Return the folded words of ``text`` that count; small words count if there are no others."""
    folded = [word for token in dict.fromkeys(tokens(text)) if (word := fold(token))]
    return [word for word in folded if word not in SMALL] or folded


def stems(text):
    """Return the stems of the words of ``text`` that count, each once, in order."""
    return list(dict.fromkeys(map(stem, key_words(text))))


# Kind → stems of a phrase → what it means.
PHRASES = {
    kind: {tuple(stems(phrase)): means for phrase, means in phrases.items()}
    for kind, phrases in WRITTEN.items()
}
SAME = {phrase: stems(means) for phrase, means in PHRASES["same"].items()}
RANKS, TRADES, WEAK, ENGLISH = (
    {phrase[0] for phrase in PHRASES[kind]} for kind in ("rank", "trade", "weak", "english")
)
PEOPLE = RANKS | TRADES


def cut(words, phrases):
    """Yield (words, meaning) from left to right: the longest of ``phrases``, or a word and None."""
    at = 0
    while at < len(words):
        longest = min(MAX_PHRASE, len(words) - at)
        runs = (tuple(words[at : at + length]) for length in range(longest, 0, -1))
        found = next((run for run in runs if run in phrases), tuple(words[at : at + 1]))
        yield found, phrases.get(found)
        at += len(found)


def canonical(words):
    """Return stems with words of the same meaning exchanged for one: "engineer" → "ingenier"."""
    meant = [word for run, same in cut(words, SAME) for word in same or run]
    return list(dict.fromkeys(meant))
