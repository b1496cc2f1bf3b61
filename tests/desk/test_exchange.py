"""Role documents and lists, in and out of the admin."""

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.admin.base import GuardedSearch
from profiles.admin.exchange import MAX_ZIP
from profiles.desk.exporting import role_text
from profiles.desk.rows import desk_document
from profiles.documents.choices import AuditEvent
from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import MAX_BYTES, dump, parse
from profiles.exports.zip_file import zipped
from profiles.models import AuditEntry, Profile, Role
from tests.desk.editors import member, said, upload, url
from tests.helpers.factories import copy_editions, make_role, make_role_document

pytestmark = pytest.mark.dialect
OLD, NEW = "Antes de la importación.", "Después de la importación."


@pytest.fixture
def text(role):
    """The role's document, with another summary of the base profile."""
    Profile.objects.filter(role=role, context=None).update(summary=NEW)
    changed = role_text(role)
    Profile.objects.filter(role=role, context=None).update(summary=OLD)
    return changed


def tried(client, content, name="data-tester.yaml"):
    """Return what an import would do, by file."""
    return upload(client, content, name, **{"try": "1"}).context["outcomes"]


def summary(role):
    return role.profiles.get(context=None).summary


def export(client, action, *rows, **more):
    """Choose rows of a list and export them."""
    place = rows[0]._meta.label_lower.replace(".", "_")
    values = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(reverse(f"admin:{place}_changelist"), values)


def archive(**files):
    """Return a zip of texts by file name, written with two underscores for its dot."""
    return zipped((name.replace("__", "."), text) for name, text in files.items())


def test_import_writes_drafts_that_the_history_undoes(admin_client, role, text):
    assert tried(admin_client, text) == {"data-tester.yaml": "actualizado"}
    assert summary(role) == OLD
    assert said(upload(admin_client, text)) == ["Se importó 1 rol."]
    logged = AuditEntry.objects.get(event=AuditEvent.IMPORTED)
    assert (logged.name, logged.subject) == ("admin", "data-tester.yaml")
    base = role.profiles.get(context=None)
    version = base.versions.latest()
    assert (version.number, version.who.username) == (base.version, "admin")
    assert (version.document["summary"], base.editions.count()) == (NEW, 1)
    first = base.versions.last()
    admin_client.post(url(base, "restore"), {"version": first.number})
    assert summary(role) == first.document["summary"]


def test_new_role_is_created(admin_client):
    make_role("neighbour")  # its neighbours are the new one's
    content = make_role_document("fresh-tester").model_dump_json(by_alias=True)
    assert tried(admin_client, content, "fresh.json") == {"fresh.json": "creado"}
    assert not Role.objects.filter(slug="fresh-tester").exists()
    upload(admin_client, content, "fresh.json")
    assert Role.objects.get(slug="fresh-tester").profiles.count() == 2


@pytest.mark.parametrize("action", ["export_yaml", "export_json"])
def test_export_comes_back_without_a_change(admin_client, role, action):
    exported = export(admin_client, action, role)
    name = re.search(r'filename="([^"]+)"', exported["Content-Disposition"])[1]
    logged = AuditEntry.objects.get(event=AuditEvent.EXPORTED)
    assert (logged.name, logged.subject) == ("admin", name)
    assert tried(admin_client, exported.content, name) == {name: "sin cambios"}
    before = role.versions.count()
    assert said(upload(admin_client, exported.content, name)) == ["Se importaron 0 roles."]
    assert role.versions.count() == before


def test_one_bad_document_stops_them_all(admin_client, role, text):
    content = archive(good__yaml=text, bad__yaml="slug: x\nname: X\n", __DS_Store="of a Mac")
    response = upload(admin_client, content, "roles.zip")
    assert {problem.split(":")[0] for problem in response.context["problems"]} == {"bad.yaml"}
    assert "bad.yaml: línea 1, base: falta y es obligatorio" in response.context["problems"]
    assert summary(role) == OLD


def test_profile_that_a_document_lacks_stays_as_it_is(admin_client, role, text):
    document = parse(text.encode(), RoleDocument, "x").model_copy(update={"contexts": {}})
    upload(admin_client, document.model_dump_json(by_alias=True), "x.json")
    assert summary(role) == NEW
    startup = role.profiles.get(context__slug="startup")
    assert (startup.versions.count(), startup.editions.published().count()) == (1, 1)


def test_date_of_a_review_is_imported_only_by_who_may_review(role):
    base = role.profiles.get(context=None)
    document = desk_document(role)
    later = document.base.model_copy(update={"reviewed_on": date(2026, 11, 24)})
    content = document.model_copy(update={"base": later}).model_dump_json(by_alias=True)
    dates = []
    for group in ("Redacción", "Edición"):
        upload(member(group), content, "x.json")
        base.refresh_from_db()
        dates.append(base.reviewed_on)
    assert dates == [document.base.reviewed_on, date(2026, 11, 24)]


def test_import_by_a_writer_asks_for_its_own_roles_among_many(role, text):
    writer, asked = member("Redacción"), []
    tried(writer, text)  # what is read once is read
    for start in (role.slug, f"{role.slug}-1"):
        copy_editions(Role.objects.get(slug=start), 12)
        with CaptureQueriesContext(connection) as captured:
            tried(writer, text)
        # Keys of all roles would stand in one query as well.
        asked.append((len(captured), sum(query["sql"].count(",") for query in captured)))
    assert asked[0] == asked[1]


def many(count, text):
    return archive(**{f"a{n}__yaml": text for n in range(count)})


def relating(text, slug="neighbour-a"):
    Role.objects.get(slug=slug).aliases.create(slug="former")
    return text.replace("related:\n", "related:\n  - role: former\n")


def small_bomb():
    """Return a zip that Python would unpack whole, however little of it is read."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as bomb:
        bomb.writestr("a.yaml", " " * 9_000_000)
    return file.getvalue()


# What is wrong inside a document has its own tests.
BAD = {
    "unknown area": (lambda text: text.replace("datos-e-ia", "nada"), "x.yaml", "área desconocida"),
    "other type": (lambda text: text, "x.exe", "se admite"),
    "cut zip": (lambda text: archive(a__yaml=text)[:-60], "x.zip", "no es un .zip sano"),
    "big zip": (lambda text: b"\x00" * (MAX_ZIP + 1), "x.zip", "x.zip: pesa más de 5 MiB"),
    "bomb of another kind": (lambda text: small_bomb(), "x.zip", "una compresión rara"),
    "guide in zip": (lambda text: archive(guide__yaml="a: 1"), "x.zip", "el vocabulario no se"),
    "program in zip": (lambda text: archive(a__exe="a"), "x.zip", "no es un documento"),
    "bomb in zip": (lambda text: archive(a__yaml=" " * 9_000_000), "x.zip", "más de 512 KiB"),
    "bomb of many": (lambda text: many(11, "#" * MAX_BYTES), "x.zip", "descomprimido pesa más de"),
    "many files": (lambda text: many(501, ""), "x.zip", "501"),
    "another's name": (lambda t: t.replace("Otro data-tester", "Neighbour A"), "x.yaml", "ya es"),
    "a neighbour twice": (relating, "x.yaml", "related.1.role: «neighbour-a» está repetido"),
    "itself": (lambda t: relating(t, "data-tester"), "x.yaml", "related.0.role: un rol no se"),
    "one role twice": (lambda text: archive(a__yaml=text, b__yaml=text), "x.zip", "ya es una"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_upload_is_explained_and_changes_nothing(admin_client, role, case):
    make, name, expected = BAD[case]
    before = list(Role.objects.values())
    content = make(dump(make_role_document(), "role"))
    problems = upload(admin_client, content, name).context["problems"]
    assert any(expected in problem for problem in problems), problems
    assert list(Role.objects.values()) == before


def cells(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_list_of_roles_as_csv(admin_client, role):
    heading, row = cells(export(admin_client, "export_csv", role))
    assert heading == ["Nombre", "Área", "Arquetipo principal", "Dirección", "Última modificación"]
    assert row[:4] == ["Data Tester", "Datos e IA", "Lupa", "data-tester"]
    Profile.objects.update(reviewed_on=None)
    rows = cells(export(admin_client, "export_csv", *role.profiles.all()))
    assert [row[-1] for row in rows] == ["Última revisión", "", ""]


def test_list_of_accounts_holds_no_password(admin_client, admin_user):
    page = admin_client.get(reverse("admin:auth_user_changelist"))
    for answer in (page, export(admin_client, "export_csv", admin_user)):
        assert ("admin" in answer.text, admin_user.password in answer.text) == (True, False)


def test_cell_that_a_spreadsheet_would_run_is_text(admin_client, role):
    for run in ("=1+1", "+1+1", "-1+1", "@1+1"):
        Role.objects.filter(pk=role.pk).update(name=run)
        assert cells(export(admin_client, "export_csv", role))[1][0] == f"'{run}"


def test_list_exports_all_pages_or_is_refused_and_never_cut(admin_client, role, monkeypatch):
    monkeypatch.setattr("profiles.admin.exchange.PAGE", 7)
    copy_editions(role, 30)
    count = Role.objects.count()
    assert len(cells(export(admin_client, "export_csv", role, select_across=1))) == count + 1
    monkeypatch.setattr("profiles.admin.exchange.MAX_ROWS", 2)
    monkeypatch.setattr(GuardedSearch, "list_max_show_all", 2)
    for action in ("export_csv", "export_yaml", "delete_selected"):
        assert said(export(admin_client, action, role, select_across=1)) == [
            f"No se hizo nada: elegiste {count} filas y van hasta 2 por vez. "
            "Filtrá la lista o elegí menos."
        ]
