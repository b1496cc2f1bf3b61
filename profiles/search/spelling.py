"""Better spellings of a question: its unknown words exchanged for words of the guide's names."""

from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from profiles.documents.text import fold
from profiles.search.titles import NEAR
from profiles.search.words import MAX_WORDS, PHRASES, canonical, is_small, stem, tokens

# A word has so many better spellings, a question so many together.
MAX_SPELLINGS, MAX_QUESTIONS = 4, 24
# More words than these are not one slip of the hand.
MAX_UNKNOWN = 3
# From so many letters on one of them may be wrong, and two.
ONE_SLIP, TWO_SLIPS = 3, 8
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
    questions = [*_joined(written, index), *([w for _far, w in way] for way in ways)]
    found = dict.fromkeys(" ".join(words) for words in questions[:MAX_QUESTIONS])
    return [question for question in found if question != " ".join(written)]


def _spellings(word, index):
    """Return (letters apart, word) for what may be meant by ``word``, itself if it is known."""
    if is_known(word, index):
        return [(0, word)]
    if len(word) < ONE_SLIP or any(char.isdigit() for char in word):
        return []
    limit = 1 if len(word) < TWO_SLIPS else 2
    found = process.extract(
        word, index.words.keys(), scorer=OSA.distance, score_cutoff=limit, limit=3 * MAX_SPELLINGS
    )
    if len(word) == ONE_SLIP:
        # Of so few letters two may only have changed places.
        found = [row for row in found if sorted(row[0]) == sorted(word)]
    close = sorted((far, not index.words[o], o[0] != word[0], o) for o, far, _at in found)
    return [(row[0], row[-1]) for row in close[:MAX_SPELLINGS]]


def _joined(words, index):
    """Yield the words with two halves of one joined, or two that stand as one cut apart."""
    known = index.words
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        if after and word + after[0] in known:
            yield [*before, word + after[0], *after[1:]]
        for cut in range(2, len(word) - 1) if word not in known else ():
            if word[:cut] in known and word[cut:] in known:
                yield [*before, word[:cut], word[cut:], *after]


def is_known(word, index):
    """Tell whether a word is the guide's, says something beside a title, or is common in titles."""
    single = stem(word)
    if is_small(word) or word in index.words or any((single,) in p for p in PHRASES.values()):
        return True
    uses = [row for each in canonical([single]) for row in index.titles.having([each])[0]]
    return len(uses) >= MIN_USES or any(row.kind <= NEAR for row in uses)
