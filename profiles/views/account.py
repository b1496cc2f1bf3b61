"""What an account page of allauth says in English, said in Spanish."""

from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView


class RecoveryCodesFile(DownloadRecoveryCodesView):
    """The codes as a text file; who may download them is allauth's to say."""

    def render_to_response(self, context, **response_kwargs):
        response = super().render_to_response(context, **response_kwargs)
        response["Content-Disposition"] = 'attachment; filename="codigos-de-recuperacion.txt"'
        return response


recovery_codes_file = RecoveryCodesFile.as_view()
