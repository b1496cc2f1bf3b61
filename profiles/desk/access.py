"""Who gets to the desk: second factor, session limits, and the log of it all.

Passwords and lock-out are Django's and axes', the second factor is allauth's; here is only
what ties them to the guide.
"""

import ipaddress
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, connection
from django.dispatch import receiver
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from profiles.documents.choices import AuditEvent
from profiles.models import AuditEntry
from profiles.models.groups import WRITERS_RIGHTS

# Session keys: when it began, and when it was last seen (both in seconds, at most a minute old).
BEGAN, SEEN = "began", "seen"
SEEN_EVERY = 60
# The names of the pages whose posts are counted: if that fails, they say "too many attempts".
COUNTING = ("account_", "mfa_", "password_change")


def client_address(request):
    """Return the visitor's IP address, behind as many proxies as ``PROXY_COUNT`` says, or None.

    Each proxy appends the address it saw, so only the last ones can be trusted.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = None
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        seen = _as_address(forwarded[-settings.PROXY_COUNT])
    return seen or _as_address(request.META.get("REMOTE_ADDR", ""))


def _as_address(text):
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    # A socket for both kinds writes 192.0.2.1 as ::ffff:192.0.2.1.
    return str(getattr(address, "ipv4_mapped", None) or address)


def counted_address(request):
    """Return the address that failures are counted for: of IPv6 the /64, which one visitor has."""
    address = client_address(request)
    if address and ":" in address:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return address


def must_have_second_factor(user):
    """Tell whether the house asks ``user`` for a second factor: whoever may more than write."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    return user.is_superuser or not user.get_all_permissions() <= WRITERS_RIGHTS


def is_read_only():
    """Tell whether PostgreSQL is a standby, or was told to take no writes."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return cursor.fetchone() == ("on",)


class DeskGate(MiddlewareMixin):
    """Middleware: no page of the admin opens for an old session or without the second factor."""

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        counts = request.method == "POST" and (match.url_name or "").startswith(COUNTING)
        if counts and is_read_only():
            raise OperationalError("The database takes no writes")
        if "admin" not in match.app_names or match.url_name == "logout":
            return None
        if not request.user.is_authenticated:
            return None
        return self._end_old_session(request) or self._ask_second_factor(request)

    def _end_old_session(self, request):
        now = time.time()
        if now - request.session.setdefault(BEGAN, now) > settings.SESSION_MAX_SECONDS:
            logout(request)
            return redirect_to_login(request.get_full_path())
        # Writing the session moves its end: this is what makes the limit one of idleness. Only by
        # reading: a save must not fail for it while the database takes no writes.
        if request.method == "GET" and now - request.session.get(SEEN, 0) > SEEN_EVERY:
            request.session[SEEN] = now
        return None

    def _ask_second_factor(self, request):
        records = get_authentication_records(request, request.user)
        is_given = any(record.get("method") == "mfa" for record in records)
        if is_given or not must_have_second_factor(request.user):
            return None
        if get_mfa_adapter().is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect_to_login(request.get_full_path(), "mfa_reauthenticate")
        text = _("Tu cuenta puede más que escribir: para entrar, activá el segundo factor.")
        messages.warning(request, text)
        return redirect_to_login(request.get_full_path(), "mfa_activate_totp")


class ClosedAccounts(DefaultAccountAdapter):
    """allauth without sign-up: accounts are made in the admin."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_address(request) or ""

    def pre_authenticate(self, request, **credentials):
        """Leave passwords to axes: a limit for each name alone would lock its owner out."""


class KeptSecondFactor(DefaultMFAAdapter):
    """The second factor, which those who must have it cannot take off."""

    def can_delete_authenticator(self, authenticator):
        return not must_have_second_factor(authenticator.user)


def unlock(user):
    """Lift every limit that wrong passwords and wrong codes have put on an account."""
    reset(username=user.get_username())
    ratelimit.clear(None, action="login_failed", key=f"mfa-auth-user-{user.pk}")


def remove_second_factor(user):
    Authenticator.objects.filter(user=user).delete()


# --- what the log hears ---

LOGGED = {
    user_login_failed: AuditEvent.LOGIN_FAILED,
    user_locked_out: AuditEvent.LOCKED_OUT,
    user_logged_out: AuditEvent.LOGOUT,
    signals.authentication_failed: AuditEvent.FACTOR_FAILED,
    signals.authenticator_reset: AuditEvent.CODES_RENEWED,
}


def audit(event, request, user=None, name="", subject=""):
    """Add an entry to the audit log, with the address that ``request`` came from."""
    address = client_address(request) if request else None
    AuditEntry.objects.record(event, by=user, name=name, address=address, subject=subject)


@receiver(user_logged_in)
def log_in(sender, request, user, **kwargs):
    request.session[BEGAN] = time.time()
    audit(AuditEvent.LOGIN, request, user)


@receiver([user_login_failed, user_locked_out])
def log_refusal(sender, signal, request=None, credentials=None, username=None, **kwargs):
    """Log a wrong password, or a lock; an attempt that axes refused unread has its lock there."""
    unread = getattr(request, "axes_failures_since_start", None) is None
    if getattr(request, "axes_locked_out", False) and unread:
        return
    name = (credentials or {}).get("username", username) or ""
    audit(LOGGED[signal], request, name=name)


@receiver([user_logged_out, signals.authentication_failed, signals.authenticator_reset])
def log_act(sender, signal, request, user, **kwargs):
    if user:
        audit(LOGGED[signal], request, user)


@receiver(signals.authenticator_added)
def log_factor(sender, request, user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.TOTP:
        # Its first code has just been given: it is used up, and this session needs no other.
        authenticator.wrap().validate_code(request.POST.get("code", ""))
        record = {"method": "mfa", "at": time.time(), "id": authenticator.pk}
        get_authentication_records(request, user).append(record)
        request.session.modified = True
        audit(AuditEvent.FACTOR_ADDED, request, user)


@receiver(signals.authenticator_removed)
def log_factor_removed(sender, request, user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.TOTP:
        audit(AuditEvent.FACTOR_REMOVED, request, user)
