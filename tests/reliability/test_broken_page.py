"""One broken edition breaks one page: cleanly, logged once, and nothing beside it."""

import logging

import pytest
from django.test import Client

from profiles.models import Edition
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
BROKEN = "/guia-de-roles/startup/data-tester/"
OTHERS = [
    "/guia-de-roles/",
    "/guia-de-roles/perfiles/",
    "/guia-de-roles/perfiles/data-tester/",
    "/guia-de-roles/startup/",
    "/guia-de-roles/novedades/",
    "/sitemap.xml",
]


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def _broken(vocabulary):
    make_role()
    Edition.objects.filter(context__slug="startup").update(document={"questions": 7})


@pytest.mark.usefixtures("_broken")
def test_broken_edition_leaves_the_other_pages(client):
    assert {path: client.get(path).status_code for path in OTHERS} == dict.fromkeys(OTHERS, 200)


@pytest.mark.usefixtures("_broken")
def test_broken_edition_is_a_clean_error_page_logged_once(client, caplog):
    with caplog.at_level(logging.ERROR):
        response = client.get(BROKEN)
    page = response.content.decode()
    assert response.status_code == 500
    assert "Algo falló de nuestro lado" in page
    assert "no-store" in response["Cache-Control"]
    assert not any(word in page for word in ("questions", "Traceback", "ValidationError"))
    assert [record.getMessage() for record in caplog.records] == [
        f"Internal Server Error: {BROKEN}"
    ]
