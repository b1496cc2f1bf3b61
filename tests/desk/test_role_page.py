"""The page of a role as the place to work from: its sizes, the next step, merging two roles."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.desk.history import record
from profiles.desk.publishing import submit
from profiles.documents.choices import TraitCode
from profiles.models import Context, Edition, Profile, Role, Version
from tests.desk.forms import said
from tests.helpers.factories import make_role


def page_of(client, role):
    return client.get(reverse("admin:profiles_role_change", args=[role.pk]))


def create(client, role, **asked):
    return client.post(reverse("admin:profiles_role_create", args=[role.pk]), asked)


def merge(client, role, into):
    return client.post(reverse("admin:profiles_role_merge", args=[role.pk]), {"into": into.pk})


def test_page_says_of_each_size_what_it_lacks_where_it_stands_and_who_was_there(
    admin_client, admin_user, role, startup
):
    startup.strengths.all().delete()
    record(startup, by=admin_user)
    submit(startup, by=admin_user)
    page = page_of(admin_client, role)
    base, own, *missing = page.context["sizes"]
    assert (base["standing"], base["problems"]) == ("publicado", [])
    assert own["standing"] == "publicado, con cambios sin publicar · en revisión"
    assert [problem.place for problem in own["problems"] if problem.blocks] == ["Fortalezas"]
    change = reverse("admin:profiles_profile_change", args=[startup.pk])
    assert f'href="{change}#strengths-group"' in page.text
    assert (own["last"].who, page.text.count("guardó hace")) == (admin_user, 1)
    assert [size["context"].slug for size in missing] == ["pyme", "enterprise", "global"]
    offered = re.findall(r'name="context" value="(\d+)"', page.text)
    assert offered == [str(size["context"].pk) for size in missing]
    for act in ("change", "preview", "publish_profiles"):
        assert f'href="{reverse(f"admin:profiles_profile_{act}", args=[startup.pk])}"' in page.text


def test_next_step_leads_from_an_empty_role_to_a_public_one(admin_client, role, base, startup):
    def step(of):
        return page_of(admin_client, of).context["next_step"]

    empty = Role.objects.create(slug="vacio", name="Vacío", area=role.area)
    draft = make_role("draft-tester", publish=False)
    lacking = make_role("half-tester", publish=False)
    lacking.profiles.get(context=None).strengths.all().delete()
    assert [step(each) for each in (empty, lacking, draft, role)] == [
        "creá el perfil base: de él heredan los tamaños.",
        "completá Half Tester (base): falta 1 cosa.",
        "publicá Draft Tester (base), Draft Tester en Startup.",
        "creá lo que cambia en PyME, Enterprise, Global.",
    ]


def test_new_role_opens_on_its_own_page(admin_client, role):
    page = admin_client.get(reverse("admin:profiles_role_add"))
    forms = [formset.formset.management_form for formset in page.context["inline_admin_formsets"]]
    values = {field.html_name: 0 for form in forms for field in form}
    values |= {"name": "Nuevo", "slug": "nuevo", "area": role.area_id, "_save": "Guardar"}
    response = admin_client.post(reverse("admin:profiles_role_add"), values)
    new = Role.objects.get(slug="nuevo")
    assert response.url == reverse("admin:profiles_role_change", args=[new.pk])
    response = create(admin_client, new)
    base = new.profiles.get()
    assert response.url == reverse("admin:profiles_profile_change", args=[base.pk])
    assert (base.context, base.author.username) == (None, "admin")
    assert list(base.targets.values_list("trait__code", flat=True)) == list(TraitCode)


RANGES = ("trait", "low", "high", "importance")


@pytest.mark.parametrize("source", ["base", "startup"])
def test_size_starts_with_ranges_and_without_texts(admin_client, role, request, source):
    profile = request.getfixturevalue(source)
    pyme = Context.objects.get(slug="pyme")
    for _ in range(2):  # the second finds it
        create(admin_client, role, context=pyme.pk, profile=profile.pk)
    new = role.profiles.get(context=pyme)
    assert list(new.targets.values_list(*RANGES)) == list(profile.targets.values_list(*RANGES))
    assert (new.summary, set(new.targets.values_list("rationale", flat=True))) == ("", {""})
    assert not new.strengths.exists()
    assert new.versions.count() == 1


def test_size_waits_for_the_base(admin_client, role):
    new = Role.objects.create(slug="nuevo", name="Nuevo", area=role.area)
    create(admin_client, new, context=Context.objects.get(slug="pyme").pk)
    assert not new.profiles.exists()
    assert "Primero creá el perfil base de «Nuevo»." in page_of(admin_client, new).text


def test_role_is_published_as_a_whole(admin_client, role, base, startup):
    for profile in (base, startup):
        Profile.objects.filter(pk=profile.pk).update(summary="Otro resumen.")
        record(profile)
    url = reverse("admin:profiles_role_publish", args=[role.pk])
    asked = admin_client.get(url).context
    assert asked["profiles"] == [base, startup]
    published = admin_client.post(url, {"confirmed": 1, "shown": asked["shown"]})
    assert [words.partition(": ")[2] for words in said(published)] == [
        "se publicó la edición 2."
    ] * 2
    assert Edition.objects.published().filter(role=role, number=2).count() == 2
    response = admin_client.get(url)
    assert response.url == reverse("admin:profiles_role_change", args=[role.pk])
    assert said(response) == ["El rol no tiene cambios sin publicar."]


def test_role_page_costs_the_same_for_two_and_four_profiles(admin_client, role):
    def queries(of):
        with CaptureQueriesContext(connection) as captured:
            page_of(admin_client, of)
        return len(captured)

    larger = make_role("larger-tester", contexts=("startup", "pyme", "enterprise"))
    queries(role)
    assert (queries(role), queries(larger) <= 45) == (queries(larger), True)


# --- two roles become one ---


def test_merged_role_leads_to_the_one_that_stays(admin_client, client, role):
    double = make_role("doble", name="Doble", related=("data-tester", "neighbour-b", "neighbour-c"))
    neighbour = make_role("neighbour-a", related=("data-tester", "doble", "neighbour-b"))
    address = double.get_absolute_url()
    response = merge(admin_client, double, role)
    assert response.url == reverse("admin:profiles_role_change", args=[role.pk])
    for old in (address, "/guia-de-roles/startup/doble/"):
        moved = client.get(old)
        assert (moved.status_code, "data-tester" in moved.url) == (301, True), old
    assert set(role.aliases.values_list("name", "slug")) >= {("Doble", None), ("", "doble")}
    assert not Edition.objects.on_shelf().filter(role=double).exists()
    assert set(double.profiles.values_list("state", flat=True)) == {"archived"}
    related = Edition.objects.published().base().get(role=neighbour).facts["related"]
    assert [item["role"] for item in related] == ["data-tester", "neighbour-b"]
    assert [r.related.slug for r in neighbour.related.all()] == ["data-tester", "neighbour-b"]
    kept = Version.objects.of(Role, [neighbour.pk]).latest()
    assert kept.why == "Se le unió «Doble»"


@pytest.mark.parametrize("case", ["itself", "brought by a file", "into what is not public"])
def test_role_that_cannot_be_merged_stays(admin_client, role, case):
    other = make_role("doble", publish=not case.startswith("into"))
    if case == "itself":
        other = role
    elif case.startswith("brought"):
        Role.objects.filter(pk=role.pk).update(loaded_digest="x")
    assert merge(admin_client, role, other).context["form"].errors
    assert Edition.objects.published().filter(role=role).count() == 2
