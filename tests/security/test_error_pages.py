"""What a visitor sees when something is refused or breaks: our own page, and nothing inside it."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import InternalError, OperationalError
from django.test import Client

from profiles.desk.publishing import withdraw
from profiles.models import Role
from profiles.views import discovery, pages
from tests.helpers.factories import make_role

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
HOME = "/guia-de-roles/"
LIST = "/guia-de-roles/perfiles/"
SECRET = "lo-que-nadie-debe-leer"
LOGIN = "/admin/cuenta/ingresar/"


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    return make_role()


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
    answers = [client.post(LOGIN, {"login": "ana", "password": SECRET}) for _ in range(6)]
    return answers[-1]


def too_large(client):
    client.handler.enforce_csrf_checks = False
    path = "/admin/profiles/profile/markdown/"
    return staff(client, is_superuser=True).post(path, {"text": SECRET * 150_000})


NOT_UNDERSTOOD, NOT_FOUND = "No entendimos el pedido", "No encontramos esa página"
MANY = "&".join(f"{SECRET}{number}=1" for number in range(1_100))
# Name → (status, heading, how a visitor gets there).
PAGES = {
    "too many parameters": (400, NOT_UNDERSTOOD, lambda visit: visit.get(f"{LIST}?{MANY}")),
    "strange host": (
        *(400, NOT_UNDERSTOOD),
        lambda visit: visit.get(HOME, headers={"Host": f"{SECRET}.example"}),
    ),
    "no token": (
        *(403, "No pudimos comprobar que el pedido sea tuyo"),
        lambda visit: visit.post(LOGIN, {"login": SECRET}),
    ),
    "no right": (
        *(403, "Tu cuenta no puede entrar acá"),
        lambda visit: staff(visit).get(f"/admin/profiles/role/?q={SECRET}"),
    ),
    "no page": (404, NOT_FOUND, lambda visit: visit.get(f"{HOME}{SECRET}/?{SECRET}")),
    "no address": (404, NOT_FOUND, lambda visit: visit.get(f"/{SECRET}")),
    "no page of the desk": (404, NOT_FOUND, lambda visit: staff(visit).get(f"/admin/{SECRET}/")),
    "dead preview": (404, NOT_FOUND, lambda visit: visit.get(f"{HOME}vista-previa/{SECRET}/")),
    "wrong method": (
        *(405, "Acá solo se lee"),
        lambda visit: Client().post(f"{HOME}?{SECRET}", {SECRET: SECRET}),
    ),
    "withdrawn": (410, "Este perfil se retiró", withdrawn),
    "too large": (413, "Es demasiado para un solo envío", too_large),
    "locked out": (429, "Esperá un rato", locked_out),
    "bug": (500, "Algo falló de nuestro lado", lambda visit: visit.get(f"{HOME}?{SECRET}")),
}
# Whoever is logged in keeps the session, and the way in has its token; nobody else gets any.
COOKIES = {
    "locked out": {"csrftoken"},
    "no page of the desk": {"sessionid"},
    "no right": {"sessionid"},
    "too large": {"sessionid"},
}
INNARDS = re.compile(
    r"Traceback|File &quot;|File \"|\.py\b|DoesNotExist|Exception|settings\.|SELECT"
)


@pytest.mark.parametrize("case", PAGES)
def test_error_has_its_own_page_that_tells_nothing(visitor, monkeypatch, settings, case):
    status, heading, ask = PAGES[case]
    if case == "bug":
        monkeypatch.setattr(pages, "page_meta", lambda *args: 1 / 0)
    response = ask(visitor)
    html = response.content.decode()
    assert response.status_code == status
    assert re.findall(r"<h1>(.*?)</h1>", html) == [heading]
    assert re.search(r'<html lang="es(-AR|-ar)"', html)
    assert SECRET not in html
    assert settings.SECRET_KEY not in html
    assert INNARDS.findall(html) == []
    assert "<style" not in html
    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) <= COOKIES.get(case, set())


def test_site_that_is_not_ready_says_so_and_nothing_else(visitor, monkeypatch):
    def unreachable(connection):
        raise OperationalError(SECRET)

    monkeypatch.setattr(discovery, "MigrationExecutor", unreachable)
    response = visitor.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("error", [InternalError, OperationalError])
def test_session_that_the_database_cannot_keep_is_a_503(client, db, monkeypatch, error):
    client.force_login(User.objects.create_superuser("root"))
    client.raise_request_exception = False

    def refuse(self, *args, **kwargs):
        raise error("cannot execute UPDATE in a read-only transaction")

    monkeypatch.setattr(Session, "save", refuse)
    answer = client.get("/admin/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
