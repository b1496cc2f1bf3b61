"""Who gets to the desk, and who does not."""

import re
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.desk.access import client_address
from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from profiles.views import account
from tests.desk.editors import CODE, DESK, LOGIN, PASSWORD, code_now, enrol, events, is_in, log_in

pytestmark = pytest.mark.usefixtures("forgetful")
REFUSED = "El usuario o la contraseña no son correctos."
OTHER_SITES = ("https://evil.example/", "//evil.example/", r"/\evil.example", "https:evil.example")
STRONG = "otra-clave-bastante-larga"


def test_form_of_the_stock_admin_is_no_second_door(client, ana):
    client.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    assert not is_in(client)
    log_in(client)
    client.post(reverse("admin:logout"))
    assert (is_in(client), events()) == (False, [AuditEvent.LOGIN, AuditEvent.LOGOUT])


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed."""
    passwords = []
    encode = MD5PasswordHasher.encode
    kept = lambda self, word, salt: passwords.append(word) or encode(self, word, salt)  # noqa: E731
    monkeypatch.setattr(MD5PasswordHasher, "encode", kept)
    return passwords


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("former", PASSWORD)]
)
def test_refusal_tells_nothing_and_costs_the_same(client, ana, hashed, name, password):
    User.objects.create_user("former", password=PASSWORD, is_active=False)
    hashed.clear()
    answer = log_in(client, name, password).text
    assert re.findall(r'errornote"[^>]*>([^<]+)<', answer) == [REFUSED]
    assert len(hashed) == 1


@pytest.mark.parametrize("name", ["ana", "nobody", "former"])
def test_sixth_failure_locks_the_name_for_that_address_in_one_entry(client, ana, clock, name):
    User.objects.create_user("former", password=PASSWORD, is_active=False)
    answers = [log_in(client, name, "wrong") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 5
    assert Counter(events()) == {AuditEvent.LOGIN_FAILED: 6, AuditEvent.LOCKED_OUT: 1}
    assert "Probá de nuevo en 15 minutos." in answers[-1].text
    clock.shift(14 * 60)
    assert log_in(client, name).status_code == 429
    assert log_in(Client(), REMOTE_ADDR="203.0.113.9").status_code == 302
    clock.shift(62)
    assert log_in(client, name).status_code == (302 if name == "ana" else 200)


def test_ipv6_network_of_one_visitor_is_locked_as_one_address(client, ana):
    """Who has one address of a /64 has them all; the log keeps the one that was used."""
    for number in range(6):
        log_in(client, password="wrong", REMOTE_ADDR=f"2001:db8::{number}")
    assert log_in(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert log_in(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 302
    failed = AuditEntry.objects.filter(event=AuditEvent.LOGIN_FAILED)
    assert failed.values("address").distinct().count() == 6


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


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("way", ["admin", "shell"])
def test_unlocking_lifts_every_limit(way, admin_client, client, ana):
    enrol(ana)
    log_in(client)
    for _ in range(6):
        client.post(CODE, {"code": "000000"})
        log_in(Client(), password="wrong")
    if way == "admin":
        users = reverse("admin:auth_user_changelist")
        admin_client.post(users, {"action": "unlock", "_selected_action": [ana.pk]})
    else:
        call_command("let_in", "ana", stdout=StringIO())
    assert AuditEvent.UNLOCKED in events()
    again = Client()
    assert log_in(again).status_code == 302
    again.post(CODE, {"code": code_now()})
    assert is_in(again)


def test_shell_lets_the_last_superuser_in_without_a_phone(client, admin_user):
    admin_user.set_password(PASSWORD)
    admin_user.save()
    enrol(admin_user)
    call_command("let_in", "admin", stdout=StringIO())
    log_in(client, "admin")
    assert is_in(client)
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_REMOVED, subject="admin").exists()
    with pytest.raises(CommandError, match="No hay una cuenta activa «nadie»"):
        call_command("let_in", "nadie")


@pytest.mark.parametrize("target", [*OTHER_SITES, "/admin/profiles/role/"])
def test_door_leads_back_to_the_page_asked_for_and_to_no_other_site(client, ana, target):
    expected = DESK if target in OTHER_SITES else target
    fields = {"login": "ana", "password": PASSWORD}
    assert client.post(f"{LOGIN}?next={target}", fields).url == expected
    assert Client().post(LOGIN, fields | {"next": target}).url == expected


@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "password/set/"])
def test_nobody_signs_up_or_is_sent_mail(client, path):
    prefix = LOGIN.removesuffix("ingresar/")
    assert client.get(prefix + path, follow=True).redirect_chain[-1][0].startswith(LOGIN)
    assert client.get(f"/accounts/{path}").status_code == 404


def test_password_change_ends_the_other_sessions(client, ana):
    other = Client()
    assert log_in(client).status_code == log_in(other).status_code == 302
    fields = {"old_password": PASSWORD, "new_password1": STRONG, "new_password2": STRONG}
    client.post(reverse("admin:password_change"), fields)
    assert (is_in(client), is_in(other)) == (True, False)
    logged = AuditEntry.objects.get(event=AuditEvent.PASSWORD_CHANGED)
    assert (logged.name, logged.subject) == ("ana", "ana")


def test_new_password_of_another_account_is_strong_and_logged(admin_client, ana):
    logged = AuditEntry.objects.filter(event=AuditEvent.PASSWORD_CHANGED)
    for new in ("corta-1", "123456789012", "password1234", STRONG):
        assert (ana.check_password(new), logged.exists()) == (False, False)
        fields = {"password1": new, "password2": new, "usable_password": "true"}
        admin_client.post(reverse("admin:auth_user_password_change", args=[ana.pk]), fields)
        ana.refresh_from_db()
    assert ana.check_password(STRONG)
    assert list(logged.values_list("name", "subject")) == [("admin", "ana")]


def test_old_password_cannot_be_guessed_where_it_is_changed(client, ana):
    log_in(client)
    page = reverse("admin:password_change")
    statuses = [client.post(page, {"old_password": "x"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


@pytest.mark.parametrize(("minutes", "visits"), [(119, 6), (121, 0), (100, 7)])
def test_session_ends_when_it_is_idle_or_half_a_day_old(client, ana, clock, minutes, visits):
    log_in(client)
    seen = []
    for _ in range(visits + 1):
        clock.shift(minutes * 60)
        seen.append(is_in(client))
    assert seen == [True] * visits + [False]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
        # Nobody to be believed said so, or nobody said it.
        *((0, "198.51.100.1", "192.0.2.1"), (2, "203.0.113.5", "192.0.2.1")),
        *((1, "", "192.0.2.1"), (1, "no-address", "192.0.2.1")),
    ],
)
def test_address_is_the_one_the_outermost_trusted_proxy_saw(
    rf, settings, proxies, forwarded, address
):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_name_cannot_write_a_second_entry():
    typed = "ana\r\n2026-11-23 ingreso root\x00\u202e" + "x" * 300
    logged = AuditEntry.objects.record(AuditEvent.LOGIN_FAILED, name=typed)
    assert logged.name.startswith("ana 2026-11-23 ingreso root x")
    assert (len(logged.name), logged.name.isprintable()) == (150, True)


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_log_is_not_written_by_anybody(admin_client, page):
    entry = AuditEntry.objects.record(AuditEvent.LOGIN, name="ana")
    args = [] if page == "add" else [entry.pk]
    url = reverse(f"admin:profiles_auditentry_{page}", args=args)
    fields = {"post": "yes", "event": "logout", "name": "eva", "at_0": "2026-01-01", "at_1": "0:00"}
    assert admin_client.post(url, fields).status_code == 403
    entry.refresh_from_db()
    assert (entry.event, entry.name) == ("login", "ana")
    assert not AuditEntry.objects.filter(name="eva").exists()


def test_housekeeping_prunes_what_is_of_no_more_use_and_nothing_else(
    settings, tmp_path, time_machine, client
):
    settings.BACKUP_FOLDER = tmp_path
    client.force_login(User.objects.create_user("ana", is_staff=True))
    Client().post(reverse("account_login"), {"login": "bea", "password": "x"})
    kinds = (Session, AccessAttempt, AuditEntry)
    for days, left in ((0, [1, 1, 2]), (1, [0, 0, 2]), (400, [0, 0, 0])):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        call_command("housekeeping", stdout=StringIO())
        assert [kind.objects.count() for kind in kinds] == left
