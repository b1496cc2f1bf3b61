"""How public pages travel: validators, cache rules, one redirect, security headers."""

import email.utils

import pytest
from django.urls import reverse

from profiles.desk.publishing import publish, withdraw
from profiles.models import Edition

pytestmark = pytest.mark.usefixtures("made_role", "vocabulary")
ROLE = {"contexts": ("startup", "global")}
PROFILE = "/guia-de-roles/global/data-tester/"


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
    profile = role.profiles.get(context__slug="global")
    profile.summary = "Otro resumen."
    profile.save()
    publish(profile)
    assert "Otro resumen." in client.get(PROFILE, headers=has_it).text


def test_unchanged_since_is_not_sent_again(client, role):
    path = reverse("discovery:news")
    date = client.get(path).headers["Last-Modified"]
    newest = Edition.objects.latest("published_from").published_from.replace(microsecond=0)
    assert email.utils.parsedate_to_datetime(date) == newest
    assert client.get(path, headers={"If-Modified-Since": date}).status_code == 304
    # Earlier, and later: a page is older than before if what was newest is withdrawn.
    for other in ("Mon, 01 Jan 2024 00:00:00 GMT", "Wed, 01 Jan 2070 00:00:00 GMT"):
        assert client.get(path, headers={"If-Modified-Since": other}).status_code == 200


def test_errors_are_not_kept(client, role):
    withdraw(role.profiles.get(context__slug="global"))
    answers = {path: client.get(path) for path in (PROFILE, "/guia-de-roles/global/no-existe/")}
    said = [(answer.status_code, answer.headers["Cache-Control"]) for answer in answers.values()]
    assert said == [(410, "no-store"), (404, "no-store")]


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
    ],
)
def test_untidy_address_leads_to_the_final_one_in_one_step(client, role, asked, final):
    response = client.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, final)
    assert client.get(final).status_code == 200
    assert client.head(asked).headers["Location"] == final


@pytest.mark.parametrize("name", ["sessionid", "csrftoken"])
@pytest.mark.parametrize("path", ["/guia-de-roles/", "/guia-de-roles/nada/", "/readyz"])
def test_public_answer_leaves_a_cookie_that_leads_nowhere_where_it_is(client, db, path, name):
    client.cookies[name] = "x"
    assert not client.get(path).cookies
