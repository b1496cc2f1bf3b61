"""People at the desk: how they log in, their second factor, what the log heard."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import Group, User
from django.test import Client

from profiles.models import AuditEntry

PASSWORD = "una-clave-bastante-larga"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/admin/cuenta/ingresar/"
CODE = "/admin/cuenta/segundo-factor/authenticate/"
DESK = "/admin/"


def member(group):
    """Return a browser in which a member of ``group`` is logged in."""
    client = Client()
    client.user = User.objects.create_user(f"de-{group}", is_staff=True)
    client.user.groups.add(Group.objects.get(name=group))
    client.force_login(client.user)
    return client


def log_in(client, name="ana", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password}, **more)


def code_now(secret=SECRET):
    """Return what an app that holds ``secret`` shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrol(user):
    """Give ``user`` the second factor and return the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def is_in(client):
    return client.get(DESK).status_code == 200


def events():
    return list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))
