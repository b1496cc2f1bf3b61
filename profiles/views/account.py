"""The way in: allauth's pages, and what they lack or say in English."""

import threading

from allauth.account.decorators import reauthentication_required
from allauth.account.views import login as stock_login
from allauth.account.views import logout, reauthenticate
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.db import transaction
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView

from profiles.views.errors import busy

__all__ = ["login", "logout", "reauthenticate", "recovery_codes_file", "replace_authenticator"]

# A password is hashed for some 0.3 s of a CPU, on the threads that serve pages: so many at once.
HASHING = threading.BoundedSemaphore(2)


def login(request):
    """allauth's log-in; who comes while a worker checks others is asked to try again."""
    if request.method != "POST":
        return stock_login(request)
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


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class ReplaceAuthenticator(ActivateTOTPView):
    """Moves the second factor to another phone; the old one counts until the new has its code."""

    extra_context = {"replaces": True}

    def dispatch(self, request, *args, **kwargs):
        # allauth's own sends whoever has an authenticator away.
        return FormView.dispatch(self, request, *args, **kwargs)

    @transaction.atomic
    def form_valid(self, form):
        own = Authenticator.objects.filter(user=self.request.user)
        own.filter(type=Authenticator.Type.TOTP).delete()
        return super().form_valid(form)


recovery_codes_file = RecoveryCodesFile.as_view()
replace_authenticator = ReplaceAuthenticator.as_view()
