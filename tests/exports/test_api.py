"""The read-only API: published editions only, paged, cacheable, open to every origin."""

import gzip
import json

import pytest

from profiles.desk.publishing import withdraw
from profiles.documents.schema import RoleFacts
from profiles.search import find
from profiles.views.api import forms as api
from tests.helpers.factories import copy_editions, make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]

SITE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The roles that every test of this file starts from, made once; the first is ``role``."""
    make_role("beta-role", contexts=("global",), area="personas")
    make_role("gamma-role", contexts=())
    return make_role("alpha-role", contexts=("startup", "global"))


def get(client, path, **headers):
    """Return an answer, which any site's script may read and which leaves no cookie."""
    response = client.get(f"/api/v1{path}", headers={"origin": "https://ats.example", **headers})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies
    return response


def value(client, path):
    response = get(client, path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.content)


def names(answer):
    return [(item["role"], item["context"]) for item in answer["items"]]


def test_roles_are_listed_by_slug_and_profiles_page_by_page_with_their_filters(client, role):
    answer = value(client, "/roles/")
    assert [item["slug"] for item in answer["items"]] == ["alpha-role", "beta-role", "gamma-role"]
    first = answer["items"][0]["url"]
    assert (answer["next"], first) == (None, f"{SITE}/guia-de-roles/perfiles/alpha-role/")
    first = value(client, "/profiles/?limit=2&area=datos-e-ia")
    second = value(client, first["next"].removeprefix(f"{SITE}/api/v1"))
    assert names(first) == [("alpha-role", None), ("alpha-role", "global")]
    assert names(second) == [("alpha-role", "startup"), ("gamma-role", None)]
    assert second["next"] is None
    beta = [("beta-role", None), ("beta-role", "global")]
    assert names(value(client, "/profiles/?role=beta-role")) == beta
    assert names(value(client, "/profiles/?context=startup")) == [("alpha-role", "startup")]
    assert len(value(client, "/profiles/?context=perfiles")["items"]) == 3


def test_role_comes_with_its_facts_and_profiles(client, role):
    answer = value(client, "/roles/alpha-role/")
    edition = role.profiles.get(context=None).editions.get()
    assert RoleFacts.model_validate(answer["role"]) == edition.role_facts
    assert [item["context"] for item in answer["profiles"]] == [None, "startup", "global"]


def problem(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    found = json.loads(response.content)
    assert found["status"] == response.status_code
    return found["status"], found["detail"]


def test_other_name_redirects_and_a_withdrawn_profile_is_gone(client, role):
    for path in ("/roles/{}/", "/profiles/global/{}/"):
        response, final = get(client, path.format("otro-alpha-role")), path.format("alpha-role")
        assert (response.status_code, response.headers["Location"]) == (301, f"/api/v1{final}")
    withdraw(role.profiles.get(context__slug="global"))
    gone = get(client, "/profiles/global/alpha-role/")
    assert problem(gone) == (410, "Estuvo publicado y se retiró.")
    assert ("alpha-role", "global") not in names(value(client, "/profiles/"))


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/roles/?limit=101", "«limit»: Cuántos elementos: de 1 a 100."),
        ("/roles/?limit=x", "«limit»: Cuántos elementos: de 1 a 100."),
        (f"/roles/?limit={2**70}", "«limit»: Cuántos elementos: de 1 a 100."),
        ("/roles/?area=%00", "«area»: Dirección de un área: «datos-e-ia»."),
        ("/profiles/?cursor=A", "«cursor»: El «next» de la respuesta anterior lo trae."),
        (f"/search/?q={'a' * 101}", "«q»: Lo que buscás, hasta 100 letras."),
    ],
)
def test_bad_parameter_is_explained(client, path, detail):
    assert problem(get(client, path)) == (400, detail)


def test_unknown_address_is_a_problem_and_nothing_is_written(client):
    for path in ("/nada", "/roles/nada/", "/a/b/c/", "/x%0Ay"):
        assert problem(get(client, path))[0] == 404
    response = client.post("/api/v1/roles/")
    assert problem(response)[0] == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    response = client.options("/api/v1/roles/", headers={"origin": "https://ats.example"})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match, Content-Type"


@pytest.mark.parametrize("path", ["/roles/", "/profiles/global/alpha-role/", "/openapi.json"])
def test_unchanged_answer_is_304(client, role, path):
    for asked in ({}, {"accept-encoding": "br, gzip"}):
        first = get(client, path, **asked)
        again = get(client, path, **asked, **{"if-none-match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert gzip.decompress(first.content) == get(client, path).content
    assert get(client, path, **{"if-none-match": '"otro"'}).status_code == 200


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/roles/", 1), ("/profiles/", 1), ("/roles/alpha-role/", 2), ("/contexts/", 1)],
)
def test_list_costs_the_same_with_many_profiles(client, role, costs, path, limit):
    costs(limit, lambda: value(client, path), lambda: copy_editions(role, 5))


def test_openapi_document_describes_every_address(client, role):
    document = value(client, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert len(document["paths"]) == 8
    words = document["info"]["description"]
    assert f"Hasta {api.MAX_LIMIT} elementos" in words
    assert f"los {find.LIMIT} mejores resultados" in words
    filled = {"{role}": "alpha-role", "{context}": "global", "/search/": "/search/?q=alpha"}
    for path in document["paths"]:
        for name, asked in filled.items():
            path = path.replace(name, asked)
        assert get(client, path).status_code == 200
