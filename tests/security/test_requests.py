"""Requests nobody sends by accident, and what breaks: our own page, and nothing inside it."""

import logging
import re
from itertools import product
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import InternalError, OperationalError
from django.test import Client
from django.urls import reverse

from profiles.desk.publishing import withdraw
from profiles.models import Edition, Profile, Role
from profiles.views import pages
from tests.desk.editors import form_values, url
from tests.security.addresses import PUBLIC_VALUES, filled, is_admin, routes
from tests.security.hostile import Page, dangers

pytestmark = pytest.mark.usefixtures("vocabulary", "made_role")
GUIDE = "/guia-de-roles/"
# Every parameter that an address reads; what it does not read has its own test.
READING = {
    f"{GUIDE}perfiles/": ("q", "area", "contexto", "rasgo", "pagina"),
    f"{GUIDE}comparar/": ("perfil",),
    f"{GUIDE}perfiles/data-tester/entrevista/": ("pregunta",),
    "/api/v1/roles/": ("area", "limit", "cursor"),
    "/api/v1/profiles/": ("role", "context"),
    "/api/v1/search/": ("q", "context", "cursor"),
}
# Whatever has a list in the admin.
LISTED = [m for m in admin.site._registry if m._meta.app_label in ("profiles", "auth")]
MARKUP = "\"'><svg/onload=alert(1)>{{7*7}}"
VALUES = (
    # What is no text, or not what it looks like.
    *("%00", "a%00b", "%ED%A0%80", "%C3", "%FF%FE", "%C0%AF", "%E2%80%AEatad", "%E2%80%8B"),
    # Too much of it.
    *("a" + "%CC%81" * 600, "x" * 8_192),
    # Numbers, or nearly.
    *(str(2**70), "-1", "NaN", "1e999", "0o17", "%D9%A3"),
    # What another language reads: SQL, a search, a header, HTML, a path, a template, JSON.
    *("%27%20OR%201=1--", "%22NEAR(%22a*%20AND%20)%5E%25_%5C", "a%0D%0ASet-Cookie:%20a=b"),
    *(quote(MARKUP), "..%2F..%2Fetc%2Fpasswd", "%7B%7B7*7%7D%7D%25%7B1+1%7D"),
    "%7B%22%24gt%22:1%7D",
)
SECRET = "lo-que-nadie-debe-leer"
LOGIN = "/admin/cuenta/ingresar/"


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def is_clear(response):
    """Tell whether an answer is a page or a refusal, without innards and without our markup."""
    assert response.status_code < 500
    assert "\n" not in "".join(response.headers.values())
    content = response.getvalue().decode("utf-8", "replace")
    assert "Traceback" not in content
    if response["Content-Type"].startswith("text/html"):
        assert dangers(Page(content)) == []
        assert "<svg/onload" not in content
    else:
        assert response["X-Content-Type-Options"] == "nosniff"
    return True


@pytest.mark.parametrize("path", READING)
def test_any_value_of_a_parameter_is_answered(visitor, path):
    for parameter, value in product(READING[path], VALUES):
        assert is_clear(visitor.get(f"{path}?{parameter}={value}"))


# One address for each placeholder: what reads it is the same in the others.
BY_PLACEHOLDER = {
    name: route
    for route in routes()
    for name in re.findall(r"<(?:\w+:)?(\w+)>", route)
    if not is_admin(route)
}


@pytest.mark.parametrize("route", sorted(set(BY_PLACEHOLDER.values())))
def test_value_in_any_address_is_answered(visitor, route):
    values = ("%00", "%ED%A0%80", "%E2%80%AE", quote(MARKUP), "x" * 4_000)
    # For the numbers among them.
    for value in (*values, "99", "9" * 5_000, "-1", "1.5", "%D9%A1"):
        response = visitor.get(filled(route, dict.fromkeys(PUBLIC_VALUES, value)))
        assert is_clear(response)
        assert response.status_code in (400, 404)


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2fmanage.py"),
        *("/static/..%5cmanage.py", "/static/%00", "/static/", "/static/css/", "/static/.env"),
        *("/.env", "/.git/config", "/db.sqlite3", "/guia-de-roles/..%2f..%2f.env", "/%2e%2e/.env"),
        *("/guia-de-roles/perfiles/%2e%2e/", "/guia-de-roles/perfiles%2f..%2f"),
        *("/guia-de-roles/perfiles/data%2ftester/", "/guia-de-roles\\perfiles\\", "/%5c%5cevil/"),
        *("/manage.py", "/media/x", "/staticfiles/x", "/guia-de-roles/..;/"),
        *("//evil.example/%2e%2e", "/%2f%2fevil.example", "/guia-de-roles/%2f%2fevil.example/"),
        *("/guia-de-roles/%0d%0aSet-Cookie:a=b/", "/" + "a/" * 3_000),
    ],
)
def test_path_leads_to_no_file_and_no_other_site(visitor, path):
    response = visitor.get(path)
    assert is_clear(response)
    assert response.status_code in (400, 404)
    assert b"SECRET" not in response.getvalue()


@pytest.mark.parametrize("path", [GUIDE, "/api/v1/roles/", "/robots.txt", "/"])
def test_odd_method_is_refused_and_repeats_nothing(visitor, path):
    for method in ("TRACE", "CONNECT", "PROPFIND", "PATCH", "x"):
        response = visitor.generic(method, path, headers={"X-Secret": "lo-que-mando"})
        assert response.status_code == 405
        assert b"lo-que-mando" not in response.getvalue()


@pytest.fixture
def editor(visitor):
    visitor.force_login(User.objects.create_superuser("root"))
    return visitor


# Address of the desk → every parameter that it reads.
ASKED_OF_THE_DESK = {
    "profiles/role/": ("q", "area__id__exact"),
    "profiles/profile/": ("p", "o", "falta", "revision", "all", "role__area__id__exact"),
    "profiles/edition/": ("published_from__gte", "q"),
    "profiles/auditentry/": ("event", "q"),
    "profiles/role/add/": ("area", "primary_archetype", "_changelist_filters"),
    "profiles/profile/{pk}/comparar/": ("antes", "despues"),
    "autocomplete/": ("app_label", "model_name", "field_name", "term", "page"),
    "jsi18n/": ("x",),
    "cuenta/ingresar/": ("next",),
}


@pytest.mark.dialect
@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", str(2**70), "-1", "x" * 800, "(", "%27"])
def test_lists_and_choices_of_the_desk_survive_what_is_typed(editor, value):
    pk = Profile.objects.first().pk
    asked = [
        f"{path.format(pk=pk)}?{'&'.join(f'{name}={value}' for name in names)}"
        for path, names in ASKED_OF_THE_DESK.items()
    ]
    known = "app_label=profiles&model_name=relatedrole&field_name=related"
    asked += [f"autocomplete/?{known}&term={value}&page={value}"]
    asked += [f"profiles/role/{value}/change/", f"profiles/role/{value}/", f"r/{value}/{value}/"]
    statuses = {path: editor.get(f"/admin/{path}").status_code for path in asked}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


def test_odd_value_of_a_form_of_the_desk_is_refused(editor):
    role, profile = Role.objects.first().pk, Profile.objects.first().pk
    chosen = {"_selected_action": "x", "index": "0"}
    asked = {
        "profiles/profile/": {**chosen, "action": "publish_profiles"},
        "profiles/role/": {**chosen, "action": "export_yaml"},
        "profiles/source/": {**chosen, "action": "delete_selected", "_selected_action": ""},
        f"profiles/role/{role}/unir/": {"into": "x"},
    }
    answers = [editor.post(f"/admin/{path}", sent).status_code for path, sent in asked.items()]
    assert answers == [400, 400, 400, 400]
    assert editor.get(f"/admin/profiles/profile/{profile}/change/?_to_field=").status_code == 200
    popup = {"_popup": 1, "_to_field": "id", "_source_model": "x", "order": 1}
    popup |= dict.fromkeys(("name", "slug", "summary", "body"), "zz")
    assert editor.post("/admin/profiles/area/add/", popup).status_code == 200


def test_any_column_that_an_address_names_is_answered(editor):
    for model, page in product(LISTED, ("", "1/change/", "1/delete/")):
        place = f"/admin/{model._meta.label_lower.replace('.', '/')}/{page}"
        for field in model._meta.get_fields(include_hidden=True):
            answer = editor.get(place, {"_to_field": field.name, "_popup": 1})
            assert answer.status_code < 500, (place, field.name)


@pytest.mark.dialect
@pytest.mark.parametrize("sent", ["", "x", "²", "9" * 24, "-1", "\x00", "7"])
def test_mangled_row_of_a_form_is_refused(editor, sent):
    base = Profile.objects.get(role__slug="data-tester", context=None)
    for row, part in product((base, base.role), ("-0-id", "-0-")):
        opened = form_values(editor, row)
        mangled = {name: sent for name in opened if part in name}
        mangled |= {"related-TOTAL_FORMS": 4, "related-3-related": sent}
        answer = editor.post(url(row), {**opened, **mangled, "body": "", "archetype_reason": ""})
        assert answer.status_code in (200, 302, 400), (row, part)


def test_number_of_rows_that_a_form_names_makes_no_more_than_a_document_has(editor):
    path = f"/admin/profiles/profile/{Profile.objects.first().pk}/change/"
    page = editor.post(path, {"questions-TOTAL_FORMS": "9" * 30}).content.decode()
    assert page.count('name="questions-') > page.count('-text"') > 0
    assert 'name="questions-60-text"' not in page


def test_nobody_without_an_account_sends_more_than_a_log_in(visitor, editor):
    """What is refused is never read, so it fills no disk."""
    many = {"data": "x" * 70_000, "content_type": "text/plain"}
    assert Client().post("/admin/cuenta/ingresar/", **many).status_code == 413
    assert [Client().post(path, **many).status_code for path in ("/healthz", "/")] == [405, 405]
    assert editor.post("/admin/profiles/profile/", **many).status_code != 413


# What nobody who chooses filters on a page asks a list for.
ODD_FILTERS = {"range": "x", "in": "", "exact": "{}", "regex": "(", "isnull": "x"}
ODD_FILTERS |= {"year__gt": str(2**70), "year__lt": "-1"}
ODD_FILTERS |= {"gte": "9999-12-31T23:59:59-12:00", "lt": "0001-01-01T00:00:00+12:00"}


def test_any_filter_in_the_address_of_a_list_is_answered(editor):
    """For each kind of column, on the first list that has one."""
    kinds = {type(field): field for model in LISTED for field in model._meta.concrete_fields}
    for field, (lookup, value) in product(kinds.values(), ODD_FILTERS.items()):
        url = reverse(f"admin:{field.model._meta.label_lower.replace('.', '_')}_changelist")
        answer = editor.get(url, {f"{field.name}__{lookup}": value})
        assert answer.status_code in (200, 302, 400), (url, field.name, lookup)


def staff(client, **options):
    client.force_login(User.objects.create_user("ana", is_staff=True, **options))
    return client


def withdrawn(client):
    role = Role.objects.get(slug="data-tester")
    withdraw(role.profiles.get(context=None))
    return client.get(role.get_absolute_url())


def locked_out(client):
    client.handler.enforce_csrf_checks = False
    return [client.post(LOGIN, {"login": "ana", "password": SECRET}) for _ in range(6)][-1]


def too_large(client):
    client.handler.enforce_csrf_checks = False
    path = "/admin/profiles/profile/markdown/"
    return staff(client, is_superuser=True).post(path, {"text": SECRET * 150_000})


NOT_UNDERSTOOD, NOT_FOUND = "No entendimos el pedido", "No encontramos esa página"
NO_TOKEN, NO_RIGHT = "No pudimos comprobar que el pedido sea tuyo", "Tu cuenta no puede entrar acá"
MANY = "&".join(f"{SECRET}{number}=1" for number in range(1_100))
# (status, heading, how a visitor gets there); whoever is logged in keeps the session, and the way
# in has its token; nobody else gets a cookie.
PAGES = [
    (400, NOT_UNDERSTOOD, lambda visit: visit.get(f"{GUIDE}perfiles/?{MANY}"), set()),
    (400, NOT_UNDERSTOOD, lambda visit: visit.get(GUIDE, headers={"Host": f"{SECRET}.a"}), set()),
    (403, NO_TOKEN, lambda visit: visit.post(LOGIN, {"login": SECRET}), set()),
    (403, NO_RIGHT, lambda v: staff(v).get(f"/admin/profiles/role/?q={SECRET}"), {"sessionid"}),
    (404, NOT_FOUND, lambda visit: visit.get(f"{GUIDE}{SECRET}/?{SECRET}"), set()),
    (404, NOT_FOUND, lambda visit: visit.get(f"/{SECRET}"), set()),
    (404, NOT_FOUND, lambda visit: staff(visit).get(f"/admin/{SECRET}/"), {"sessionid"}),
    (404, NOT_FOUND, lambda visit: visit.get(f"{GUIDE}vista-previa/{SECRET}/"), set()),
    (405, "Acá solo se lee", lambda _: Client().post(f"{GUIDE}?{SECRET}", {"a": SECRET}), set()),
    (410, "Este perfil se retiró", withdrawn, set()),
    (413, "Es demasiado para un solo envío", too_large, {"sessionid"}),
    (429, "Esperá un rato", locked_out, {"csrftoken"}),
    (500, "Algo falló de nuestro lado", lambda visit: visit.get(f"{GUIDE}?{SECRET}"), set()),
]
INNARDS = re.compile(
    r"Traceback|File &quot;|File \"|\.py\b|DoesNotExist|ValidationError|Exception|settings\.|SELECT"
)


@pytest.mark.parametrize(("status", "heading", "ask", "cookies"), PAGES)
def test_error_has_its_own_page_that_tells_nothing(
    monkeypatch, settings, status, heading, ask, cookies
):
    if status == 500:
        monkeypatch.setattr(pages, "PageMeta", lambda *args: 1 / 0)
    response = ask(Client(enforce_csrf_checks=True, raise_request_exception=False))
    html = response.text
    assert response.status_code == status
    assert re.findall(r"<h1>(.*?)</h1>", html) == [heading]
    assert re.search(r'<html lang="es(-AR|-ar)"', html)
    assert [word for word in (SECRET, settings.SECRET_KEY, "<style") if word in html] == []
    assert INNARDS.findall(html) == []
    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) <= cookies


def test_broken_edition_is_one_error_page_logged_once_and_leaves_the_others(visitor, caplog):
    Edition.objects.filter(context__slug="startup").update(document={"questions": 7})
    others = ("", "perfiles/", "perfiles/data-tester/", "startup/", "novedades/")
    paths = [*(GUIDE + path for path in others), "/sitemap.xml"]
    assert {path: visitor.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        response = visitor.get(f"{GUIDE}startup/data-tester/")
    assert (response.status_code, INNARDS.findall(response.text)) == (500, [])
    assert "Algo falló de nuestro lado" in response.text
    assert [record.getMessage() for record in caplog.records] == [
        f"Internal Server Error: {GUIDE}startup/data-tester/"
    ]


@pytest.mark.parametrize("error", [InternalError, OperationalError])
def test_session_that_the_database_cannot_keep_is_a_503(client, db, monkeypatch, error):
    client.force_login(User.objects.create_superuser("root"))
    client.raise_request_exception = False
    monkeypatch.setattr(Session, "save", Mock(side_effect=error("read-only transaction")))
    answer = client.get("/admin/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
