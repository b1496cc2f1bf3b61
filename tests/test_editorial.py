"""The shipped guide as a whole: even, honest and spelled right."""

import os
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from profiles.documents.choices import TraitCode
from profiles.documents.schema import RoleDocument
from profiles.documents.text import shingles, word_count
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.guide.texts import own_texts, profiles_of, texts_of
from profiles.guide.traits import LEVEL_FLOORS, middle
from profiles.management.commands import guide_stats
from tests.factories import FIXTURES

ROLES = [read(path, RoleDocument) for path in sorted((FIXTURES / "roles").glob("*.yaml"))]
DICTIONARY = Path("/usr/share/hunspell/es_AR.dic")


def test_no_trait_is_high_in_more_than_three_quarters_of_the_roles_and_each_is_low_somewhere():
    high, low = LEVEL_FLOORS[1][0], LEVEL_FLOORS[2][0]
    for code in TraitCode:
        points = {
            (role.slug, path): middle(profile.targets[code].low, profile.targets[code].high)
            for role in ROLES
            for path, profile in profiles_of(role)
        }
        bases = [point for (_slug, path), point in points.items() if path == "base"]
        assert sum(point > high for point in bases) <= 0.75 * len(bases), code
        assert min(points.values()) < low, code


def test_every_profile_has_at_least_400_words_of_its_own():
    words = {
        (role.slug, path): sum(word_count(text) for _path, text in own_texts(profile, path))
        for role in ROLES
        for path, profile in profiles_of(role)
    }
    assert {place: count for place, count in words.items() if count < 400} == {}


def test_no_two_profiles_of_the_guide_are_alike():
    runs = {
        (role.slug, path): set().union(*(shingles(t) for _, t in own_texts(profile, path)))
        for role in ROLES
        for path, profile in profiles_of(role)
    }
    places, shared = defaultdict(list), Counter()
    for place, own in runs.items():
        for run in own:
            places[run].append(place)
    for found in places.values():
        shared.update(combinations(found, 2))
    alike = {
        pair: count / (len(runs[pair[0]]) + len(runs[pair[1]]) - count)
        for pair, count in shared.items()
    }
    assert {pair: share for pair, share in alike.items() if share > 0.02} == {}
    assert len(runs) == 300


def test_guide_stats_prints_every_role(capsys):
    guide_stats.Command().execute(no_color=True, force_color=False, skip_checks=True)
    printed = capsys.readouterr().out
    assert [role.slug for role in ROLES if role.slug not in printed] == []


def vocabulary_texts(value):
    """Yield every prose text of guide.yaml; slugs, codes and addresses are not prose."""
    for name, item in value:
        if name in {"slug", "code", "url", "citation"}:
            continue
        if isinstance(item, str):
            yield re.sub(r"\]\([^)]*\)|https?://\S+", "", item)
        elif isinstance(item, tuple):
            for entry in item:
                yield from vocabulary_texts(entry)
        elif hasattr(item, "__iter__") and not isinstance(item, int):
            yield from vocabulary_texts(item)


@pytest.mark.skipif(
    not (shutil.which("hunspell") and DICTIONARY.exists()) and not os.getenv("REQUIRE_ALL_TESTS"),
    reason="hunspell es_AR is not installed (Debian: apt install hunspell hunspell-es).",
)
def test_hunspell_finds_nothing_outside_the_allowed_terms():
    texts = [text for role in ROLES for _, text in texts_of(role)]
    texts += vocabulary_texts(read(FIXTURES / "guide.yaml", GuideDocument))
    done = subprocess.run(
        ["hunspell", "-d", "es_AR", "-i", "utf-8", "-l"],
        input="\n".join(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    allowed = set((FIXTURES / "spelling.txt").read_text(encoding="utf-8").split("\n"))
    assert sorted(set(done.stdout.split()) - allowed) == []
