"""What explains the guide: sizes, traits, archetypes and areas across all roles."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from profiles.desk.publishing import publish, withdraw
from profiles.guide.rankings import context_effects, contrasts
from profiles.guide.traits import Shift
from profiles.models import Archetype, Edition
from profiles.views.comparison import _shift_description
from tests.factories import copy_editions, make_role

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
    assert [(move.edition.role_slug, move.size) for move in found.up] == [
        ("r1", "0,5"),
        ("r0", "0,2"),
    ]
    assert [(move.edition.role_slug, move.size) for move in found.down] == [("r2", "0,3")]
    assert found.words == "sube en 2 roles, baja en 1 y queda igual en 1"


@pytest.mark.parametrize(
    ("lows", "words"),
    [([2.2], "sube en 1 rol"), ([2.0, 2.0], "queda igual en 2 roles"), ([1.5], "baja en 1 rol")],
)
def test_context_effect_leaves_out_what_does_not_happen(lows, words):
    assert effect(*lows).words == words


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
        "Rasgo",
        "Base",
        "Startup",
        "PyME",
        "Enterprise",
        "Global",
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


def test_context_shift_title_stays_short_for_a_long_name(client, vocabulary):
    names = {
        "long": "Especialista en Compensaciones y Beneficios",
        "longer": "Especialista en Compensaciones y Beneficios de Ejecutivos",
    }
    for slug, name in names.items():
        make_role(slug, name=name)
    titles = [re.search("<title>([^<]+)", page(client, "context_shift", slug))[1] for slug in names]
    assert titles == [
        "Especialista en Compensaciones y Beneficios según el tamaño",
        "Especialista en Compensaciones y Beneficios de Ejecutivos…",
    ]


def test_context_shift_follows_the_role(client, role):
    response = client.get("/guia-de-roles/perfiles/otro-data-tester/por-tamano/")
    assert (response.status_code, response.headers["Location"]) == (301, SIZES)
    assert client.get("/guia-de-roles/perfiles/nobody/por-tamano/").status_code == 404
    withdraw(role.profiles.get(context=None))
    assert client.get(SIZES).status_code == 410


def test_area_detail_shows_the_differences_inside_the_area(client, role):
    make_role("second-role", contexts=())
    html = page(client, "area_detail", "datos-e-ia")
    table = html.split("<table>")[1].split("</table>")[0]
    assert table.count("<tr>") == 3
    assert re.findall(r'aria-label="([^"]+)"><rect', table)[:6] == [
        "moderada, 2,6–3,4",
        "muy alta, 4,0–4,8",
        "baja, 1,8–2,6",
        "moderada, 2,4–3,2",
        "alta, 3,4–4,2",
        "bajo, 2,0–2,8",
    ]
    assert re.findall(r'name="perfil"\s+value="([^"]+)"', table) == [
        "perfiles/data-tester",
        "perfiles/second-role",
    ]


def test_area_contrast_names_the_most_distant_first():
    high, low = edition("high", 4.0, 5.0), edition("low", 2.0, 3.0)
    low.ranges["O"] = [1.0, 2.0]
    found = contrasts([low, high])
    assert (found[0].code, found[0].most, found[0].least) == ("O", high, low)
    assert [item.size for item in found] == ["3,0", "2,0", "2,0"]


def test_archetype_detail_tells_primary_from_secondary(client, role):
    other = make_role("second-role", contexts=())
    other.primary_archetype = Archetype.objects.get(slug="ancla")
    other.secondary_archetype = Archetype.objects.get(slug="lupa")
    other.save()
    publish(other.profiles.get(context=None))
    html = page(client, "archetype_detail", "lupa")
    primary, secondary = html.split("Como principal")[1].split("Como secundario")
    link = r'role-row__name" href="/guia-de-roles/perfiles/([^/]+)/"'
    assert re.findall(link, primary) == ["data-tester"]
    assert re.findall(link, secondary) == ["second-role"]


def test_trait_detail_draws_who_asks_for_most_and_least(client, role):
    make_role("second-role", contexts=())
    html = page(client, "trait_detail", "apertura")
    assert html.count('class="range-chart ') == 2
    assert 'aria-label="Apertura: 2,6–3,4 de 1 a 5"' in html


@pytest.mark.parametrize(("slug", "shown"), [("involucramiento-relacional", 1), ("apertura", 0)])
def test_extension_says_that_it_has_no_validity_studies(client, role, slug, shown):
    html = page(client, "trait_detail", slug)
    assert html.count('class="extension-note"') == shown


def test_trait_title_agrees_with_its_trait(client, role):
    titles = [
        re.search("<title>(.*?)</title>", client.get(f"/guia-de-roles/rasgos/{slug}/").text)[1]
        for slug in ("apertura", "involucramiento-relacional")
    ]
    assert [title.split(": ")[1] for title in titles] == [
        "qué es y qué roles la piden",
        "qué es y qué roles lo piden",
    ]


@pytest.mark.parametrize(
    ("name", "args", "limit"),
    [
        ("context_shift", ["data-tester"], 2),
        ("context_detail", ["global"], 6),
        ("archetype_detail", ["lupa"], 4),
        ("trait_list", [], 1),
        ("archetype_list", [], 1),
    ],
)
def test_page_costs_the_same_with_thirty_profiles(
    client, role, django_assert_num_queries, name, args, limit
):
    with django_assert_num_queries(limit):
        page(client, name, *args)
    copy_editions(role, 5)
    assert Edition.objects.published().count() == 30
    with django_assert_num_queries(limit):
        page(client, name, *args)


def test_context_shift_describes_the_largest_moves(role):
    def moved(context, **moves):
        rows = [
            SimpleNamespace(trait=SimpleNamespace(name=name), shift=Shift(move))
            for name, move in moves.items()
        ]
        return SimpleNamespace(context=SimpleNamespace(name=context), trait_rows=rows)

    moves = [moved("Startup", A=Decimal("0.4")), moved("PyME", C=Decimal("0.1"))]
    text = _shift_description("Rol", [None, *moves, moved("Global", B=Decimal("0.9"))])
    assert text.endswith("; B 0,9 más que el base en Global; A 0,4 más que el base en Startup.")
