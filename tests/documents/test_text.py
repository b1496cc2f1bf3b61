"""Spanish text: words, sentences, folding, joining, similarity, invisible characters."""

import re

import pytest
from django.core.exceptions import ValidationError

from profiles.documents.text import invisible, join_words, one_line, tidy
from profiles.documents.validators import validate_guide_slug


@pytest.mark.parametrize("joined", ["a, b y c", "Apertura e Involucramiento", "agua y hielo"])
def test_words_are_joined_in_spanish(joined):
    assert join_words(re.split(", | [ey] ", joined)) == joined


@pytest.mark.parametrize(
    ("pasted", "lines", "line"),
    [
        *((text, text, text) for text in ("Ñandú — «sí», 51–200…\xa0😀", "")),
        ("uno\r\ndos\x0btres\u2028cuatro", "uno\ndos\ntres\ncuatro", "uno dos tres cuatro"),
        ("con \n aire y\ttabulador", "con \n aire y\ttabulador", "con aire y tabulador"),
        ("\ufeffa\u200bb\u200fc\x00d\u202ee\x07f", "abcdef", "abcdef"),
        ("👩\u200d💻 disen\u0303o\ufffc", "👩💻 diseño", "👩💻 diseño"),
    ],
)
def test_pasted_text_loses_only_what_nobody_sees(pasted, lines, line):
    assert (tidy(pasted), one_line(pasted)) == (lines, line)
    assert tidy(lines) == lines


@pytest.mark.parametrize("text", ["\u0301", " \u0301a", "a\ufe01", "a\U000e0101", "\u180b"])
def test_mark_that_stands_on_nothing_and_hidden_selectors_are_seen_by_nobody(text):
    assert invisible(text)
    assert not invisible(tidy(text))


@pytest.mark.parametrize(
    "slug",
    ["", "Product", "dueño", "a--b", "-a", "a-", "a_b", "a b", "a\n", "аdmin", "a.b", "../a"],
)
def test_slug_is_plain(slug):
    for plain in ("product-owner", "qa2", "a-b-c", "24x7"):
        validate_guide_slug(plain)
    with pytest.raises(ValidationError):
        validate_guide_slug(slug)
