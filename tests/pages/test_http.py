"""How public pages travel, and their heads: caches, one redirect, titles, structured data."""

import datetime
import email.utils
import json

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from profiles.desk import content_version
from profiles.desk.content_version import ContentState, current_version
from profiles.desk.publishing import publish, withdraw
from profiles.seo.meta import described, profile_meta
from profiles.views.shelf import profile_page
from tests.helpers.crawl import Document
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("made_role", "vocabulary")
PROFILE = "/guia-de-roles/global/data-tester/"
ROLE = {"contexts": ("startup", "global")}
SITE = "http://127.0.0.1:8000"
LONG_NAME = "Especialista en Compensaciones y Beneficios"
ENDLESS_NAME = "Rol larguísimo larguísimo larguísimo larguísimo larguísimo larguísimo"


def test_page_says_how_long_it_may_be_kept(client, role):
    response = client.get(PROFILE)
    rules = set(response.headers["Cache-Control"].split(", "))
    # A browser asks each time, so that an edit shows at once; shared caches keep their time.
    assert rules == {"public", "max-age=0", "must-revalidate", "s-maxage=300"}
    shared = set(response.headers["CDN-Cache-Control"].split(", "))
    assert {"max-age=300", "stale-while-revalidate=3600", "stale-if-error=86400"} == shared
    assert not response.has_header("Vary")
    assert not client.get("/guia-de-roles/nada/").has_header("CDN-Cache-Control")


def test_same_page_is_not_sent_twice_and_a_changed_one_is(client, role):
    first = client.get(PROFILE)
    has_it = {"If-None-Match": first.headers["ETag"]}
    again = client.get(PROFILE, headers=has_it)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    # Without a date there is nothing to keep that promise by.
    assert client.get(PROFILE, headers={"If-Unmodified-Since": "ayer"}).status_code == 200
    later = {"If-Unmodified-Since": "Tue, 01 Jan 2030 00:00:00 GMT"}
    assert client.get(PROFILE, headers=later).status_code == 200
    profile = role.profiles.get(context__slug="global")
    profile.summary = "Otro resumen."
    profile.save()
    publish(profile)
    assert "Otro resumen." in client.get(PROFILE, headers=has_it).text


@pytest.mark.dialect
def test_page_is_dated_by_the_last_change_of_anything_public(client, role, monkeypatch):
    path, long_ago = reverse("discovery:news"), datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    date = email.utils.format_datetime(long_ago, usegmt=True)
    old = {"content.version": ContentState(1, long_ago)}
    assert client.get(path, **old).headers["Last-Modified"] == date
    assert client.get(path, headers={"If-Modified-Since": date}, **old).status_code == 304
    for other in ("Mon, 01 Jan 2024 00:00:00 GMT", "Wed, 01 Jan 2070 00:00:00 GMT"):
        answer = client.get(path, headers={"If-Modified-Since": other}, **old)
        assert answer.status_code == 200
    # In the second of a change another one may come; a withdrawal is one, too.
    before = current_version()
    withdraw(role.profiles.get(context__slug="global"))
    version = current_version()
    assert (version.number - before.number > 0, version.moved_at > before.moved_at) == (True, True)
    # However long the test has taken since.
    monkeypatch.setattr(content_version, "STEADY", datetime.timedelta(hours=1))
    assert not client.get(path, **{"content.version": version}).has_header("Last-Modified")


def test_machine_is_asked_for_its_health_by_number_and_for_pages_by_name(client, settings):
    settings.ALLOWED_HOSTS = ["guia.example"]
    paths = ("/healthz", "/readyz", "/healthz/", "/robots.txt", "/admin/", PROFILE)
    answers = [client.get(path, headers={"Host": "127.0.0.1:8000"}).status_code for path in paths]
    assert answers == [200, 200, 400, 400, 400, 400]


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("/guia-de-roles/Global/Data-Tester/", PROFILE),
        ("/Guia-de-Roles/Global/Otro-Data-Tester", PROFILE),
        ("/guia-de-roles//global///data-tester/", PROFILE),
        ("/guia-de-roles/Areas/Datos-e-IA", "/guia-de-roles/areas/datos-e-ia/"),
        ("/guia-de-roles", "/guia-de-roles/"),
        ("/guia-de-roles/Global?q=%C3%81&x=1", "/guia-de-roles/global/?q=%C3%81&x=1"),
        # Other names of a role and of a size.
        ("/guia-de-roles/perfiles/DUEÑO-de-datos", "/guia-de-roles/perfiles/data-tester/"),
        ("/guia-de-roles/global/dueño-de-datos/?utm_source=x", f"{PROFILE}?utm_source=x"),
        ("/guia-de-roles/global/dueno-de-datos/", PROFILE),
        ("/guia-de-roles/multinacional/data-tester/entrevista/?a=1", f"{PROFILE}entrevista/?a=1"),
        ("/guia-de-roles/multinacional/", "/guia-de-roles/global/"),
        ("/guia-de-roles/empresa-chica/", "/guia-de-roles/startup/"),
    ],
)
def test_untidy_or_other_address_leads_to_the_final_one_in_one_step(client, role, asked, final):
    role.aliases.create(name="Dueño de datos", slug="dueno-de-datos")
    publish(role.profiles.get(context=None))
    response = client.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, final)
    assert client.get(final).status_code == 200
    assert client.head(asked).headers["Location"] == final


@pytest.mark.parametrize("name", ["sessionid", "csrftoken"])
@pytest.mark.parametrize("path", ["/guia-de-roles/", "/guia-de-roles/nada/", "/readyz"])
def test_public_answer_leaves_a_cookie_that_leads_nowhere_where_it_is(client, db, path, name):
    client.cookies[name] = "x"
    assert not client.get(path).cookies


def graph(client, path):
    """Return type → node of the structured data that a page prints."""
    (block,) = Document(client.get(path).content.decode()).blocks
    return {node["@type"]: node for node in json.loads(block)["@graph"]}


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


def test_profile_is_a_web_page_about_an_occupation_by_its_author_and_reviewer(client, role):
    nodes = graph(client, "/guia-de-roles/perfiles/data-tester/")
    edition = role.profiles.get(context=None).editions.get()
    assert list(nodes) == ["BreadcrumbList", "WebPage"]
    page = nodes["WebPage"]
    assert page["dateModified"] == edition.published_from.isoformat("T", "seconds")
    assert (page["lastReviewed"], page["inLanguage"]) == ("2026-01-05", "es-AR")
    about = {"@type": "Occupation", "name": "Data Tester", "description": edition.summary}
    assert (page["mainEntity"], "author" in page) == (about, False)
    profile = role.profiles.get(context=None)
    profile.author = profile.reviewer = User.objects.create_user("ana", first_name="Ana")
    profile.save()
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
