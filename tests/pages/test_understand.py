"""What explains the guide: sizes, traits, archetypes and areas across all roles."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from profiles.desk.publishing import publish
from profiles.guide.rankings import context_effects
from profiles.models import Archetype, Edition
from profiles.views.shelf import profile_page
from tests.helpers.factories import make_role

CONTEXTS = ("startup", "pyme", "enterprise", "global")
SIZES = "/guia-de-roles/perfiles/data-tester/por-tamano/"


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that every test of this file starts from, made once."""
    return make_role("data-tester", contexts=CONTEXTS)


def page(client, name, *args):
    response = client.get(reverse(f"profiles:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def edition(slug, low, high, context=None):
    ranges = {code: [low, high] for code in ("O", "C", "E", "A", "EE", "ER")}
    return SimpleNamespace(role_slug=slug, role_name=slug, context_id=context, ranges=ranges)


OPENNESS = SimpleNamespace(code="O", name="Apertura")


def effect(*lows):
    """Return what a context does to roles that start at 2.0 and end at ``lows``."""
    bases = [edition(f"r{n}", 2.0, 3.0) for n in range(len(lows))]
    own = [edition(f"r{n}", low, round(low + 1, 1), context=7) for n, low in enumerate(lows)]
    return context_effects([*bases, *own], [OPENNESS])[0]


def test_context_effect_counts_roles_and_puts_the_largest_move_first():
    found = effect(2.2, 2.5, 1.7, 2.0)
    up, down = ([(row.role_slug, size) for row, size in side] for side in (found.up, found.down))
    assert (up, down) == ([("r1", "0,5"), ("r0", "0,2")], [("r2", "0,3")])
    assert found.words == "sube en 2 roles, baja en 1 y queda igual en 1"
    assert effect(2.2).words == "sube en 1 rol"


def test_context_detail_says_what_changes_across_all_roles(client, role):
    html = page(client, "context_detail", "global")
    section = html.split('id="que-cambia-titulo"')[1].split("</section>")[0]
    assert section.count("Sube en 1 rol.") == 2
    assert section.count("Queda igual en 1 rol.") == 4
    assert section.count('href="/guia-de-roles/global/data-tester/"') == 2
    assert 'href="/guia-de-roles/rasgos/apertura/"' in section


def test_context_shift_is_a_matrix_of_traits_and_sizes(client, role):
    html = page(client, "context_shift", "data-tester")
    table = html.split('class="size-matrix"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="col">([^<]+)', table) == [
        *("Rasgo", "Base", "Startup", "PyME", "Enterprise", "Global")
    ]
    first = table.split("<tr")[2]
    assert re.findall(r'class="figure">([^<]+)', first) == ["2,6–3,4"] + ["2,9–3,7"] * 4
    assert re.findall(r'size-matrix__move">([^<]+)', first) == ["0,3 más"] * 4
    assert table.count(">igual<") == 16


def test_context_shift_gives_all_the_reasons(client, role):
    html = page(client, "context_shift", "data-tester")
    reasons = [
        target["rationale"]
        for document in Edition.objects.values_list("document", flat=True)
        for target in document["targets"].values()
    ]
    assert len(reasons) == 30
    assert [reason for reason in reasons if reason not in html] == []


def test_area_detail_shows_the_differences_inside_the_area(client, role):
    make_role("second-role", contexts=())
    html = page(client, "area_detail", "datos-e-ia")
    table = html.split("<table>")[1].split("</table>")[0]
    assert table.count("<tr>") == 3
    assert re.findall(r'aria-label="([^"]+)"><rect', table)[:6] == [
        *("moderada, 2,6–3,4", "muy alta, 4,0–4,8", "baja, 1,8–2,6"),
        *("moderada, 2,4–3,2", "alta, 3,4–4,2", "bajo, 2,0–2,8"),
    ]
    offered = re.findall(r'name="perfil"\s+value="([^"]+)"', table)
    assert offered == ["perfiles/data-tester", "perfiles/second-role"]


def test_archetype_detail_tells_primary_from_secondary(client, role):
    other = make_role("second-role", contexts=())
    other.primary_archetype = Archetype.objects.get(slug="ancla")
    other.secondary_archetype = Archetype.objects.get(slug="lupa")
    other.save()
    publish(other.profiles.get(context=None))
    chosen = [archetype.slug for archetype in profile_page("second-role").chosen_archetypes]
    assert chosen == ["ancla", "lupa"]
    html = page(client, "archetype_detail", "lupa")
    primary, secondary = html.split("Como principal")[1].split("Como secundario")
    link = r'role-row__name" href="/guia-de-roles/perfiles/([^/]+)/"'
    assert re.findall(link, primary) == ["data-tester"]
    assert re.findall(link, secondary) == ["second-role"]


def test_extension_says_that_it_has_no_validity_studies(client, role):
    for slug, shown in (("involucramiento-relacional", 1), ("apertura", 0)):
        assert page(client, "trait_detail", slug).count('class="extension-note"') == shown


def test_trait_title_agrees_with_its_trait(client, role):
    for slug, pronoun in (("apertura", "la"), ("involucramiento-relacional", "lo")):
        title = f": qué es y qué roles {pronoun} piden</title>"
        assert title in page(client, "trait_detail", slug)
