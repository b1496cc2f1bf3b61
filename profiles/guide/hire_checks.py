"""The editorial rules about what a hire needs beside the profile itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from profiles.documents.choices import RequirementKind
from profiles.documents.schema import ContextProfile
from profiles.documents.text import decimal_comma
from profiles.guide.findings import Finding, item_limits, word_limits
from profiles.guide.texts import STYLE_LIMITS, profiles_of, style_rates

if TYPE_CHECKING:
    from profiles.documents.schema import (
        BaseProfile,
        ProfileDocument,
        RoleDocument,
        WorkSample,
    )

AI_WORDS = (50, 90)
BRIEF_WORDS = (80, 180)
MAX_MATERIAL_WORDS = 250
SAMPLE_ANCHOR_WORDS = (15, 35)
NEAR_TITLES = (3, 12)
LEVELS = (2, 3)
OUTCOMES = {
    "base": {"days_90": (3, 3), "year": (2, 3)},
    "context": {"days_90": (2, 3), "year": (2, 3)},
}
BASE_ITEMS = {"requirements": (6, 10), "screening": (3, 3), "references": (3, 3)}
OBSERVED = (3, 5)


def check_hire(role: RoleDocument) -> Iterator[Finding]:
    """Yield what the form of a hire misses in ``role``, and where its style falls back."""
    yield from item_limits(role.near, NEAR_TITLES, "near")
    yield from _missing(role.near, "difference", "near")
    yield from _style(role)
    for path, profile in profiles_of(role):
        yield from check_profile_hire(profile, path)


def check_profile_hire(profile: ProfileDocument, path: str) -> Iterator[Finding]:
    """Yield what the form of a hire misses in one profile."""
    is_context = isinstance(profile, ContextProfile)
    for horizon, limits in OUTCOMES["context" if is_context else "base"].items():
        outcomes = getattr(profile.outcomes, horizon)
        yield from item_limits(outcomes, limits, f"{path}.outcomes.{horizon}")
    required = ("honest", "work_sample_shift") if is_context else ("honest",)
    for name in required:
        if not getattr(profile, name):
            yield Finding(f"{path}.{name}", "falta")
    if not is_context:
        yield from _base(profile, path)


def _base(profile: BaseProfile, path: str) -> Iterator[Finding]:
    for name, limits in BASE_ITEMS.items():
        yield from item_limits(getattr(profile, name), limits, f"{path}.{name}")
    yield from _missing(profile.screening, "listen_for", f"{path}.screening")
    for i, item in enumerate(profile.requirements):
        if item.kind == RequirementKind.REGULATED and not item.country:
            yield Finding(f"{path}.requirements.{i}.country", "falta el país que lo exige")
    yield from word_limits(profile.ai, AI_WORDS, f"{path}.ai")
    levels = dict(profile.levels.items())
    yield from item_limits(levels, LEVELS, f"{path}.levels")
    for level, note in levels.items():
        for name, text in note:
            if not text:
                yield Finding(f"{path}.levels.{level.value}.{name}", "falta")
    if profile.work_sample is None:
        yield Finding(f"{path}.work_sample", "falta la tarea de muestra")
    else:
        yield from _work_sample(profile.work_sample, f"{path}.work_sample")


def _work_sample(sample: WorkSample, path: str) -> Iterator[Finding]:
    yield from word_limits(sample.brief, BRIEF_WORDS, f"{path}.brief")
    if sample.material:
        yield from word_limits(sample.material, (1, MAX_MATERIAL_WORDS), f"{path}.material")
    yield from item_limits(sample.observe, OBSERVED, f"{path}.observe")
    for rating, anchor in sample.anchors.rated():
        yield from word_limits(anchor, SAMPLE_ANCHOR_WORDS, f"{path}.anchors.{rating}")
    if not sample.ai:
        yield Finding(f"{path}.ai", "falta decir si puede usar IA")


def _missing(items: tuple, name: str, path: str) -> Iterator[Finding]:
    for i, item in enumerate(items):
        if not getattr(item, name):
            yield Finding(f"{path}.{i}.{name}", "falta")


def _style(role: RoleDocument) -> Iterator[Finding]:
    for name, rate in style_rates(role).items():
        if rate > STYLE_LIMITS[name]:
            said, most = (decimal_comma(f"{value:.1f}") for value in (rate, STYLE_LIMITS[name]))
            yield Finding("role", f"{name}: {said} cada mil palabras; van hasta {most}")
