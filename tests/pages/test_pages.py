"""Public pages: what they show, in which order, and at what cost."""

import re
from itertools import product

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.publishing import publish, withdraw
from profiles.models import Archetype, Edition, Profile
from tests.helpers.factories import copy_editions, make_role
from tests.security.addresses import public_paths

pytestmark = pytest.mark.usefixtures("made_role", "vocabulary")
ROLE = {"contexts": ("startup", "pyme", "enterprise", "global")}


def page(client, name, *args):
    response = client.get(reverse(f"profiles:{name}", args=args))
    assert response.status_code == 200
    return response.text


def absent(expected, html):
    return [text for text in expected if text not in html]


def test_profile_shows_every_part_of_its_document_and_what_belongs_to_the_role(client, role):
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
    assert absent(expected, html) == []
    facts = role.profiles.get(context=None).editions.get().facts
    expected = [
        *("Plan de carrera", facts["career"][3]["changes"], "Otro data-tester"),
        *("Arquetipos", facts["archetypes"]["reason"], "Lupa"),
        *("CIUO-08 2519", "la ocupación más cercana"),
    ]
    assert absent(expected, page(client, "role_detail", "data-tester")) == []


def test_related_role_without_a_public_page_is_not_linked(client):
    html = page(client, "role_detail", "data-tester")
    assert ("neighbour-a" in html, "Roles relacionados" in html) == (False, False)
    make_role("neighbour-b", related=("neighbour-a", "neighbour-c", "data-tester"))
    html = page(client, "role_detail", "data-tester")
    assert ("/perfiles/neighbour-b/" in html, "/startup/neighbour-b/" in html) == (True, False)
    assert "startup/data-tester" in html.split('id="otros-contextos"')[1].split("</section>")[0]
    make_role("lonely-role", contexts=())
    assert "otros-contextos" not in page(client, "role_detail", "lonely-role")


def test_byline_has_a_dot_between_its_parts_only(client, role):
    edition = role.editions.base().get()
    for author, reviewer, day, byline in (
        ("", "Eva Luz", None, "revisó Eva Luz"),
        ("Ana Paz", "Eva Luz", None, "Ana Paz · revisó Eva Luz"),
        ("Ana Paz", "", "2026-01-05", "Ana Paz · Última revisión: 5 de enero de 2026"),
    ):
        edition.author_name, edition.reviewer_name = author, reviewer
        edition.document["reviewed_on"] = day
        edition.save()
        notes = page(client, "role_detail", role.slug).partition('id="uso-responsable"')[2]
        shown = strip_tags(notes.partition("</section>")[0].rpartition("<p>")[2])
        assert " ".join(shown.split()) == byline


def test_draft_is_nowhere(client, role):
    Profile.objects.filter(role=role).update(summary="Borrador que nadie debe ver.")
    make_role("hidden-role", publish=False)
    searches = ("/api/v1/search/?q=role", "/guia-de-roles/perfiles/?q=role")
    for path in (*public_paths(), *searches):
        text = client.get(path).getvalue().decode(errors="replace")
        assert ("Borrador que nadie" in text, "hidden-role" in text) == (False, False), path
    of_a_role = [path for path in public_paths() if "data-tester" in path]
    for path, folder in product(of_a_role, ("startup", "perfiles")):
        hidden = path.replace("data-tester", "hidden-role").replace("startup", folder)
        assert client.get(hidden).status_code == 404, hidden


def test_withdrawn_profile_leads_to_the_others_of_its_role_and_never_to_itself(client, role):
    role.aliases.create(slug="data-tester")
    withdraw(role.profiles.get(context__slug="global"))
    gone = client.get("/guia-de-roles/global/data-tester/")
    links = re.findall(r'class="context-card">.*?<a href="([^"]+)"', gone.text, re.DOTALL)
    folders = ("perfiles", "startup", "pyme", "enterprise")
    assert gone.status_code == 410
    assert ">Ir al inicio<" in gone.text
    assert links == [f"/guia-de-roles/{folder}/data-tester/" for folder in folders]


@pytest.mark.parametrize(
    "path", ["perfiles/data-testr", "global/data-testr", "pyme/data-tester/cv"]
)
def test_unknown_address_suggests_the_nearest(client, path):
    unknown = client.get(f"/guia-de-roles/{path}/")
    assert unknown.status_code == 404
    assert f"/guia-de-roles/{path.partition('/')[0]}/data-tester/" in unknown.text


@pytest.mark.parametrize(
    ("name", "args", "limit"),
    [
        ("role_in_context", ["global", "data-tester"], 3),
        ("role_detail", ["data-tester"], 4),
        *(("role_list", [], 4), ("home", [], 7), ("context_detail", ["global"], 6)),
        *(("area_detail", ["datos-e-ia"], 3), ("trait_detail", ["apertura"], 3)),
        *(("context_shift", ["data-tester"], 2), ("archetype_detail", ["lupa"], 3)),
        *(("trait_list", [], 1), ("archetype_list", [], 1)),
    ],
)
def test_page_costs_the_same_with_many_profiles(client, role, costs, name, args, limit):
    costs(limit, lambda: page(client, name, *args), lambda: copy_editions(role, 5))
    assert Edition.objects.published().count() == 30


def test_context_detail_says_what_changes_across_all_roles(client):
    html = page(client, "context_detail", "global")
    section = html.split('id="que-cambia-titulo"')[1].split("</section>")[0]
    assert section.count("Sube en 1 rol.") == 2
    assert section.count("Queda igual en 1 rol.") == 4
    assert section.count('href="/guia-de-roles/global/data-tester/"') == 2
    assert 'href="/guia-de-roles/rasgos/apertura/"' in section


def test_context_shift_is_a_matrix_of_traits_and_sizes_and_gives_all_the_reasons(client):
    html = page(client, "context_shift", "data-tester")
    table = html.split('class="size-matrix"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="col">([^<]+)', table) == [
        *("Rasgo", "Base", "Startup", "PyME", "Enterprise", "Global")
    ]
    first = table.split("<tr")[2]
    assert re.findall(r'class="figure">([^<]+)', first) == ["2,6–3,4"] + ["2,9–3,7"] * 4
    assert re.findall(r'size-matrix__move">([^<]+)', first) == ["0,3 más"] * 4
    assert table.count(">igual<") == 16
    documents = Edition.objects.values_list("document", flat=True)
    reasons = [target["rationale"] for d in documents for target in d["targets"].values()]
    assert (len(reasons), absent(reasons, html)) == (30, [])


def test_area_detail_shows_the_differences_inside_the_area(client):
    make_role("second-role", contexts=())
    table = page(client, "area_detail", "datos-e-ia").split("<table>")[1].split("</table>")[0]
    assert table.count("<tr>") == 3
    assert re.findall(r'aria-label="([^"]+)"><rect', table)[:6] == [
        *("moderada, 2,6–3,4", "muy alta, 4,0–4,8", "baja, 1,8–2,6"),
        *("moderada, 2,4–3,2", "alta, 3,4–4,2", "bajo, 2,0–2,8"),
    ]
    offered = re.findall(r'name="perfil"\s+value="([^"]+)"', table)
    assert offered == ["perfiles/data-tester", "perfiles/second-role"]


def test_archetype_detail_tells_primary_from_secondary(client):
    other = make_role("second-role", contexts=())
    other.primary_archetype = Archetype.objects.get(slug="ancla")
    other.secondary_archetype = Archetype.objects.get(slug="lupa")
    other.save()
    publish(other.profiles.get(context=None))
    html = page(client, "archetype_detail", "lupa")
    primary, secondary = html.split("Como principal")[1].split("Como secundario")
    link = r'role-row__name" href="/guia-de-roles/perfiles/([^/]+)/"'
    found = (re.findall(link, primary), re.findall(link, secondary))
    assert found == (["data-tester"], ["second-role"])


@pytest.mark.parametrize(
    ("slug", "is_extension", "pronoun"),
    [("involucramiento-relacional", True, "lo"), ("apertura", False, "la")],
)
def test_trait_agrees_with_its_name_and_an_extension_says_so(client, slug, is_extension, pronoun):
    html = page(client, "trait_detail", slug)
    assert ('class="extension-note"' in html) == is_extension
    assert f": qué es y qué roles {pronoun} piden</title>" in html
