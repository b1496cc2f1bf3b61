"""The second factor: asked of whom, good once, moved, taken off."""

import re
from functools import partial

import pytest
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from tests.desk.editors import CODE, DESK, PASSWORD, SECRET, code_now, enrol, is_in, log_in
from tests.reliability.live import at_once

# The clock stands: a code that is read and typed around the half minute would be the one before.
pytestmark = pytest.mark.usefixtures("forgetful", "clock")
INCORRECT = {"code": ["Código incorrecto."]}


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def reauthenticate(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def log_in_with_code(client, code):
    log_in(client)
    client.post(CODE, {"code": code})


@pytest.mark.parametrize("kind", ["of the phone", "of recovery"])
def test_code_is_good_for_one_use(client, ana, clock, kind):
    recovery = enrol(ana)[0]
    code = recovery if kind == "of recovery" else code_now()
    opened = []
    for browser in (client, Client()):
        log_in_with_code(browser, code)
        opened.append(is_in(browser))
    clock.shift(30)
    browser.post(CODE, {"code": code_now()})
    assert [*opened, is_in(browser)] == [True, False, True]


def test_codes_cannot_be_guessed_on(client, ana):
    enrol(ana)
    log_in(client)
    for _ in range(5):
        assert "Código incorrecto" in client.post(CODE, {"code": "000000"}).content.decode()
    said = client.post(CODE, {"code": code_now()}).content.decode()
    assert "Hubo demasiados intentos" in said
    assert not is_in(client)
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_FAILED).count() == 5


@pytest.mark.usefixtures("required")
def test_editor_without_factor_reaches_nothing_but_enrolment(client, editor):
    log_in(client)
    pages = ["index", "profiles_role_changelist", "password_change", "profiles_role_add"]
    answers = [client.get(reverse(f"admin:{page}")) for page in pages]
    leading = {answer.get("Location", "nowhere").split("?")[0] for answer in answers}
    assert leading == {reverse("mfa_activate_totp")}
    enrol(editor)  # in another browser: this one still owes a code
    confirm = reverse("mfa_reauthenticate")
    assert client.get(DESK).url.split("?")[0] == confirm
    client.post(confirm, {"code": code_now()})
    assert is_in(client)


def give(user, *codenames):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(
    ("right", "asked"),
    [
        *(("publish_profile", True), ("change_user", True), ("view_auditentry", True)),
        *(("change_profile", False), ("change_rolealias", False), ("view_area", False)),
    ],
)
def test_factor_is_asked_of_whoever_may_more_than_write_by_any_way(client, ana, right, asked):
    give(ana, right)
    log_in(client)
    assert is_in(client) != asked


def test_rights_and_passwords_are_for_superusers_alone(client, ana, editor):
    give(ana, "view_user", "change_user", "add_user", "view_group", "change_group", "add_group")
    client.force_login(ana)
    group = Group.objects.get(name="Edición").pk
    asked = {"username": "ana", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    pages = {"user_change": [ana.pk], "user_password_change": [editor.pk]}
    pages |= {"user_add": [], "group_change": [group], "group_add": []}
    addresses = [reverse(f"admin:auth_{name}", args=keys) for name, keys in pages.items()]
    answers = {path: client.post(path, {**asked, "name": "x"}).status_code for path in addresses}
    assert set(answers.values()) == {403}


@pytest.mark.usefixtures("required")
@pytest.mark.django_db(transaction=True)
def test_enrolment_opens_the_desk(client, editor):
    log_in(client)
    reauthenticate(client)
    activate = reverse("mfa_activate_totp")
    secret = client.get(activate).context["form"].secret
    code = code_now(secret)
    response = client.post(activate, {"code": code})
    assert response.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li><code>\d{8}", client.get(response.url).content.decode())) == 10
    assert is_in(client)
    file = client.get(reverse("mfa_download_recovery_codes"))
    assert file["Content-Disposition"] == 'attachment; filename="codigos-de-recuperacion.txt"'
    assert len(file.text.split()) == 10
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_ADDED).exists()
    other = Client()
    log_in_with_code(other, code)
    assert not is_in(other), "the code of the enrolment opened a second session"


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(("group", "left"), [("Edición", 1), ("Redacción", 0)])
def test_who_must_have_the_factor_cannot_take_it_off(client, ana, group, left):
    ana.groups.add(Group.objects.get_or_create(name=group)[0])
    enrol(ana)
    log_in_with_code(client, code_now())
    reauthenticate(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=ana, type="totp").count() == left


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("phone", ["at hand", "lost"])
def test_who_must_have_the_factor_moves_it_to_another_phone(client, editor, phone, clock):
    spare, left, *_rest = enrol(editor)
    log_in_with_code(client, code_now() if phone == "at hand" else spare)
    page = reverse("mfa_replace_totp")
    assert f'href="{page}"' in client.get(reverse("mfa_index")).text
    assert client.get(page).url.startswith(reverse("account_reauthenticate"))
    reauthenticate(client)
    secret = client.get(page).context["form"].secret
    assert client.post(page, {"code": "000000"}).status_code == 200
    clock.shift(30)
    code = code_now(secret)
    assert client.post(page, {"code": code}).url == reverse("mfa_index")
    clock.shift(30)
    for entered, opens in ((code_now(), False), (left, True)):
        log_in_with_code(again := Client(), entered)
        assert is_in(again) == opens


def test_superuser_takes_a_lost_factor_off(admin_client, client, ana):
    enrol(ana)
    users = reverse("admin:auth_user_changelist")
    admin_client.post(users, {"action": "remove_second_factor", "_selected_action": [ana.pk]})
    log_in(client)
    assert is_in(client)
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_REMOVED, subject="ana").count() == 1


@pytest.fixture
def together(db, rf):
    """Return a function that types codes of Ana's, all at once, and returns what is said."""
    if connection.vendor != "postgresql":
        pytest.skip("The tests' SQLite lies in memory, where a thread cannot close its connection")
    ana = User.objects.create_user("ana")
    TOTP.activate(ana, SECRET)

    def type_one(code):
        try:
            with context.request_context(rf.post("/")):
                return AuthenticateForm(user=ana, data={"code": code}).errors
        finally:
            connection.close()

    return lambda *codes: at_once(*(partial(type_one, code) for code in codes))


@pytest.mark.dialect
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_codes_guessed_at_once_are_as_few_as_one_after_the_other(together):
    said = together(*(f"{number:06}" for number in range(8)))
    assert said.count(INCORRECT) <= 5
    failed = AuditEntry.objects.filter(event=AuditEvent.FACTOR_FAILED).count()
    assert failed == said.count(INCORRECT)


@pytest.mark.dialect
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_code_typed_twice_at_once_is_good_once(together):
    code = code_now()
    assert together(code, code, code).count({}) == 1
