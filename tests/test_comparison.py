"""Comparing profiles: what the page says, how its address behaves, what it costs."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from profiles.desk.publishing import withdraw
from profiles.documents.choices import TraitCode
from profiles.documents.schema import Target
from profiles.guide.charts import lane_chart
from profiles.guide.comparison import Place, compare, move_words
from profiles.guide.traits import points
from profiles.models import Edition
from profiles.views.shelf import profile_pages
from tests.factories import copy_editions, make_role

CONTEXTS = ("startup", "pyme", "enterprise", "global")
COMPARE = "/guia-de-roles/comparar/"


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
    return response.content.decode()


def pages_of(*places):
    pairs = [(place.role_slug, place.context_slug) for place in map(Place.parse, places)]
    pages = {str(Place.of(p)): p for p in profile_pages(Edition.objects.for_places(pairs))}
    return [pages[place] for place in places]


def trait(places, code, **targets):
    """Compare ``places`` after setting the ranges of ``code``: label → (low, high, importance)."""
    comparison = compare(pages_of(*places))
    found = next(item for item in comparison.traits if item.trait.code == code)
    for cell in found.cells:
        low, high, importance = targets[cell.column.label]
        target = Target(low=low, high=high, importance=importance)
        object.__setattr__(cell.row, "target", target)
    return found


TWO = ("global/data-tester", "perfiles/other-role")
THREE = ("startup/data-tester", "pyme/data-tester", "global/data-tester")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("global/mlops-engineer", ("global", "mlops-engineer")),
        ("Global/MLOps-Engineer/", ("global", "mlops-engineer")),
        ("perfiles/x", ("perfiles", "x")),
        ("mlops-engineer", None),
        ("a/b/c", None),
        ("global/mlops\x00", None),
        ("global/" + "x" * 200, None),
        ("<b>/x", None),
    ],
)
def test_place_is_read_or_refused(text, place):
    assert Place.parse(text) == place


def test_base_place_has_no_context():
    assert Place("perfiles", "x").context_slug is None
    assert Place("global", "x").context_slug == "global"


@pytest.mark.parametrize(
    ("moved", "words"), [("0.4", "sube 0,4"), ("-0.15", "baja 0,15"), ("0.0", "queda igual")]
)
def test_move_is_said_in_words(moved, words):
    assert move_words(Decimal(moved)) == words


def test_points_have_one_decimal_or_as_many_as_they_need():
    numbers = [points(Decimal(n)) for n in ("0.40", "-1.0", "10", "0.15")]
    assert numbers == ["0,4", "1,0", "10,0", "0,15"]


def test_difference_of_two_is_said_in_words(role):
    found = trait(TWO, "C", A=("4.2", "5.0", "critical"), B=("3.8", "4.6", "important"))
    assert found.words == "0,4 más alta en Data Tester en Global que en Otro Rol (perfil base)"
    assert found.common_words == "Comparten el tramo 4,2–4,6."
    assert found.importance_words == (
        "crítico en Data Tester en Global; importante en Otro Rol (perfil base)"
    )


def test_involucramiento_is_masculine(role):
    found = trait(TWO, "ER", A=("1.0", "2.0", "flexible"), B=("3.0", "4.0", "flexible"))
    assert found.words.startswith("2,0 más alto en Otro Rol")
    assert found.common_words == "No comparten ningún tramo de la escala."
    assert found.importance_words == "flexible en los dos"


def test_equal_ranges_are_equal(role):
    found = trait(TWO, "O", A=("2.0", "3.0", "flexible"), B=("2.0", "3.0", "flexible"))
    assert (found.differs, found.words) == (False, "igual en los dos")


def test_same_middle_with_another_width_is_no_equality(role):
    found = trait(TWO, "O", A=("2.0", "3.0", "flexible"), B=("1.8", "3.2", "flexible"))
    assert found.differs
    assert found.words == "el mismo centro; el rango más ancho es el de Otro Rol (perfil base)"


def test_touching_ranges_coincide_in_a_point(role):
    found = trait(TWO, "O", A=("2.0", "3.0", "flexible"), B=("3.0", "4.0", "flexible"))
    assert found.common_words == "Solo coinciden en 3,0."


def test_three_sizes_of_one_role_are_ordered_and_named_by_size(role):
    found = trait(
        THREE,
        "O",
        A=("2.0", "3.0", "flexible"),
        B=("3.0", "4.0", "critical"),
        C=("2.6", "3.6", "critical"),
    )
    assert found.words == "más alta en PyME; 0,4 menos en Global; 1,0 menos en Startup"
    assert found.common_words == "Solo coinciden en 3,0."
    assert found.importance_words == "flexible en Startup; crítico en PyME y Global"


def test_three_of_which_two_overlap_have_no_common_stretch(role):
    found = trait(
        THREE,
        "O",
        A=("2.0", "3.0", "flexible"),
        B=("2.6", "3.6", "flexible"),
        C=("3.4", "4.4", "flexible"),
    )
    assert found.common_words == "No hay un tramo común a los tres."


def test_comparison_orders_the_traits_by_distance(role):
    comparison = compare(pages_of("global/data-tester", "perfiles/data-tester"))
    assert [item.trait.code for item in comparison.widest] == ["O", "E"]
    assert [item.distance for item in comparison.widest] == [Decimal("0.3")] * 2
    assert comparison.same == (
        "Responsabilidad, Amabilidad, Estabilidad Emocional e Involucramiento Relacional"
    )


def test_only_one_has_its_own_and_shared_names_its_holders(role):
    pages = pages_of("global/data-tester", "startup/data-tester", "perfiles/other-role")
    strengths, flags, considerations = compare(pages).kinds
    own = [list(page.document.strengths) for page in pages]
    assert [[item.text for item in group.items] for group in strengths.only] == own
    assert [group.names for group in strengths.shared] == [
        "Data Tester en Global y Data Tester en Startup"
    ]
    assert [item.text for item in strengths.shared[0].items] == list(pages[0].base.strengths)
    assert [len(group.items) for group in flags.only] == [2, 2, 5]
    assert [len(group.items) for group in considerations.only] == [3, 3, 0]


def test_base_has_nothing_that_its_context_does_not_inherit(role):
    kinds = compare(pages_of("perfiles/data-tester", "global/data-tester")).kinds
    assert [len(kind.only[0].items) for kind in kinds] == [0, 0, 0]


def test_lanes_keep_order_and_stay_inside_the_drawing():
    target = Target(low="1.0", high="2.0", importance="flexible")
    other = Target(low="4.0", high="5.0", importance="flexible")
    chart = lane_chart("O", [("A", target), ("Un nombre muy largo", other)])
    assert [lane.label for lane in chart.lanes] == ["A", "Un nombre m…"]
    assert [lane.centre for lane in chart.lanes] == [46, 274]
    assert chart.lanes[0].y < chart.lanes[1].y < chart.foot < chart.height
    last = chart.lanes[1].band
    assert chart.left < 0 < last.x + last.width <= chart.left + chart.width


def test_compare_shows_each_profile_and_each_difference(client, role):
    html = get(client, *TWO)
    assert "<h1>Comparar Data Tester en Global y Otro Rol</h1>" in html
    assert "Apertura</a>: 0,3 más alta en Data Tester en Global que en Otro Rol" in html
    assert html.count('class="lane-chart ') == len(TraitCode)
    document = role.profiles.get(context__slug="global").editions.get().document
    other = Edition.objects.base().get(role_slug="other-role").document
    expected = [
        document["strengths"][0],
        document["red_flags"][0],
        document["considerations"][0]["text"],
        document["considerations"][0]["consequence"],
        document["targets"]["C"]["rationale"],
        other["strengths"][0],
        other["targets"]["C"]["rationale"],
    ]
    assert [text for text in expected if text not in html] == []


@pytest.mark.parametrize("places", [TWO, TWO[::-1]])
def test_compare_keeps_the_order_of_the_address(client, role, places):
    html = get(client, *places)
    cards = html.split('class="compare-cards')[1].split("</ol>")[0]
    links = re.findall(r'<h2>.*?<a href="/guia-de-roles/([^"]+)/"', cards)
    assert links == list(places)


def test_compare_removes_by_link_and_adds_by_form(client, role):
    html = get(client, *TWO)
    cards = html.split('class="compare-cards')[1].split("</ol>")[0]
    removes = re.findall(r'class="compare-card__remove" href="([^"]+)"', cards)
    assert removes == [address(TWO[1]), address(TWO[0])]
    response = client.get(address(*TWO, "data-tester") + "&contexto=pyme")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        address(*TWO, "pyme/data-tester"),
    )


def test_form_without_a_role_adds_nothing(client, role):
    html = get(client, *TWO, "&contexto=pyme")
    assert html.count('class="compare-card"') == 2


def test_bare_role_is_its_base_profile(client, role):
    response = client.get(address("data-tester"))
    assert response.headers["Location"] == address("perfiles/data-tester")


def test_form_carries_the_profiles_on(client, role):
    form = get(client, *TWO).split('class="compare-add"')[1].split("</form>")[0]
    assert re.findall(r'name="perfil" value="([^"]+)"', form) == list(TWO)
    options = re.findall(r'<option value="([^"]*)"', form)
    assert options == ["", "data-tester", "other-role", "perfiles", *CONTEXTS]


def test_four_profiles_leave_no_room_to_add(client, role):
    html = get(client, *(f"{context}/data-tester" for context in CONTEXTS))
    assert "Son cuatro: quitá uno para sumar otro." in html
    assert "compare-add" not in html


def test_five_profiles_are_refused_and_four_offered(client, role):
    places = ["perfiles/data-tester", *(f"{context}/data-tester" for context in CONTEXTS)]
    html = get(client, *places, status=400)
    assert "Se comparan hasta cuatro perfiles" in html
    assert address(*places[:4]).replace("&", "&amp;") in html


def test_each_of_five_profiles_can_be_removed(client, role):
    places = ["perfiles/data-tester", *(f"{context}/data-tester" for context in CONTEXTS)]
    main = get(client, *places, status=400).split("<main")[1]
    removes = re.findall(r'href="([^"]+)" aria-label="Quitar ([^"]+) de la', main)
    names = [f"Data Tester en {size}" for size in ("Startup", "PyME", "Enterprise", "Global")]
    assert [name for _url, name in removes] == ["Data Tester (perfil base)", *names]
    assert removes[1][0] == address(*(p for p in places if p != "startup/data-tester")).replace(
        "&", "&amp;"
    )
    assert "Son cuatro" not in main


def test_many_profiles_too_many_make_no_endless_page(client, role):
    places = [f"perfiles/role-{number}" for number in range(60)]
    main = get(client, *places, status=400).split("<main")[1]
    assert main.count("Quitar</a>") == 12


def test_duplicates_collapse(client, role):
    html = get(client, TWO[0], TWO[0], TWO[1], TWO[0], TWO[0])
    assert html.count('class="compare-card"') == 2


def test_profile_that_is_already_compared_is_named(client, role):
    words = "Ya está en la comparación: Data Tester en Global."
    response = client.get(address(*TWO, "data-tester") + "&contexto=global", follow=True)
    assert words in response.text
    assert "Ya está" not in get(client, *TWO)


def test_unknown_profile_is_named_and_the_others_kept(client, role):
    html = get(client, "global/data-testr", TWO[1], status=404)
    assert "No hay un perfil publicado en «global/data-testr»." in html
    assert f'<a href="{address(TWO[1])}">Seguir con los que sí están</a>' in html
    offer = address(TWO[1], "global/data-tester").replace("&", "&amp;")
    assert f'<a href="{offer}">Data Tester</a>' in html


def test_missing_size_offers_the_base_profile(client, role):
    html = get(client, "startup/other-role", status=404)
    assert f'<a href="{address("perfiles/other-role")}">Otro Rol</a>' in html


def test_offer_never_repeats_what_is_already_compared(client, role):
    html = get(client, "global/other-rol", "global/other-role", status=404)
    assert address("global/other-role", "global/other-role").replace("&", "&amp;") not in html


@pytest.mark.parametrize("text", ["a/b/c", "global/%00", "%3Cscript%3E/x", "%E2%80%AE/x"])
def test_unreadable_profile_is_unknown_and_escaped(client, role, text):
    html = get(client, text, status=404)
    assert "No hay un perfil publicado en «" in html
    assert not any(char in html for char in ("<script>", "\x00", "\u202e"))


def test_alias_leads_to_the_profile_for_good(client, role):
    response = client.get(address("global/otro-data-tester", TWO[1]))
    assert (response.status_code, response.headers["Location"]) == (301, address(*TWO))


def test_draft_and_withdrawn_profiles_are_not_compared(client, role):
    make_role("hidden-role", publish=False)
    assert "hidden-role" in get(client, "perfiles/hidden-role", status=404)
    assert "Hidden Role" not in get(client)
    withdraw(role.profiles.get(context__slug="global"))
    assert "«global/data-tester»" in get(client, *TWO, status=404)


def test_one_profile_invites_to_its_sizes_and_neighbours(client, role):
    html = get(client, "global/data-tester")
    offers = html.split("Sumá el segundo perfil")[1].split("<form")[0]
    seconds = re.findall(r"perfil=global/data-tester&amp;perfil=([^\"]+)", offers)
    assert seconds == [
        "perfiles/data-tester",
        "startup/data-tester",
        "pyme/data-tester",
        "enterprise/data-tester",
        "global/other-role",
    ]


def test_neighbour_without_a_sentence_is_no_other_size(client, role):
    edition = role.editions.get(context=None)
    edition.facts["related"][0]["difference"] = ""
    edition.save()
    html = get(client, "global/data-tester")
    neighbours = html.split("Puestos vecinos")[1].split("<form")[0]
    assert "perfil=global/other-role" in neighbours


def test_no_profile_explains_and_offers_pairs(client, role):
    html = get(client)
    assert "<h1>Comparar perfiles</h1>" in html
    start = html.split('id="para-empezar"')[1]
    assert re.findall(r'href="[^?"]+\?([^"]+)"', start) == [
        "perfil=perfiles/data-tester&amp;perfil=perfiles/other-role",
        "perfil=startup/data-tester&amp;perfil=global/data-tester",
    ]


def test_compare_without_any_content_still_answers(client, vocabulary):
    assert "<h1>Comparar perfiles</h1>" in get(client)


def test_only_the_plain_page_is_indexed(client, role):
    plain, compared = get(client), get(client, *TWO)
    canonical = f'rel="canonical" href="http://127.0.0.1:8000{COMPARE}"'
    assert (canonical in plain, canonical in compared) == (True, True)
    assert ("noindex" in plain, "noindex" in compared) == (False, True)
    assert "noindex" in get(client, "x/y", status=404)


@pytest.mark.parametrize("name", ["role_detail", "role_in_context"])
def test_profile_leads_to_its_comparison_in_one_tap(client, role, name):
    folder = "perfiles" if name == "role_detail" else "global"
    args = ["data-tester"] if name == "role_detail" else ["global", "data-tester"]
    html = client.get(reverse(f"profiles:{name}", args=args)).content.decode()
    assert f'href="{address(f"{folder}/data-tester")}"' in html
    assert 'href="/guia-de-roles/perfiles/data-tester/por-tamano/"' in html


def test_role_with_one_profile_has_no_size_view(client, vocabulary):
    make_role("lonely-role", contexts=())
    page = client.get("/guia-de-roles/perfiles/lonely-role/")
    assert "por-tamano" not in page.content.decode()
    assert client.get("/guia-de-roles/perfiles/lonely-role/por-tamano/").status_code == 404


COSTS = [
    ([], 5),
    (["global/data-tester"], 5),
    (["global/data-tester", "perfiles/other-role"], 4),
    ([f"{context}/data-tester" for context in CONTEXTS], 2),
]


@pytest.mark.parametrize(("places", "limit"), COSTS)
def test_compare_costs_the_same_with_many_profiles(
    client, role, django_assert_num_queries, places, limit
):
    with django_assert_num_queries(limit):
        get(client, *places)
    copy_editions(role, 5)
    with django_assert_num_queries(limit):
        get(client, *places)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_compare_only_answers_to_reading(client, role, method):
    assert getattr(client, method)(COMPARE).status_code == 405


def test_compare_sets_no_cookie(client, role):
    assert not client.get(address(*TWO)).cookies


def test_names_are_escaped_in_a_comparison(client, role):
    make_role("escape-role", name="<b>Rol</b> & «más»", contexts=())
    html = get(client, "perfiles/escape-role", TWO[0])
    assert "<b>Rol</b>" not in html
    assert "&lt;b&gt;Rol&lt;/b&gt;" in html


def test_context_without_its_base_has_no_page(role):
    edition = SimpleNamespace(role_slug="data-tester", context_id=1)
    assert profile_pages([edition]) == []


def test_most_distant_trait_comes_first(role):
    comparison = compare(pages_of("global/data-tester", "perfiles/data-tester"))
    last = next(item for item in comparison.traits if item.trait.code == "E")
    target = Target(low=4, high=5, importance="flexible")
    object.__setattr__(last.cells[0].row, "target", target)
    assert [item.trait.code for item in comparison.widest] == ["E", "O"]
