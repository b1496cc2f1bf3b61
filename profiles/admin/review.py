"""Review dates: what nobody has looked at for a year, and saying that somebody has."""

import datetime

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.desk.content_version import editorial_act
from profiles.desk.history import keep_if_unknown, record
from profiles.documents.choices import WorkflowState
from profiles.models import Profile

REVIEW_LASTS = datetime.timedelta(days=365)


def overdue(profiles):
    """Return those of ``profiles`` whose last review is a year old; a public one needs one."""
    limit = timezone.localdate() - REVIEW_LASTS
    never = Q(reviewed_on=None, state=WorkflowState.PUBLISHED)
    return profiles.exclude(state=WorkflowState.ARCHIVED).filter(Q(reviewed_on__lte=limit) | never)


class ReviewFilter(admin.SimpleListFilter):
    """Keeps the profiles that are due for a review."""

    title = gettext_lazy("revisión")
    parameter_name = "revision"

    def lookups(self, request, model_admin):
        return [("vencida", _("hace más de 12 meses"))]

    def queryset(self, request, queryset):
        return overdue(queryset) if self.value() else queryset


class ReviewActions:
    """The action that dates a review, for those who hold ``profiles.publish_profile``."""

    @admin.action(
        permissions=["publish"],
        description=gettext_lazy("Marcar como revisado hoy"),
        description_plural=gettext_lazy("Marcar como revisados hoy los perfiles elegidos"),
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def mark_reviewed(self, request, queryset):
        profiles = list(queryset)
        with editorial_act(*(profile.role_id for profile in profiles)):
            for profile in profiles:
                keep_if_unknown(profile)
                reviewed = {"reviewed_on": timezone.localdate(), "reviewer": request.user}
                Profile.objects.filter(pk=profile.pk).update(**reviewed)
                record(profile, by=request.user, why=_("Se revisó"))
                self.log_change(request, profile, _("Se revisó."))
        done = ngettext(
            "%d perfil lleva la fecha de hoy; publicalo para que se vea en el sitio.",
            "%d perfiles llevan la fecha de hoy; publicalos para que se vea en el sitio.",
            len(profiles),
        )
        self.message_user(request, done % len(profiles), messages.SUCCESS)
