"""Public pages: what they show, in which order, and at what cost."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.publishing import publish, withdraw
from profiles.models import Archetype, Edition, Profile
from profiles.search.index import current_index
from profiles.views.shelf import profile_page
from tests.factories import copy_editions, make_role

pytestmark = pytest.mark.usefixtures("vocabulary")


class Outline(HTMLParser):
    """Collects headings as (level, text) in order."""

    def __init__(self, html):
        super().__init__()
        self.headings, self._level = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if re.fullmatch(r"h[1-6]", tag):
            self._level = int(tag[1])
            self.headings.append((self._level, ""))

    def handle_endtag(self, tag):
        if re.fullmatch(r"h[1-6]", tag):
            self._level = None

    def handle_data(self, text):
        if self._level:
            level, before = self.headings.pop()
            self.headings.append((level, f"{before} {text}".strip()))

    def at(self, level):
        return [text for found, text in self.headings if found == level]


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
    expected = [
        "1001+",
        document["summary"],
        document["considerations"][0]["text"],
        document["considerations"][0]["consequence"],
        document["targets"]["O"]["rationale"],
        "0,3 más que el base",
        "Igual en la práctica que el base",
        document["strengths"][0],
        document["red_flags"][0],
        base["strengths"][0],
        document["questions"][0]["text"],
        "Evalúa:",
        f"Responsabilidad y Estabilidad Emocional en {document['questions'][0]['focus']}",
        document["questions"][0]["follow_ups"][1],
        document["questions"][0]["anchors"]["5"],
        base["questions"][0]["text"],
        "Propias de Global",
        "Del perfil base",
        "Última revisión",
        "5 de enero de 2026",
        "Evaluá candidatos para Data Tester en Global con Talen.to",
    ]
    assert [text for text in expected if text not in html] == []


def test_role_detail_shows_what_belongs_to_the_role(client, role):
    html = page(client, "role_detail", "data-tester")
    facts = role.profiles.get(context=None).editions.get().facts
    expected = [
        "Plan de carrera",
        facts["career"][3]["changes"],
        "Arquetipos",
        facts["archetypes"]["reason"],
        "Lupa",
        "Otro data-tester",
        "CIUO-08 2519",
        "la ocupación más cercana",
    ]
    assert [text for text in expected if text not in html] == []


def test_related_role_without_a_public_page_is_not_linked(client, role):
    html = page(client, "role_detail", "data-tester")
    assert "neighbour-a" not in html
    make_role("neighbour-b", related=("neighbour-a", "neighbour-c", "data-tester"))
    assert "/guia-de-roles/perfiles/neighbour-b/" in page(client, "role_detail", "data-tester")


@pytest.mark.parametrize(
    ("author", "reviewer", "reviewed_on", "byline"),
    [
        ("Ana Paz", "", None, "Ana Paz"),
        ("", "Eva Luz", None, "revisó Eva Luz"),
        ("Ana Paz", "Eva Luz", None, "Ana Paz · revisó Eva Luz"),
        ("Ana Paz", "", "2026-01-05", "Ana Paz · Última revisión: 5 de enero de 2026"),
        ("", "", "2026-01-05", "Última revisión: 5 de enero de 2026"),
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


def test_unpublished_edit_is_not_shown(client, role):
    Profile.objects.filter(role=role).update(summary="Borrador que nadie debe ver.")
    for name, args in (
        ("role_detail", ["data-tester"]),
        ("role_in_context", ["global", "data-tester"]),
        ("role_list", []),
        ("home", []),
        ("context_detail", ["global"]),
    ):
        assert "Borrador que nadie" not in page(client, name, *args)


def test_draft_role_has_no_page_and_is_not_listed(client):
    make_role("hidden-role", publish=False)
    assert client.get("/guia-de-roles/perfiles/hidden-role/").status_code == 404
    assert "hidden-role" not in page(client, "role_list")


def test_withdrawn_profile_leads_to_the_others_of_its_role(client, role):
    withdraw(role.profiles.get(context__slug="global"))
    html = client.get("/guia-de-roles/global/data-tester/").text
    links = re.findall(r'class="context-card">.*?<a href="([^"]+)"', html, re.DOTALL)
    folders = ("perfiles", "startup", "pyme", "enterprise")
    assert links == [f"/guia-de-roles/{folder}/data-tester/" for folder in folders]


def test_no_heading_stands_over_nothing(client, vocabulary):
    make_role("lonely-role", contexts=())
    html = client.get("/guia-de-roles/perfiles/lonely-role/").text
    assert "Roles relacionados" not in html
    assert "otros-contextos" not in html


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("/guia-de-roles/perfiles/otro-data-tester/", "/guia-de-roles/perfiles/data-tester/"),
        ("/guia-de-roles/global/otro-data-tester/", "/guia-de-roles/global/data-tester/"),
        ("/guia-de-roles/global/Data-Tester/", "/guia-de-roles/global/data-tester/"),
        ("/guia-de-roles/global/data-tester", "/guia-de-roles/global/data-tester/"),
    ],
)
def test_other_names_redirect_once_and_for_good(client, role, asked, final):
    response = client.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, final)


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


def test_unknown_address_suggests_the_nearest_role(client, role):
    response = client.get("/guia-de-roles/perfiles/data-testr/")
    assert response.status_code == 404
    assert "/guia-de-roles/perfiles/data-tester/" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_only_answer_to_reading(client, role, method):
    path = "/guia-de-roles/perfiles/data-tester/"
    assert getattr(client, method)(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    for address in (path, "/guia-de-roles/perfiles/nada/", "/guia-de-roles/novedades/feed.xml"):
        response = getattr(strict, method)(address)
        assert (response.status_code, "Acá solo se lee" in response.text) == (405, True)


PUBLIC = [
    ("home", []),
    ("role_list", []),
    ("role_detail", ["data-tester"]),
    ("role_in_context", ["global", "data-tester"]),
    ("context_detail", ["global"]),
    ("area_detail", ["datos-e-ia"]),
    ("trait_list", []),
    ("trait_detail", ["estabilidad-emocional"]),
    ("archetype_list", []),
    ("archetype_detail", ["lupa"]),
    ("method", []),
]


@pytest.mark.parametrize(("name", "args"), PUBLIC)
def test_public_page_sets_no_cookie_and_has_one_h1(client, role, name, args):
    response = client.get(reverse(f"profiles:{name}", args=args))
    html = response.content.decode()
    assert not response.cookies
    assert len(Outline(html).at(1)) == 1
    assert f'rel="canonical" href="http://127.0.0.1:8000{response.request["PATH_INFO"]}"' in html


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
    ],
)
def test_page_costs_the_same_with_many_profiles(
    client, role, django_assert_num_queries, name, args, limit
):
    # What search reads once for each version of the content is not a page's.
    current_index()
    with django_assert_num_queries(limit):
        page(client, name, *args)
    copy_editions(role, 5)
    assert Edition.objects.published().count() == 30
    current_index()
    with django_assert_num_queries(limit):
        page(client, name, *args)


def test_server_error_page_needs_no_context():
    client = Client(raise_request_exception=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("profiles.views.pages.role_groups", lambda *_: 1 / 0)
        response = client.get("/guia-de-roles/")
    assert response.status_code == 500
    assert "Algo falló de nuestro lado" in response.content.decode()
    assert "ZeroDivisionError" not in response.content.decode()


def test_neighbours_are_no_contexts_of_a_role(client, role):
    make_role("neighbour-a", related=("data-tester", "neighbour-b", "neighbour-c"))
    html = client.get(role.get_absolute_url()).text
    section = html.split('id="otros-contextos"')[1].split("</section>")[0]
    assert "startup/data-tester" in section
    assert "neighbour-a" not in section
    read = Edition.objects.for_neighbours("data-tester", ["neighbour-a"])
    assert [e.context for e in read if e.role_slug == "neighbour-a"] == [None]


def test_primary_archetype_comes_first(role):
    others = Archetype.objects.exclude(pk=role.primary_archetype_id)
    role.secondary_archetype = others.order_by("order").first()
    role.save()
    publish(role.profiles.get(context=None))
    chosen = [archetype.slug for archetype in profile_page("data-tester").chosen_archetypes]
    assert chosen == [role.primary_archetype.slug, role.secondary_archetype.slug]


def test_page_of_a_context_is_as_new_as_its_base(role):
    edition = publish(role.profiles.get(context=None))
    assert profile_page("data-tester", "startup").published_from == edition.published_from
