"""The audit log hears what happened and is never rewritten."""

from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.desk.publishing import publish
from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from tests.helpers.factories import make_role

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
LIST = reverse("admin:profiles_auditentry_changelist")


@pytest.fixture
def entry():
    return AuditEntry.objects.record(AuditEvent.LOGIN, name="ana", address="192.0.2.1")


def test_publication_that_is_rolled_back_is_not_logged(admin_user):
    role = make_role(publish=False)
    with transaction.atomic():
        publish(role.profiles.get(context=None), by=admin_user)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(event=AuditEvent.PUBLISHED).exists()


def test_name_cannot_write_a_second_entry():
    typed = "ana\r\n2026-11-23 ingreso root\x00\u202e" + "x" * 300
    logged = AuditEntry.objects.record(AuditEvent.LOGIN_FAILED, name=typed)
    assert logged.name.startswith("ana 2026-11-23 ingreso root x")
    assert len(logged.name) == 150
    assert logged.name.isprintable()


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_log_is_not_written_by_anybody(admin_client, entry, page):
    args = [] if page == "add" else [entry.pk]
    url = reverse(f"admin:profiles_auditentry_{page}", args=args)
    fields = {"post": "yes", "event": "logout", "name": "eva", "at_0": "2026-01-01", "at_1": "0:00"}
    assert admin_client.post(url, fields).status_code == 403
    entry.refresh_from_db()
    assert (entry.event, entry.name) == ("login", "ana")
    assert not AuditEntry.objects.filter(name="eva").exists()


def test_withdrawal_is_recorded(admin_client, vocabulary):
    role = make_role("audited-role", contexts=())
    profile = role.profiles.get()
    admin_client.post(
        reverse("admin:profiles_profile_changelist"),
        {"action": "withdraw_profiles", "_selected_action": [profile.pk], "confirmed": 1},
    )
    entry = AuditEntry.objects.get(event=AuditEvent.WITHDRAWN)
    assert entry.subject == str(profile)


def test_housekeeping_prunes_what_is_of_no_more_use_and_nothing_else(time_machine, entry, client):
    call_command("housekeeping", stdout=StringIO())
    assert AuditEntry.objects.filter(pk=entry.pk).exists()
    client.force_login(User.objects.create_user("ana", is_staff=True))
    Client().post(reverse("account_login"), {"login": "bea", "password": "x"})
    kinds = (Session, AccessAttempt, AuditEntry)
    assert [kind.objects.count() for kind in kinds] == [1, 1, 3]
    time_machine.move_to(timezone.now() + timedelta(days=1))
    call_command("housekeeping", stdout=StringIO())
    assert [kind.objects.count() for kind in kinds] == [0, 0, 3]
    time_machine.move_to(timezone.now() + timedelta(days=400))
    call_command("housekeeping", stdout=StringIO())
    assert not AuditEntry.objects.exists()
