"""Many guesses at one second factor in the same moment, as several workers would take them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection

from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry

pytestmark = [pytest.mark.dialect, pytest.mark.django_db(transaction=True), pytest.mark.postgres]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENT = 1_795_000_005
INCORRECT = {"code": ["Código incorrecto."]}


@pytest.fixture
def together(db, rf, time_machine):
    """Return a function that types codes of Ana's, all at once, and returns what is said."""
    if connection.vendor != "postgresql":
        pytest.skip("The tests' SQLite lies in memory, where a thread cannot close its connection")
    cache.clear()
    time_machine.move_to(MOMENT, tick=False)
    ana = User.objects.create_user("ana")
    TOTP.activate(ana, SECRET)

    def type_one(code):
        try:
            with context.request_context(rf.post("/")):
                return AuthenticateForm(user=ana, data={"code": code}).errors
        finally:
            connection.close()

    def type_all(*codes):
        with ThreadPoolExecutor(len(codes)) as people:
            return list(people.map(type_one, codes))

    return type_all


def test_codes_guessed_at_once_are_as_few_as_one_after_the_other(together):
    said = together(*(f"{number:06}" for number in range(8)))
    assert said.count(INCORRECT) <= 5
    assert AuditEntry.objects.filter(event=AuditEvent.FACTOR_FAILED).count() == said.count(
        INCORRECT
    )


def test_code_typed_twice_at_once_is_good_once(together):
    code = format_hotp_value(hotp_value(SECRET, MOMENT // 30))
    assert together(code, code, code).count({}) == 1
