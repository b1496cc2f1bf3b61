"""Two editors move one role at the same moment: the second finds what the first has done."""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from profiles.admin.roles import start_profile
from profiles.desk.history import keep, restore
from profiles.desk.publishing import NotPublishable, publish, publish_roles, unschedule, withdraw
from profiles.documents.choices import WorkflowState
from profiles.models import Area, Context, Edition, Profile
from tests.desk.editors import delete, save
from tests.helpers.factories import make_role

WAITING_FOR_US = """
SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""
pytestmark = [
    pytest.mark.dialect,
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.usefixtures("vocabulary"),
]


@pytest.fixture(autouse=True)
def a_server(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: the second has not begun to read")


def while_unseen(first, second, then=lambda: None):
    """Do ``second`` elsewhere while nobody sees yet what ``first`` did; return its exception.

    ``then`` is done with the first, once the second waits for it.
    """
    failed = []

    def act():
        try:
            second()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        first()
        other.start()
        wait_until_blocked(other)
        then()
    other.join()
    return failed


def wait_until_blocked(thread):
    """Wait until ``thread`` waits for a lock of this transaction, or has ended without."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone():
                return
            time.sleep(0.01)


def test_what_is_published_meanwhile_is_withdrawn_too():
    role = make_role()
    base, _ = role.profiles.base_first()
    assert while_unseen(lambda: publish(base), lambda: withdraw(base)) == []
    assert not Edition.objects.published().filter(role=role).exists()
    assert set(role.profiles.values_list("state", flat=True)) == {WorkflowState.ARCHIVED}


def test_context_is_not_scheduled_while_its_base_is_called_off():
    base, startup = make_role(publish=False).profiles.base_first()
    later = timezone.now() + timedelta(days=1)
    publish(base, at=later)
    (refusal,) = while_unseen(lambda: unschedule(base), lambda: publish(startup, at=later))
    assert isinstance(refusal, NotPublishable)
    assert not startup.editions.exists()


@pytest.fixture
def editor(client):
    client.force_login(User.objects.create_superuser("ana"))
    return client


def delete_draft(client, role):
    draft = start_profile(role, Context.objects.get(slug="global"), None, by=None)
    assert delete(client, draft).status_code == 302


# What moves what is public, begun while somebody else goes from role to role.
ACTS = {
    "publish": lambda client, role: publish(role.profiles.base_first()[0]),
    "withdraw": lambda client, role: withdraw(role.profiles.base_first()[0]),
    "go back": lambda client, role: restore(Edition.objects.base().get(role=role).version),
    "go back to facts": lambda client, role: restore(role.versions.first()),
    "rename": lambda client, role: save(client, role, slug="otra"),
    "delete": delete_draft,
}


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("act", ACTS)
def test_who_writes_several_roles_and_an_editor_of_one_never_wait_for_each_other(editor, act):
    first, second = make_role("role-a"), make_role("role-b")
    keep(second)
    Profile.objects.filter(context=None).update(summary="Otra.")
    failed = while_unseen(
        lambda: publish_roles([first.pk]),
        lambda: ACTS[act](editor, second),
        lambda: publish_roles([second.pk]),
    )
    assert failed == []


@pytest.mark.ignore_template_errors
def test_who_writes_several_entries_and_an_editor_of_one_never_wait_for_each_other(editor):
    first, second = Area.objects.order_by("pk")[:2]
    failed = while_unseen(first.save, lambda: save(editor, second, name="Otra"), second.save)
    assert failed == []


def test_publishing_waits_for_a_save_of_the_role_and_holds_nothing_that_it_needs():
    role = make_role()
    base, _ = role.profiles.base_first()

    def go_on_to_the_base():
        Profile.objects.select_for_update(nowait=True).get(pk=base.pk)

    assert while_unseen(role.save, lambda: publish(base), go_on_to_the_base) == []
