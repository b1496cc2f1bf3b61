"""What is public, in memory: names, texts and vocabulary, once per version of the content."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from profiles.desk.content_version import current_version
from profiles.documents.choices import TraitCode
from profiles.documents.text import fold
from profiles.guide.traits import frozen_level
from profiles.models import Area, Context, Edition, Trait
from profiles.search.texts import CHUNK, Texts
from profiles.search.titles import ALIAS, NAME, NEAR, Title, Titles, misspelt, title
from profiles.search.words import key_words, stems, vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

COLUMNS = (
    *("pk", "digest", "role_id", "context_id", "role_slug", "role_name", "area_id", "ranges"),
    "facts",
)
level = lru_cache(maxsize=2_000)(frozen_level)


class Profile(NamedTuple):
    """A public profile: its edition and the level of each trait."""

    edition_id: int
    levels: dict[str, str]


@dataclass
class Role:
    """A role with a public base profile; ``profiles`` by the id of their context."""

    id: int
    slug: str
    name: str
    area_id: int
    code: str = ""
    names: list[Title] = field(default_factory=list)
    near: list[Title] = field(default_factory=list)
    profiles: dict[int | None, Profile] = field(default_factory=dict)

    @cached_property
    def order(self) -> tuple[str, str]:
        return fold(self.name), self.slug

    def read_facts(self, facts: dict) -> None:
        """Take the role's names, near titles and code from its base edition's facts.

        A misspelt name is none: search corrects questions by itself.
        """
        code = (facts.get("codes") or {}).get("ciuo08") or {}
        self.code = code.get("code", "")
        self.names = [title(self.name, self.id, NAME)]
        names = [self.name, *facts.get("aliases", ())]
        good = (name for name in names[1:] if not misspelt(name, names))
        self.names += [title(name, self.id, ALIAS) for name in good]
        self.near = [
            title(near["title"], self.id, NEAR, near.get("difference", ""))
            for near in facts.get("near", ())
        ]


class Index:
    """All that questions are answered from. ``before`` is the one of the version before."""

    def __init__(self, before: Index | None = None):
        self.areas = {area.slug: area for area in Area.objects.only("slug", "name", "order")}
        self.contexts = {row.slug: row for row in Context.objects.defer("body", "body_html")}
        self.traits = {trait.code: trait for trait in Trait.objects.for_row()}
        self.roles: dict[int, Role] = {}
        digests = self._read_roles(before.roles if before else {})
        self.texts = (before.texts if before else Texts()).follow(digests)
        self.names = Titles(_not_taken(self.roles.values()))
        self.near = Titles(row for role in self.roles.values() for row in role.near)

    def _read_roles(self, known: dict[int, Role]) -> dict[int, str]:
        """Read the public roles; return the digests of the editions that show them."""
        digests, contexts = {}, []
        rows = Edition.objects.published().order_by("role_id", "pk").values_list(*COLUMNS)
        for pk, digest, role_id, place, slug, name, area_id, ranges, facts in rows.iterator(CHUNK):
            digests[pk] = digest
            profile = Profile(pk, {code: level(*ranges[code]) for code in TraitCode.values})
            if place is not None:
                contexts.append((role_id, place, profile))
                continue
            role = self.roles[role_id] = Role(
                role_id, slug, name, area_id, profiles={None: profile}
            )
            old = known.get(role_id)
            if old and old.name == name and old.profiles[None].edition_id == pk:
                role.code, role.names, role.near = old.code, old.names, old.near
            else:
                role.read_facts(facts)
        for role_id, place, profile in contexts:
            if role_id in self.roles:
                self.roles[role_id].profiles[place] = profile
        return digests

    @cached_property
    def editions(self) -> dict[int, tuple[Role, int | None]]:
        """Edition → its role and the id of its context."""
        return {
            profile.edition_id: (role, place)
            for role in self.roles.values()
            for place, profile in role.profiles.items()
        }

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """What a question says beside a title: stems → (kind, meaning)."""
        found = _phrases("level", "intent", "interview", "pay", "size", "trait")
        for kind, rows in (("size", self.contexts), ("trait", self.traits)):
            found |= {tuple(stems(row.name)): (kind, key) for key, row in rows.items()}
        return found

    @cached_property
    def sectors(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """Phrases that tell a size only beside a whole name: "banco"."""
        return _phrases("sector")

    @cached_property
    def words(self) -> list[str]:
        """The words of names, areas, sizes and traits, folded and sorted: what may be meant."""
        texts = []
        for rows in (self.areas, self.contexts, self.traits):
            texts += [row.name for row in rows.values()]
        texts += [text for kind in ("size", "trait") for text in vocabulary().written[kind]]
        return sorted({*self.names.written, *(word for text in texts for word in key_words(text))})

    @cached_property
    def known(self) -> set[str]:
        """The stems of ``words``."""
        return {stem for word in self.words for stem in stems(word)}

    @cached_property
    def by_code(self) -> dict[str, list[Role]]:
        """Code of CIUO-08, also its beginnings of two and three digits → roles by name."""
        found = defaultdict(list)
        for role in sorted(self.roles.values(), key=lambda role: role.order):
            for length in (2, 3, 4) if len(role.code) == 4 else ():
                found[role.code[:length]].append(role)
        return found


def _phrases(*kinds: str) -> dict[tuple[str, ...], tuple[str, str]]:
    known = vocabulary().kinds
    return {phrase: (kind, meant) for kind in kinds for phrase, meant in known[kind].items()}


def _not_taken(roles: Collection[Role]) -> Iterator[Title]:
    """Yield the names of ``roles`` but for those that are another role's own name."""
    own = {frozenset(role.names[0].words): role.id for role in roles}
    for role in roles:
        for row in role.names:
            if row.kind == NAME or own.get(frozenset(row.words), role.id) == role.id:
                yield row


_lock = threading.Lock()
_kept: tuple[object, Index | None] = (None, None)


def current_index() -> Index:
    """Return the index of what is public now; whoever comes first after a change builds it."""
    global _kept
    version = current_version()
    with _lock:
        if _kept[0] != version:
            _kept = (version, Index(_kept[1]))
        return _kept[1]


def forget_index() -> None:
    """Let the next question read everything anew."""
    global _kept
    _kept = (None, None)
