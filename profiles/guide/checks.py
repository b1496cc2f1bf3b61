"""The editorial rules: what a role document must be before it may be published.

One place for them all: the admin, ``manage.py check_guide`` and the tests ask here. Limits are
those of the editorial guide. Errors block publication, warnings inform.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from django.urls import Resolver404, ResolverMatch, resolve

from profiles.documents.choices import Basis, Level, RequirementKind
from profiles.documents.markdown import lost_markdown
from profiles.documents.schema import BaseProfile, ContextProfile, ProfileDocument, RoleDocument
from profiles.documents.text import (
    decimal_comma,
    fold,
    sentences,
    shingles,
    similarity,
    word_count,
    words,
)
from profiles.documents.types import Document
from profiles.guide.findings import Finding, Severity
from profiles.guide.texts import (
    RULES,
    STYLE_LIMITS,
    own_texts,
    parts_at,
    profiles_of,
    steps_of,
    style_rates,
    texts_of,
)
from profiles.guide.traits import level

MIN_MOVED_TARGETS = 2
MAX_SIMILARITY = 0.05
MAX_SAME_OPENING = 3
OPENING_WORDS = 3
# A sentence shorter than this ("Por qué importa.") may recur without being a copy.
MIN_SENTENCE_WORDS = 5

MARKDOWN = ("body", "ai", "work_sample.brief", "work_sample.material")
# A link in Markdown; outside the guide's own addresses it is none of these rules' business.
LINK = re.compile(r"\]\(\s*<?(/[^)\s>]*)")
GUIDE_PATH = "/guia-de-roles/"
PROTECTED = re.compile(rf"\b({'|'.join(RULES['protected'])})\b")
# What a text is searched for, what is said of it, how bad it is.
TEXT_RULES = [
    (re.compile(rule["find"], re.I), rule["say"], Severity(rule.get("severity", "error")))
    for rule in RULES["texts"]
]


class Places(NamedTuple):
    """The slugs that a link inside the guide may name."""

    # (context slug or, for a base profile, None; role slug)
    profiles: Container[tuple[str | None, str]]
    contexts: Collection[str]
    areas: Collection[str]
    traits: Collection[str]
    archetypes: Collection[str]

    def knows(self, address: str) -> bool:
        """Tell whether ``address`` leads to a page of the guide, with or without its last slash."""
        is_whole = address.endswith("/") or "." in address.rpartition("/")[2]
        try:
            match = resolve(address if is_whole else f"{address}/")
        except Resolver404:
            return False
        return address.startswith(GUIDE_PATH) and self._has(match)

    def _has(self, match: ResolverMatch) -> bool:
        """Tell whether what an address names exists; whatever else it takes leads nowhere."""
        named = dict(match.kwargs)
        named.pop("extension", None)
        context, role = named.get("context_slug"), named.pop("role_slug", None)
        if role and (context, role) not in self.profiles:
            return False
        if match.url_name == "context_shift":
            return any((slug, role) in self.profiles for slug in self.contexts)
        shelves = {
            "context_slug": self.contexts,
            "area_slug": self.areas,
            "trait_slug": self.traits,
            "archetype_slug": self.archetypes,
        }
        return all(slug in shelves.get(name, ()) for name, slug in named.items())


def check_role(role: RoleDocument, places: Places | None = None) -> list[Finding]:
    """Return everything the rules find in one role, errors first.

    Links inside the guide are followed where ``places`` says what there is.
    """
    findings = [*_role_facts(role), *_texts(role), *_likeness(role)]
    for path, profile in profiles_of(role):
        findings += [*_profile(profile, path), *_markdown(profile, path, places)]
    for slug, profile in role.contexts.items():
        findings += _moved_targets(role.base, profile, f"contexts.{slug}")
    return sorted(findings, key=lambda finding: finding.severity != Severity.ERROR)


def words_wanted(part: str) -> dict[str, list[int]]:
    """Return how many words (from, to) a part of a profile has, in "base" and in "context"."""
    parts = RULES["parts"]
    kinds = {kind: parts["questions"] | parts[kind] for kind in ("base", "context")}
    return {kind: rules[part]["words"] for kind, rules in kinds.items() if part in rules}


def _parts(document: Document, kind: str, path: str = "") -> Iterator[Finding]:
    """Yield what is missing in a document at ``path``, too short or too long, by ``rules.yaml``."""
    for pattern, rule in RULES["parts"][kind].items():
        for place, part in parts_at(document, pattern, path):
            if problem := _problem(part, rule):
                yield Finding(place, problem, Severity(rule.get("severity", "error")))


def _problem(part: Any, rule: dict) -> str | None:
    is_whole = isinstance(part, Document | tuple)
    held = [item for _step, item in steps_of(part) if item] if is_whole else part
    if not held and "items" not in rule:
        return rule.get("missing", "falta")
    if "words" in rule:
        count, unit, (low, high) = word_count(part), " palabras", rule["words"]
    elif "items" in rule:
        count, unit, (low, high) = len(held), "", rule["items"]
    else:
        return None
    if low <= count <= high:
        return None
    wanted = f"van {low}" if low == high else f"van de {low} a {high}"
    return f"tiene {count}{unit}; {wanted} {rule.get('of', '')}".rstrip()


def _role_facts(role: RoleDocument) -> Iterator[Finding]:
    yield from _parts(role, "role")
    if not role.archetypes or not role.archetypes.reason:
        yield Finding("archetypes", "falta el arquetipo o su porqué")
    for path, key in role.repeated_keys():
        yield Finding(path, f"la clave «{key}» es de más de una pregunta del rol")


def _profile(profile: ProfileDocument, path: str) -> Iterator[Finding]:
    """Yield what is missing, too short or unreal in one profile, without its neighbours."""
    yield from _parts(profile, "context" if isinstance(profile, ContextProfile) else "base", path)
    yield from _parts(profile, "questions", path)
    for code, target in profile.targets.items():
        if target.basis == Basis.META_ANALYSIS and not target.sources:
            place = f"{path}.targets.{code}.sources"
            yield Finding(place, "un metaanálisis se cita: falta la fuente")
    if {level(t.low, t.high) for _, t in profile.targets.items()} <= {Level.HIGH, Level.VERY_HIGH}:
        yield Finding(f"{path}.targets", "todos los rasgos son altos: un perfil real elige")
    for pattern in ("questions.*.text", "questions.*.follow_ups.*"):
        for place, text in parts_at(profile, pattern, path):
            if PROTECTED.search(fold(text)):
                yield Finding(place, "pregunta por un tema que no se pregunta")
    for i, item in enumerate(getattr(profile, "requirements", ())):
        if item.kind == RequirementKind.REGULATED and not item.country:
            yield Finding(f"{path}.requirements.{i}.country", "falta el país que lo exige")


def _markdown(profile: ProfileDocument, path: str, places: Places | None) -> Iterator[Finding]:
    """Yield what of its longer texts would not be seen, and the links that lead nowhere."""
    for place, text in (found for name in MARKDOWN for found in parts_at(profile, name, path)):
        if message := lost_markdown(text or ""):
            yield Finding(place, message)
        for link in LINK.findall(text or "") if places else ():
            if not places.knows(link.partition("#")[0].partition("?")[0]):
                yield Finding(place, f"el enlace «{link}» no lleva a ninguna página")


def _moved_targets(base: BaseProfile, profile: ContextProfile, path: str) -> Iterator[Finding]:
    pairs = [(target, base.targets[code]) for code, target in profile.targets.items()]
    moved = sum((own.low, own.high) != (its.low, its.high) for own, its in pairs)
    if moved < MIN_MOVED_TARGETS:
        said = f"se mueven {moved} rangos respecto del perfil base; van al menos"
        yield Finding(f"{path}.targets", f"{said} {MIN_MOVED_TARGETS}")


def _texts(role: RoleDocument) -> Iterator[Finding]:
    for path, text in texts_of(role):
        for rule, message, severity in TEXT_RULES:
            if found := rule.search(text):
                yield Finding(path, message.format(found[0]), severity)
        if text.count("?") != text.count("¿") or text.count("!") != text.count("¡"):
            yield Finding(path, "falta un signo de apertura o de cierre")
    for name, rate in style_rates(role).items():
        if rate > STYLE_LIMITS[name]:
            said, most = (decimal_comma(f"{value:.1f}") for value in (rate, STYLE_LIMITS[name]))
            yield Finding("role", f"{name}: {said} cada mil palabras; van hasta {most}")


def _likeness(role: RoleDocument) -> Iterator[Finding]:
    """Yield what a role says twice: sentences, beginnings, the texts of two contexts."""
    for repeat in repeated_sentences([role]):
        said, paths = (
            f"repite la oración «{repeat.sentence}»",
            [path for _slug, path in repeat.places],
        )
        # The first place may be the base's, and has every right to say it.
        for path in dict.fromkeys(paths[1:]):
            yield Finding(path, said, others=tuple(paths))
    texts = (text for _, text in texts_of(role) if word_count(text) > OPENING_WORDS)
    openings = Counter(" ".join(map(fold, words(text)[:OPENING_WORDS])) for text in texts)
    for phrase, count in openings.items():
        if count > MAX_SAME_OPENING:
            yield Finding("role", f"{count} textos empiezan con «{phrase}»; van hasta 3")
    for share, left, right in own_similarities(role):
        if share > MAX_SIMILARITY:
            share = decimal_comma(f"{share:.2f}")
            message = f"se parece demasiado a {right} ({share}; van hasta 0,05)"
            yield Finding(f"contexts.{left}", message)


class Repeat(NamedTuple):
    """A sentence that stands in more than one place, as (role slug, path) pairs."""

    sentence: str
    places: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        where = ", ".join(f"{slug}:{path}" for slug, path in self.places)
        return f"la oración «{self.sentence}» está en {where}"

    def crosses_roles(self) -> bool:
        """Tell whether the sentence stands in more than one role."""
        return len({slug for slug, _ in self.places}) > 1


def repeated_sentences(roles: Iterable[RoleDocument]) -> list[Repeat]:
    """Return the sentences that stand in more than one place of these roles."""
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    said: dict[str, str] = {}
    for role in roles:
        for path, text in texts_of(role):
            for sentence in sentences(text):
                if word_count(sentence) >= MIN_SENTENCE_WORDS:
                    key = " ".join(map(fold, words(sentence)))
                    places[key].append((role.slug, path))
                    said.setdefault(key, sentence)
    return [Repeat(said[key], tuple(found)) for key, found in places.items() if len(found) > 1]


def own_similarities(role: RoleDocument) -> list[tuple[float, str, str]]:
    """Return (similarity, context, context) of the own text of each pair, highest first."""
    own = {
        slug: set().union(*(shingles(text) for _, text in own_texts(profile, slug)))
        for slug, profile in role.contexts.items()
    }
    pairs = [(similarity(own[a], own[b]), a, b) for a, b in combinations(own, 2)]
    return sorted(pairs, reverse=True)
