"""What somebody typed: the title in it, what else it says, and better spellings of it."""

import re
from itertools import islice, pairwise, product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from profiles.documents.text import fold
from profiles.models import Context, Trait
from profiles.search.titles import NEAR, title
from profiles.search.words import MAX_WORDS, PHRASES, SMALL, WRITTEN, cut, key_words, stem, tokens

THOUSANDS = re.compile(r"(?<=\d)[.,\s](?=\d{3}\b)")
THOUSAND = re.compile(r"(?i)(\d+)\s?(?:mil|k)\b|\bmil\b")
HEADS = re.compile(
    r"(?i)(?<!\d)(?:\b(somos|(?<!de )equipo de)\s+|\d+\s*[ay–-]\s*)?(\d{1,9})\d*+"
    rf"(?:\s+(?:{'|'.join(WRITTEN['count'])})\b|(?(1)|(?!)))"
)
# A question has no more words and letters than a sentence; what comes after them is not read.
MAX_TOKENS, MAX_LETTERS = 40, 200
# A word has so many better spellings, a question so many together, and of so many unknown words.
MAX_SPELLINGS, MAX_QUESTIONS, MAX_UNKNOWN = 4, 24, 3
# A word of so many titles is no misspelling of another.
MIN_USES = 3
# From so many letters on one of them may be wrong, and two.
ONE_SLIP, TWO_SLIPS = 3, 8


class Question:
    """A question as it is understood. ``title`` is what is left of it once the rest is told.

    A title that is known tells no more.
    """

    def __init__(self, text, index):
        self.text = " ".join(text[:MAX_LETTERS].split())
        is_title = index.titles[_title(self.text).words]
        self.title, said = (self.text, []) if is_title else read(self.text, index)
        self.row = _title(self.title)
        self.words, self.stems = self.row.words, self.row.stems
        self.sizes = list(dict.fromkeys(row for row, _level in said if isinstance(row, Context)))
        self.size = next(iter(self.sizes), None)
        self.traits = [(row, level) for row, level in said if isinstance(row, Trait)]
        self.told = {kind for kind, _level in said if isinstance(kind, str)}
        self.is_cut = len(key_words(self.text)) > MAX_WORDS


def _title(text):
    return title(" ".join(key_words(text)[:MAX_WORDS]))


def read(text, index):
    """Return what is left of ``text`` without what it says beside its title, and that."""

    def size_of(heads):
        people, sizes = int(heads[2]) or 1, index.contexts.values()
        fits = (s.name for s in sizes if s.min_employees <= people <= (s.max_employees or people))
        return f" {' '.join(fits)} "

    counted = THOUSAND.sub(lambda found: f"{found[1] or 1}000", THOUSANDS.sub("", text))
    written = tokens(HEADS.sub(size_of, counted))[:MAX_TOKENS]
    # Small words stay where they are, but no phrase has them.
    places = [at for at, word in enumerate(written) if fold(word) not in SMALL]
    kept, said = [], []
    after = iter(places)
    for run, means in cut([stem(fold(written[at])) for at in places], index.phrases):
        own = list(islice(after, len(run)))
        if means and isinstance(means[0], Context) and _ends_a_name(written, kept, own, index):
            kept += own
        elif means and means[0] != "same":
            said.append(means)
        else:
            kept += own
    if any(isinstance(row, Context) for row, _level in said):
        # "Una compañía de más de 900 personas": what stands beside a size is none of the title.
        kept = [at for at in kept if (stem(fold(written[at])),) not in PHRASES["beside"]]
    dropped, span = set(places) - set(kept), range(kept[0], kept[-1] + 1) if kept else ()
    left = " ".join(written[at] for at in span if at not in dropped)
    return left if said else text, said


def _ends_a_name(written, before, own, index):
    """Tell whether words end a role's name: "abogado corporativo" says no size."""
    runs = ([*before[-count:], *own] for count in range(1, len(before) + 1))
    texts = (" ".join(written[at] for at in run) for run in runs)
    return any(index.titles.is_called(title(text).words) for text in texts)


def spellings(text, index):
    """Return what may be meant by ``text``, the likeliest first: question → is a word left out."""
    written = [fold(word) for word in tokens(text)]
    unknown = [w for w in written if (stem(w),) in PHRASES["setting"] or not is_known(w, index)]
    if len(unknown) > MAX_UNKNOWN:
        return {}
    # Two halves of one word may stand apart: "dev ops".
    text, pairs = " ".join(written), [p for p in pairwise(written) if "".join(p) in index.words]
    found = {text.replace(" ".join(pair), "".join(pair)): 0 for pair in pairs}
    each = [_close(word, index) if word in unknown else [(0, word)] for word in written]
    # A word is misspelt, or says nothing of a title: "contador en Rosario".
    ways = sorted(product(*each), key=lambda way: sum(far for far, _word in way))
    for way in ways[:MAX_QUESTIONS]:
        words = [word for _far, word in way]
        kept = [at for at, word in enumerate(words) if word not in ("", *SMALL)]
        span = words[kept[0] : kept[-1] + 1] if kept else ()
        # Twice if it says which: "vendedor de celulares", "abogado penalista", not "en Rosario".
        told = {(a if a in ("", *SMALL) else "de", b) for a, b in pairwise(words)}
        less = ("" in words) + (not told.isdisjoint([("de", ""), ("", "de")]))
        found.setdefault(" ".join(filter(None, span)), less)
    found.pop(text, None)
    return found


def _close(word, index):
    """Return (letters apart, word) for what may be meant by ``word``: two, another or none."""
    if len(word) < ONE_SLIP or not word.isalpha():
        return [(0, word), (len(word), "")]
    known = index.words
    cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    halves = [(0, " ".join(cut)) for cut in cuts if known.issuperset(cut)]
    limits = {"score_cutoff": 1 if len(word) < TWO_SLIPS else 2, "limit": None}
    found = process.extract(word, known, scorer=OSA.distance, **limits)
    if len(word) == ONE_SLIP:
        # Of so few letters two may only have changed places.
        found = [row for row in found if sorted(row[0]) == sorted(word)]
    # Who slips twice did begin right: "maletero" is no "fletero".
    close = sorted((f, w[0] != word[0], w) for w, f, _at in found if f < 2 or w[0] == word[0])
    return [*halves, *((row[0], row[-1]) for row in close[:MAX_SPELLINGS]), (len(word), "")]


def is_known(word, index):
    """Tell whether a word is the guide's, says something beside a title, or is common in titles."""
    said = any((stem(word),) in phrases for phrases in PHRASES.values())
    uses = [index.titles[each] for each in title(word).words]
    is_used = sum(map(len, uses)) >= MIN_USES or any(r.kind <= NEAR for rows in uses for r in rows)
    return said or word in SMALL or word in index.words or is_used
