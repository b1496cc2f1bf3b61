"""Better spellings of a question: its unknown words exchanged for words of the guide's names."""

from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from profiles.documents.text import fold
from profiles.search.titles import NEAR
from profiles.search.words import MAX_WORDS, PHRASES, canonical, is_small, stem, tokens

# A word has so many better spellings, a question so many together.
MAX_SPELLINGS = 4
MAX_QUESTIONS = 24
# More words than these are not one slip of the hand.
MAX_UNKNOWN = 3
MIN_SPELT = 3
# From so many letters on two of them may be wrong.
MIN_TWO_SLIPS = 6
# A word of so many titles is no misspelling of another.
MIN_USES = 3


def spellings(text, index):
    """Return what may be meant by ``text``, the likeliest first."""
    written = [fold(word) for word in tokens(text)]
    unknown = [word for word in written if not is_known(word, index)]
    if len(written) > 2 * MAX_WORDS or len(unknown) > MAX_UNKNOWN:
        return []
    each = [_spellings(word, index) for word in written]
    ways = sorted(product(*each), key=lambda way: sum(far for far, _word in way))
    questions = [" ".join(word for _far, word in way) for way in ways[:MAX_QUESTIONS]]
    found = dict.fromkeys([*_joined(written, index), *questions])
    return [question for question in found if question != " ".join(written)]


def _spellings(word, index):
    """Return (letters apart, word) for what may be meant by ``word``, itself if it is known."""
    if is_known(word, index):
        return [(0, word)]
    if len(word) < MIN_SPELT or any(char.isdigit() for char in word):
        return []
    limit = 1 if len(word) < MIN_TWO_SLIPS else 2
    close = process.extract(
        word, index.words.keys(), scorer=OSA.distance, score_cutoff=limit, limit=3 * MAX_SPELLINGS
    )
    found = sorted((far, not index.words[o], o[0] != word[0], o) for o, far, _at in close)
    if len(word) == MIN_SPELT:
        found = [item for item in found if sorted(item[-1]) == sorted(word)]
    return [(item[0], item[-1]) for item in found[:MAX_SPELLINGS]]


def _joined(words, index):
    """Yield the question with two halves of a word joined, or a word of two cut in halves."""
    known = index.words
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        if after and word + after[0] in known:
            yield " ".join([*before, word + after[0], *after[1:]])
        for cut in range(2, len(word) - 1) if word not in known else ():
            if word[:cut] in known and word[cut:] in known:
                yield " ".join([*before, word[:cut], word[cut:], *after])


def is_known(word, index):
    """Tell whether a word is the guide's, says something beside a title, or is common in titles."""
    single, titles = stem(word), index.titles
    if is_small(word) or single in index.known or any((single,) in p for p in PHRASES.values()):
        return True
    uses = [number for each in canonical([single]) for number in titles.by_word.get(each, ())]
    return len(uses) >= MIN_USES or any(titles.rows[number].kind == NEAR for number in uses)
