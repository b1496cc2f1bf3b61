"""The way in: allauth's pages, and what they lack."""

import threading

from allauth.account.views import login as stock_login
from allauth.account.views import logout, reauthenticate
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from django.db import OperationalError
from django.utils.translation import gettext as _

from profiles.views.errors import busy
from profiles.views.health import is_read_only

__all__ = ["login", "logout", "reauthenticate", "recovery_codes_file"]

# A password is hashed for some 0.3 s of a CPU, on the threads that serve pages: so many at once.
HASHING = threading.BoundedSemaphore(2)


def login(request):
    """allauth's log-in; who comes while a worker checks others is asked to try again."""
    if request.method != "POST":
        return stock_login(request)
    if is_read_only():  # allauth would take it for too many attempts
        raise OperationalError("The database takes no writes")
    if not HASHING.acquire(blocking=False):
        return busy(request, _("Hay demasiados ingresos a la vez"), _("Probá en unos segundos."))
    try:
        return stock_login(request)
    finally:
        HASHING.release()


class RecoveryCodesFile(DownloadRecoveryCodesView):
    """The codes as a text file; who may download them is allauth's to say."""

    def render_to_response(self, context, **response_kwargs):
        response = super().render_to_response(context, **response_kwargs)
        response["Content-Disposition"] = 'attachment; filename="codigos-de-recuperacion.txt"'
        return response


recovery_codes_file = RecoveryCodesFile.as_view()
