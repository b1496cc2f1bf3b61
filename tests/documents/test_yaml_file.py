"""YAML files ⇄ documents: every problem is named, nothing else is raised, writing is stable."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.documents.schema import RoleDocument
from profiles.documents.text import invisible, tidy
from profiles.documents.vocabulary import GuideDocument, PageEntry
from profiles.documents.yaml_file import MAX_BYTES, DocumentError, dump, parse
from tests.helpers.factories import make_role_document

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROLE = make_role_document()
TEXT = dump(ROLE, "../role.schema.json")
NO_YAML = "no es YAML válido (revisá la sangría, los dos puntos y las comillas)"
NO_UTF8 = "línea 2: no está en UTF-8 (¿se guardó en Latin-1?); guardalo como UTF-8"
TABULATOR = "línea 2: hay un tabulador en la sangría; YAML solo admite espacios"
TAGS = "tag:yaml.org,2002:"
INVISIBLE = "línea 4, pages.0.body: tiene un carácter invisible o de control (U+%s)"
PAGE = "pages:\n  - slug: a\n    title: A\n    body: {body}\n"


def problems(content: bytes | str, form=GuideDocument) -> list[str]:
    """Return the lines of the error that ``content`` gives, each without its file's name."""
    with pytest.raises(DocumentError) as refused:
        parse(content if isinstance(content, bytes) else content.encode(), form, "f.yaml")
    lines = str(refused.value).split("\n")
    assert {line[:8] for line in lines} == {"f.yaml: "}
    return [line.removeprefix("f.yaml: ") for line in lines]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# solo un comentario\n", "está vacío"),
        (b" " * (MAX_BYTES + 1), "pesa más de 512 KiB, el máximo para un documento"),
        (b"\x89PNG\r\n\x00\x00", "es un archivo binario; se espera texto YAML"),
        ("areas:\n  - name: Año".encode("latin-1"), NO_UTF8),
        (b"areas:\n\t- slug: a", TABULATOR),
        (b"areas: [\n", f"línea 2: {NO_YAML}"),
        (b"areas: []\n---\nareas: []\n", f"línea 2: {NO_YAML}"),
        (b"areas: &a []\npages: *a\n", "línea 2: los alias de YAML (*nombre) no se admiten"),
        (b"areas: []\nareas: []\n", "línea 2, areas: la clave está repetida"),
        (b"? [a]\n: b\n", "línea 1: una clave debe ser un texto simple"),
        (b"areas: !!set {a, b}\n", f"línea 1, areas: la etiqueta {TAGS}set no se admite"),
        (b"areas: !other []\n", "línea 1, areas: la etiqueta !other no se admite"),
        (b"areas: " + b"[" * 30 + b"]" * 30, "línea 1: hay demasiados niveles"),
        (b"- a", "línea 1: debe ser un mapa de claves y valores"),
        (b"areas: x", "línea 1, areas: debe ser una lista"),
        (b"<<: {areas: []}", "línea 1, <<: es una clave desconocida"),
        (b"areas: []\nb: \x07\n", "línea 2: tiene un carácter que YAML no admite"),
        *((PAGE.format(body=f'"a\\u{code}b"'), INVISIBLE % code) for code in ("0007", "202E")),
    ],
)
def test_bad_file_gives_one_line_that_names_it(content, message):
    assert problems(content) == [message]


def test_each_problem_has_its_line_and_place():
    text = "areas:\n  - slug: Á\n    name: A\ncontexts:\n  - slug: b\n    name: B\n"
    assert problems(text) == [
        "línea 2, areas.0.slug: no tiene la forma esperada (^[a-z0-9]+(-[a-z0-9]+)*$)",
        "línea 5, contexts.0.min_employees: falta y es obligatorio",
    ]


@pytest.mark.parametrize("word", ["no", "sí", "on", "2026-11-23", "12", "1.50"])
def test_plain_word_of_a_text_stays_as_it_is_written(word):
    guide = parse(PAGE.format(body=word).encode(), GuideDocument, "f.yaml")
    assert guide.pages[0].body == word


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode() + b"#" * (MAX_BYTES - len(TEXT.encode())),
    ],
    ids=["as written", "byte order mark", "windows", "largest"],
)
def test_document_reads_back_equal(content):
    again = parse(content, RoleDocument, "f.yaml")
    assert again == ROLE
    assert dump(again, "../role.schema.json") == TEXT
    first = "# yaml-language-server: $schema=../role.schema.json\nslug: data-tester\n"
    assert (TEXT.startswith(first), "seo" in TEXT, "basis" in TEXT) == (True, False, False)


# A document is free to hold any text that a reader can see.
visible = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda char: not invisible(char)), max_size=60
).map(tidy)
inline = st.text(st.sampled_from("ab :-#'\"|>{}[]&*!%@`\\\t\n?,=~0.ñ\u00a0\u2028😀"), max_size=40)


@few
@example("\u2028")
@example("a\x85b")
@example("a \n b")
@example("- a\n\tb\n\n\n  c: #")
@given(visible | inline)
def test_any_text_survives_writing_and_reading(text):
    try:
        page = PageEntry(slug="a", title="A", body=text)
    except ValueError:
        return  # what the form refuses is never written
    document = GuideDocument(pages=[page])
    assert parse(dump(document, "s").encode(), GuideDocument, "f.yaml") == document


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*RoleDocument.model_fields, "{x}"]), inner, max_size=4)
    ),
    max_leaves=12,
)


CONTENTS = {
    "values": st.dictionaries(
        st.sampled_from([*RoleDocument.model_fields, "{0}"]), values, max_size=6
    ).map(lambda value: yaml.safe_dump(value, allow_unicode=True).encode()),
    "a slip of the hand": st.builds(
        lambda at, slip: (TEXT[:at] + slip + TEXT[at + 1 :]).encode("utf-8", "replace"),
        *(st.integers(0, len(TEXT) - 1), st.text(max_size=3)),
    ),
}


@pytest.mark.parametrize("kind", CONTENTS)
@few
@given(chosen=st.data())
def test_anything_parses_or_gives_a_document_error(kind, chosen):
    with suppress(DocumentError):
        assert parse(chosen.draw(CONTENTS[kind]), RoleDocument, "f.yaml").slug
