"""The commands that load, export and check the guide's documents."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from profiles.choices import WorkflowState
from profiles.documents.schema import GuideDocument, RoleDocument
from profiles.documents.yaml_file import dump, read
from profiles.models import Area, Edition, Profile, Role
from tests.factories import FIXTURES, Prose, load_vocabulary, make_role_document

pytestmark = pytest.mark.usefixtures("vocabulary", "db")

KEPT = r"Data Tester.*: se editó en el admin y se conserva \(--overwrite lo pisa\)\.\n"


@pytest.fixture(scope="module")
def vocabulary(django_db_setup, django_db_blocker):
    """The real vocabulary, loaded once for the whole file; each test rolls back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_vocabulary()
        transaction.set_rollback(True)


def role_document(slug="data-tester", **changes) -> RoleDocument:
    """Return a role that refers to no other; ``changes`` replaces parts of it."""
    value = make_role_document(slug, related=()).model_dump(mode="json", by_alias=True)
    return RoleDocument.model_validate(value | changes)


TEXT = dump(role_document("bad-role"), "../role.schema.json")


def with_summary(document: RoleDocument, summary: str) -> RoleDocument:
    base = document.base.model_copy(update={"summary": summary})
    return document.model_copy(update={"base": base})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "roles").mkdir()
    return tmp_path


@pytest.fixture
def write(folder) -> Callable:
    """Write role documents (or texts, or bytes) as files and return the folder."""

    def write(**files):
        for name, content in files.items():
            if isinstance(content, RoleDocument):
                content = dump(content, "../role.schema.json")
            content = content if isinstance(content, bytes) else content.encode()
            (folder / "roles" / f"{name.replace('_', '-')}.yaml").write_bytes(content)
        return folder

    return write


def run(command: str, *arguments, **options) -> tuple[str, str]:
    """Return what a command said on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def all_rows() -> dict[str, list]:
    """Return every row of the guide, to compare before and after."""
    models = apps.get_app_config("profiles").get_models(include_auto_created=True)
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}


def summary_on_desk(slug="data-tester") -> str:
    return Profile.objects.get(role__slug=slug, context=None).summary


def edit_in_admin(summary: str, slug="data-tester") -> None:
    profile = Profile.objects.get(role__slug=slug, context=None)
    profile.summary = summary
    profile.save()


def first(old: str, new: str) -> str:
    """Return the role's text with the first ``old`` replaced."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def cut_trait(code: str) -> str:
    """Return the role's text without the base's target of ``code``."""
    start = TEXT.index(f"    {code}:\n")
    end = TEXT.index("    ER:\n", start)
    return TEXT[:start] + TEXT[end:]


def line_of(fragment: str) -> int:
    return TEXT[: TEXT.index(fragment)].count("\n") + 1


BOMB = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
O_LINE = line_of("    O:\n") + 1
BAD = {
    "unknown key": (
        first("  summary:", "  sumary: x\n  summary:"),
        f"línea {line_of('  summary:')}, base.sumary: es una clave desconocida",
    ),
    "missing trait": (
        cut_trait("EE"),
        f"línea {line_of('    O:')}, base.targets.EE: falta y es obligatorio",
    ),
    "range upside down": (
        first("low: 2.6\n      high: 3.4", "low: 3.4\n      high: 2.6"),
        f"línea {O_LINE}, base.targets.O: el rango 3.4–2.6 no sirve: el máximo va de 0,4 a 1,6 "
        "sobre el mínimo",
    ),
    "range too wide": (
        first("low: 2.6\n      high: 3.4", "low: 2.6\n      high: 4.3"),
        f"línea {O_LINE}, base.targets.O: el rango 2.6–4.3 no sirve: el máximo va de 0,4 a 1,6 "
        "sobre el mínimo",
    ),
    "range off the scale": (
        first("low: 2.6", "low: 0.9"),
        f"línea {O_LINE}, base.targets.O.low: debe ser 1.0 o más",
    ),
    "two decimals": (
        first("low: 2.6", "low: 2.65"),
        f"línea {O_LINE}, base.targets.O.low: admite un solo decimal",
    ),
    "range in words": (
        first("low: 2.6", "low: baja"),
        f"línea {O_LINE}, base.targets.O.low: debe ser un número",
    ),
    "unknown importance": (
        first("importance: important", "importance: mucha"),
        f"línea {O_LINE + 2}, base.targets.O.importance: debe ser 'critical', 'important' o "
        "'flexible'",
    ),
    "unknown context": (
        first("  startup:\n", "  galaxia:\n"),
        "contexts.galaxia: contexto desconocido «galaxia»; se conocen: enterprise, global, pyme "
        "y startup",
    ),
    "unknown source": (
        first("importance: important", "importance: important\n      sources: [nadie-1900]"),
        "base.targets.O.sources.0: fuente desconocida «nadie-1900»; se conocen: {sources}",
    ),
    "unknown related role": (
        TEXT + "related:\n  - role: nadie\n",
        "related.0.role: rol desconocido «nadie»; se conocen: bad-role y good-role",
    ),
    "unknown area": (
        first("area: datos-e-ia", "area: nada"),
        "area: área desconocida «nada»; se conocen: {areas}",
    ),
    "duplicate slug": (
        first("slug: bad-role", "slug: good-role"),
        "slug: «good-role» ya es una dirección de {good}",
    ),
    "alias of another file": (
        first("- Otro bad-role", "- Otro good role"),
        "aliases.0: «otro-good-role» ya es una dirección de {good}",
    ),
    "duplicate question key": (
        first("key: base-1", "key: base-0"),
        "línea 2: la clave de pregunta «base-0» está repetida en el rol",
    ),
    "duplicate key of a map": (
        first("area: datos-e-ia\n", "area: datos-e-ia\narea: personas\n"),
        f"línea {line_of('area:') + 1}, area: la clave está repetida",
    ),
    "tab": (
        first("  summary:", "\tsummary:"),
        f"línea {line_of('  summary:')}: hay un tabulador en la sangría; YAML solo admite espacios",
    ),
    "empty": ("", "está vacío"),
    "five megabytes": (
        TEXT + "#" * 5_000_000,
        "pesa más de 512 KiB, el máximo para un documento",
    ),
    "alias bomb": (BOMB, "línea 2: los alias de YAML (*nombre) no se admiten"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\x00", "es un archivo binario; se espera texto YAML"),
    "latin-1": (
        first("Desarrolladores", "Programación").encode("latin-1"),
        f"línea {line_of('Desarrolladores')}: no está en UTF-8 (¿se guardó en Latin-1?); "
        "guardalo como UTF-8",
    ),
    "tag": (
        first("name: Bad Role", "name: !!python/name:os.system x"),
        f"línea {line_of('name:')}, name: la etiqueta tag:yaml.org,2002:python/name:os.system "
        "no se admite",
    ),
    "control character": (
        first("name: Bad Role", 'name: "Bad\\u0007Role"'),
        f"línea {line_of('name:')}, name: tiene un carácter invisible o de control (U+0007)",
    ),
    "bidi character": (
        first("name: Bad Role", "name: Bad\u202eRole"),
        f"línea {line_of('name:')}, name: tiene un carácter invisible o de control (U+202E)",
    ),
    "role related to itself": (
        TEXT + "related:\n  - role: bad-role\n",
        "related.0.role: un rol no se relaciona consigo mismo",
    ),
    "role related twice": (
        TEXT + "related:\n  - role: good-role\n  - role: good-role\n",
        "related.1.role: «good-role» está repetido",
    ),
    "archetype twice": (
        first("  primary: lupa", "  primary: lupa\n  secondary: lupa"),
        "archetypes.secondary: repite el principal",
    ),
}


def slugs(vocabulary, section: str) -> str:
    *most, last = sorted(entry.slug for entry in getattr(vocabulary, section))
    return f"{', '.join(most)} y {last}"


@pytest.mark.parametrize("name", BAD)
def test_bad_second_file_is_named_and_nothing_is_loaded(vocabulary, write, name):
    content, message = BAD[name]
    folder = write(a_good=role_document("good-role"), bad=content)
    before = all_rows()
    with pytest.raises(CommandError) as refused:
        run("load_guide", folder)
    places = {"good": folder / "roles" / "a-good.yaml"}
    places |= {section: slugs(vocabulary, section) for section in ("sources", "areas")}
    expected = message.format(**places) if "{" in message else message
    assert str(refused.value) == f"{folder / 'roles' / 'bad.yaml'}: {expected}"
    assert all_rows() == before


def test_every_bad_file_is_named_at_once(write):
    folder = write(a="", b="", c=role_document())
    with pytest.raises(CommandError) as refused:
        run("load_guide", folder)
    names = [folder / "roles" / f"{name}.yaml" for name in "ab"]
    assert str(refused.value) == "\n".join(f"{name}: está vacío" for name in names)


def test_bad_vocabulary_leaves_the_roles_out_too(write):
    folder = write(data_tester=role_document())
    (folder / "guide.yaml").write_text("areas: x\n", encoding="utf-8")
    before = all_rows()
    with pytest.raises(CommandError, match=r"guide\.yaml: línea 1, areas: debe ser una lista"):
        run("load_guide", folder)
    assert all_rows() == before


@pytest.mark.parametrize(
    "text",
    [
        "areas:\n  - {slug: a, name: A}\n  - {slug: a, name: B}\n",
        "contexts:\n  - {slug: rasgos, name: A, min_employees: 1}\n",
        "contexts:\n  - {slug: a, name: A, min_employees: 9, max_employees: 8}\n",
        "traits:\n  - {code: O, slug: otra, name: A}\n",
        f"areas:\n  - {{slug: a, name: A, body: '{'*a ' * 500}'}}\n",
    ],
    ids=["same slug twice", "reserved slug", "people upside down", "code twice", "too much markup"],
)
def test_vocabulary_that_cannot_be_stored_is_a_readable_error(folder, text):
    (folder / "guide.yaml").write_text(text, encoding="utf-8")
    before = all_rows()
    with pytest.raises(CommandError, match=r"guide\.yaml: "):
        run("load_guide", folder)
    assert all_rows() == before


def test_body_that_cannot_be_rendered_is_a_readable_error(write):
    base = role_document().base.model_copy(update={"body": "*a " * 500})
    folder = write(data_tester=role_document().model_copy(update={"base": base}))
    before = all_rows()
    with pytest.raises(CommandError, match=r"data-tester\.yaml: .*base\.body"):
        run("load_guide", folder)
    assert all_rows() == before


def test_alias_of_another_role_on_the_desk_is_refused(write):
    run("load_guide", write(data_tester=role_document()))
    other = role_document("other-role", aliases=["Otro Data Tester"])
    (folder := write(other_role=other)).joinpath("roles", "data-tester.yaml").unlink()
    before = all_rows()
    with pytest.raises(CommandError) as refused:
        run("load_guide", folder)
    assert str(refused.value) == (
        f"{folder / 'roles' / 'other-role.yaml'}: aliases.0: "
        "«otro-data-tester» ya es de otro rol de la guía"
    )
    assert all_rows() == before


def test_bad_file_exits_with_status_one(write, tmp_path):
    folder = write(bad="")
    done = subprocess.run(
        [sys.executable, "manage.py", "load_guide", folder],
        cwd=FIXTURES.parent,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}"},
        capture_output=True,
        text=True,
    )
    message = f"CommandError: {folder / 'roles' / 'bad.yaml'}: está vacío\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", message)


def test_complete_role_is_published(write):
    neighbours(write)
    out, err = run("load_guide", write(data_tester=make_role_document()))
    assert err.count("data-tester") == 0
    editions = Edition.objects.published().filter(role_slug="data-tester")
    assert [edition.number for edition in editions] == [1, 1]
    assert out.startswith("4 creado; ")


@pytest.mark.parametrize("options", [{}, {"reason": "Se agregó el rol."}])
def test_news_say_why_only_where_somebody_said_it(write, options):
    neighbours(write)
    run("load_guide", write(data_tester=make_role_document()), **options)
    reasons = Edition.objects.filter(role_slug="data-tester").values_list("reason", flat=True)
    assert set(reasons) == {options.get("reason", "")}


def neighbours(write) -> None:
    """Write the three roles that the factory's role relates to, as drafts."""
    write(**{f"neighbour_{n}": role_document(f"neighbour-{n}") for n in "abc"})


def test_roles_of_the_same_name_are_counted_apart(write):
    folder = write(
        one=role_document("one-role", name="Analista"),
        two=role_document("two-role", name="Analista"),
    )
    assert run("load_guide", folder, no_publish=True)[0] == ("2 creado; 0 ediciones publicadas.\n")


def test_second_load_changes_nothing(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    (folder / "guide.yaml").write_bytes((FIXTURES / "guide.yaml").read_bytes())
    run("load_guide", folder)
    editions, before = Edition.objects.count(), all_rows()
    out, err = run("load_guide", folder)
    items = sum(len(section) for _, section in read(folder / "guide.yaml", GuideDocument))
    assert (out, err) == (f"{items + 4} sin cambios; 0 ediciones publicadas.\n", "")
    assert Edition.objects.count() == editions
    for rows in (before, after := all_rows()):
        rows.pop("LoadedDocument")
    assert after == before


def test_changed_file_is_loaded_and_makes_one_new_edition(write):
    neighbours(write)
    run("load_guide", write(data_tester=make_role_document()))
    folder = write(data_tester=with_summary(make_role_document(), "Otro resumen del rol."))
    out, _ = run("load_guide", folder)
    assert out == "1 actualizado, 3 sin cambios; 1 ediciones publicadas.\n"
    numbers = Edition.objects.filter(role_slug="data-tester", context=None)
    assert sorted(numbers.values_list("number", flat=True)) == [1, 2]
    assert summary_on_desk() == "Otro resumen del rol."


def test_no_publish_leaves_drafts(write):
    neighbours(write)
    out, err = run("load_guide", write(data_tester=make_role_document()), no_publish=True)
    assert (out, err) == ("4 creado; 0 ediciones publicadas.\n", "")
    assert Edition.objects.count() == 0
    assert set(Profile.objects.values_list("state", flat=True)) == {WorkflowState.DRAFT}


def test_incomplete_role_stays_a_draft_and_says_why(write):
    document = role_document(contexts={})
    out, err = run("load_guide", write(data_tester=document))
    assert out == "1 creado; 0 ediciones publicadas.\n"
    assert err == "Queda en borrador: Data Tester (base): related: tiene 0; van de 3 a 5\n"
    assert Edition.objects.count() == 0


def test_edit_in_the_admin_survives_an_unchanged_file(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    edit_in_admin("Escrito en el admin.")
    out, err = run("load_guide", folder, no_publish=True)
    assert (out, err) == ("1 sin cambios; 0 ediciones publicadas.\n", "")
    assert summary_on_desk() == "Escrito en el admin."


def test_edit_in_the_admin_survives_a_changed_file_and_is_said(write):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    edit_in_admin("Escrito en el admin.")
    folder = write(data_tester=with_summary(role_document(), "Escrito en el archivo."))
    for _ in range(2):
        out, err = run("load_guide", folder, no_publish=True)
        assert out == "1 conservado; 0 ediciones publicadas.\n"
        assert re.fullmatch(KEPT, err)
        assert summary_on_desk() == "Escrito en el admin."


@pytest.mark.parametrize("summary", ["", "Escrito en el archivo."])
def test_overwrite_writes_over_an_edit_in_the_admin(write, summary):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    edit_in_admin("Escrito en el admin.")
    document = with_summary(role_document(), summary) if summary else role_document()
    out, err = run("load_guide", write(data_tester=document), overwrite=True, no_publish=True)
    assert (out, err) == ("1 actualizado; 0 ediciones publicadas.\n", "")
    assert summary_on_desk() == document.base.summary


def test_edit_of_the_vocabulary_in_the_admin_survives(vocabulary, folder):
    Area.objects.filter(slug="personas").update(summary="Escrito en el admin.")
    areas = tuple(
        area.model_copy(update={"summary": "Del archivo."}) if area.slug == "personas" else area
        for area in vocabulary.areas
    )
    text = dump(vocabulary.model_copy(update={"areas": areas}), "guide.schema.json")
    (folder / "guide.yaml").write_text(text, encoding="utf-8")
    _, err = run("load_guide", folder)
    assert err == "área personas: se editó en el admin y se conserva (--overwrite lo pisa).\n"
    assert Area.objects.get(slug="personas").summary == "Escrito en el admin."
    run("load_guide", folder, overwrite=True)
    assert Area.objects.get(slug="personas").summary == "Del archivo."


def rename_in_admin() -> None:
    role = Role.objects.get(slug="data-tester")
    role.slug = "data-taster"
    role.save()


def addresses() -> set[str]:
    return {
        *Role.objects.values_list("slug", flat=True),
        *Role.objects.filter(aliases__name="").values_list("aliases__slug", flat=True),
    }


@pytest.mark.parametrize("summary", ["", "Escrito en el archivo."])
def test_renamed_role_is_not_created_again(write, summary):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    rename_in_admin()
    document = with_summary(role_document(), summary) if summary else role_document()
    folder = write(data_tester=document)
    run("load_guide", folder, no_publish=True)
    assert [role.slug for role in Role.objects.all()] == ["data-taster"]
    assert addresses() == {"data-taster", "data-tester"}


def test_overwrite_of_a_renamed_role_keeps_one_role_and_both_addresses(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    rename_in_admin()
    for _ in range(2):
        run("load_guide", folder, overwrite=True, no_publish=True)
        assert Role.objects.count() == 1
        assert addresses() == {"data-taster", "data-tester"}


def test_deleted_role_stays_deleted_until_overwrite(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    Role.objects.get(slug="data-tester").delete()
    run("load_guide", folder, no_publish=True)
    changed = write(data_tester=with_summary(role_document(), "Escrito en el archivo."))
    _, err = run("load_guide", changed, no_publish=True)
    assert re.fullmatch(KEPT, err)
    assert Role.objects.count() == 0
    out, _ = run("load_guide", changed, overwrite=True, no_publish=True)
    assert out == "1 creado; 0 ediciones publicadas.\n"
    assert summary_on_desk() == "Escrito en el archivo."


def test_load_export_load_changes_nothing(write, tmp_path):
    neighbours(write)
    run("load_guide", write(data_tester=make_role_document()))
    before = all_rows()
    one, two = tmp_path / "one", tmp_path / "two"
    out, _ = run("export_guide", one)
    assert out == f"5 archivos en {one}.\n"
    run("load_guide", one)
    run("export_guide", two)
    for rows in (before, after := all_rows()):
        rows.pop("LoadedDocument")
    assert after == before
    assert contents(two) == contents(one)
    assert len(contents(one)) == 5


def contents(folder) -> dict[str, bytes]:
    files = folder.rglob("*.yaml")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_export_writes_nothing_where_a_role_is_incomplete(write, tmp_path):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    Profile.objects.get(context=None).delete()
    with pytest.raises(CommandError, match="data-tester: el escritorio está incompleto"):
        run("export_guide", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_schemas_are_written_beside_the_documents(tmp_path):
    out, _ = run("export_guide", tmp_path, schema=True)
    assert out == f"2 archivos en {tmp_path}.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "guide.schema.json",
        "role.schema.json",
    ]


def test_check_accepts_complete_roles_and_touches_no_row(write):
    path = write(data_tester=make_role_document()) / "roles" / "data-tester.yaml"
    before = all_rows()
    assert run("check_guide", path) == ("1 roles: 0 errores, 0 avisos.\n", "")
    assert all_rows() == before


def test_check_names_each_finding_and_fails(write):
    folder = write(data_tester=with_summary(make_role_document(), ""))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^La guía no cumple las reglas editoriales\.$"):
        call_command("check_guide", folder / "roles" / "data-tester.yaml", stdout=out)
    assert out.getvalue() == (
        "data-tester: error: base.summary: falta\n1 roles: 1 errores, 0 avisos.\n"
    )


def test_check_finds_a_sentence_of_two_roles(write):
    shared = Prose(9_000_000).sentence()
    documents = [make_role_document("one-role"), make_role_document("two-role")]
    one, two = (with_summary(document, shared) for document in documents)
    folder = write(one_role=one, two_role=two)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("check_guide", *sorted(folder.glob("roles/*.yaml")), stdout=out)
    words = shared.rstrip(".").lower()
    assert out.getvalue() == (
        f"guía: error: la oración «{words}» está en one-role:base.summary, "
        "two-role:base.summary\n2 roles: 1 errores, 0 avisos.\n"
    )
