"""What a visitor sees when something is refused or breaks: our own page, and nothing inside it."""

import logging
import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import InternalError, OperationalError
from django.test import Client

from profiles.desk.publishing import withdraw
from profiles.models import Edition, Role
from profiles.views import discovery, pages

pytestmark = pytest.mark.usefixtures("vocabulary", "made_role")
HOME = "/guia-de-roles/"
SECRET = "lo-que-nadie-debe-leer"
LOGIN = "/admin/cuenta/ingresar/"


@pytest.fixture
def visitor():
    """A visitor who sees error pages instead of exceptions, and has no token for forms."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


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
    (400, NOT_UNDERSTOOD, lambda visit: visit.get(f"{HOME}perfiles/?{MANY}"), set()),
    (400, NOT_UNDERSTOOD, lambda visit: visit.get(HOME, headers={"Host": f"{SECRET}.a"}), set()),
    (403, NO_TOKEN, lambda visit: visit.post(LOGIN, {"login": SECRET}), set()),
    (403, NO_RIGHT, lambda v: staff(v).get(f"/admin/profiles/role/?q={SECRET}"), {"sessionid"}),
    (404, NOT_FOUND, lambda visit: visit.get(f"{HOME}{SECRET}/?{SECRET}"), set()),
    (404, NOT_FOUND, lambda visit: visit.get(f"/{SECRET}"), set()),
    (404, NOT_FOUND, lambda visit: staff(visit).get(f"/admin/{SECRET}/"), {"sessionid"}),
    (404, NOT_FOUND, lambda visit: visit.get(f"{HOME}vista-previa/{SECRET}/"), set()),
    (405, "Acá solo se lee", lambda _: Client().post(f"{HOME}?{SECRET}", {"a": SECRET}), set()),
    (410, "Este perfil se retiró", withdrawn, set()),
    (413, "Es demasiado para un solo envío", too_large, {"sessionid"}),
    (429, "Esperá un rato", locked_out, {"csrftoken"}),
    (500, "Algo falló de nuestro lado", lambda visit: visit.get(f"{HOME}?{SECRET}"), set()),
]
INNARDS = re.compile(
    r"Traceback|File &quot;|File \"|\.py\b|DoesNotExist|ValidationError|Exception|settings\.|SELECT"
)


@pytest.mark.parametrize(("status", "heading", "ask", "cookies"), PAGES)
def test_error_has_its_own_page_that_tells_nothing(
    visitor, monkeypatch, settings, status, heading, ask, cookies
):
    if status == 500:
        monkeypatch.setattr(pages, "PageMeta", lambda *args: 1 / 0)
    response = ask(visitor)
    html = response.text
    assert response.status_code == status
    assert re.findall(r"<h1>(.*?)</h1>", html) == [heading]
    assert re.search(r'<html lang="es(-AR|-ar)"', html)
    assert [word for word in (SECRET, settings.SECRET_KEY, "<style") if word in html] == []
    assert INNARDS.findall(html) == []
    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) <= cookies


def test_site_that_is_not_ready_says_so_and_nothing_else(visitor, monkeypatch):
    def unreachable(connection):
        raise OperationalError(SECRET)

    monkeypatch.setattr(discovery, "MigrationExecutor", unreachable)
    response = visitor.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database\n")
    assert response["Cache-Control"] == "no-store"


def test_broken_edition_is_one_error_page_logged_once_and_leaves_the_others(visitor, caplog):
    Edition.objects.filter(context__slug="startup").update(document={"questions": 7})
    others = ("", "perfiles/", "perfiles/data-tester/", "startup/", "novedades/")
    paths = [*(HOME + path for path in others), "/sitemap.xml"]
    assert {path: visitor.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        response = visitor.get(f"{HOME}startup/data-tester/")
    assert (response.status_code, INNARDS.findall(response.text)) == (500, [])
    assert "Algo falló de nuestro lado" in response.text
    assert [record.getMessage() for record in caplog.records] == [
        f"Internal Server Error: {HOME}startup/data-tester/"
    ]


@pytest.mark.parametrize("error", [InternalError, OperationalError])
def test_session_that_the_database_cannot_keep_is_a_503(client, db, monkeypatch, error):
    client.force_login(User.objects.create_superuser("root"))
    client.raise_request_exception = False

    def refuse(self, *args, **kwargs):
        raise error("cannot execute UPDATE in a read-only transaction")

    monkeypatch.setattr(Session, "save", refuse)
    answer = client.get("/admin/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
