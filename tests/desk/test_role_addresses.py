"""The addresses of a published role are public the moment they are saved: writers leave them."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from profiles.desk.history import record
from profiles.desk.publishing import publish, withdraw
from profiles.desk.rows import desk_document
from profiles.models import Role, RoleAlias
from tests.desk.editors import form_values, member, said, upload, url
from tests.helpers.factories import make_role

REFUSED = (
    "cambia lo que se ve en el momento de un rol publicado (%s): eso lo hace solo quien puede "
    "publicar"
)
OLD, PUBLIC_NAME = "data-taster", "otro-data-tester"


@pytest.fixture(scope="module")
def made_role(module_rows):
    """A published role with an old address, and another name that is not published."""
    role = make_role()
    role.aliases.create(slug=OLD, order=1)
    role.aliases.create(name="Probadora", slug="probadora", order=2)
    return role


@pytest.fixture
def writer():
    return member("Redacción")


def answers(client, *slugs):
    """Return what visitors get at the addresses ``slugs``."""
    pages = [reverse("profiles:role_detail", args=[slug]) for slug in slugs]
    return [client.get(page).status_code for page in pages]


def change(client, role, **changes):
    """Post the role's form, whatever the page offers, with ``changes``; return the answer.

    A change of another name is named after its address: ``data_taster__name``.
    """
    values = form_values(client, role)
    rows = {
        slug.replace("-", "_"): key.removesuffix("slug")
        for key, slug in values.items()
        if key.startswith("aliases-") and key.endswith("-slug") and slug
    }
    for name, value in changes.items():
        row, dunder, column = name.partition("__")
        values[rows[row] + column if dunder else name] = value
    return client.post(url(role), values)


def added(**columns):
    """Return what adds another name or an old address to the three there are."""
    return {"aliases-TOTAL_FORMS": 4, **{f"aliases-3-{k}": v for k, v in columns.items()}}


ADDRESSES = ("data-tester", OLD, PUBLIC_NAME, "probadora", "nueva")
BEFORE = [200, 301, 301, 404, 404]
ONE_MORE = added(name="Otro data-tester", slug="nueva", order=3)
CHANGES = {
    "the address": ({"slug": "nueva"}, [301, 301, 301, 404, 200]),
    "no old address": ({"data_taster__DELETE": "on"}, [200, 404, 301, 404, 404]),
    "a public name's address": ({"otro_data_tester__slug": "nueva"}, [200, 301, 404, 404, 301]),
    "one more for a public name": (ONE_MORE, [200, 301, 301, 404, 301]),
    "a draft's name without its name": ({"probadora__name": ""}, [200, 301, 301, 301, 404]),
}


@pytest.mark.parametrize("case", CHANGES)
def test_who_may_publish_changes_the_addresses_of_a_published_role(client, role, case):
    changes, after = CHANGES[case]
    assert answers(client, *ADDRESSES) == BEFORE
    assert change(member("Edición"), role, **changes).status_code == 302
    assert answers(client, *ADDRESSES) == after


def test_who_may_not_publish_changes_none_of_them_and_reads_why(client, writer, role):
    explained = change(writer, role, **added(slug="nueva", order=3))
    assert REFUSED.capitalize() % "nueva" in explained.text
    for case, (changes, _after) in CHANGES.items():
        change(writer, role, **changes)
        assert answers(client, *ADDRESSES) == BEFORE, case


def test_writer_reads_why_and_writes_the_rest(writer, role):
    told = writer.get(url(role)).context["adminform"].form.fields["slug"].help_text
    assert "los cambia solo quien puede publicar" in told
    changes = {"probadora__name": "Probador de datos", "probadora__slug": ""}
    live = {"name": "Probador", "area": ""}
    new = added(name="Ensayista", order=3)
    assert change(writer, role, **live, **changes, **new).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.area.slug) == ("Data Tester", "datos-e-ia")
    assert list(role.aliases.exclude(name="").values_list("name", "slug")) == [
        ("Otro data-tester", PUBLIC_NAME),
        ("Probador de datos", "probador-de-datos"),
        ("Ensayista", "ensayista"),
    ]


@pytest.mark.parametrize("state", ["unpublished", "scheduled"])
def test_writer_changes_the_addresses_of_what_nobody_published(writer, role, state):
    for profile in reversed(role.profiles.base_first()):
        withdraw(profile)
    if kept := state == "scheduled":
        publish(role.profiles.get(context=None), at=datetime(2040, 1, 1, tzinfo=UTC))
    change(writer, role, slug="nueva", data_taster__DELETE="on")
    assert Role.objects.filter(pk=role.pk, slug="data-tester").exists() == kept
    assert RoleAlias.objects.filter(slug=OLD).exists() == kept


def import_of(client, role, **changes):
    document = desk_document(role).model_copy(update=changes)
    return upload(client, document.model_dump_json(by_alias=True), "x.json")


IMPORTS = {
    "one more": ({"former_slugs": (OLD, "nueva")}, "nueva"),
    "no public name": ({"aliases": ("Probadora",)}, PUBLIC_NAME),
    "another name": ({"name": "Probador"}, "Data Tester, Probador"),
    "another area": ({"area": "personas"}, "Datos e IA, Personas"),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_import_of_who_may_not_publish_leaves_the_addresses(client, writer, role, case):
    changes, moved = IMPORTS[case]
    assert import_of(writer, role, **changes).context["problems"] == [REFUSED % moved]
    assert answers(client, *ADDRESSES) == BEFORE
    imported = said(import_of(writer, role, aliases=("Otro data-tester", "Otra")))
    assert imported == said(import_of(member("Edición"), role, **changes)) == ["Se importó 1 rol."]


@pytest.mark.parametrize("page", ["role", "profile"])
def test_going_back_leaves_the_addresses_to_who_may_publish(client, writer, role, page):
    role.aliases.filter(slug=PUBLIC_NAME).delete()
    record(role)
    role.aliases.create(name="Otro data-tester", slug=PUBLIC_NAME)
    row = role if page == "role" else role.profiles.get(context=None)
    number = row.versions.first().number
    (refused,) = said(writer.post(url(row, "restore"), {"version": number}))
    assert refused.endswith(f"{REFUSED % PUBLIC_NAME}.")
    assert answers(client, *ADDRESSES) == BEFORE
