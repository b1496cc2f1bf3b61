"""Titles that the guide does not have as pages, the general kit, and suggestions."""

import re

import pytest

from profiles.documents.choices import TraitCode
from profiles.documents.text import word_count
from profiles.exports.formats import KIT_FORMATS
from profiles.exports.general_kit import general_kit
from tests.helpers.factories import shelve

pytestmark = pytest.mark.usefixtures("vocabulary")
NEAR = "/guia-de-roles/puestos/"


@pytest.fixture
def buyer(vocabulary):
    near = [("Jefe de compras", "Conduce el equipo y fija la política.")]
    near += [("Tasador", "Pone precio a lo que otro vende.")]
    return shelve("comprador", "Comprador/a", aliases=["Analista de compras"], near=near)


def test_near_title_has_a_page_with_what_differs(client, buyer):
    html = client.get(f"{NEAR}jefe-de-compras/").text
    wanted = [
        *(">Jefe de compras</h1>", "Conduce el equipo y fija la política."),
        *('href="/guia-de-roles/perfiles/comprador/"', 'href="/guia-de-roles/entrevista-general/"'),
        f'rel="canonical" href="http://127.0.0.1:8000{NEAR}jefe-de-compras/"',
    ]
    assert [words for words in wanted if words not in html] == []
    assert "noindex" not in html


def test_other_way_of_writing_a_near_title_redirects(client, buyer):
    shelve("other", "Planificador", near=[("Gerente de compras", "Firma por encima del monto.")])
    response = client.get(f"{NEAR}jefe-de-compras/?a=x")
    final = f"{NEAR}gerente-de-compras/?a=x"
    assert (response.status_code, response["Location"]) == (301, final)


def test_what_a_role_is_called_leads_to_the_role_and_other_titles_have_no_page(client, buyer):
    # A near title that has become a role.
    shelve("jefe-de-compras", "Jefe/a de Compras Públicas")
    called = dict.fromkeys(("comprador", "compradora", "analista-de-compras"), "comprador")
    for name, slug in {**called, "jefe-de-compras": "jefe-de-compras"}.items():
        response = client.get(f"{NEAR}{name}/?a=x")
        final = f"/guia-de-roles/perfiles/{slug}/?a=x"
        assert (response.status_code, response["Location"]) == (301, final)
    for name in ("nada", "enfermera", "compras", "comprador-pyme"):
        assert client.get(f"{NEAR}{name}/").status_code == 404


def test_page_without_text_of_its_own_is_not_indexed(client, buyer):
    near = [("Perito", ""), ("Experto", "Pone precio a lo que otro vende."), ("¿?", "No dice qué.")]
    shelve("other", "Otro", near=near)
    for slug in ("perito", "experto"):
        assert "noindex" in client.get(f"{NEAR}{slug}/").text
    sitemap = client.get("/sitemap-paginas.xml").getvalue().decode()
    assert re.findall(r"/puestos/([a-z-]+)/", sitemap) == ["jefe-de-compras"]
    assert "/guia-de-roles/entrevista-general/" in sitemap
    general = client.get("/guia-de-roles/entrevista-general/").text
    assert re.findall(r"<summary>(\w+)", general) == ["J"]
    assert "Perito" not in client.get("/guia-de-roles/perfiles/?q=").text


def test_general_kit_has_two_questions_for_each_trait_that_keep_the_editorial_rules():
    questions = general_kit().questions
    assert [question.traits[0] for question in questions] == [c for c in TraitCode for _ in "12"]
    assert len({question.key for question in questions}) == 12
    for question in questions:
        lengths = [word_count(text) for _rating, text in question.anchors.rated()]
        assert all(15 <= length <= 35 for length in lengths), question.key
        assert (len(question.follow_ups), bool(question.focus)) == (2, True)


@pytest.mark.parametrize("extension", KIT_FORMATS)
def test_general_kit_is_a_file_in_each_format_of_a_kit(client, extension):
    address = f"/guia-de-roles/entrevista-general.{extension}"
    assert f'formaction="{address}"' in client.get("/guia-de-roles/entrevista-general/").text
    response = client.get(address)
    assert response["Content-Type"] == KIT_FORMATS[extension].content_type
    assert f"entrevista-general.{extension}" in response["Content-Disposition"]
    if extension in ("md", "csv"):
        text = response.content.decode()
        assert all(question.text in text for question in general_kit().questions)
        assert "http://127.0.0.1:8000/guia-de-roles/entrevista-general/" in text


def options(client, text):
    found = client.get("/guia-de-roles/sugerencias/", {"q": text}).json()["options"]
    return [(option["name"], option["url"]) for option in found]


def test_suggestions_are_roles_sizes_and_near_titles(client, buyer, monkeypatch):
    shelve("contador", "Contador/a", aliases=["CPN"], contexts=("startup", "pyme"))
    accountants = [
        ("Contador/a", "/guia-de-roles/perfiles/contador/"),
        ("Contador/a en Startup", "/guia-de-roles/startup/contador/"),
        ("Contador/a en PyME", "/guia-de-roles/pyme/contador/"),
    ]
    assert [options(client, q) for q in ("conta", "cpn", "contadro")] == [accountants] * 3
    assert [name for name, _url in options(client, "contador pymes")] == ["Contador/a en PyME"]
    # Two roles are offered together, in the size asked for; two sizes of one role are no choice.
    shelve("cajero", "Cajero/a", contexts=("startup", "pyme"))
    name, url = options(client, "contador o cajero en stratup")[0]
    assert (name, "startup/contador" in url) == ("Contador/a y Cajero/a", True)
    assert "Contador" in options(client, "contadro startup pyme")[0][0]
    shelve("manager", "Gerente de Comunicación")
    # What is written as it was typed comes before what means the same.
    buys = ("Jefe de compras", "/guia-de-roles/puestos/jefe-de-compras/")
    assert [options(client, typed)[0] for typed in ("jefe de com", "jefe de")] == [buys] * 2
    # A role that has such a name comes before what is missing.
    shelve("store", "Gerente de tienda", aliases=["Jefe de tienda"])
    first = [options(client, typed)[0][0] for typed in ("jefe de", "com", "tasadora")]
    assert first == ["Gerente de tienda", "Comprador/a", "Tasador"]
    # Of more than are looked at, those that begin so are not left out.
    monkeypatch.setattr("profiles.search.find.MAX_BEGUN", 1)
    shelve("sales", "Analista de Ventas")
    shelve("seller", "Vendedor/a")
    assert options(client, "ven")[0][0] == "Vendedor/a"


def test_api_s_search_knows_what_the_page_does(client, buyer):
    shelve("contador", "Contador/a", contexts=("startup", "pyme"))
    missing = client.get("/api/v1/search/", {"q": "gerente de compras"}).json()
    assert (missing["missing"], missing["items"]) == ("gerente de compras", [])
    (near,) = missing["nearest"]
    assert near["difference"] == "Conduce el equipo y fija la política."
    corrected = client.get("/api/v1/search/", {"q": "contadro pymes"}).json()
    assert corrected["corrected"] == "contador pymes"
    (item,) = corrected["items"]
    assert item["url"].endswith("/guia-de-roles/pyme/contador/")
