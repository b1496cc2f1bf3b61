"""The admin speaks rioplatense Spanish: our words stand over Django's, and are compiled."""

import ast
import gettext
import re
from collections import defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "locale" / "es_AR" / "LC_MESSAGES"


def written(path):
    """Return {id: text} of a .po file; of plurals, the texts one after the other."""
    texts = {}
    for entry in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        said = re.findall(r'^(msg\w+)(?:\[\d\])? (".*")$', entry, re.MULTILINE)
        parts = {
            name: [ast.literal_eval(text) for kind, text in said if kind == name]
            for name, _ in said
        }
        context = "".join(f"{text}\x04" for text in parts.get("msgctxt", []))
        texts[context + parts["msgid"][0]] = parts["msgstr"]
    return texts


def compiled(path):
    """Return the same of a .mo file."""
    texts = defaultdict(list)
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    for key, text in catalog.items():
        texts[key[0] if isinstance(key, tuple) else key].append(text)
    return {key: found for key, found in texts.items() if key}


@pytest.mark.parametrize(("domain", "least"), [("django", 90), ("djangojs", 10)])
def test_compiled_words_are_the_written_ones(domain, least):
    texts = written(FOLDER / f"{domain}.po")
    assert len(texts) > least
    assert compiled(FOLDER / f"{domain}.mo") == texts
