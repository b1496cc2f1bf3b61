"""Every address and action of the admin for every kind of visitor; nothing is written by reading.

The tables are read against the URL resolver and the admin's registry: what is new and stands in
neither fails here.
"""

import logging
import re
from contextlib import contextmanager

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import reverse

from profiles import models
from profiles.admin.actions import shown_as
from profiles.desk.history import keep
from tests.helpers.factories import make_role
from tests.security.addresses import filled, is_admin, routes

pytestmark = pytest.mark.usefixtures("vocabulary", "unrendered")
# "staff" has no right at all, "reader" every right to view and no other.
VISITORS = ("anonymous", "staff", "reader", "Redacción", "Edición", "superuser")
# The vocabulary that those edit live who may publish.
LIVE = ("archetype", "area", "context", "page", "source")
# A session that is seen, or a log-in that is counted, is nobody's words.
NOT_CONTENT = {"django_session", "shared_cache", "shared_images"}

# What GET and POST answer to each of VISITORS but the first → the addresses. 302 leads onwards
# after a change, or from a row to its page; 403 refuses, 405 answers to the other method.
ANSWERS = {
    "302/302 302/302 302/302 302/302 302/302": """
        cuenta/ingresar/ cuenta/segundo-factor/cambiar/ cuenta/segundo-factor/authenticate/
        cuenta/segundo-factor/reauthenticate/ cuenta/segundo-factor/totp/activate/
        cuenta/segundo-factor/recovery-codes/generate/ r/<>/<>/ auth/user/<>/ auth/group/<>/
        auditentry/<>/ missingtitle/<>/ profile/<>/ edition/<>/ role/<>/ <live>/<>/
        trait/<>/
    """,
    "200/302 200/302 200/302 200/302 200/302": "cuenta/salir/",
    "200/200 200/200 200/200 200/200 200/200": "cuenta/confirmar/ index password_change/",
    "200/405 200/405 200/405 200/405 200/405": """
        cuenta/segundo-factor/ password_change/done/ ayuda/ jsi18n/
    """,
    "404/404 404/404 404/404 404/404 404/404": """
        cuenta/segundo-factor/totp/deactivate/
        cuenta/segundo-factor/recovery-codes/download/ no-such
    """,
    "404/405 404/405 404/405 404/405 404/405": "cuenta/segundo-factor/recovery-codes/",
    "302/405 302/405 302/405 302/405 302/405": "login/",
    "405/200 405/200 405/200 405/200 405/200": "logout/",
    "403/405 403/405 403/405 403/405 403/405": "autocomplete/",
    "403/403 403/403 403/403 403/403 200/200": """
        auth/user/<>/password/ auth/user/add/ auth/group/add/
    """,
    "403/403 200/200 403/403 403/403 200/200": """
        auth/user/ auth/user/<>/history/ auth/group/ auth/group/<>/history/ auditentry/
        auditentry/<>/history/
    """,
    "403/403 403/403 403/403 403/403 200/302": "auth/user/<>/delete/ auth/group/<>/delete/",
    "403/403 200/403 403/403 403/403 200/200": "auth/user/<>/change/ auth/group/<>/change/",
    "403/403 403/403 403/403 403/403 403/403": """
        auditentry/add/ auditentry/<>/delete/ missingtitle/add/ missingtitle/<>/delete/
        profile/add/ profile/<>/delete/ edition/add/ edition/<>/delete/ role/<>/delete/
        trait/add/ trait/<>/delete/
    """,
    "403/403 200/403 403/403 403/403 200/403": "auditentry/<>/change/",
    "403/403 200/200 200/200 200/200 200/200": """
        missingtitle/ missingtitle/<>/history/ profile/ edition/ edition/<>/history/ role/
        <live>/ trait/
    """,
    "403/403 200/403 200/403 200/403 200/403": "missingtitle/<>/change/ edition/<>/change/",
    "403/405 200/405 200/405 200/405 200/405": """
        profile/<>/comparar/ profile/<>/history/ role/<>/comparar/ role/<>/history/
        <live>/<>/comparar/ <live>/<>/history/ trait/<>/comparar/ trait/<>/history/
    """,
    "405/403 405/403 405/302 405/302 405/302": """
        profile/<>/volver/ profile/<>/compartir/ role/<>/volver/ role/<>/crear/
    """,
    "405/403 405/403 405/200 405/200 405/200": "profile/markdown/",
    "403/403 200/403 200/200 200/200 200/200": """
        profile/<>/vista-previa/ profile/<>/change/ role/<>/change/
    """,
    "403/403 403/403 403/403 200/200 200/200": """
        profile/<>/publicar/ profile/<>/devolver/ profile/<>/cancelar/ profile/<>/retirar/
        profile/<>/descartar/ role/<>/unir/ <live>/add/
    """,
    "403/403 403/403 403/403 302/302 302/302": "role/<>/publicar/",
    "403/403 403/403 200/200 200/200 200/200": "role/importar/ role/add/",
    "405/403 405/403 405/403 405/302 405/302": "<live>/<>/volver/ trait/<>/volver/",
    "403/403 403/403 403/403 200/302 200/302": "<live>/<>/delete/",
    "403/403 200/403 200/403 200/200 200/200": "<live>/<>/change/ trait/<>/change/",
    "404/404 200/200 200/200 200/200 200/200": "app",
}
ADDRESSES = {name: answers.split() for answers, names in ANSWERS.items() for name in names.split()}
# Who is not logged in is led to the log-in, and asked there.
ANONYMOUS = {"cuenta/ingresar/": "200/200", "login/": "302/405"}


# Action → who may; read as "nobody else".
EDITORS = ("Edición", "superuser")
ACTIONS = {
    **{f"auth.user {name}": ("superuser",) for name in ("remove_second_factor", "unlock")},
    **{f"auth.{name} delete_selected": ("superuser",) for name in ("group", "user")},
    **{f"profiles.{name} delete_selected": EDITORS for name in (*LIVE, "profile", "role")},
    **{f"profiles.profile {act}_profiles": EDITORS for act in ("publish", "send_back", "withdraw")},
    "profiles.profile discard_changes": EDITORS,
    "profiles.profile submit_profiles": ("Redacción", *EDITORS),
}
# Whose rows leave as a file, for whom.
SECRET = ("auth.group", "auth.user", "profiles.auditentry")
OPEN = "archetype area context edition page profile role source trait missingtitle"
EXPORTS = dict.fromkeys(SECRET, ("reader", "superuser"))
EXPORTS |= dict.fromkeys([f"profiles.{name}" for name in OPEN.split()], VISITORS[2:])
# What the pages that change something ask for, so that a POST that is let in changes it.
BODY = {"post": "yes", "version": 1, "text": "x"}


@pytest.fixture(scope="module", autouse=True)
def rows(module_rows):
    """A role on desk and shelf, an account, a line of the log, and one of each visitor."""
    base = make_role().profiles.get(context=None)
    keep(base)
    models.Profile.objects.filter(pk=base.pk).update(summary="Otro resumen.", state="in-review")
    # Without contexts, for which its base would have to stay.
    make_role("draft-tester", publish=False, contexts=())
    # What the guide's documents bring is deleted by nobody; these may be.
    for model in (models.Area, models.Context, models.Archetype, models.Page):
        keep(model.objects.create(slug="otra", name="Otra", body="Texto.", order=9, version=1))
    cited = {"citation": "Otra, 2001.", "year": 2001, "url": "https://doi.org/1"}
    keep(models.Source.objects.create(slug="otra", name="Otra 2001", version=1, **cited))
    models.AuditEntry.objects.record("login", name="ana")
    models.MissingTitle.objects.count_one("enfermera")
    someone = User.objects.create_user("someone")
    Authenticator.objects.create(user=someone, type=Authenticator.Type.TOTP, data={})
    for name in VISITORS[1:]:
        user = User.objects.create_user(name, password=name, is_staff=True)
        User.objects.filter(pk=user.pk).update(is_superuser=name == "superuser")
        if name == "reader":
            user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        user.groups.set(Group.objects.filter(name=name))


@pytest.fixture
def unrendered(monkeypatch):
    """Leave pages blank and refusals unlogged: who may open one is decided before."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def example(model, slug="data-tester"):
    """Return the row of ``model`` that the addresses name."""
    if model is User:
        return User.objects.get(username="someone")
    if {"role", "context"} <= {field.name for field in model._meta.fields}:
        return model.objects.filter(role__slug=slug, context=None).first()
    if model is models.Role:
        return models.Role.objects.get(slug=slug)
    return model.objects.order_by("pk").last()


def path_of(route):
    values = {"app_label": "profiles", "url": "no-such/"}
    named_in_it = (m for m in admin.site._registry if f"/{m._meta.model_name}/" in route)
    row = example(next(named_in_it, models.Role))
    values |= dict.fromkeys(("object_id", "pk", "id"), row.pk)
    values["content_type_id"] = ContentType.objects.get_for_model(models.Role).pk
    return filled(route, values)


ROUTES = [route for route in routes() if is_admin(route)]


def named(route):
    """Return ``route`` as ANSWERS calls it."""
    plain = re.sub(r"<[^<>]+>", "<>", route.removeprefix(settings.ADMIN_PATH))
    plain = re.sub(rf"({'|'.join(LIVE)})/", "<live>/", plain.removeprefix("profiles/"))
    return {"": "index", "(?P<>.*)$": "no-such", "^(?P<>auth|profiles)/$": "app"}.get(plain, plain)


@contextmanager
def written():
    """Collect the tables that are written to."""
    tables = set()

    def watch(execute, sql, params, many, context):
        verb, *rest = sql.replace('"', "").split(maxsplit=3)
        if verb in ("INSERT", "UPDATE", "DELETE"):
            tables.add(rest[verb != "UPDATE"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables


@pytest.fixture
def ask():
    """Return a function that asks as a visitor, takes all changes back and tells of them."""
    sessions = {}

    def cookies_of(visitor):
        if visitor not in sessions:
            client = Client()
            client.force_login(User.objects.get(username=visitor))
            client.get(reverse("admin:index"))
            sessions[visitor] = client.cookies["sessionid"].value
        return {"sessionid": sessions[visitor]}

    def ask(visitor, method, path, body=None):
        client = Client()
        client.cookies.load({} if visitor == "anonymous" else cookies_of(visitor))
        with transaction.atomic(), written() as tables:
            response = getattr(client, method)(path, body)
            transaction.set_rollback(True)
        return response, tables - NOT_CONTENT

    return ask


@pytest.mark.parametrize(("place", "visitor"), list(enumerate(VISITORS)))
def test_address_opens_for_whom_it_should(ask, place, visitor):
    found, expected = {}, {}
    for route in ROUTES:
        path, name = path_of(route), named(route)
        read, by_reading = ask(visitor, "get", path)
        posted, by_posting = ask(visitor, "post", path, BODY)
        # Whoever leaves has left something behind.
        if not name.endswith(("salir/", "logout/")):
            assert by_reading == set(), path
            assert by_posting == set() or place > 2, path
        found[name] = f"{read.status_code}/{posted.status_code}"
        if place:
            expected[name] = ADDRESSES.get(name, ["not in ANSWERS"] * 5)[place - 1]
        else:
            expected[name] = ANONYMOUS.get(name, "302/302")
    assert found == expected


def test_every_line_of_the_table_is_an_address():
    assert {named(route) for route in ROUTES} == set(ADDRESSES)


def test_head_changes_nothing_anywhere(ask):
    changed = {route: ask("superuser", "head", path_of(route))[1] for route in ROUTES}
    assert {route: tables for route, tables in changed.items() if tables} == {}


def actions():
    """Yield (model, action) of every action of the admin, on lists and on pages."""
    for model, options in admin.site._registry.items():
        found = {a.name for place in ActionLocation for a in options._get_base_actions(place)}
        yield from ((model, name) for name in sorted(found))


@pytest.mark.parametrize("visitor", VISITORS)
def test_action_obeys_whom_it_should(ask, visitor):
    obeyed = set()
    for model, action in actions():
        # What is public is not deleted: that has its own test.
        draft = action == "delete_selected" and model in (models.Role, models.Profile)
        row = example(model, "draft-tester" if draft else "data-tester")
        place = f"admin:{model._meta.label_lower.replace('.', '_')}"
        body = {"_selected_action": row.pk, "post": "yes", "confirmed": "1", "index": 0}
        shown = [shown_as(profile) for profile in models.Profile.objects.all()]
        body |= {"comment": "Falta.", "shown": shown}
        place, page = reverse(f"{place}_changelist"), reverse(f"{place}_change", args=[row.pk])
        _, on_list = ask(visitor, "post", place, {"action": action, **body})
        _, on_page = ask(visitor, "post", page, {"CHANGE_FORM-action": action, **body})
        if on_list or on_page:
            obeyed.add(f"{model._meta.label_lower} {action}")
    exports = {name for name in obeyed if " export_" in name}
    assert obeyed - exports == {name for name, who in ACTIONS.items() if visitor in who}
    leaving = {name.split()[0] for name in exports}
    assert leaving == {name for name, who in EXPORTS.items() if visitor in who}


def test_post_without_its_token_or_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="superuser"))
    token = "a" * 32
    client.cookies["csrftoken"] = token
    foreign = {"Origin": "https://evil.example"}
    for route in ROUTES:
        path = path_of(route)
        with written() as tables:
            bare = client.post(path, BODY)
            crossed = client.post(path, {**BODY, "csrfmiddlewaretoken": token}, headers=foreign)
        assert (path, bare.status_code, crossed.status_code) == (path, 403, 403)
        assert tables <= NOT_CONTENT, path
