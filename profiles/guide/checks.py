"""The editorial rules: what a role document must be before it may be published.

One place for them all: the admin, ``manage.py check_guide`` and the tests ask here. Limits are
those of the editorial guide. Errors block publication, warnings inform.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from django.urls import Resolver404, resolve

from profiles.documents.choices import Basis, Level, TraitCode
from profiles.documents.schema import (
    BaseProfile,
    ContextProfile,
    ProfileDocument,
    Question,
    RoleDocument,
)
from profiles.documents.text import fold, sentences, shingles, similarity, word_count, words
from profiles.guide.findings import Finding, Severity, item_limits, word_limits
from profiles.guide.hire_checks import check_hire
from profiles.guide.texts import own_texts, profiles_of, texts_of
from profiles.guide.traits import level

if TYPE_CHECKING:
    from django.urls import ResolverMatch

BODY_WORDS = {"base": (120, 220), "context": (60, 140)}
RATIONALE_WORDS = {"base": (25, 45), "context": (15, 45)}
ANCHOR_WORDS = (15, 35)
ITEMS = {
    "base": {
        "responsibilities": (5, 7),
        "strengths": (5, 6),
        "red_flags": (5, 6),
        "questions": (6, 8),
    },
    "context": {
        "considerations": (3, 4),
        "strengths": (2, 4),
        "red_flags": (2, 4),
        "questions": (2, 3),
    },
}
FOLLOW_UPS = 2
CAREER_STEPS = (4, 5)
RELATED_ROLES = (3, 5)
MIN_MOVED_TARGETS = 2
MAX_SIMILARITY = 0.05
MAX_SAME_OPENING = 3
OPENING_WORDS = 3
# A sentence shorter than this ("Por qué importa.") may recur without being a copy.
MIN_SENTENCE_WORDS = 5


# A link in Markdown; outside the guide's own addresses it is none of these rules' business.
LINK = re.compile(r"\]\(\s*<?(/[^)\s>]*)")
GUIDE_PATH = "/guia-de-roles/"


@dataclass(frozen=True)
class Places:
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
    findings = [*_role_facts(role), *_texts(role), *_openings(role), *_own_similarity(role)]
    findings += [*_repeated_keys(role), *check_hire(role)]
    for path, profile in profiles_of(role):
        findings += check_profile(profile, path)
    for slug, profile in role.contexts.items():
        findings += _moved_targets(role.base, profile, f"contexts.{slug}")
    if places:
        findings += _dead_links(role, places)
    return sorted(findings, key=lambda finding: finding.severity != Severity.ERROR)


def check_profile(profile: ProfileDocument, path: str) -> Iterator[Finding]:
    """Yield what is missing, too short or unreal in one profile, without its neighbours."""
    kind = "context" if isinstance(profile, ContextProfile) else "base"
    yield from _required(profile, path, kind)
    yield from word_limits(profile.body, BODY_WORDS[kind], f"{path}.body")
    for field, limits in ITEMS[kind].items():
        yield from item_limits(getattr(profile, field), limits, f"{path}.{field}")
    yield from _targets(profile, path, kind)
    for i, question in enumerate(profile.questions):
        yield from _question(question, f"{path}.questions.{i}")
    if isinstance(profile, ContextProfile):
        for i, consideration in enumerate(profile.considerations):
            if not consideration.consequence:
                yield Finding(f"{path}.considerations.{i}.consequence", "falta la consecuencia")


@dataclass(frozen=True)
class Repeat:
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
    for role in roles:
        for path, text in texts_of(role):
            for sentence in sentences(text):
                if word_count(sentence) >= MIN_SENTENCE_WORDS:
                    key = " ".join(fold(word) for word in words(sentence))
                    places[key].append((role.slug, path))
    return [Repeat(key, tuple(found)) for key, found in places.items() if len(found) > 1]


def uncited_sources(slugs: Iterable[str], roles: Iterable[RoleDocument]) -> list[str]:
    """Return the sources among ``slugs`` that no target of these roles cites."""
    cited = {
        source
        for role in roles
        for _path, profile in profiles_of(role)
        for _code, target in profile.targets.items()
        for source in target.sources
    }
    return [slug for slug in slugs if slug not in cited]


def _dead_links(role: RoleDocument, places: Places) -> Iterator[Finding]:
    for path, profile in profiles_of(role):
        for link in LINK.findall(profile.body):
            address = link.partition("#")[0].partition("?")[0]
            if not places.knows(address):
                yield Finding(f"{path}.body", f"el enlace «{link}» no lleva a ninguna página")


def _required(profile: ProfileDocument, path: str, kind: str) -> Iterator[Finding]:
    for field in ("summary", "teaser") if kind == "context" else ("summary",):
        if not getattr(profile, field):
            yield Finding(f"{path}.{field}", "falta")
    if profile.reviewed_on is None:
        yield Finding(f"{path}.reviewed_on", "falta la fecha de revisión", Severity.WARNING)


def _targets(profile: ProfileDocument, path: str, kind: str) -> Iterator[Finding]:
    for code, target in profile.targets.items():
        place = f"{path}.targets.{code}"
        yield from word_limits(target.rationale, RATIONALE_WORDS[kind], f"{place}.rationale")
        if target.basis == Basis.META_ANALYSIS and not target.sources:
            yield Finding(f"{place}.sources", "un metaanálisis se cita: falta la fuente")
    if {level(t.low, t.high) for _, t in profile.targets.items()} <= {Level.HIGH, Level.VERY_HIGH}:
        yield Finding(f"{path}.targets", "todos los rasgos son altos: un perfil real elige")


def _moved_targets(base: BaseProfile, profile: ContextProfile, path: str) -> Iterator[Finding]:
    moved = [
        code
        for code in TraitCode
        if (base.targets[code].low, base.targets[code].high)
        != (profile.targets[code].low, profile.targets[code].high)
    ]
    if len(moved) < MIN_MOVED_TARGETS:
        yield Finding(
            f"{path}.targets",
            f"se mueven {len(moved)} rangos respecto del perfil base; van al menos "
            f"{MIN_MOVED_TARGETS}",
        )


PROTECTED = re.compile(
    r"\b(que edad|cuantos anos tenes|(tenes|tener|cuantos|tus?) hij[oa]s?|embaraz\w+|casad[oa]"
    r"|estado civil"
    r"|tu pareja|tu famili\w+|religi\w+|sindica\w+|orientacion sexual|nacionalidad|donde vivis"
    r"|tu salud|enfermedad\w*|sueldo (actual|anterior)|cuanto (ganas|ganabas|cobras|cobrabas)"
    r"|a quien vot\w+|partido politico)\b"
)


def _question(question: Question, path: str) -> Iterator[Finding]:
    if not question.traits:
        yield Finding(f"{path}.traits", "falta el rasgo que evalúa")
    if not question.focus:
        yield Finding(f"{path}.focus", "falta la conducta que evalúa")
    if len(question.follow_ups) != FOLLOW_UPS:
        yield Finding(
            f"{path}.follow_ups", f"tiene {len(question.follow_ups)}; van {FOLLOW_UPS} repreguntas"
        )
    for rating, anchor in question.anchors.rated():
        yield from word_limits(anchor, ANCHOR_WORDS, f"{path}.anchors.{rating}")
    asked = {f"follow_ups.{i}": text for i, text in enumerate(question.follow_ups)}
    for place, text in {"text": question.text, **asked}.items():
        if PROTECTED.search(fold(text)):
            yield Finding(f"{path}.{place}", "pregunta por un tema que no se pregunta")


def _role_facts(role: RoleDocument) -> Iterator[Finding]:
    yield from item_limits(role.career, CAREER_STEPS, "career")
    yield from item_limits(role.related, RELATED_ROLES, "related")
    if not role.aliases:
        yield Finding("aliases", "faltan los otros nombres del rol")
    if not role.archetypes or not role.archetypes.reason:
        yield Finding("archetypes", "falta el arquetipo o su porqué")
    if not any(True for _ in role.codes.items()):
        yield Finding("codes", "falta el código ocupacional")


TUTEO = re.compile(
    r"\b(tú|contigo|eres|tienes|puedes|quieres|debes|sabes|haces|dime|cuéntame|cuentame|describe tu"
    r"|háblame|explícame|imagina que|piensa en|usted|ustedes tienen|vosotros)\b",
    re.IGNORECASE,
)
CONTEXT_PREFIX = re.compile(
    r"^en (una?|las?|los)? ?(startups?|pymes?|enterprises?|global|corporaci\w+|empresas? \w+)\b",
    re.IGNORECASE,
)
STRAIGHT_QUOTE = re.compile(r"(?<!`)[\"'](?!`)")
NUMBER_HYPHEN = re.compile(r"\b\d+-\d+\b")


def _texts(role: RoleDocument) -> Iterator[Finding]:
    for path, text in texts_of(role):
        if found := TUTEO.search(text):
            yield Finding(path, f"«{found[0]}»: acá se vosea")
        if CONTEXT_PREFIX.match(text):
            yield Finding(path, "empieza con el nombre del contexto: decí qué cambia")
        if STRAIGHT_QUOTE.search(text):
            yield Finding(path, "comillas rectas: van «» o “”")
        if NUMBER_HYPHEN.search(text):
            yield Finding(path, "un rango lleva raya corta (51–200)", Severity.WARNING)
        if text.count("?") != text.count("¿") or text.count("!") != text.count("¡"):
            yield Finding(path, "falta un signo de apertura o de cierre")
    yield from _repeated_sentences(role)


def _repeated_keys(role: RoleDocument) -> Iterator[Finding]:
    for path, key in role.repeated_keys():
        yield Finding(path, f"la clave «{key}» es de más de una pregunta del rol")


def _repeated_sentences(role: RoleDocument) -> Iterator[Finding]:
    for repeat in repeated_sentences([role]):
        # The first place may be the base's, and has every right to say it.
        for path in dict.fromkeys(path for _slug, path in repeat.places[1:]):
            yield Finding(path, str(repeat))


def opening(text: str) -> str:
    """Return the first words of a text, folded: what readers hear as the same beginning."""
    return " ".join(fold(word) for word in words(text)[:OPENING_WORDS])


def _openings(role: RoleDocument) -> Iterator[Finding]:
    found = Counter(opening(text) for _, text in texts_of(role) if word_count(text) > OPENING_WORDS)
    for phrase, count in found.items():
        if count > MAX_SAME_OPENING:
            yield Finding("role", f"{count} textos empiezan con «{phrase}»; van hasta 3")


def own_similarities(role: RoleDocument) -> list[tuple[float, str, str]]:
    """Return (similarity, context, context) of the own text of each pair, highest first."""
    own = {
        slug: set().union(*(shingles(text) for _, text in own_texts(profile, slug)))
        for slug, profile in role.contexts.items()
    }
    pairs = [(similarity(own[a], own[b]), a, b) for a, b in combinations(own, 2)]
    return sorted(pairs, reverse=True)


def _own_similarity(role: RoleDocument) -> Iterator[Finding]:
    for share, left, right in own_similarities(role):
        if share > MAX_SIMILARITY:
            yield Finding(
                f"contexts.{left}", f"se parece demasiado a {right} ({share:.2f}; van hasta 0,05)"
            )
