"""What is public, in memory: titles, texts and vocabulary, once per version of the content."""

import gc
import threading
from collections import defaultdict
from contextlib import suppress
from functools import cached_property
from itertools import product
from typing import NamedTuple

from django.db import Error, connections

from profiles.desk.content_version import current_version
from profiles.documents.choices import Level, TraitCode
from profiles.documents.text import fold, plain
from profiles.guide.traits import level
from profiles.models import Area, Context, Edition, Trait
from profiles.models import Role as StoredRole
from profiles.search.titles import ALIAS, NAME, NEAR, misspelt, title, world
from profiles.search.words import PHRASES, WRITTEN, key_words, stems

READ = ("pk", "role_id", "context_id", "role_slug", "role_name", "area_id", "facts")
READ += ("summary", "teaser", "body_html", *(f"middle_{code.lower()}" for code in TraitCode))


class Profile(NamedTuple):
    """A public profile: its edition, the level of each trait, its stems, each between blanks."""

    edition_id: int
    levels: dict
    text: str


class Role:
    """A role with a public base profile; ``profiles`` by the id of their context."""

    def __init__(self, pk, slug, name, area_id, facts, profiles):
        """Read the names and near titles; a misspelt name is none."""
        self.pk, self.slug, self.name, self.order = pk, slug, name, (fold(name), slug)
        self.area_id, self.profiles = area_id, profiles
        self.code = ((facts.get("codes") or {}).get("ciuo08") or {}).get("code", "")
        names = name, *facts.get("aliases", ())
        wrong = misspelt(names)
        found = [(name, NAME, self), *((n, ALIAS, self) for n in names[1:] if n not in wrong)]
        found += ((n["title"], NEAR, self, n.get("difference", "")) for n in facts.get("near", ()))
        places = ((row[1], self.order, at) for at, row in enumerate(found))
        self.titles = [title(*row, place=at) for row, at in zip(found, places, strict=True)]
        self.words = {word for row in self.titles for word in key_words(row.text)}


class Index:
    """All that questions are answered from; what has not moved since ``before`` is not read."""

    public, live, roles, in_texts = frozenset(), frozenset(), (), frozenset()

    def __init__(self, before=None):
        self.areas = {area.slug: area for area in Area.objects.only("slug", "name", "order")}
        self.contexts = {row.slug: row for row in Context.objects.defer("body", "body_html")}
        self.traits = {trait.code: trait for trait in Trait.objects.for_row()}
        before, titles = (before, before.titles) if before else (Index, world())
        public = Edition.objects.published().order_by()
        self.public = frozenset(public.values_list("pk", flat=True))
        # What an edition shows of its role follows the role's own row; at first all are new.
        self.live = set(StoredRole.objects.order_by().values_list("pk", "slug", "name", "area_id"))
        ids = {pk for pk, *_rest in self.live ^ before.live}
        moved = Edition.objects.filter(pk__in=self.public ^ before.public if before.live else ())
        ids.update(moved.values_list("role", flat=True))
        gone, come = [role for role in before.roles if role.pk in ids], list(_roles(ids))
        kept = (role for role in before.roles if role.pk not in ids)
        self.roles = sorted([*kept, *come], key=lambda role: role.order)
        old, new = ([row for role in roles for row in role.titles] for roles in (gone, come))
        self.titles = titles.changed(old, new)
        # A word that no text has any more may stay: then the texts are looked through.
        texts = (profile.text.split() for role in come for profile in role.profiles.values())
        self.in_texts = before.in_texts.union(*texts)

    def mentioning(self, words, *places):
        """Return pairs of a role, by name, and the first place whose texts have all ``words``."""
        # The longest is the rarest, more often than not.
        wanted = sorted((f" {word} " for word in words), key=len, reverse=True)
        for place in places if words and self.in_texts.issuperset(words) else ():
            there = ((r, r.profiles[place].text) for r in self.roles if place in r.profiles)
            if found := [(r, place) for r, text in there if all(w in text for w in wanted)]:
                return found
        return []

    @cached_property
    def beside(self):
        """Sizes and traits as they are called: phrase → (size or trait, level or nothing)."""
        rows = self.contexts | self.traits
        means = WRITTEN["size"] | WRITTEN["trait"] | {row.name: key for key, row in rows.items()}
        for (key, row), word in product(self.traits.items(), Level.labels):
            means |= dict.fromkeys((f"{row.name} {word}", f"{word} {row.name}"), f"{key}:{word}")
        parts = ((phrase, *meant.partition(":")[::2]) for phrase, meant in means.items())
        return {phrase: (rows[key], level) for phrase, key, level in parts if key in rows}

    @cached_property
    def phrases(self):
        """What a question says beside a title: stems → its kind, or a size or a trait and level."""
        # Words of the same meaning are here to be kept: "liquidación de sueldos" asks no pay.
        kinds = ("same", "level", "intent", "interview", "pay")
        found = {phrase: (kind, "") for kind in kinds for phrase in PHRASES[kind]}
        return found | {tuple(stems(phrase)): meant for phrase, meant in self.beside.items()}

    @cached_property
    def words(self):
        """The words that may be meant: of titles, areas, sizes and traits."""
        texts = [*(area.name for area in self.areas.values()), *self.beside]
        return set().union(*map(key_words, texts), *(role.words for role in self.roles))


def _roles(ids):
    """Read the roles, of those with these ids, that have a public base profile."""
    facts, profiles = {}, defaultdict(dict)
    rows = Edition.objects.published().filter(role__in=ids).order_by()
    for pk, role_id, place, *row in rows.values_list(*READ).iterator():
        if place is None:
            facts[role_id] = row[:4]
        # The columns are the sums of both ends in tenths.
        middles = zip(TraitCode, row[7:], strict=True)
        levels = {code: level(sum_ / 20, sum_ / 20) for code, sum_ in middles}
        text = f" {' '.join(stems(plain(' '.join(row[4:7]))))} "
        profiles[role_id][place] = Profile(pk, levels, text)
    return (Role(role_id, *row, profiles[role_id]) for role_id, row in facts.items())


_lock = threading.Lock()
# Version of the content → its index: the last one alone.
kept = {}


def current_index():
    """Return the index of what is public now; whoever comes first after a change builds it."""
    version = current_version()
    with _lock:
        if version not in kept:
            # After a restored copy, whose number is smaller, keys stand for other editions.
            older = [index for at, index in kept.items() if (at[0] or 0) <= (version[0] or 0)]
            index = Index(*older)
            kept.clear()
            kept[version] = index
        return kept[version]


def prepare():
    """Build the index in the process that a server's workers are forked from: they share it."""
    world()
    # A database that is away is asked by the first question.
    with suppress(Error):
        current_index()
    connections.close_all()
    # Of what stays as long as the process lives nothing is looked through for what may go.
    gc.collect()
    gc.freeze()
