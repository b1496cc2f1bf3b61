"""Public pages: what they show, in which order, and at what cost."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.publishing import publish, withdraw
from profiles.models import Edition, Profile
from profiles.views.shelf import profile_page
from tests.helpers.factories import copy_editions, make_role

pytestmark = pytest.mark.usefixtures("vocabulary")


def page(client, name, *args):
    response = client.get(reverse(f"profiles:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that every test of this file starts from, made once."""
    return make_role("data-tester", contexts=("startup", "pyme", "enterprise", "global"))


def test_role_in_context_shows_every_part_of_its_document(client, role):
    html = page(client, "role_in_context", "global", "data-tester")
    document = role.profiles.get(context__slug="global").editions.get().document
    base = role.profiles.get(context=None).editions.get().document
    question = document["questions"][0]
    expected = [
        *("1001+", document["summary"], *document["considerations"][0].values()),
        *(document["targets"]["O"]["rationale"], "0,3 más que el base"),
        "Igual en la práctica que el base",
        *(document["strengths"][0], document["red_flags"][0], base["strengths"][0]),
        *(question["text"], question["follow_ups"][1], question["anchors"]["5"]),
        f"Responsabilidad y Estabilidad Emocional en {question['focus']}",
        *("Evalúa:", base["questions"][0]["text"], "Propias de Global", "Del perfil base"),
        *("Última revisión", "5 de enero de 2026"),
        "Evaluá candidatos para Data Tester en Global con Talen.to",
    ]
    assert [text for text in expected if text not in html] == []


def test_role_detail_shows_what_belongs_to_the_role(client, role):
    html = page(client, "role_detail", "data-tester")
    facts = role.profiles.get(context=None).editions.get().facts
    expected = [
        *("Plan de carrera", facts["career"][3]["changes"], "Otro data-tester"),
        *("Arquetipos", facts["archetypes"]["reason"], "Lupa"),
        *("CIUO-08 2519", "la ocupación más cercana"),
    ]
    assert [text for text in expected if text not in html] == []
    assert html.count("<h1") == 1


def test_related_role_without_a_public_page_is_not_linked(client, role):
    html = page(client, "role_detail", "data-tester")
    assert ("neighbour-a" in html, "Roles relacionados" in html) == (False, False)
    make_role("neighbour-b", related=("neighbour-a", "neighbour-c", "data-tester"))
    html = page(client, "role_detail", "data-tester")
    assert ("/perfiles/neighbour-b/" in html, "/startup/neighbour-b/" in html) == (True, False)
    assert "startup/data-tester" in html.split('id="otros-contextos"')[1].split("</section>")[0]
    read = Edition.objects.for_neighbours("data-tester", ["neighbour-b"])
    assert [e.context for e in read if e.role_slug == "neighbour-b"] == [None]
    make_role("lonely-role", contexts=())
    assert "otros-contextos" not in page(client, "role_detail", "lonely-role")


@pytest.mark.parametrize(
    ("author", "reviewer", "reviewed_on", "byline"),
    [
        ("", "Eva Luz", None, "revisó Eva Luz"),
        ("Ana Paz", "Eva Luz", None, "Ana Paz · revisó Eva Luz"),
        ("Ana Paz", "", "2026-01-05", "Ana Paz · Última revisión: 5 de enero de 2026"),
    ],
)
def test_byline_has_a_dot_between_its_parts_only(
    client, role, author, reviewer, reviewed_on, byline
):
    edition = role.editions.base().get()
    edition.author_name, edition.reviewer_name = author, reviewer
    edition.document["reviewed_on"] = reviewed_on
    edition.save()
    html = page(client, "role_detail", role.slug)
    notes = html[html.index('id="uso-responsable"') :].partition("</section>")[0]
    shown = strip_tags(notes.rpartition("<p>")[2])
    assert " ".join(shown.split()) == byline


def test_draft_is_nowhere(client, role):
    Profile.objects.filter(role=role).update(summary="Borrador que nadie debe ver.")
    make_role("hidden-role", publish=False)
    for name, args in (
        ("role_detail", ["data-tester"]),
        ("role_in_context", ["global", "data-tester"]),
        *(("role_list", []), ("home", []), ("context_detail", ["global"])),
    ):
        html = page(client, name, *args)
        assert ("Borrador que nadie" in html, "hidden-role" in html) == (False, False)
    assert client.get("/guia-de-roles/perfiles/hidden-role/").status_code == 404


def test_withdrawn_profile_leads_to_the_others_of_its_role(client, role):
    withdraw(role.profiles.get(context__slug="global"))
    html = client.get("/guia-de-roles/global/data-tester/").text
    links = re.findall(r'class="context-card">.*?<a href="([^"]+)"', html, re.DOTALL)
    folders = ("perfiles", "startup", "pyme", "enterprise")
    assert links == [f"/guia-de-roles/{folder}/data-tester/" for folder in folders]


def test_no_page_redirects_to_itself(client, role):
    role.aliases.create(slug="data-tester")
    withdraw(role.profiles.get(context__slug="global"))
    assert client.get("/guia-de-roles/global/data-tester/").status_code == 410


def test_alias_on_the_desk_does_not_redirect_before_it_is_published(client, role):
    role.aliases.create(name="Nombre nuevo", slug="nombre-nuevo")
    assert client.get("/guia-de-roles/perfiles/nombre-nuevo/").status_code == 404
    publish(role.profiles.get(context=None))
    assert client.get("/guia-de-roles/perfiles/nombre-nuevo/").status_code == 301


def test_old_slug_redirects_after_a_rename(client, role):
    role.slug = "data-taster"
    role.save()
    response = client.get("/guia-de-roles/global/data-tester/")
    assert response.headers["Location"] == "/guia-de-roles/global/data-taster/"
    assert client.get("/guia-de-roles/global/data-taster/").status_code == 200


def test_cited_sources_that_the_guide_has_stand_once_in_the_order_of_the_page(role):
    edition = role.editions.get(context=None)
    for code, cited in (("O", ["gone", "salgado-1997"]), ("C", ["grant-2013", "salgado-1997"])):
        edition.document["targets"][code]["sources"] = cited
    edition.save()
    sources = [source.slug for source in profile_page("data-tester").cited_sources]
    assert sources == ["salgado-1997", "grant-2013"]


def test_unknown_address_suggests_the_nearest_role(client, role):
    response = client.get("/guia-de-roles/perfiles/data-testr/")
    assert response.status_code == 404
    assert "/guia-de-roles/perfiles/data-tester/" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_only_answer_to_reading(role, method):
    path, strict = "/guia-de-roles/perfiles/data-tester/", Client(enforce_csrf_checks=True)
    for address in (path, "/guia-de-roles/perfiles/nada/", "/guia-de-roles/novedades/feed.xml"):
        response = getattr(strict, method)(address)
        assert (response.status_code, "Acá solo se lee" in response.text) == (405, True)


@pytest.mark.parametrize(
    ("name", "args", "limit"),
    [
        ("role_in_context", ["global", "data-tester"], 3),
        ("role_detail", ["data-tester"], 4),
        ("role_list", [], 4),
        ("home", [], 7),
        ("context_detail", ["global"], 6),
        ("area_detail", ["datos-e-ia"], 4),
        ("trait_detail", ["apertura"], 4),
        ("context_shift", ["data-tester"], 2),
        ("archetype_detail", ["lupa"], 4),
        ("trait_list", [], 1),
        ("archetype_list", [], 1),
    ],
)
def test_page_costs_the_same_with_many_profiles(client, role, costs, name, args, limit):
    costs(limit, lambda: page(client, name, *args), lambda: copy_editions(role, 5))
    assert Edition.objects.published().count() == 30
