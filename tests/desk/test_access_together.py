"""Many guesses at one second factor in the same moment: each counts for those behind it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.core import context
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.db import connection

from profiles.access import MAX_WRONG_CODES, LoginCodeForm
from profiles.choices import AuditEvent
from profiles.models import AuditEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
INCORRECT = {"code": ["Código incorrecto."]}


@pytest.fixture
def ana(db):
    user = User.objects.create_user("ana")
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return user


@pytest.fixture
def guess(ana, rf):
    """Return a function that types a wrong code, in any thread, and returns what is said."""

    def guess(number):
        with context.request_context(rf.post("/")):
            return LoginCodeForm(user=ana, data={"code": f"{number:06}"}).errors

    return guess


@pytest.fixture
def while_counting(monkeypatch):
    """Return a function that has something done once a guess has counted those before it."""
    count = LoginCodeForm._wrong_codes

    def while_counting(act):
        def count_and_act(form):
            found = count(form)
            act()
            return found

        monkeypatch.setattr(LoginCodeForm, "_wrong_codes", count_and_act)

    return while_counting


def test_codes_guessed_at_once_are_as_few_as_one_after_the_other(guess, while_counting):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: the next test says that a guess is one")
    while_counting(lambda: time.sleep(0.05))

    def guess_elsewhere(number):
        try:
            return guess(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        said = list(people.map(guess_elsewhere, range(8)))
    assert said.count(INCORRECT) == MAX_WRONG_CODES
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_FAILED).count() == MAX_WRONG_CODES


def test_guess_is_counted_and_logged_in_one_transaction(guess, while_counting):
    together = []
    while_counting(lambda: together.append(connection.in_atomic_block))
    assert guess(0) == INCORRECT
    assert together == [True]
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_FAILED).count() == 1
