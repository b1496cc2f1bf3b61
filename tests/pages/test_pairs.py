"""Two roles that name each other: their page, its address, and which pairs have none."""

import pytest
from django.urls import reverse

from profiles.desk.publishing import withdraw
from profiles.models import Edition, Role
from tests.helpers.factories import make_role

pytestmark = pytest.mark.django_db
GUIDE = "/guia-de-roles"
PAIR = f"{GUIDE}/comparar/cajero-o-operario/"
MAP = "/sitemap-paginas.xml"
COMPARED = f"{GUIDE}/comparar/?perfil=perfiles/cajero&perfil=perfiles/operario"
UNNAMED = f"{GUIDE}/comparar/?perfil=perfiles/operario&perfil=perfiles/stranger"


@pytest.fixture(scope="module", autouse=True)
def made_roles(module_rows):
    """Two roles that name each other, and one that only one of them names."""
    others = ("neighbour-a", "neighbour-b")
    make_role("stranger", name="Extraño", contexts=())
    make_role("operario", name="Operario", contexts=(), related=("stranger", *others))
    make_role("cajero", name="Cajero", contexts=("global",), related=("operario", *others))
    words = "Cobra a cada persona y responde por el cajón entero. Acá no."
    edition = base("operario")
    edition.facts["related"].append({"role": "cajero", "difference": words})
    edition.save()


def test_profile_names_a_neighbour_briefly_where_the_page_of_both_says_the_rest(client):
    main = text_of(client, f"{GUIDE}/perfiles/operario/")
    assert "Cobra a cada persona y responde por el cajón entero." in main
    assert "Acá no." not in main


def test_draft_that_no_longer_says_how_a_neighbour_differs_is_shown(admin_client):
    role = Role.objects.get(slug="cajero")
    role.related.update(difference="")
    address = reverse("admin:profiles_profile_preview", args=[role.profiles.get(context=None).pk])
    assert admin_client.get(address).status_code == 200


def text_of(client, address):
    return b"".join(client.get(address)).decode()


def base(slug):
    return Edition.objects.base().get(role_slug=slug)


def test_pair_says_which_one_in_both_documents_words(client, django_assert_num_queries):
    with django_assert_num_queries(5):
        response = client.get(PAIR)
    html, cashier, worker = response.text, base("cajero"), base("operario")
    assert "<title>¿Cajero u Operario? Cuál elegir | Guía de Roles</title>" in html
    assert 'description" content="Cajero cobra a cada persona y responde por el cajón' in html
    assert f'rel="canonical" href="http://127.0.0.1:8000{PAIR}"' in html
    assert "noindex" not in html
    said = [cashier.facts["related"][0]["difference"], "Según el perfil de Operario: «Acá no.»"]
    for document in (cashier.document, worker.document):
        said += [document["honest"], document["outcomes"]["days_90"][0]]
    # In the first sentence without capital and full stop.
    assert [text for text in said if text[1:-1] not in html] == []


@pytest.mark.parametrize(
    ("asked", "status", "answer"),
    [
        (f"{GUIDE}/comparar/operario-o-cajero/", 301, PAIR),
        (f"{GUIDE}/comparar/otro-operario-o-cajero/", 301, PAIR),
        (COMPARED, 302, PAIR),
        (f"{GUIDE}/comparar/operario-o-stranger/", 302, UNNAMED),
        (f"{GUIDE}/comparar/cajero-o-nada/", 404, None),
    ],
)
def test_each_pair_has_one_address(client, asked, status, answer):
    response = client.get(asked)
    assert (response.status_code, response.headers.get("Location")) == (status, answer)


def test_withdrawn_role_takes_its_pairs_along(client):
    withdraw(Role.objects.get(slug="operario").profiles.get(context=None))
    assert client.get(PAIR).status_code == 410
    assert PAIR not in text_of(client, MAP)


def test_pair_is_reached_from_search_profiles_comparison_and_map(client):
    pages = ("comparar/", "comparar/?perfil=perfiles/cajero", "perfiles/?q=operario+o+cajero")
    pages += ("perfiles/cajero/", "perfiles/operario/", "sugerencias/?q=operario+o+cajero")
    for page in (MAP, *(f"{GUIDE}/{page}" for page in pages)):
        assert PAIR in text_of(client, page), page


@pytest.mark.parametrize("lacks", ["honest", "words", "name"])
def test_pair_whose_documents_say_too_little_has_no_page(client, lacks):
    edition = base("operario")
    related = edition.facts["related"]
    if lacks == "honest":
        edition.document["honest"] = ""
    elif lacks == "words":
        related[-1]["difference"] = "Cobra."
    else:
        related.pop()
    edition.save()
    assert client.get(PAIR).headers["Location"] == COMPARED
    for page in (MAP, f"{GUIDE}/perfiles/cajero/", f"{GUIDE}/comparar/"):
        assert PAIR not in text_of(client, page)
