"""The head of pages: titles, descriptions, social cards, structured data."""

import json

import pytest

from profiles.desk.publishing import publish
from profiles.seo.meta import described, profile_meta
from profiles.views.shelf import profile_page
from tests.helpers.crawl import Document
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("made_role", "vocabulary")
ROLE = {"contexts": ("startup", "global")}
SITE = "http://127.0.0.1:8000"


def graph(client, path):
    """Return type → node of the structured data that a page prints."""
    (block,) = Document(client.get(path).content.decode()).blocks
    return {node["@type"]: node for node in json.loads(block)["@graph"]}


LONG_NAME = "Especialista en Compensaciones y Beneficios"
ENDLESS_NAME = "Rol larguísimo larguísimo larguísimo larguísimo larguísimo larguísimo"


@pytest.mark.parametrize(
    ("name", "context", "title"),
    [
        ("MLOps Engineer", None, "MLOps Engineer: perfil OCEAN+ y preguntas de entrevista"),
        ("MLOps Engineer", "global", "MLOps Engineer en Global: perfil y preguntas de entrevista"),
        ("QA Automation Engineer", "pyme", "QA Automation Engineer en PyME: perfil y entrevista"),
        (LONG_NAME, None, f"{LONG_NAME}: perfil OCEAN+"),
        (LONG_NAME, "global", f"{LONG_NAME} en Global"),
        (ENDLESS_NAME, "startup", "Rol larguísimo larguísimo larguísimo larguísimo… en Startup"),
    ],
)
def test_profile_title_says_what_fits_in_60_characters(name, context, title):
    make_role("some-role", name=name, contexts=(context,) if context else ())
    assert profile_meta(profile_page("some-role", context)).title == title
    assert len(title) <= 60


def test_editor_overrides_title_and_description(role):
    profile = role.profiles.get(context=None)
    profile.seo_title, profile.seo_description = "Título propio", "Descripción propia."
    profile.save()
    publish(profile)
    meta = profile_meta(profile_page("data-tester"))
    assert (meta.title, meta.description) == ("Título propio", "Descripción propia.")


def test_description_is_extended_by_the_first_sentence_that_fits():
    assert described("s" * 70, ["No hace falta."]) == "s" * 70
    assert described("Corto.", ["Tampoco.", "m" * 70]) == f"Corto. {'m' * 70}"
    assert described("Corto.", ["m" * 160]) == "Corto."
    assert described("", ["m" * 80]) == ""


def test_profile_is_a_web_page_about_an_occupation(client, role):
    nodes = graph(client, "/guia-de-roles/perfiles/data-tester/")
    edition = role.profiles.get(context=None).editions.get()
    assert list(nodes) == ["BreadcrumbList", "WebPage"]
    page = nodes["WebPage"]
    assert page["dateModified"] == edition.published_from.isoformat("T", "seconds")
    assert (page["lastReviewed"], page["inLanguage"]) == ("2026-01-05", "es-AR")
    about = {"@type": "Occupation", "name": "Data Tester", "description": edition.summary}
    assert page["mainEntity"] == about


def test_author_and_reviewer_are_named_once_they_are_known(client, role, admin_user):
    admin_user.first_name = "Ana"
    admin_user.save()
    profile = role.profiles.get(context=None)
    profile.author = profile.reviewer = admin_user
    profile.save()
    assert "author" not in graph(client, "/guia-de-roles/perfiles/data-tester/")["WebPage"]
    publish(profile)
    page = graph(client, "/guia-de-roles/perfiles/data-tester/")["WebPage"]
    assert page["author"] == page["reviewedBy"] == {"@type": "Person", "name": "Ana"}


def test_home_is_the_web_site_and_the_rest_have_breadcrumbs(client, role):
    assert "WebSite" in graph(client, "/guia-de-roles/")
    crumbs = graph(client, "/guia-de-roles/global/data-tester/")["BreadcrumbList"]
    steps = [(item["position"], item["name"], item["item"]) for item in crumbs["itemListElement"]]
    assert steps == [
        (1, "Guía de Roles", f"{SITE}/guia-de-roles/"),
        (2, "Global", f"{SITE}/guia-de-roles/global/"),
        (3, "Data Tester", f"{SITE}/guia-de-roles/global/data-tester/"),
    ]
