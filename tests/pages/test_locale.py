"""The admin speaks rioplatense Spanish: our words stand over Django's, and are compiled."""

import ast
import gettext
import json
import re
from pathlib import Path

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FOLDER = Path(__file__).resolve().parents[2] / "locale" / "es_AR" / "LC_MESSAGES"


def written(path):
    """Return {(id, plural number or None): text} of a .po file."""
    texts, key, number, context = {}, "", None, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.match(r'(msgctxt|msgid|msgstr|msgstr\[(\d)\]) (".*")$', line):
            text = ast.literal_eval(match[3])
            if match[1] == "msgctxt":
                context = f"{text}\x04"
            elif match[1] == "msgid":
                key, context = context + text, ""
            elif key:
                number = int(match[2]) if match[2] else None
                texts[key, number] = text
    return texts


def compiled(path):
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    pairs = (
        (key if isinstance(key, tuple) else (key, None), text) for key, text in catalog.items()
    )
    return {key: text for key, text in pairs if key[0]}


@pytest.mark.parametrize(("domain", "least"), [("django", 90), ("djangojs", 10)])
def test_compiled_words_are_the_written_ones(domain, least):
    texts = written(FOLDER / f"{domain}.po")
    assert len(texts) > least
    assert compiled(FOLDER / f"{domain}.mo") == texts


def test_our_words_stand_over_those_of_django():
    assert _("Enter a number.") == "Escribí un número."
    assert ngettext("Please correct the error below.", "Please correct the errors below.", 2) == (
        "Corregí los errores de abajo."
    )


@pytest.mark.django_db
def test_our_words_reach_the_scripts_of_the_admin(admin_client):
    script = admin_client.get("/admin/jsi18n/").content.decode()
    assert json.dumps("Escribí acá para filtrar la lista de %s disponibles.") in script
