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

from profiles.desk.history import keep
from profiles.models import (
    Archetype,
    Area,
    AuditEntry,
    Context,
    MissingTitle,
    Page,
    Profile,
    Role,
    Source,
)
from tests.factories import make_role
from tests.security.addresses import filled, is_admin, routes

pytestmark = pytest.mark.usefixtures("vocabulary", "unrendered")
# "staff" has no right at all, "reader" every right to view and no other.
VISITORS = ("anonymous", "staff", "reader", "Redacción", "Edición", "superuser")
# The vocabulary that those edit live who may publish.
LIVE = ("archetype", "area", "context", "page", "source")
# A session that is seen, or a log-in that is counted, is nobody's words.
NOT_CONTENT = {"django_session", "shared_cache", "shared_images"}

# Route → answer to GET and to POST for each of VISITORS. 302 leads to the log-in, onwards after
# a change, or from a row to its page; 403 refuses, 405 answers to the other method.
ADDRESSES = {
    "cuenta/ingresar/": "200/200 302/302 302/302 302/302 302/302 302/302",
    "cuenta/salir/": "302/302 200/302 200/302 200/302 200/302 200/302",
    "cuenta/confirmar/": "302/302 200/200 200/200 200/200 200/200 200/200",
    "cuenta/segundo-factor/": "302/302 200/405 200/405 200/405 200/405 200/405",
    "cuenta/segundo-factor/cambiar/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "cuenta/segundo-factor/authenticate/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "cuenta/segundo-factor/reauthenticate/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "cuenta/segundo-factor/totp/activate/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "cuenta/segundo-factor/totp/deactivate/": "302/302 404/404 404/404 404/404 404/404 404/404",
    "cuenta/segundo-factor/recovery-codes/": "302/302 404/405 404/405 404/405 404/405 404/405",
    "cuenta/segundo-factor/recovery-codes/generate/": "302/302" + 5 * " 302/302",
    "cuenta/segundo-factor/recovery-codes/download/": "302/302" + 5 * " 404/404",
    "": "302/302 200/200 200/200 200/200 200/200 200/200",
    "login/": "302/405 302/405 302/405 302/405 302/405 302/405",
    "logout/": "302/302 405/200 405/200 405/200 405/200 405/200",
    "password_change/": "302/302 200/200 200/200 200/200 200/200 200/200",
    "password_change/done/": "302/302 200/405 200/405 200/405 200/405 200/405",
    "autocomplete/": "302/302 403/405 403/405 403/405 403/405 403/405",
    "ayuda/": "302/302 200/405 200/405 200/405 200/405 200/405",
    "jsi18n/": "302/302 200/405 200/405 200/405 200/405 200/405",
    "r/<content_type_id>/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "auth/user/<id>/password/": "302/302 403/403 403/403 403/403 403/403 200/200",
    "auth/user/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "auth/user/add/": "302/302 403/403 403/403 403/403 403/403 200/200",
    "auth/user/<object_id>/history/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "auth/user/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 200/302",
    "auth/user/<object_id>/change/": "302/302 403/403 200/403 403/403 403/403 200/200",
    "auth/user/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "auth/group/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "auth/group/add/": "302/302 403/403 403/403 403/403 403/403 200/200",
    "auth/group/<object_id>/history/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "auth/group/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 200/302",
    "auth/group/<object_id>/change/": "302/302 403/403 200/403 403/403 403/403 200/200",
    "auth/group/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/auditentry/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "profiles/auditentry/add/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/auditentry/<object_id>/history/": "302/302 403/403 200/200 403/403 403/403 200/200",
    "profiles/auditentry/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/auditentry/<object_id>/change/": "302/302 403/403 200/403 403/403 403/403 200/403",
    "profiles/auditentry/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/missingtitle/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/missingtitle/add/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/missingtitle/<object_id>/history/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/missingtitle/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/missingtitle/<object_id>/change/": "302/302 403/403 200/403 200/403 200/403 200/403",
    "profiles/missingtitle/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/profile/<pk>/comparar/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/profile/<pk>/volver/": "302/302 405/403 405/403 405/302 405/302 405/302",
    "profiles/profile/markdown/": "302/302 405/403 405/403 405/200 405/200 405/200",
    "profiles/profile/<pk>/vista-previa/": "302/302 403/403 200/403 200/200 200/200 200/200",
    "profiles/profile/<pk>/compartir/": "302/302 405/403 405/403 405/302 405/302 405/302",
    "profiles/profile/<pk>/publicar/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/profile/<pk>/devolver/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/profile/<pk>/cancelar/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/profile/<pk>/retirar/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/profile/<pk>/descartar/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/profile/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/profile/add/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/profile/<object_id>/history/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/profile/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/profile/<object_id>/change/": "302/302 403/403 200/403 200/200 200/200 200/200",
    "profiles/profile/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/edition/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/edition/add/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/edition/<object_id>/history/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/edition/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/edition/<object_id>/change/": "302/302 403/403 200/403 200/403 200/403 200/403",
    "profiles/edition/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/role/<pk>/comparar/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/role/<pk>/volver/": "302/302 405/403 405/403 405/302 405/302 405/302",
    "profiles/role/<pk>/crear/": "302/302 405/403 405/403 405/302 405/302 405/302",
    "profiles/role/<pk>/publicar/": "302/302 403/403 403/403 403/403 302/302 302/302",
    "profiles/role/<pk>/unir/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/role/importar/": "302/302 403/403 403/403 200/200 200/200 200/200",
    "profiles/role/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/role/add/": "302/302 403/403 403/403 200/200 200/200 200/200",
    "profiles/role/<object_id>/history/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/role/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/role/<object_id>/change/": "302/302 403/403 200/403 200/200 200/200 200/200",
    "profiles/role/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/<live>/<pk>/comparar/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/<live>/<pk>/volver/": "302/302 405/403 405/403 405/403 405/302 405/302",
    "profiles/<live>/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/<live>/add/": "302/302 403/403 403/403 403/403 200/200 200/200",
    "profiles/<live>/<object_id>/history/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/<live>/<object_id>/delete/": "302/302 403/403 403/403 403/403 200/302 200/302",
    "profiles/<live>/<object_id>/change/": "302/302 403/403 200/403 200/403 200/200 200/200",
    "profiles/<live>/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "profiles/trait/<pk>/comparar/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/trait/<pk>/volver/": "302/302 405/403 405/403 405/403 405/302 405/302",
    "profiles/trait/": "302/302 403/403 200/200 200/200 200/200 200/200",
    "profiles/trait/add/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/trait/<object_id>/history/": "302/302 403/405 200/405 200/405 200/405 200/405",
    "profiles/trait/<object_id>/delete/": "302/302 403/403 403/403 403/403 403/403 403/403",
    "profiles/trait/<object_id>/change/": "302/302 403/403 200/403 200/403 200/200 200/200",
    "profiles/trait/<object_id>/": "302/302 302/302 302/302 302/302 302/302 302/302",
    "^(?P<app_label>auth|profiles)/$": "302/302 404/404 200/200 200/200 200/200 200/200",
    "(?P<url>.*)$": "302/302 404/404 404/404 404/404 404/404 404/404",
}

# Action → who may; read as "nobody else".
ACTIONS = {
    "auth.group delete_selected": ("superuser",),
    "auth.user delete_selected": ("superuser",),
    "auth.user remove_second_factor": ("superuser",),
    "auth.user unlock": ("superuser",),
    "profiles.archetype delete_selected": ("Edición", "superuser"),
    "profiles.area delete_selected": ("Edición", "superuser"),
    "profiles.context delete_selected": ("Edición", "superuser"),
    "profiles.page delete_selected": ("Edición", "superuser"),
    "profiles.profile delete_selected": ("Edición", "superuser"),
    "profiles.profile discard_changes": ("Edición", "superuser"),
    "profiles.profile publish_profiles": ("Edición", "superuser"),
    "profiles.profile send_back_profiles": ("Edición", "superuser"),
    "profiles.profile submit_profiles": ("Redacción", "Edición", "superuser"),
    "profiles.profile withdraw_profiles": ("Edición", "superuser"),
    "profiles.role delete_selected": ("Edición", "superuser"),
    "profiles.source delete_selected": ("Edición", "superuser"),
}
# Whose rows leave as a file → for whom.
EXPORTS = {
    **dict.fromkeys(
        (
            *("profiles.archetype", "profiles.area", "profiles.context", "profiles.edition"),
            *("profiles.page", "profiles.profile", "profiles.role", "profiles.source"),
            *("profiles.trait", "profiles.missingtitle"),
        ),
        ("reader", "Redacción", "Edición", "superuser"),
    ),
    **dict.fromkeys(
        ("auth.group", "auth.user", "profiles.auditentry"),
        ("reader", "superuser"),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def rows(module_rows):
    """A role on desk and shelf, an account, a line of the log, and one of each visitor."""
    base = make_role().profiles.get(context=None)
    keep(base)
    Profile.objects.filter(pk=base.pk).update(summary="Otro resumen.", state="in-review")
    # Without contexts, for which its base would have to stay.
    make_role("draft-tester", publish=False, contexts=())
    # What the guide's documents bring is deleted by nobody; these may be.
    for model in (Area, Context, Archetype, Page):
        keep(model.objects.create(slug="otra", name="Otra", body="Texto.", order=9, version=1))
    cited = {"citation": "Otra, 2001.", "year": 2001, "url": "https://doi.org/1"}
    keep(Source.objects.create(slug="otra", name="Otra 2001", version=1, **cited))
    AuditEntry.objects.record("login", name="ana")
    MissingTitle.objects.count_one("enfermera")
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
    if model is Role:
        return Role.objects.get(slug=slug)
    return model.objects.order_by("pk").last()


def path_of(route):
    values = {"app_label": "profiles", "url": "no-such/"}
    model = next((m for m in admin.site._registry if f"/{m._meta.model_name}/" in route), Role)
    values |= dict.fromkeys(("object_id", "pk", "id"), example(model).pk)
    values["content_type_id"] = ContentType.objects.get_for_model(Role).pk
    return filled(route, values)


ROUTES = [route for route in routes() if is_admin(route)]


def named(route):
    """Return ``route`` as ADDRESSES calls it."""
    plain = re.sub(r"<\w+:", "<", route.removeprefix(settings.ADMIN_PATH))
    return re.sub(rf"profiles/({'|'.join(LIVE)})/", "profiles/<live>/", plain)


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


# What the pages that change something ask for, so that a POST that is let in changes it.
BODY = {"post": "yes", "version": 1, "text": "x"}


@pytest.mark.parametrize("visitor", VISITORS)
def test_address_opens_for_whom_it_should(ask, visitor):
    found, expected = {}, {}
    for route in ROUTES:
        path = path_of(route)
        read, changed = ask(visitor, "get", path)
        assert changed == set() or "logout" in route, (path, changed)
        posted, changed = ask(visitor, "post", path, BODY)
        if visitor in ("anonymous", "staff", "reader") and not route.endswith(
            ("salir/", "logout/")
        ):
            assert changed == set(), (path, changed)
        found[route] = f"{read.status_code}/{posted.status_code}"
        row = ADDRESSES.get(named(route), "").split()
        expected[route] = row[VISITORS.index(visitor)] if row else "not in ADDRESSES"
    assert found == expected


def test_every_line_of_the_table_is_an_address():
    assert {named(route) for route in ROUTES} == set(ADDRESSES)


def test_head_changes_nothing_anywhere(ask):
    changed = {route: ask("superuser", "head", path_of(route))[1] for route in ROUTES}
    assert {route: tables for route, tables in changed.items() if tables} == {}


def actions():
    """Yield (model, action) of every action of the admin, on lists and on pages."""
    for model, options in admin.site._registry.items():
        found = {
            action.name
            for location in ActionLocation
            for action in options._get_base_actions(location)
        }
        yield from ((model, name) for name in sorted(found))


@pytest.mark.parametrize("visitor", VISITORS)
def test_action_obeys_whom_it_should(ask, visitor):
    obeyed = set()
    for model, action in actions():
        # What is public is not deleted: that has its own test.
        draft = action == "delete_selected" and model in (Role, Profile)
        row = example(model, "draft-tester" if draft else "data-tester")
        place = f"admin:{model._meta.label_lower.replace('.', '_')}"
        body = {"_selected_action": row.pk, "post": "yes", "confirmed": "1", "index": 0}
        body["comment"] = "Falta un caso."
        body["shown"] = f"{row.pk}:{getattr(row, 'version', 0)}"
        page = reverse(f"{place}_change", args=[row.pk])
        _, on_list = ask(
            visitor, "post", reverse(f"{place}_changelist"), {"action": action, **body}
        )
        _, on_page = ask(visitor, "post", page, {"CHANGE_FORM-action": action, **body})
        if on_list or on_page:
            obeyed.add(f"{model._meta.label_lower} {action}")
    exports = {name for name in obeyed if " export_" in name}
    assert obeyed - exports == {name for name, who in ACTIONS.items() if visitor in who}
    assert {name.split()[0] for name in exports} == {
        m for m, who in EXPORTS.items() if visitor in who
    }


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


def test_token_of_the_own_site_is_accepted():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="superuser"))
    client.cookies["csrftoken"] = token = "a" * 32
    path = reverse("admin:profiles_profile_markdown")
    headers = {"Origin": "http://testserver"}
    body = {"text": "hola", "csrfmiddlewaretoken": token}
    assert client.post(path, body, headers=headers).content == b"<p>hola</p>"
