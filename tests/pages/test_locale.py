"""The admin speaks rioplatense Spanish: our words stand over Django's, and are compiled."""

import ast
import gettext
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "locale" / "es_AR" / "LC_MESSAGES"


@pytest.mark.parametrize(("domain", "least"), [("django", 90), ("djangojs", 10)])
def test_compiled_words_are_the_written_ones(domain, least):
    text = (FOLDER / f"{domain}.po").read_text(encoding="utf-8")
    # The first is what the file says about itself.
    _head, *written = re.findall(r'^msgstr(?:\[\d\])? (".*")$', text, re.MULTILINE)
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    assert len(written) > least
    assert sorted(map(ast.literal_eval, written)) == sorted(catalog[key] for key in catalog if key)
