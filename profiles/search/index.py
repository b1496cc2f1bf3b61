"""What is public, in memory: titles, texts and vocabulary, once per version of the content."""

import html
import re
import threading
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import F

from profiles.desk.content_version import current_version
from profiles.documents.text import fold
from profiles.guide.traits import level as frozen_level
from profiles.models import Area, Context, Edition, Trait
from profiles.search.titles import ALIAS, NAME, NEAR, Titles, misspelt, title, under_all, world
from profiles.search.words import PHRASES, SMALL, WRITTEN, key_words, stem, stems, tokens

CHUNK = 2_000
# More new editions than these are read with all others, not one by one.
FEW = 500
TAG = re.compile(r"<[^>]*>")
SHOWN = ("pk", "digest", "role_id", "context_id", "role_slug", "role_name", "area_id", "ranges")
level = lru_cache(maxsize=2_000)(frozen_level)


class Profile(NamedTuple):
    """A public profile: its edition and the level of each trait."""

    edition_id: int
    levels: dict


@dataclass(eq=False)
class Role:
    """A role with a public base profile; ``profiles`` by the id of their context."""

    slug: str
    name: str
    area_id: int
    code: str
    profiles: dict[int | None, Profile] = field(default_factory=dict)

    @cached_property
    def order(self):
        return fold(self.name), self.slug


class Index:
    """All that questions are answered from. ``before`` is the one of the version before."""

    def __init__(self, before=None):
        self.areas = {area.slug: area for area in Area.objects.only("slug", "name", "order")}
        self.contexts = {row.slug: row for row in Context.objects.defer("body", "body_html")}
        self.traits = {trait.code: trait for trait in Trait.objects.for_row()}
        roles, titles, digests, self.editions = {}, [], {}, {}
        first = F("context_id").asc(nulls_first=True)
        rows = Edition.objects.published().order_by(first, "role_id").values_list(*SHOWN, "facts")
        for pk, digest, role_id, place, slug, name, area_id, ranges, facts in rows.iterator(CHUNK):
            digests[pk] = digest
            if place is None:
                code = (facts.get("codes") or {}).get("ciuo08") or {}
                role = roles[role_id] = Role(slug, name, area_id, code.get("code", ""))
                titles += _titles(role, facts)
            if role_id in roles:
                levels = {code: level(*ends) for code, ends in ranges.items()}
                roles[role_id].profiles[place] = Profile(pk, levels)
                self.editions[pk] = roles[role_id], place
        self.roles = sorted(roles.values(), key=lambda role: role.order)
        own = {row.words: row.target for row in titles if row.kind == NAME}
        # What is another role's own name is no alias.
        titles = [r for r in titles if r.kind != ALIAS or own.get(r.words, r.target) is r.target]
        self.titles = Titles([*titles, *world()])
        self.texts = (before.texts if before else Texts()).follow(digests)

    @cached_property
    def phrases(self):
        """What a question says beside a title: stems → (kind, meaning).

        Some words of the same meaning are here to be kept: "liquidación de sueldos" asks no pay.
        """
        kinds = ("same", "level", "intent", "interview", "pay", "size", "trait")
        found = {p: (kind, means) for kind in kinds for p, means in PHRASES[kind].items()}
        for kind, rows in (("size", self.contexts), ("trait", self.traits)):
            found |= {tuple(stems(row.name)): (kind, key) for key, row in rows.items()}
        return found

    @cached_property
    def words(self):
        """What may be meant: word → whether a name has it, else an area, a size or a trait."""
        rows = [*self.areas.values(), *self.contexts.values(), *self.traits.values()]
        texts = [*(row.name for row in rows), *WRITTEN["size"], *WRITTEN["trait"]]
        names = (row.text for row in self.titles.rows if row.kind <= ALIAS)
        words = dict.fromkeys(word for text in texts for word in key_words(text))
        return dict.fromkeys(words, False) | {w: True for text in names for w in key_words(text)}


def _titles(role, facts):
    """Return the names and near titles of ``role``; a misspelt name is none."""
    names = [role.name, *facts.get("aliases", ())]
    wrong = misspelt(names)
    found = [title(role.name, NAME, role)]
    found += [title(name, ALIAS, role) for name in names[1:] if name not in wrong]
    near = ((row["title"], row.get("difference", "")) for row in facts.get("near", ()))
    return found + [title(text, NEAR, role, difference) for text, difference in near]


def plain(markup):
    """Return the text of rendered Markdown in one line."""
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


@lru_cache(maxsize=200_000)
def _stem(token):
    """Return the stem of a word as written, "" of a small one."""
    word = fold(token)
    return "" if word in SMALL else stem(word)


class Texts:
    """Which editions have a word in their text. An edition is frozen, so it is read once."""

    def __init__(self):
        self.digests, self.by_word = {}, defaultdict(lambda: array("Q"))

    def follow(self, digests):
        """Return texts that have these editions; past ones stay until they are a fifth of all."""
        changed = any(digests.get(pk, known) != known for pk, known in self.digests.items())
        if changed or len(self.digests) > 1.25 * len(digests) + FEW:
            return Texts().follow(digests)
        fresh = digests.keys() - self.digests.keys()
        rows = Edition.objects.filter(**({"pk__in": fresh} if len(fresh) < FEW else {}))
        rows = rows.order_by("pk").values_list("pk", "summary", "teaser", "body_html")
        for pk, *texts in rows.iterator(CHUNK) if fresh else ():
            if pk in fresh:
                for word in set(map(_stem, set(tokens(plain(" ".join(texts)))))) - {""}:
                    self.by_word[word].append(pk)
        self.digests |= digests
        return self

    def having(self, words):
        """Return the editions that have all of ``words``, public or not."""
        return under_all(self.by_word, words)


_lock = threading.Lock()
# Version of the content → its index: the last one alone.
kept = {}


def current_index():
    """Return the index of what is public now; whoever comes first after a change builds it."""
    version = current_version()
    with _lock:
        if version not in kept:
            index = Index(next(iter(kept.values()), None))
            kept.clear()
            kept[version] = index
        return kept[version]
