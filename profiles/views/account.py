"""Account pages that allauth does not have, or says in English."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django.db import transaction
from django.utils.decorators import method_decorator
from django.views.generic import FormView


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
