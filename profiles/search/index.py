"""What is public, in memory: titles, texts and vocabulary, once per version of the content."""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import F

from profiles.desk.content_version import current_version
from profiles.documents.choices import TraitCode
from profiles.documents.text import fold, plain
from profiles.guide.traits import level
from profiles.models import Area, Context, Edition, Trait
from profiles.search.titles import ALIAS, NAME, NEAR, Titles, misspelt, title, world
from profiles.search.words import PHRASES, WRITTEN, key_words, stems

CHUNK = 2_000
MIDDLES = [f"middle_{code.lower()}" for code in TraitCode]
SHOWN = ("pk", "digest", "role_id", "context_id", "facts", "role_slug", "role_name", "area_id")


class Profile(NamedTuple):
    """A public profile: its edition and the level of each trait."""

    edition_id: int
    levels: dict


@dataclass(eq=False)
class Role:
    """A role with a public base profile; ``profiles`` by the id of their context."""

    code: str
    slug: str
    name: str
    area_id: int
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
        roles, titles, self.editions = {}, [], {}
        base_first = F("context_id").asc(nulls_first=True), "role_id"
        rows = Edition.objects.published().order_by(*base_first).values_list(*SHOWN, *MIDDLES)
        for pk, digest, role_id, place, facts, *row in rows.iterator(CHUNK):
            if place is None:
                code = (facts.get("codes") or {}).get("ciuo08") or {}
                role = roles[role_id] = Role(code.get("code", ""), *row[:3])
                titles += _titles(role, facts)
            if role_id in roles:
                # The columns are the sums of both ends in tenths.
                middles = zip(TraitCode, row[3:], strict=True)
                levels = {code: level(sum_ / 20, sum_ / 20) for code, sum_ in middles}
                roles[role_id].profiles[place] = Profile(pk, levels)
                self.editions[pk, digest] = roles[role_id], place
        self.roles = sorted(roles.values(), key=lambda role: role.order)
        own = {row.words: row.target for row in titles if row.kind == NAME}
        # What is another role's own name is no alias.
        titles = [r for r in titles if r.kind != ALIAS or own.get(r.words, r.target) is r.target]
        self.titles = Titles([*titles, *world()])
        self.texts = _texts(self.editions, before.texts if before else {})
        self.in_texts = set().union(*map(str.split, self.texts.values()))

    def mentioning(self, words):
        """Yield (role, context id) of the profiles that have all of ``words`` in their text."""
        # The longest is the rarest, more often than not.
        marked = sorted((f" {word} " for word in words), key=len, reverse=True)
        is_possible = words and self.in_texts.issuperset(words)
        for key, text in self.texts.items() if is_possible else ():
            if all(map(text.__contains__, marked)):
                yield self.editions[key]

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
    names = role.name, *facts.get("aliases", ())
    wrong = misspelt(names)
    found = [title(role.name, NAME, role)]
    found += [title(name, ALIAS, role) for name in names[1:] if name not in wrong]
    near = ((row["title"], row.get("difference", "")) for row in facts.get("near", ()))
    return found + [title(text, NEAR, role, difference) for text, difference in near]


def _texts(editions, before):
    """Return (key, digest) → the stems of an edition's text, each between blanks.

    An edition is frozen, so what the version ``before`` has of it is not read again.
    """
    texts = {key: before[key] for key in editions if key in before}
    rows = Edition.objects.published()
    if before:
        rows = rows.filter(pk__in=[pk for pk, digest in editions if (pk, digest) not in texts])
    rows = rows.order_by().values_list("pk", "digest", "summary", "teaser", "body_html")
    for *key, summary, teaser, body in rows.iterator(CHUNK):
        if tuple(key) in editions:
            texts[tuple(key)] = f" {' '.join(stems(plain(f'{summary} {teaser} {body}')))} "
    return texts


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
