"""No text that a field accepts takes long, whatever it is made of: measured in processor time."""

from contextlib import suppress
from itertools import product
from time import process_time

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from profiles.admin.wording import marked
from profiles.documents import text
from profiles.documents.markdown import render_markdown, tidy_markdown
from profiles.documents.schema import RoleDocument
from profiles.documents.stored import canonical
from profiles.documents.validators import validate_guide_slug
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import MAX_BYTES, DocumentError, parse
from profiles.exports.markdown import escape
from profiles.models.fields import MarkdownField
from profiles.search import question, titles, words
from profiles.templatetags import marks
from tests.helpers.factories import make_role_document

MAX_SECONDS = 0.2
TRIES = 4
FIELDS = [
    field
    for model in apps.get_app_config("profiles").get_models()
    for field in model._meta.fields
    if isinstance(field, MarkdownField)
]
LONGEST = max(field.max_length for field in FIELDS)
# What takes Python-Markdown longest, or deepest, for its length.
WORST = [
    *"[]()*_`<>!&\\#|~=+-.:\"'",
    *("![](", "[a](b", "<http://a.b>", "<a ", "<!--", "&#", "*a _b ", "**a", "> ", "> " * 20),
    *(">" * 19 + "a\n\n", "+ ", "- ", "1. ", "- + ", "- a\n", "- a\n\n", "\t- a\n", "# a\n", "#\n"),
    *("a\n=\n", "- - -\n", "a  \n", "[a]: b\n", "a|b\n-|-\n" + "c|d\n" * 1500),
    "".join("    " * depth + "- a\n" for depth in range(53)),
    "a|" * 750 + "\n" + "-|" * 750 + "\n" + "|" * 3000,
]


# What regular expressions, normalisation and comparisons find hardest.
SHAPES = [
    *" \n\ta1-._’ﷺİ🙂…`*|",
    *("a\u0301", "\u0301", "a’", "1.", "1-", "a\n", "          \n", "A. ", "](   ", "&a", "\n1."),
    *("en una empresa ", "tener tener hijo", "".join(f"p{n} " for n in range(900))),
]


def filled(unit: str, length: int) -> str:
    """Return ``unit`` repeated to ``length`` characters, between letters that nothing strips."""
    return "x" + (unit * length)[: length - 2] + "x"


def is_quick(function, *arguments, limit=MAX_SECONDS) -> bool:
    """Tell whether a text is accepted or refused in time; a busy machine has a few tries."""
    for _try in range(TRIES):
        started = process_time()
        with suppress(ValidationError, DocumentError):
            function(*arguments)
        spent = process_time() - started
        if spent < limit or spent < limit * slowness():
            return True
    return False


def slowness() -> float:
    """Return how much slower Python is just now than where the limits were set."""
    started = process_time()
    for _step in range(1_000_000):
        pass
    return (process_time() - started) / 0.02


FUNCTIONS = {
    "words": text.words,
    "sentences": text.sentences,
    "fold": text.fold,
    "shingles": text.shingles,
    "pasted": tidy_markdown,
    "slug": validate_guide_slug,
    "search tokens": words.key_words,
    "pasted line": text.one_line,
    "head count": question.HEADS.search,
    "search title": lambda value: titles.title(value[:80]),
    "misspelt": lambda value: titles.misspelt((value[1:81], value[:80])),
    "highlight": lambda value: marks.marked(value, value[:200]),
    "excerpt": lambda value: marks.excerpt(value, value[-200:]),
    # What is escaped is the plain texts; the longest are the reasons of a range.
    "Markdown of a reason": lambda value: escape(value[:600]),
    "difference": lambda value: marked(value, "y" + value[::-1]),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_longest_text_is_read_quickly(function):
    read = FUNCTIONS[function]
    slow = [unit for unit in SHAPES if not is_quick(read, filled(unit, LONGEST))]
    assert slow == []


@pytest.mark.parametrize("unit", ["9", "diferencia-", "dev-", "entre-data-"])
def test_address_of_many_words_is_answered_quickly(client, role, unit):
    folders = ("", "puestos/", "puestos/diferencia-")
    for folder, length in product(folders, (200, 4_000)):
        assert is_quick(client.get, f"/guia-de-roles/{folder}{(unit * length)[:length]}/")


@pytest.mark.parametrize("length", sorted({field.max_length for field in FIELDS}))
def test_longest_markdown_of_any_field_is_refused_or_quick(length):
    texts = [(unit * length)[:length] for unit in WORST]
    texts += [f"{text[:-1]}a" for text in texts]
    assert [text[:20] for text in texts if not is_quick(render_markdown, text)] == []


YAML = [
    *("[" * MAX_BYTES, "a: {" * (MAX_BYTES // 4), "---\n" * 120_000, ": " * 250_000),
    *(" " * (MAX_BYTES - 1) + "a", "a: " + "!" * (MAX_BYTES - 10), "a: " + "1:" * 250_000),
    *("a: 2026-11-23T" + "0" * 500_000, 'a: "' + '\\"' * 250_000 + '"\n'),
    "a: &a [x]\n" + "b: [" + "*a," * 150_000 + "]\n",
    "".join(f"{' ' * n}a:\n" for n in range(1_000)),
    "".join(f"k{n}: &a{n} 1\n" for n in range(25_000)),
    "{" + ",".join(f"k{n}: {{}}" for n in range(40_000)) + "}",
]


@pytest.mark.parametrize("text", YAML, ids=lambda text: text[:12])
def test_worst_document_is_refused_in_bounded_time(text):
    content = text.encode()[:MAX_BYTES]
    assert is_quick(parse, content, GuideDocument, "f.yaml", limit=2 * MAX_SECONDS)


def test_role_with_more_items_than_anybody_reads_is_refused():
    value = canonical(make_role_document(), by_alias=True)
    base = {**value["base"], "strengths": ["x"] * 30_000}
    with pytest.raises(ValueError, match="items"):
        RoleDocument.model_validate({**value, "base": base})
