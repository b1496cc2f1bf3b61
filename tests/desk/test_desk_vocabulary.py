"""The shared vocabulary and the facts of roles: edited live or not, no save of them is lost."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.desk.history import record, restore
from profiles.desk.publishing import publish, withdraw
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.exchange.loading import load
from profiles.models import (
    Archetype,
    Area,
    Context,
    Page,
    Role,
    Source,
    Trait,
    Version,
)
from tests.desk.forms import said
from tests.desk.test_desk import REFUSED, is_refused, values_of
from tests.factories import FIXTURES, copy_editions, make_role

pytestmark = [
    pytest.mark.usefixtures("shared"),
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,
]
NEW = {
    "name": "Faro",
    "slug": "faro",
    "order": 9,
    "stamp": 0,
    "summary": "Alumbra de lejos.",
    "body": "Alumbra.",
}
BROUGHT = "%s: lo trae un documento de la guía; se quita de ahí"
MODELS = [Area, Context, Trait, Archetype, Source, Page]


@pytest.fixture(scope="module")
def shared(module_rows):
    """A published role, once for the module; each test rolls back to it."""
    return make_role()


@pytest.fixture
def role(shared):
    return Role.objects.get(pk=shared.pk)


@pytest.fixture
def group_client():
    """Return a function that logs a member of a group in."""

    def log_in(group):
        user = User.objects.create_user(f"de-{group}", first_name="Ana", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return log_in


@pytest.fixture
def bea():
    client = Client()
    client.user = User.objects.create_superuser("bea", first_name="Bea", last_name="Sol")
    client.force_login(client.user)
    return client


def url(row, view):
    return reverse(f"admin:profiles_{row._meta.model_name}_{view}", args=[row.pk])


def opened(client, row):
    """Return what the change page of ``row`` would post, untouched."""
    return values_of(client.get(url(row, "change")).context)


def save(client, row, **changes):
    response = client.post(url(row, "change"), {**opened(client, row), **changes})
    assert response.status_code == 302
    row.refresh_from_db()


def saves(row):
    return [(version.who, version.why) for version in row.versions.all()]


def conflict(client, row, values, **changes):
    """Post a form that was opened before and return what the refusal compares."""
    response = client.post(url(row, "change"), {**values, **changes})
    assert is_refused(response)
    return response.context["conflict"]


# --- each save is kept ---


@pytest.mark.parametrize("model", MODELS)
def test_each_save_is_kept_with_who_and_why(group_client, model):
    client, row = group_client("Edición"), model.objects.first()
    save(client, row, name="Otro nombre", why="Lo pidió el equipo")
    save(client, row, name="Otro más")
    field = "Nombre corto" if model is Source else "Nombre"
    asked = [(client.user, f"Cambió: {field}"), (client.user, "Lo pidió el equipo")]
    assert saves(row)[:2] == asked
    names = [version.document["name"] for version in row.versions.all()[:2]]
    assert names == ["Otro más", "Otro nombre"]


def test_untouched_save_is_no_version(admin_client):
    area = Area.objects.first()
    before = saves(area)
    save(admin_client, area)
    assert saves(area) == before


def test_what_was_there_before_versions_were_kept_is_kept_first(admin_client):
    area = Area.objects.first()
    area.versions.all().delete()
    name = area.name
    save(admin_client, area, name="Otro")
    assert [version.document["name"] for version in area.versions.all()] == ["Otro", name]


def test_new_entry_has_its_first_version(admin_client):
    values = NEW
    admin_client.post(reverse("admin:profiles_archetype_add"), values)
    assert [why for _, why in saves(Archetype.objects.get(slug="faro"))] == ["Se creó"]


def test_new_entry_comes_with_its_texts_behind_the_others(admin_client):
    add = reverse("admin:profiles_context_add")
    form = admin_client.get(add).context["adminform"].form
    values = {**form.initial, "name": "Estudio", "slug": "estudio", "stamp": 0}
    response = admin_client.post(add, values)
    missing = response.context["adminform"].form.errors
    assert set(missing) == {"summary", "body", "min_employees"}
    texts = {"summary": "De a dos.", "body": "Dos personas.", "min_employees": 1}
    assert admin_client.post(add, {**values, **texts}).status_code == 302
    assert Context.objects.last().slug == "estudio"


def test_log_says_what_changed_and_not_how_the_form_works(admin_client, bea):
    area = Area.objects.first()
    values = opened(admin_client, area)
    save(bea, area, summary="Lo de Bea.")
    asked = conflict(admin_client, area, values, summary="Lo mío.")["version"]
    mine = {"summary": "Lo mío.", "take-summary": "mine", "asked": asked, "why": "Porque sí"}
    admin_client.post(url(area, "change"), {**values, **mine})
    assert LogEntry.objects.first().get_change_message() == "Modificación de Resumen."


def test_save_is_public_at_once(admin_client, client):
    area = Area.objects.first()
    save(admin_client, area, summary="Un resumen que el público ya lee.")
    assert "Un resumen que el público ya lee." in client.get(area.get_absolute_url()).text


def test_load_keeps_what_it_overwrites_and_what_it_writes(admin_client):
    area = Area.objects.first()
    name = area.name
    save(admin_client, area, name="Editado en el admin")
    guide = read(FIXTURES / "guide.yaml", GuideDocument)
    load({"guide.yaml": guide}, {}, overwrite=True)
    kept = [(version.document["name"], version.why) for version in area.versions.all()[:2]]
    assert kept == [(name, "Se cargó de un documento"), ("Editado en el admin", "Cambió: Nombre")]


def test_entry_says_only_what_its_document_can_hold(admin_client):
    source = Source.objects.first()
    values = {**opened(admin_client, source), "url": "http://example.org/"}
    response = admin_client.post(url(source, "change"), values)
    (error,) = response.context["adminform"].form.errors["url"]
    assert error == r"no tiene la forma esperada (^https://\S+$)"


# --- two at once ---


def test_only_what_both_changed_is_asked(admin_client, bea):
    area = Area.objects.first()
    values, before = opened(admin_client, area), area.summary
    save(bea, area, summary="Lo de Bea.", name="El nombre de Bea")
    mine = {**values, "summary": "Lo mío.", "body": "Mi texto."}
    response = admin_client.post(url(area, "change"), mine)
    html = response.content.decode()
    assert REFUSED in html
    assert "Bea Sol" in html
    found = response.context["conflict"]
    (question,) = found["questions"]
    texts = (question["place"], question["before"], question["theirs"], question["mine"])
    assert texts == ("Resumen", before, "Lo de Bea.", "Lo mío.")
    mine |= {question["name"]: "mine", "asked": found["version"]}
    assert admin_client.post(url(area, "change"), mine).status_code == 302
    area.refresh_from_db()
    assert (area.name, area.summary, area.body) == ("El nombre de Bea", "Lo mío.", "Mi texto.")
    assert [v.document["summary"] for v in area.versions.all()[:2]] == ["Lo mío.", "Lo de Bea."]


@pytest.mark.parametrize("other", ["load", "restore"])
def test_loads_and_restores_count_as_saves(admin_client, bea, other):
    area = Area.objects.first()
    save(bea, area, summary="Lo de Bea.")
    values = opened(admin_client, area)
    if other == "load":
        guide = read(FIXTURES / "guide.yaml", GuideDocument)
        load({"guide.yaml": guide}, {}, overwrite=True)
    else:
        restore(area.versions.last())
    found = conflict(admin_client, area, values, summary="Lo mío.")
    assert [question["place"] for question in found["questions"]] == ["Resumen"]


def test_poles_of_a_trait_are_compared_in_its_own_words(admin_client, bea):
    trait = Trait.objects.first()
    values = opened(admin_client, trait)
    save(bea, trait, low_use="Sirve para otra cosa.")
    (question,) = conflict(admin_client, trait, values, low_use="Lo mío.")["questions"]
    assert (question["place"], question["mine"]) == ("Polo bajo: cuándo sirve", "Lo mío.")


def test_conflict_on_a_role_compares_its_facts_and_its_parts(admin_client, bea, role):
    values = opened(admin_client, role)
    save(
        bea,
        role,
        **{
            "name": "El de Bea",
            "area": Area.objects.get(slug="ventas-y-clientes").pk,
            "aliases-0-name": "Alias de Bea",
            "career-1-changes": "Cambió Bea.",
            "codes-0-code": "2512",
            "related-0-difference": "Difiere, dice Bea.",
        },
    )
    mine = {
        "name": "El mío",
        "area": Area.objects.get(slug="personas").pk,
        "aliases-0-name": "Mi alias",
        "career-1-changes": "Cambié yo.",
        "codes-0-code": "2513",
        "related-0-difference": "Difiere, digo yo.",
    }
    questions = conflict(admin_client, role, values, **mine)["questions"]
    assert {
        question["place"]: (question["theirs"], question["mine"]) for question in questions
    } == {
        "Nombre": ("El de Bea", "El mío"),
        "Área": ("ventas-y-clientes", "personas"),
        "Códigos ocupacionales › CIUO-08 › código": ("2512", "2513"),
        "Otros nombres › 1": ("Alias de Bea", "Mi alias"),
        "Roles relacionados › 1 › en qué se diferencia": (
            "Difiere, dice Bea.",
            "Difiere, digo yo.",
        ),
        "Plan de carrera › 2 › qué cambia": ("Cambió Bea.", "Cambié yo."),
    }


def test_role_without_a_base_profile_is_compared_too(admin_client, bea, role):
    fresh = Role.objects.create(name="Nuevo", slug="nuevo", area=role.area)
    save(admin_client, fresh, archetype_reason="Para que haya una versión.")
    values = opened(admin_client, fresh)
    save(bea, fresh, name="El de Bea")
    (question,) = conflict(admin_client, fresh, values, name="El mío")["questions"]
    texts = (question["before"], question["theirs"], question["mine"])
    assert texts == ("Nuevo", "El de Bea", "El mío")


# --- history ---


def test_history_compares_any_two_and_goes_back_to_any(admin_client):
    page = Page.objects.get(slug="metodologia")
    first = page.body
    save(admin_client, page, body="Un texto nuevo.")
    save(admin_client, page, body="Otro texto, distinto del anterior y del primero.")
    html = admin_client.get(url(page, "history")).text
    keys = re.findall(r'name="antes" value="(\d+)"', html)
    assert len(keys) == 3
    states = {"antes": keys[2], "despues": keys[1]}
    (change,) = admin_client.get(url(page, "compare"), states).context["changes"]
    assert (change.place, change.before, change.after) == ("Texto", first, "Un texto nuevo.")
    admin_client.post(url(page, "restore"), {"version": keys[2]})
    page.refresh_from_db()
    assert page.body == first
    assert page.versions.first().why == f"Volvió a la versión {keys[2]}"


def test_history_of_a_role_brings_its_facts_back_and_its_address_stays(admin_client, role):
    save(admin_client, role, name="Otro nombre", slug="otra-direccion")
    first = role.versions.order_by("number").first()
    admin_client.post(url(role, "restore"), {"version": first.number})
    role.refresh_from_db()
    assert (role.name, role.slug) == ("Data Tester", "otra-direccion")
    assert {edition.role_name for edition in role.editions.all()} == {"Data Tester"}


def test_every_desk_page_leads_back_to_its_list(admin_client):
    area = Area.objects.first()
    for page in ("compare", "history"):
        html = admin_client.get(url(area, page)).text
        trail = re.findall(r'breadcrumbs">(.*?)</ol>', html, re.DOTALL)
        assert [f">{words}<" in trail[0] for words in ("Inicio", "Guía de Roles", "Áreas")] == [
            True
        ] * 3


def test_order_is_part_of_the_history(admin_client):
    area = Area.objects.first()
    save(admin_client, area, order=7)
    save(admin_client, area, order=8)
    before, after = (version.number for version in reversed(area.versions.all()[:2]))
    states = {"antes": before, "despues": after}
    (change,) = admin_client.get(url(area, "compare"), states).context["changes"]
    assert (change.place, change.before, change.after) == ("Orden", "7", "8")


def test_what_a_version_stood_on_has_to_be_there(admin_client, role):
    base = role.profiles.get(context=None)
    source = Source.objects.first()
    base.targets.first().sources.add(source)
    version = record(base)
    Source.objects.filter(pk=source.pk).delete()
    restore = reverse("admin:profiles_profile_restore", args=[base.pk])
    response = admin_client.post(restore, {"version": version.number})
    assert said(response) == [
        f"Data Tester (base) no volvió atrás: falta la fuente «{source.slug}»."
    ]


# --- what stays ---


def delete(client, row):
    return client.post(url(row, "delete"), {"post": "yes"})


def test_entry_that_nothing_stands_on_is_deleted_with_its_history(admin_client):
    faro = Archetype.objects.create(name="Faro", slug="faro", body="Alumbra.", order=9)
    version = record(faro)
    assert reasons(admin_client, faro) == []
    delete(admin_client, faro)
    assert not Archetype.objects.filter(slug="faro").exists()
    assert not Version.objects.filter(pk=version.pk).exists()


def test_entry_that_a_document_brings_stays(admin_client):
    source = Source.objects.first()
    assert reasons(admin_client, source) == [BROUGHT % source]
    delete(admin_client, source)
    assert Source.objects.filter(pk=source.pk).exists()


def reasons(client, row):
    """Return why the delete page says that ``row`` cannot go."""
    return [str(reason) for reason in client.get(url(row, "delete")).context["protected"]]


def test_editor_reads_what_stands_on_an_area_and_not_which_right_is_missing(client, role):
    eva = User.objects.create_user("eva", is_staff=True)
    eva.groups.add(Group.objects.get(name="Edición"))
    client.force_login(eva)
    page = client.get(url(role.area, "delete"))
    assert not page.context["perms_lacking"]
    assert any("Data Tester" in str(reason) for reason in page.context["protected"])
    assert client.post(url(role.area, "delete"), {"post": "yes"}).status_code == 200
    assert Area.objects.filter(pk=role.area_id).exists()


def test_cited_source_stays_while_a_profile_or_an_edition_cites_it(admin_client, role):
    base = role.profiles.get(context=None)
    source = Source.objects.first()
    base.targets.get(trait__code="O").sources.add(source)
    publish(base)
    base.targets.get(trait__code="O").sources.clear()
    assert reasons(admin_client, source) == [
        BROUGHT % source,
        "Data Tester (base), edición 2 la nombra",
    ]
    base.targets.get(trait__code="O").sources.add(source)
    assert reasons(admin_client, source)[1] == "Data Tester (base) la cita"
    delete(admin_client, source)
    assert Source.objects.filter(pk=source.pk).exists()


def test_archetype_stays_as_long_as_an_edition_names_it(admin_client, role):
    lupa = Archetype.objects.get(slug="lupa")
    Role.objects.update(primary_archetype=None)
    withdraw(role.profiles.get(context=None))
    named = "Data Tester (base), edición 1 la nombra"
    assert reasons(admin_client, lupa) == [BROUGHT % lupa, named]


def test_delete_page_of_what_many_rows_use_names_ten_and_costs_no_more(admin_client, role):
    area, asked = role.area, []
    assert reasons(admin_client, area)  # what is read once is read
    for start in (role.slug, f"{role.slug}-1"):
        copy_editions(Role.objects.get(slug=start), 11)
        with CaptureQueriesContext(connection) as captured:
            said = reasons(admin_client, area)
        asked.append(len(captured))
        assert said.count("… y más") == 2
        assert len(said) == 1 + 2 * 11
    assert asked[0] == asked[1]


def test_method_page_stays(admin_client):
    page = Page.objects.get(slug="metodologia")
    linked = "Todas las páginas del sitio llevan a esta"
    assert reasons(admin_client, page) == [BROUGHT % page, linked]


# --- side doors ---


def statuses(client, row):
    """Return how each page of the history answers."""
    number = row.versions.first().number
    asked = {
        "history": client.get(url(row, "history")),
        "compare": client.get(url(row, "compare")),
        "restore": client.post(url(row, "restore"), {"version": number}),
        "restore by get": client.get(url(row, "restore")),
    }
    return {name: response.status_code for name, response in asked.items()}


READ = {"history": 200, "compare": 200, "restore by get": 405}


@pytest.mark.parametrize("model", MODELS)
def test_writer_reads_the_history_and_changes_nothing(group_client, model):
    asked = statuses(group_client("Redacción"), model.objects.first())
    assert asked == {**READ, "restore": 403}


@pytest.mark.parametrize("model", MODELS)
def test_editor_goes_back(group_client, model):
    asked = statuses(group_client("Edición"), model.objects.first())
    assert asked == {**READ, "restore": 302}


def test_stranger_reaches_none_of_it():
    asked = statuses(Client(), Area.objects.first())
    assert set(asked.values()) == {302}
