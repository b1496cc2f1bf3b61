"""Who gets to the desk, and who does not."""

import re
import time
from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from profiles.desk.access import client_address
from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from profiles.views import account
from tests.site import settings_with

pytestmark = [
    pytest.mark.django_db,
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
PASSWORD = "una-clave-bastante-larga"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/admin/cuenta/ingresar/"
CODE = "/admin/cuenta/segundo-factor/authenticate/"
DESK = "/admin/"
REFUSED = "El usuario o la contraseña no son correctos."


@pytest.fixture(autouse=True)
def quick_and_forgetful(settings):
    """Hash fast, and forget the codes that the test before used."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def clock(time_machine):
    """A clock that stands until it is moved, early in the life of a code."""
    time_machine.move_to(datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC), tick=False)
    return time_machine


@pytest.fixture
def ana():
    return User.objects.create_user("ana", password=PASSWORD, is_staff=True)


@pytest.fixture
def editor(ana):
    ana.groups.add(Group.objects.get_or_create(name="Edición")[0])
    return ana


@pytest.fixture
def second_factor_required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def log_in(client, name="ana", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password}, **more)


def code_now():
    """Return what an app that holds SECRET shows at this moment."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def enrol(user):
    """Give ``user`` the second factor and return the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def is_in(client):
    return client.get(DESK).status_code == 200


def events():
    return list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))


def errors(response):
    return re.findall(r'errornote"[^>]*>([^<]+)<', response.content.decode())


def without_tokens(response):
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", response.content.decode())


# --- the door ---


def test_stranger_is_sent_to_the_one_door(client):
    response = client.get(DESK, follow=True)
    assert response.redirect_chain[-1][0] == f"{LOGIN}?next=%2Fadmin%2F"
    assert "<h1>Ingresar</h1>" in response.content.decode()


def test_right_password_opens_the_desk(client, ana):
    assert log_in(client).url == DESK
    assert is_in(client)
    assert events() == [AuditEvent.LOGIN]


def test_form_of_the_stock_admin_is_no_second_door(client, ana):
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    assert not is_in(client)


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("former", PASSWORD)]
)
def test_refusal_tells_nothing(client, ana, name, password):
    User.objects.create_user("former", password=PASSWORD, is_active=False)
    assert errors(log_in(client, name, password)) == [REFUSED]


def test_sixth_failure_locks_the_name_for_that_address(client, ana):
    statuses = [log_in(client, password="wrong").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert log_in(client).status_code == 429
    assert log_in(Client(), REMOTE_ADDR="203.0.113.9").status_code == 302


@pytest.mark.parametrize("name", ["nobody", "former"])
def test_other_names_are_locked_alike(client, ana, name):
    User.objects.create_user("former", password=PASSWORD, is_active=False)
    known = [log_in(client, password="wrong") for _ in range(6)][-1]
    other = [log_in(client, name, PASSWORD) for _ in range(6)][-1]
    assert (other.status_code, without_tokens(other)) == (429, without_tokens(known))


def test_lock_names_nobody_and_promises_nothing(client, ana):
    html = [log_in(client, password="wrong") for _ in range(6)][-1].content.decode()
    said = re.findall(r"<p[^>]*>([^<]+)</p>", html)
    assert said == [
        "Hubo demasiados intentos de ingreso desde acá. Probá de nuevo en 15 minutos.",
        "Si no podés esperar, pedile a quien administra las cuentas que desbloquee tu ingreso.",
    ]
    assert "ana" not in re.sub(r"<[^>]+>", " ", html).lower().split()


def test_lock_ends_after_a_quarter_of_an_hour(client, ana, clock):
    for _ in range(6):
        log_in(client, password="wrong")
    clock.shift(14 * 60)
    assert log_in(client).status_code == 429
    clock.shift(62)
    assert log_in(client).status_code == 302


def test_ipv6_network_of_one_visitor_is_locked_as_one_address(client, ana):
    """Who has one address of a /64 has them all; the log keeps the one that was used."""
    for number in range(6):
        log_in(client, password="wrong", REMOTE_ADDR=f"2001:db8::{number}")
    assert log_in(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert log_in(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 302
    failed = AuditEntry.objects.filter(event=AuditEvent.LOGIN_FAILED)
    assert failed.values("address").distinct().count() == 6


def test_address_of_a_socket_for_both_kinds_is_the_old_one(client, ana):
    for _ in range(6):
        log_in(client, password="wrong", REMOTE_ADDR="::ffff:192.0.2.1")
    assert log_in(client, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert log_in(client, REMOTE_ADDR="::ffff:192.0.2.2").status_code == 302


def test_lock_is_one_entry_however_often_somebody_knocks(client, ana):
    for _ in range(10):
        log_in(client, password="wrong")
    assert Counter(events()) == {AuditEvent.LOGIN_FAILED: 6, AuditEvent.LOCKED_OUT: 1}


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed."""
    passwords = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: passwords.append(password) or encode(self, password, salt),
    )
    return passwords


def test_address_that_tries_name_after_name_is_refused_unhashed(client, hashed):
    statuses = [log_in(client, f"name-{number}").status_code for number in range(31)]
    assert statuses == [200] * 30 + [429]
    assert len(hashed) == 30


def test_more_log_ins_at_once_than_a_worker_checks_are_sent_away_unhashed(client, ana, hashed):
    hashed.clear()
    with account.HASHING, account.HASHING:
        answer = log_in(client)
        assert client.get(LOGIN).status_code == 200
    assert (answer.status_code, answer["Retry-After"], hashed) == (503, "5", [])
    assert "no-store" in answer["Cache-Control"]
    assert log_in(client).status_code == 302


def unlock_in_admin(admin_client, user):
    users = reverse("admin:auth_user_changelist")
    admin_client.post(users, {"action": "unlock", "_selected_action": [user.pk]})


def let_in(admin_client, user):
    call_command("let_in", user.get_username(), stdout=StringIO())


@pytest.mark.parametrize("way", [unlock_in_admin, let_in])
def test_unlocking_lifts_every_limit(way, admin_client, client, ana):
    enrol(ana)
    log_in(client)
    for _ in range(6):
        client.post(CODE, {"code": "000000"})
        log_in(Client(), password="wrong")
    way(admin_client, ana)
    assert AuditEvent.UNLOCKED in events()
    again = Client()
    assert log_in(again).status_code == 302
    again.post(CODE, {"code": code_now()})
    assert is_in(again)


def test_shell_lets_the_last_superuser_in_without_a_phone(client, admin_user):
    admin_user.set_password(PASSWORD)
    admin_user.save()
    enrol(admin_user)
    let_in(None, admin_user)
    log_in(client, "admin")
    assert is_in(client)
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_REMOVED, subject="admin").exists()
    with pytest.raises(CommandError, match="No hay una cuenta activa «nadie»"):
        call_command("let_in", "nadie")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", r"/\evil.example", "https:evil.example"]
)
def test_door_leads_nowhere_else(client, ana, target):
    response = client.post(f"{LOGIN}?next={target}", {"login": "ana", "password": PASSWORD})
    assert response.url == DESK
    posted = {"login": "ana", "password": PASSWORD, "next": target}
    assert Client().post(LOGIN, posted).url == DESK


def test_door_leads_back_to_the_page_asked_for(client, ana):
    target = reverse("admin:profiles_role_changelist")
    response = client.post(LOGIN, {"login": "ana", "password": PASSWORD, "next": target})
    assert response.url == target


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/set/"])
def test_nobody_signs_up_or_is_sent_mail(client, path):
    prefix = LOGIN.removesuffix("ingresar/")
    assert client.get(prefix + path, follow=True).redirect_chain[-1][0].startswith(LOGIN)
    assert client.get(f"/accounts/{path}").status_code == 404


def test_public_site_sets_no_cookie_and_links_no_account(client, vocabulary):
    response = client.get(reverse("profiles:home"))
    assert dict(response.cookies) == {}
    assert "/admin/" not in response.content.decode()


# --- the session ---


def test_planted_session_is_replaced_at_log_in(client, ana):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    log_in(client)
    assert client.session.session_key != planted


def test_password_change_ends_the_other_sessions(client, ana):
    other = Client()
    assert log_in(client).status_code == log_in(other).status_code == 302
    new = "otra-clave-bastante-larga"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    client.post(reverse("admin:password_change"), fields)
    assert (is_in(client), is_in(other)) == (True, False)
    logged = AuditEntry.objects.get(event=AuditEvent.PASSWORD_CHANGED)
    assert (logged.name, logged.subject) == ("ana", "ana")


@pytest.mark.parametrize("new", ["otra-clave-bastante-larga", "corta"])
def test_new_password_of_another_account_is_logged(new, admin_client, ana):
    url = reverse("admin:auth_user_password_change", args=[ana.pk])
    fields = {"password1": new, "password2": new, "usable_password": "true"}
    admin_client.post(url, fields)
    logged = AuditEntry.objects.filter(event=AuditEvent.PASSWORD_CHANGED)
    found = list(logged.values_list("name", "subject"))
    assert found == ([("admin", "ana")] if new != "corta" else [])


def test_old_password_cannot_be_guessed_where_it_is_changed(client, ana):
    log_in(client)
    page = reverse("admin:password_change")
    statuses = [client.post(page, {"old_password": "x"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


@pytest.mark.parametrize("former", [True, False])
def test_new_secret_key_ends_no_session_while_the_former_one_is_known(
    client, ana, settings, former
):
    log_in(client)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 60
    settings.SECRET_KEY_FALLBACKS = [old] if former else []
    assert is_in(client) is former


def test_account_that_is_switched_off_is_out_at_once(client, ana):
    log_in(client)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert not is_in(client)


def test_idle_session_ends(client, ana, clock):
    log_in(client)
    clock.shift(119 * 60)
    assert is_in(client)
    clock.shift(119 * 60)
    assert is_in(client)
    clock.shift(121 * 60)
    assert not is_in(client)


def test_busy_session_ends_after_half_a_day(client, ana, clock):
    log_in(client)
    for _ in range(7):
        clock.shift(100 * 60)
        assert is_in(client)
    clock.shift(100 * 60)
    assert not is_in(client)


def test_log_out_ends_the_session_on_the_server(client, ana):
    log_in(client)
    kept = client.cookies["sessionid"].value
    client.post(reverse("admin:logout"))
    client.cookies["sessionid"] = kept
    assert not is_in(client)
    assert events() == [AuditEvent.LOGIN, AuditEvent.LOGOUT]


@pytest.mark.parametrize("password", ["corta-1", "123456789012", "password1234", "anaanaanaana"])
def test_weak_password_is_refused(admin_client, password):
    User.objects.create_user("anaanaanaana", is_staff=True)
    pk = User.objects.get(username="anaanaanaana").pk
    url = reverse("admin:auth_user_password_change", args=[pk])
    fields = {"password1": password, "password2": password, "usable_password": "true"}
    assert admin_client.post(url, fields).context["form"].errors
    assert not User.objects.get(pk=pk).check_password(password)


# --- the second factor ---


def test_code_is_asked_after_the_password(client, ana):
    enrol(ana)
    assert log_in(client).url == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code_now()}).url == DESK
    assert is_in(client)


def test_code_is_good_for_one_use(client, ana, clock):
    enrol(ana)
    log_in(client)
    client.post(CODE, {"code": code_now()})
    other = Client()
    log_in(other)
    other.post(CODE, {"code": code_now()})
    assert not is_in(other)
    clock.shift(30)
    other.post(CODE, {"code": code_now()})
    assert is_in(other)


def test_recovery_codes_are_a_file_with_a_spanish_name(client, ana, clock):
    codes = enrol(ana)
    file = reverse("mfa_download_recovery_codes")
    assert client.get(file).url.startswith(LOGIN)
    log_in(client)
    client.post(CODE, {"code": code_now()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.get(file)
    assert response["Content-Disposition"] == 'attachment; filename="codigos-de-recuperacion.txt"'
    assert response.content.decode().split() == codes


def test_recovery_code_is_good_for_one_use(client, ana):
    code = enrol(ana)[0]
    log_in(client)
    client.post(CODE, {"code": code})
    assert is_in(client)
    other = Client()
    log_in(other)
    other.post(CODE, {"code": code})
    assert not is_in(other)


def test_codes_cannot_be_guessed_on(client, ana):
    enrol(ana)
    log_in(client)
    for _ in range(5):
        assert "Código incorrecto" in client.post(CODE, {"code": "000000"}).content.decode()
    said = client.post(CODE, {"code": code_now()}).content.decode()
    assert "Hubo demasiados intentos" in said
    assert not is_in(client)
    assert events().count(AuditEvent.FACTOR_FAILED) == 5


@pytest.mark.usefixtures("second_factor_required")
def test_editor_without_factor_reaches_nothing_but_enrolment(client, editor):
    log_in(client)
    pages = ["index", "profiles_role_changelist", "password_change", "profiles_role_add"]
    answers = [client.get(reverse(f"admin:{page}")) for page in pages]
    leading = {answer.get("Location", "nowhere").split("?")[0] for answer in answers}
    assert leading == {reverse("mfa_activate_totp")}


@pytest.mark.usefixtures("second_factor_required")
def test_superuser_needs_the_factor_and_a_writer_does_not(client, ana, admin_user):
    log_in(client)
    assert is_in(client)
    client.force_login(admin_user)
    assert not is_in(client)


def give(user, *codenames):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))


@pytest.mark.usefixtures("second_factor_required")
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


def test_who_changes_accounts_gives_nobody_rights(client, ana, admin_user):
    give(ana, "view_user", "change_user")
    client.force_login(ana)
    change = reverse("admin:auth_user_change", args=[ana.pk])
    group = Group.objects.get(name="Edición").pk
    asked = {"username": "ana", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    joined = {"date_joined_0": "2026-11-23", "date_joined_1": "12:00:00"}
    answer = client.post(change, {**asked, **joined, "groups": [group], "first_name": "Otra"})
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.first_name, ana.is_superuser, ana.groups.count()) == ("Otra", False, 0)
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])
    assert client.get(password).status_code == 403


@pytest.mark.usefixtures("second_factor_required")
@pytest.mark.django_db(transaction=True)
def test_enrolment_opens_the_desk(client, editor):
    log_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    activate = reverse("mfa_activate_totp")
    secret = client.get(activate).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    response = client.post(activate, {"code": code})
    assert response.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li><code>\d{8}", client.get(response.url).content.decode())) == 10
    assert is_in(client)
    assert AuditEvent.FACTOR_ADDED in events()
    other = Client()
    log_in(other)
    other.post(CODE, {"code": code})
    assert not is_in(other), "the code of the enrolment opened a second session"


@pytest.mark.usefixtures("second_factor_required")
def test_session_opened_before_enrolment_still_owes_a_code(client, editor):
    log_in(client)
    enrol(editor)
    response = client.get(DESK)
    confirm = reverse("mfa_reauthenticate")
    assert response.url.split("?")[0] == confirm
    client.post(confirm, {"code": code_now()})
    assert is_in(client)


def test_enrolment_asks_the_password_again(client, ana):
    log_in(client)
    response = client.get(reverse("mfa_activate_totp"))
    assert response.url.split("?")[0] == reverse("account_reauthenticate")


@pytest.mark.usefixtures("second_factor_required")
@pytest.mark.parametrize(("group", "left"), [("Edición", 1), ("Redacción", 0)])
def test_who_must_have_the_factor_cannot_take_it_off(client, ana, group, left):
    ana.groups.add(Group.objects.get_or_create(name=group)[0])
    enrol(ana)
    log_in(client)
    client.post(CODE, {"code": code_now()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=ana, type="totp").count() == left


@pytest.mark.usefixtures("second_factor_required")
@pytest.mark.parametrize("phone", ["at hand", "lost"])
def test_who_must_have_the_factor_moves_it_to_another_phone(client, editor, phone, clock):
    spare, left, *_rest = enrol(editor)
    log_in(client)
    client.post(CODE, {"code": code_now() if phone == "at hand" else spare})
    page = reverse("mfa_replace_totp")
    assert client.get(page).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(page).context["form"].secret
    assert client.post(page, {"code": "000000"}).status_code == 200
    clock.shift(30)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(page, {"code": code}).url == reverse("mfa_index")
    clock.shift(30)
    for entered, opens in ((code_now(), False), (left, True)):
        again = Client()
        log_in(again)
        again.post(CODE, {"code": entered})
        assert is_in(again) == opens


def test_superuser_takes_a_lost_factor_off(admin_client, client, ana):
    enrol(ana)
    users = reverse("admin:auth_user_changelist")
    admin_client.post(users, {"action": "remove_second_factor", "_selected_action": [ana.pk]})
    log_in(client)
    assert is_in(client)
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_REMOVED, subject="ana").count() == 1


@pytest.mark.parametrize("action", ["unlock", "remove_second_factor"])
def test_only_a_superuser_touches_the_locks_of_others(client, ana, action):
    bea = User.objects.create_user("bea", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    client.force_login(bea)
    enrol(ana)
    users = reverse("admin:auth_user_changelist")
    client.post(users, {"action": action, "_selected_action": [ana.pk]})
    assert Authenticator.objects.filter(user=ana).count() == 2
    assert not {AuditEvent.UNLOCKED, AuditEvent.FACTOR_REMOVED} & set(events())


def test_permissions_are_offered_in_the_words_of_the_admin(admin_client):
    group = Group.objects.get_or_create(name="Edición")[0]
    context = admin_client.get(reverse("admin:auth_group_change", args=[group.pk])).context
    offered = {label for _, label in context["adminform"].form.fields["permissions"].choices}
    assert {"perfiles: modificar", "perfiles: publicar y retirar", "áreas: eliminar"} <= offered
    assert [label for label in offered if "Can " in label or "sesi" in label] == []


# --- where from ---


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (1, "", "192.0.2.1"),
        (1, "no-address", "192.0.2.1"),
        (2, "203.0.113.5", "192.0.2.1"),
    ],
)
def test_address_is_the_one_the_outermost_trusted_proxy_saw(
    rf, settings, proxies, forwarded, address
):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


# --- settings and words ---


@pytest.mark.parametrize(
    ("site_url", "names", "is_https"),
    [
        ("http://127.0.0.1:8000", ("sessionid", "csrftoken"), False),
        ("https://guia.example", ("__Host-sessionid", "__Host-csrftoken"), True),
    ],
)
def test_https_ties_cookies_to_the_host_and_asks_the_second_factor(site_url, names, is_https):
    found = settings_with(SITE_URL=site_url)
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == names
    assert found["SESSION_COOKIE_SECURE"] == found["REQUIRE_SECOND_FACTOR"] == is_https


def test_cookie_of_the_session_is_out_of_reach(client, ana):
    log_in(client)
    cookie = client.cookies["sessionid"]
    flags = (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"])
    assert flags == (True, "Lax", "/", "")
