"""The command that checks role documents and touches no row."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.documents.test_load_guide import with_summary
from tests.helpers.factories import Prose, make_role_document
from tests.helpers.guide_files import all_rows, role_document, run

pytestmark = pytest.mark.usefixtures("guide", "db")


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
    assert check(path) == (
        "data-tester: error: base.summary: falta\n1 roles: 1 errores, 0 avisos.\n"
    )
    assert all_rows() == before


def test_check_finds_a_sentence_of_two_roles(write):
    shared = Prose(9_000_000).sentence()
    one, two = (with_summary(make_role_document(f"{n}-role"), shared) for n in ("one", "two"))
    folder = write(one_role=one, two_role=two)
    assert check(*sorted(folder.glob("roles/*.yaml"))) == (
        f"guía: error: la oración «{shared.rstrip('.').lower()}» está en one-role:base.summary, "
        "two-role:base.summary\n2 roles: 1 errores, 0 avisos.\n"
    )


def test_check_refuses_a_misspelt_name(write):
    folder = write(tester=role_document("data-tester", aliases=["Data Testre"]))
    found = check(folder / "roles" / "tester.yaml")
    assert "aliases.0: «Data Testre» es «tester» mal escrito" in found
