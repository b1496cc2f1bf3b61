"""A save that the database refused comes back as the form, with the text and the reason."""

import logging

from django.contrib.admin import ActionLocation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

BUSY = _(
    "No se guardó: la base de datos no responde o está ocupada. Tu texto sigue acá abajo: probá de "
    "nuevo en un minuto."
)
TAKEN = _("No se guardó: otra persona guardó lo mismo en este momento. Tu texto sigue acá abajo.")
ACTION = f"{ActionLocation.CHANGE_FORM.value}-action"
SAVES = frozenset({"_save", "_continue", "_addanother"})


class KeepsUnsaved:
    """Shows the form again where saving it failed for want of the database, not of the editor.

    Reading still works while another process writes or the disk is full; where it does not, the
    page that says when to come back is all there is.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        arguments = (request, object_id, form_url, extra_context)
        try:
            return super().changeform_view(*arguments)
        except (OperationalError, IntegrityError) as error:
            if not is_save(request):
                raise
            logger.exception("A save was refused by the database")
            request.refusal = TAKEN if isinstance(error, IntegrityError) else BUSY
        # Outside the transaction that failed; a form that is refused saves nothing.
        return self._changeform_view(*arguments)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if refusal := getattr(request, "refusal", None):
            return type(form.__name__, (Refused, form), {"refusal": refusal})
        return form


def is_save(request):
    """Tell whether a page of the admin was asked to save its form, by Django's own rule."""
    return request.method == "POST" and (ACTION not in request.POST or SAVES & request.POST.keys())


class Refused:
    """Makes a form invalid for ``refusal``, whatever it holds; nothing is locked for it."""

    stamped = False

    def clean(self):
        cleaned = super().clean()
        self.add_error(None, ValidationError(self.refusal))
        return cleaned
