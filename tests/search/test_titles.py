"""Common titles of the region against the sixty roles: right, or told to be only near.

``titles.csv``: title → role slugs that are so called, ``near:`` and slugs that are near, or
``none``; written from public job boards before the search was.
"""

import csv
from pathlib import Path

import pytest
import yaml

from tests.helpers.factories import FIXTURES, shelve
from tests.helpers.searching import ask

FILES = sorted((FIXTURES / "roles").glob("*.yaml"))
pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parent / "titles.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))


@pytest.fixture(scope="module")
def sixty(module_rows):
    """The names, near titles and codes of the shipped roles, on the shelf."""
    for path in FILES:
        facts = yaml.safe_load(path.read_text(encoding="utf-8").partition("\nbase:")[0])
        near = [(item["title"], item.get("difference", "")) for item in facts.get("near", ())]
        code = facts.get("codes", {}).get("ciuo08", {}).get("code", "")
        names = facts.get("aliases", ())
        shelve(facts["slug"], facts["name"], aliases=names, near=near, code=code)


def expected(answer):
    """Return the slugs that a title names and those that are near to it."""
    names, _near, near = answer.partition("near:")
    return set(names.strip("|").split("|")) - {"", "none"}, set(near.split("|")) - {""}


def test_ninety_five_of_a_hundred_titles_end_in_a_right_answer_or_one_that_says_it_is_near(sixty):
    wrong, far, odd = [], [], []
    for row in ROWS:
        names, near = expected(row["answer"])
        found = ask(row["title"])
        called = [each.role.slug for each in found.names]
        nearest = {each.role.slug for each in found.nearest}
        if (called and called[0] not in names) or not (called or found.missing):
            wrong.append((row["title"], called[:2]))
        elif not called and (names | near) and not (names | near) & nearest:
            far.append((row["title"], sorted(nearest)))
        elif not (names or near) and nearest:
            odd.append((row["title"], sorted(nearest)))
    assert len(ROWS) >= 300
    assert len(wrong) <= 0.05 * len(ROWS), wrong
    assert len(far) <= 0.03 * len(ROWS), far
    # What is near to nothing here is told so: a word that both have is no likeness.
    assert len(odd) <= 0.03 * len(ROWS), odd
