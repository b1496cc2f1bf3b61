"""The shared vocabulary and the facts of roles: edited live or not, no save of them is lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.desk.history import record
from profiles.desk.publishing import publish, withdraw
from profiles.models import Archetype, Context, Edition, Role, Source
from tests.desk.forms import said, values_of
from tests.helpers.factories import copy_editions, make_role

pytestmark = pytest.mark.usefixtures("made_role")
BROUGHT = "%s: lo trae un documento de la guía; se quita de ahí"


def url(row, view):
    return reverse(f"admin:profiles_{row._meta.model_name}_{view}", args=[row.pk])


def opened(client, row):
    """Return what the change page of ``row`` would post, untouched."""
    return values_of(client.get(url(row, "change")).context)


def save(client, row, **changes):
    response = client.post(url(row, "change"), {**opened(client, row), **changes})
    assert response.status_code == 302
    row.refresh_from_db()


def test_new_entry_comes_with_its_texts_behind_the_others(admin_client):
    add = reverse("admin:profiles_context_add")
    values = values_of(admin_client.get(add).context)
    values |= {"name": "Estudio", "slug": "estudio"}
    response = admin_client.post(add, values)
    missing = response.context["adminform"].form.errors
    assert set(missing) == {"summary", "body", "min_employees"}
    texts = {"summary": "De a dos.", "body": "Dos personas.", "min_employees": 1}
    reserved = admin_client.post(add, {**values, **texts, "slug": "rasgos"})
    assert list(reserved.context["adminform"].form.errors) == ["slug"]
    assert admin_client.post(add, {**values, **texts}).status_code == 302
    assert Context.objects.last().slug == "estudio"


def test_sizes_of_one_place_stand_by_name_on_the_desk_and_the_site():
    role = make_role("tied", contexts=("startup", "pyme", "global", "enterprise"))
    Context.objects.update(order=1)
    names = ["Enterprise", "Global", "PyME", "Startup"]
    desk, site = role.profiles.base_first(), Edition.objects.for_all_sizes("tied")
    assert [[row.context.name for row in rows[1:]] for rows in (desk, site)] == [names, names]


def test_entry_says_only_what_its_document_can_hold(admin_client):
    source = Source.objects.first()
    values = {**opened(admin_client, source), "url": "http://example.org/"}
    response = admin_client.post(url(source, "change"), values)
    (error,) = response.context["adminform"].form.errors["url"]
    assert error == r"no tiene la forma esperada (^https://\S+$)"


# --- two at once ---


# --- history ---


def test_history_of_a_role_brings_its_facts_back_and_its_address_stays(admin_client, role):
    save(admin_client, role, name="Otro nombre", slug="otra-direccion")
    first = role.versions.order_by("number").first()
    admin_client.post(url(role, "restore"), {"version": first.number})
    role.refresh_from_db()
    assert (role.name, role.slug) == ("Data Tester", "otra-direccion")
    assert {edition.role_name for edition in role.editions.all()} == {"Data Tester"}


def test_what_a_version_stood_on_has_to_be_there(admin_client, role):
    base = role.profiles.get(context=None)
    source = Source.objects.first()
    base.targets.first().sources.add(source)
    version = record(base)
    Source.objects.filter(pk=source.pk).delete()
    restore = reverse("admin:profiles_profile_restore", args=[base.pk])
    response = admin_client.post(restore, {"version": version.number})
    assert said(response) == [f"Data Tester (base) no volvió atrás: falta «{source.slug}»."]


# --- what stays ---


def delete(client, row):
    return client.post(url(row, "delete"), {"post": "yes"})


def test_entry_that_a_document_brings_stays(admin_client):
    source = Source.objects.first()
    assert reasons(admin_client, source) == [BROUGHT % source]
    delete(admin_client, source)
    assert Source.objects.filter(pk=source.pk).exists()


def reasons(client, row):
    """Return why the delete page says that ``row`` cannot go."""
    return [str(reason) for reason in client.get(url(row, "delete")).context["protected"]]


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
