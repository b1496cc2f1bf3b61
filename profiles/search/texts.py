"""Which editions have a word in their text. An edition is frozen, so it is read once."""

from __future__ import annotations

import html
from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.html import strip_tags

from profiles.models import Edition
from profiles.search.words import key_words, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

CHUNK = 2_000
# More new editions than these are read with all others, not one by one.
FEW = 500
COLUMNS = ("pk", "summary", "teaser", "body_html")


def plain(markup: str) -> str:
    """Return the text of rendered Markdown."""
    return html.unescape(strip_tags(markup)) if "<" in markup else markup


class Texts:
    """The words of editions. What is public no more stays until it is a fifth of all."""

    def __init__(self):
        self.digests: dict[int, str] = {}
        self.by_word: defaultdict[str, array] = defaultdict(lambda: array("Q"))

    def follow(self, digests: dict[int, str]) -> Texts:
        """Return texts that have these editions; a key's digest is what was frozen."""
        changed = any(digests.get(pk, known) != known for pk, known in self.digests.items())
        if changed or len(self.digests) > 1.25 * len(digests) + FEW:
            return Texts().follow(digests)
        fresh = digests.keys() - self.digests.keys()
        if fresh:
            few = {"pk__in": fresh} if len(fresh) < FEW else {}
            rows = Edition.objects.filter(**few).order_by("pk").values_list(*COLUMNS)
            for pk, *texts in rows.iterator(CHUNK):
                if pk in fresh:
                    self._add(pk, texts)
            self.digests |= digests
        return self

    def _add(self, pk: int, texts: Iterable[str]) -> None:
        for word in {stem(word) for text in texts for word in key_words(plain(text))}:
            self.by_word[word].append(pk)

    def having(self, words: Iterable[str]) -> set[int]:
        """Return the editions that have all of ``words``, public or not."""
        found = sorted((self.by_word.get(word, ()) for word in words), key=len)
        return set(found[0]).intersection(*found[1:]) if found else set()
