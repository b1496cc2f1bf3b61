"""Documents that load_guide or check_guide refuses: readable errors, and no row changed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from profiles.documents.yaml_file import dump, known
from tests.documents.test_load_guide import with_summary
from tests.helpers.factories import Prose, all_rows, make_role_document, role_document, run

pytestmark = pytest.mark.usefixtures("guide", "db")
TEXT = dump(role_document("bad-role"), "../role.schema.json")


def first(old: str, new: str) -> str:
    """Return the role's text with the first ``old`` replaced."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def line_of(fragment: str) -> int:
    return TEXT[: TEXT.index(fragment)].count("\n") + 1


O_LINE = line_of("    O:\n") + 1
RANGE = "el rango 3.4–2.6 no sirve: el máximo va de 0,4 a 1,6 sobre el mínimo"
CONTEXT = "contexto desconocido «galaxia»; se conocen: enterprise, global, pyme y startup"
# What is said of the second file → its text.
BAD = {
    f"línea {line_of('  summary:')}, base.sumary: es una clave desconocida": first(
        "  summary:", "  sumary: x\n  summary:"
    ),
    f"línea {O_LINE}, base.targets.O: {RANGE}": first(
        "low: 2.6\n      high: 3.4", "low: 3.4\n      high: 2.6"
    ),
    f"contexts.galaxia: {CONTEXT}": first("  startup:\n", "  galaxia:\n"),
    "base.targets.O.sources.0: fuente desconocida «nadie-1900»; se conocen: {sources}": first(
        "importance: important", "importance: important\n      sources: [nadie-1900]"
    ),
    "related.0.role: rol desconocido «nadie»": (TEXT + "related:\n  - role: nadie\n"),
    "slug: «good-role» ya es una dirección de {good}": first("slug: bad-role", "slug: good-role"),
    "aliases.0: «otro-good-role» ya es una dirección de {good}": first(
        "- Otro bad-role", "- Otro good role"
    ),
    "related.0.role: un rol no se relaciona consigo mismo": (
        TEXT + "related:\n  - role: bad-role\n"
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_second_file_is_named_and_nothing_is_loaded(guide, write, message):
    folder = write(a_good=role_document("good-role"), bad=BAD[message])
    before = all_rows()
    sources = known(source.slug for source in guide.sources)
    expected = message.format(good=folder / "roles" / "a-good.yaml", sources=sources)
    assert refusal("load_guide", folder) == f"{folder / 'roles' / 'bad.yaml'}: {expected}"
    assert all_rows() == before


def refusal(command, *paths):
    """Return what a command says when it refuses documents."""
    with pytest.raises(CommandError) as refused:
        run(command, *paths)
    return str(refused.value)


def test_every_bad_file_is_named_at_once(write):
    folder = write(a="", b="", c=role_document())
    names = [folder / "roles" / f"{name}.yaml" for name in "ab"]
    assert refusal("load_guide", folder) == "\n".join(f"{name}: está vacío" for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "areas:\n  - {slug: a, name: A}\n  - {slug: a, name: B}\n",
        "contexts:\n  - {slug: rasgos, name: A, min_employees: 1}\n",
        "contexts:\n  - {slug: a, name: A, min_employees: 9, max_employees: 8}\n",
        "traits:\n  - {code: O, slug: otra, name: A}\n",
        f"pages:\n  - {{slug: a, title: A, body: '{'*a ' * 500}'}}\n",
    ],
)
def test_vocabulary_that_cannot_be_stored_is_a_readable_error(folder, write, text):
    write(data_tester=role_document())
    (folder / "guide.yaml").write_text(text, encoding="utf-8")
    before = all_rows()
    assert "guide.yaml: " in refusal("load_guide", folder)
    assert all_rows() == before


SOFT_HYPHEN = 'aliases:\n  - "ana\\xADlista"\n'
OF_ONE_COUNTRY = "s:\n    - country: AR\n      text:"
REFUSED_BY_BOTH = {
    "« #» empieza un comentario y corta el valor": ("teaser: ", "teaser: Compra el 1 #2 y "),
    "debe ser una fecha AAAA-MM-DD": ("on: '2026-01-05'", "on: 1767571200"),
    "es una fecha que todavía no llegó": ("on: '2026-01-05'", "on: '2999-01-05'"),
    "invisible o de control (U+00AD)": ("aliases:\n  - Otro bad-role\n", SOFT_HYPHEN),
    "área desconocida «jardineria»": ("area: datos-e-ia", "area: jardineria"),
    "el país va solo con «kind: regulated»": ("s:\n    - text:", OF_ONE_COUNTRY),
}


@pytest.mark.parametrize("message", REFUSED_BY_BOTH)
@pytest.mark.parametrize("command", ["check_guide", "load_guide"])
def test_both_commands_refuse_with_one_clear_line(write, command, message):
    folder = write(bad_role=first(*REFUSED_BY_BOTH[message]))
    (line,) = refusal(command, folder / "roles" / "bad-role.yaml").splitlines()
    assert message in line


@pytest.mark.parametrize("command", ["check_guide", "load_guide"])
def test_both_commands_refuse_another_role_s_name_as_alias(write, command):
    two = role_document("two", aliases=["cajero/a"])
    folder = write(one=role_document("one", name="Cajero/a"), two=two)
    said = refusal(command, *sorted(folder.glob("roles/*.yaml")))
    assert "two.yaml: aliases.0: «cajero/a» es el nombre de" in said


def test_other_name_of_a_role_on_the_desk_is_refused(write):
    other = role_document("other-role", aliases=["Otro Data Tester"])
    files = write(data_tester=role_document(), other_role=other) / "roles"
    run("load_guide", files / "data-tester.yaml")
    before, said = all_rows(), "«otro-data-tester» ya es una dirección de «Data Tester» en la guía"
    assert refusal("load_guide", files / "other-role.yaml").endswith(f"aliases.0: {said}")
    assert all_rows() == before


def check(*paths) -> str:
    """Return what check_guide says of documents that it refuses."""
    out = StringIO()
    with pytest.raises(CommandError, match=r"^La guía no cumple las reglas editoriales\.$"):
        call_command("check_guide", *paths, stdout=out)
    return out.getvalue()


def test_check_names_each_finding_and_touches_no_row(write):
    folder, before = write(data_tester=make_role_document()), all_rows()
    path = folder / "roles" / "data-tester.yaml"
    assert run("check_guide", path) == ("1 roles: 0 errores, 0 avisos.\n", "")
    write(data_tester=with_summary(make_role_document(), ""))
    said = "data-tester: error: base.summary: falta\n1 roles: 1 errores, 0 avisos.\n"
    assert check(path) == said
    assert all_rows() == before


def test_check_finds_a_sentence_of_two_roles(write):
    shared = Prose(9_000_000).sentence()
    one, two = (with_summary(make_role_document(f"{n}-role"), shared) for n in ("one", "two"))
    folder = write(one_role=one, two_role=two)
    assert check(*sorted(folder.glob("roles/*.yaml"))) == (
        f"guía: error: la oración «{shared}» está en one-role:base.summary, "
        "two-role:base.summary\n2 roles: 1 errores, 0 avisos.\n"
    )


def test_check_refuses_a_misspelt_name(write):
    folder = write(tester=role_document("data-tester", aliases=["Data Testre"]))
    found = check(folder / "roles" / "tester.yaml")
    assert "aliases.0: «Data Testre» es «tester» mal escrito" in found
