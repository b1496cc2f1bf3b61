"""Comparing profiles: what the page says, how its address behaves, what it costs."""

import re
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from profiles.desk.publishing import withdraw
from profiles.documents.schema import Target
from profiles.guide.comparison import Place, compare
from profiles.models import Edition
from profiles.views.shelf import profile_pages
from tests.helpers.factories import copy_editions, make_role

pytestmark = pytest.mark.django_db
CONTEXTS = ("startup", "pyme", "enterprise", "global")
COMPARE = "/guia-de-roles/comparar/"
TWO = ("global/data-tester", "perfiles/other-role")
THREE = ("startup/data-tester", "pyme/data-tester", "global/data-tester")
FOUR = tuple(f"{context}/data-tester" for context in CONTEXTS)


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that every test of this file starts from, made once."""
    related = ("other-role", "neighbour-a", "neighbour-b")
    make_role("other-role", name="Otro Rol", contexts=("global",))
    return make_role("data-tester", contexts=CONTEXTS, related=related)


def address(*places):
    return COMPARE + "?" + "&".join(f"perfil={place}" for place in places)


def get(client, *places, status=200):
    response = client.get(address(*places))
    assert response.status_code == status
    return response.text


def pages_of(*places):
    pairs = [(place.role_slug, place.context_slug) for place in map(Place.parse, places)]
    pages = {str(Place.of(p)): p for p in profile_pages(Edition.objects.for_places(pairs))}
    return [pages[place] for place in places]


def own_texts(comparison, title):
    """Return what only each column says, by the title of an aspect; nothing if there is none."""
    aspects = (each for part in comparison.sections for each in part["aspects"])
    shares = next((each["shares"] for each in aspects if each["title"] == title), ())
    return [[text for text, _detail in share.items] for share in shares]


def compared(places, code, **middles):
    """Compare ``places`` after setting the middle of ``code``'s range in each: label → point."""
    comparison = compare(pages_of(*places))
    found = next(item for item in comparison.traits if item.trait.code == code)
    for cell in found.cells:
        point = Decimal(middles[cell.column.label])
        ends = {"low": point - Decimal("0.4"), "high": point + Decimal("0.4")}
        object.__setattr__(cell.row, "target", Target.model_construct(**ends))
    return found


@pytest.mark.parametrize(
    ("places", "code", "middles", "words"),
    [
        (TWO, "C", {"A": "4.6", "B": "4.2"}, "Más alta en A; 0,4 menos en B"),
        (TWO, "ER", {"A": "1.5", "B": "3.5"}, "Más alto en B; 2,0 menos en A"),
        (THREE, "O", {"A": "2.5", "B": "3.5", "C": "3.1"}, "Más alta en B; 0,4 menos en C; "),
        (THREE, "O", {"A": "2.5", "B": "3.5", "C": "3.3"}, "Más alta en B y C; 1,0 menos en A"),
        # As near to the lowest as to the highest: of neither.
        (THREE, "O", {"A": "3.1", "B": "3.5", "C": "3.3"}, "Más alta en B; 0,4 menos en A"),
    ],
)
def test_difference_is_said_by_letter_with_one_decimal(places, code, middles, words):
    assert compared(places, code, **middles).words.startswith(words)


@pytest.mark.parametrize(
    ("difference", "act", "more"),
    [
        ("Cierra sus propias cuentas. Acá no.", "Cierra sus propias cuentas", "Acá no."),
        ("Se queda con pocos clientes.", "Se queda con pocos clientes", ""),
        ("Comparten el método y la duda.", None, "Comparten el método y la duda."),
        ("", None, ""),
    ],
)
def test_choice_rests_on_what_the_other_role_says_or_on_the_summary(role, difference, act, more):
    edition = role.editions.get(context=None)
    edition.facts["related"][0]["difference"] = difference
    edition.save()
    pages = pages_of("perfiles/data-tester", "perfiles/other-role")
    own, other = [page.document.summary.rstrip(".") for page in pages]
    comparison = compare(pages)
    assert [clause.act.capitalize() for clause in comparison.clauses] == [own, act or other]
    # Nothing is said twice, and who speaks is named.
    purposes = [[], [f"{other}."]] if act else []
    assert own_texts(comparison, "Para qué está") == purposes
    assert comparison.differences == ([("Data Tester", more)] if more else [])
    # A role's sizes are chosen together, by what holds in each: no size is said to do it.
    three = compare(pages_of("startup/data-tester", "global/other-role", "global/data-tester"))
    names = ["En general, elegí Data Tester", "Otro Rol"]
    assert [clause.before + clause.name for clause in three.clauses] == names
    assert [clause.act.capitalize() for clause in three.clauses] == [own, act or other]


def test_differences_are_told_where_nothing_else_is_to_choose_by(client, role):
    for edition in Edition.objects.base().filter(role_slug__in=["data-tester", "other-role"]):
        edition.document["honest"] = ""
        if edition.role_slug == role.slug:
            edition.facts["related"][0]["difference"] = "Comparten el método. Uno decide."
        edition.save()
    assert "«Comparten el método. Uno decide.»" in get(client, *["perfiles/data-tester", TWO[1]])


def test_profile_of_a_size_is_chosen_by_its_summary(client):
    comparison = compare(pages_of("startup/data-tester", "global/data-tester"))
    assert comparison.heading == "Data Tester en Startup y en Global: qué cambia"
    summaries = [column.page.document.summary for column in comparison.columns]
    assert [f"{clause.act.capitalize()}." for clause in comparison.clauses] == summaries
    assert own_texts(comparison, "Para qué está") == []
    lead = strip_tags(get(client, *THREE).split('class="lead">')[1].split("</p>")[0])
    assert "Usá el perfil de Startup (1–50 personas) si la persona, por ejemplo," in lead
    others = ("el de PyME (51–200 personas) si, por ejemplo,", "el de Global (1001+ personas) si,")
    assert [text for text in others if text not in lead] == []
    with_base = compare(pages_of("perfiles/data-tester", "global/data-tester"))
    assert with_base.title == "Data Tester en general y en Global: qué cambia"
    starts = [f"{clause.before}{clause.name}{clause.after}" for clause in with_base.clauses]
    others = ["el de Global (1001+ personas) si, por ejemplo,"]
    assert starts == ["Usá el perfil base si la persona", *others]
    moved = compared(THREE[::2], "O", A="2.5", B="3.5")
    words = moved.words_by(lambda column: column.name)
    assert words == "Más alta en Global; 1,0 menos en Startup"


def test_own_items_stand_apart_from_what_all_say(client):
    pages = pages_of("global/data-tester", "startup/data-tester")
    comparison = compare(pages)
    own = [list(page.document.strengths) for page in pages]
    assert own_texts(comparison, "Fortalezas") == own
    found = {each["title"]: each for part in comparison.sections for each in part["aspects"]}
    assert [text for text, _detail in found["Fortalezas"]["common"]] == list(
        pages[0].base.strengths
    )
    assert not found["Responsabilidades"]["shares"]
    html = get(client, *TWO, "perfiles/data-tester")
    hidden = len(pages[0].whole.responsibilities) - 2
    assert f"Y {hidden} más en el perfil." in html
    assert "Es el perfil base: vale en cualquier tamaño." in html


def test_comparison_shows_each_profile_removes_by_link_and_adds_by_form(client, role):
    html = get(client, *TWO)
    assert "<h1>¿Data Tester en Global u Otro Rol (perfil base)?</h1>" in html
    document = role.profiles.get(context__slug="global").editions.get().document
    other = Edition.objects.base().get(role_slug="other-role").document
    expected = [
        *(document["strengths"][0], document["red_flags"][0], document["honest"]),
        *(document["outcomes"]["days_90"][0], document["considerations"][0]["consequence"]),
        *(document["targets"]["C"]["rationale"], other["targets"]["C"]["rationale"]),
        *(other["responsibilities"][0], "Compartir"),
        "/guia-de-roles/global/data-tester/entrevista/",
        "/guia-de-roles/perfiles/other-role/carpeta/",
    ]
    assert [text for text in expected if text not in html] == []
    assert re.search(r"\d,\d\d", html.split("<main")[1]) is None
    assert re.findall(r'href="([^"]+)">Quitar<', html) == [address(TWO[1]), address(TWO[0])]
    response = client.get(address(*TWO, "data-tester") + "&contexto=pyme")
    added = address(*TWO, "pyme/data-tester")
    assert (response.status_code, response.headers["Location"]) == (302, added)


def test_five_profiles_are_refused_and_one_unknown_is_named_and_the_others_kept(client):
    places = ["perfiles/data-tester", *FOUR]
    main = get(client, *places, status=400).split("<main")[1].replace("&amp;", "&")
    assert address(*places[:4]) in main
    html = get(client, "global/data-testr", "Perfiles/óther-role", status=404).replace("&amp;", "&")
    assert "No hay un perfil publicado en «global/data-testr»." in html
    assert re.search(rf'href="{re.escape(address(TWO[1]))}">\s+Seguir con el que sí está', html)
    assert "perfiles/data-tester" not in get(client, "pyme/data-tester", "perfiles/no", status=404)


def test_draft_and_withdrawn_profiles_are_not_compared(client, role):
    make_role("hidden-role", publish=False)
    assert "hidden-role" in get(client, "perfiles/hidden-role", status=404)
    withdraw(role.profiles.get(context__slug="global"))
    assert "Se retiró de la guía «global/data-tester»." in get(client, *TWO, status=404)


def test_one_profile_invites_to_its_sizes_and_neighbours(client, role):
    edition = role.editions.get(context=None)
    edition.facts["related"][0]["difference"] = ""
    edition.save()
    html = get(client, "global/data-tester").split('class="compare-starts"')[1]
    sizes, neighbours = html.split("Puestos vecinos")
    second = r"perfil=global/data-tester&amp;perfil=([^\"]+)"
    others = [f"{place}/data-tester" for place in ("perfiles", *CONTEXTS[:3])]
    assert re.findall(second, sizes) == others
    assert re.findall(second, neighbours) == ["global/other-role"]


def test_only_the_plain_page_is_indexed_and_a_comparison_is_shared_whole(client):
    plain, compared = get(client), get(client, *TWO)
    canonical = f'rel="canonical" href="http://127.0.0.1:8000{COMPARE}"'
    assert (canonical in plain, canonical in compared) == (True, True)
    assert ("noindex" in plain, "noindex" in compared) == (False, True)
    assert "noindex" in get(client, "x/y", status=404)
    shared = address(*TWO).replace("&", "&amp;")
    assert f'property="og:url" content="http://127.0.0.1:8000{shared}"' in compared
    assert 'image:alt" content="¿Data Tester en Global u Otro Rol (perfil base)?' in compared
    assert 'og:description" content="Data Tester ' in compared
    three = get(client, *TWO, "pyme/data-tester")
    names = "Data Tester en Global, Otro Rol (perfil base) o Data Tester en PyME"
    assert f"<title>¿{names}?<" in three
    assert "<h1>¿Cuál de los tres?<" in three
    # Each says its size in the head, which has no room for whole names.
    head = strip_tags(three.partition('class="compare-head"')[2].partition("</ol>")[0]).split()
    assert [word for word in head if word in ("Global", "base", "PyME")] == [
        "Global",
        "base",
        "PyME",
    ]


@pytest.mark.parametrize(
    ("places", "limit"), [([], 4), (["global/data-tester"], 5), (TWO, 4), (FOUR, 2)]
)
def test_comparison_costs_the_same_with_many_profiles(client, role, costs, places, limit):
    costs(limit, lambda: get(client, *places), lambda: copy_editions(role, 5))
