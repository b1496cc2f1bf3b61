"""The texts of a role document, and how often they fall back on the same few words. Pure."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from django.conf import settings

from profiles.documents.schema import ProfileDocument, RoleDocument, RoleFacts
from profiles.documents.text import word_count
from profiles.documents.types import Document

# Names, codes, keys and choices: a reader does not hear them as somebody's writing.
NOT_PROSE = {
    *("slug", "name", "area", "codes", "aliases", "former_slugs", "key", "years", "seo"),
    *("traits", "sources", "basis", "importance", "kind", "country", "role", "reviewed_on"),
    *("primary", "secondary"),
}
RULES = yaml.safe_load((settings.BASE_DIR / "fixtures/general/rules.yaml").read_text("utf-8"))
STYLE_LIMITS = {name: rule["most"] for name, rule in RULES["style"].items()}
STYLE_SHAPES = {name: re.compile(rule["find"], re.I) for name, rule in RULES["style"].items()}


def profiles_of(role: RoleDocument) -> list[tuple[str, ProfileDocument]]:
    """Return (path, profile) of the base profile and of each context's."""
    return [("base", role.base), *((f"contexts.{s}", p) for s, p in role.contexts.items())]


def texts_of(role: RoleDocument) -> Iterator[tuple[str, str]]:
    facts = {name: getattr(role, name) for name in RoleFacts.model_fields}
    # The titles of jobs are names, and many roles lead to the same ones.
    yield from (found for found in own_texts(facts) if not found[0].endswith(".title"))
    for path, profile in profiles_of(role):
        yield from own_texts(profile, path)


def own_texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, text) of everything that a part of a document, at ``path``, says itself."""
    if isinstance(value, str):
        if value:
            yield path, value
        return
    for step, item in steps_of(value):
        if step not in NOT_PROSE:
            yield from own_texts(item, f"{path}.{step}" if path else step)


def parts_at(value: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, part) of each part of ``value`` that a pattern names: "near.*.title"."""
    wanted, _dot, rest = pattern.partition(".")
    for step, part in steps_of(value):
        if wanted in ("*", step):
            place = f"{path}.{step}" if path else step
            yield from parts_at(part, rest, place) if rest else [(place, part)]


def steps_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (step of the path, part) of what ``value`` is made of; nothing for a plain value."""
    if isinstance(value, Document):
        fields = type(value).model_fields
        yield from ((fields[name].alias or name, part) for name, part in value)
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from ((str(place), part) for place, part in enumerate(value))


def style_rates(role: RoleDocument) -> dict[str, float]:
    """Return how often, in 1,000 words of a role, each of ``STYLE_LIMITS`` stands."""
    texts = [text for _path, text in texts_of(role)]
    # A role without a word has no rate.
    thousands = sum(map(word_count, texts)) / 1000 or 1
    return {
        name: sum(len(shape.findall(text)) for text in texts) / thousands
        for name, shape in STYLE_SHAPES.items()
    }
