"""What an editor does with a profile as a whole: publish, withdraw, discard."""

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import F
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.admin.shelf import errors_of, is_on_shelf, is_public, role_errors
from profiles.admin.wording import say_all
from profiles.choices import WorkflowState
from profiles.models import Profile
from profiles.publishing import (
    NotPublishable,
    has_unpublished_changes,
    publish,
    restore,
    withdraw,
)

EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]


class ProfileActions:
    """The actions of the profile pages, for those who hold ``profiles.publish_profile``."""

    def has_publish_permission(self, request):
        return request.user.has_perm("profiles.publish_profile")

    @admin.action(
        permissions=["publish"],
        description=gettext_lazy("Publicar lo guardado"),
        description_plural=gettext_lazy("Publicar los perfiles elegidos"),
        location=EVERYWHERE,
    )
    def publish_profiles(self, request, queryset):
        # A context's profile needs its base on the shelf: bases go first.
        for profile in queryset.order_by(F("context__order").asc(nulls_first=True)):
            self._publish(request, profile)

    def _publish(self, request, profile):
        findings = _unready(profile)
        if not findings and is_public(profile) and not has_unpublished_changes(profile):
            self._tell(request, profile, _("no tiene cambios sin publicar"), messages.INFO)
            return
        try:
            if findings:
                raise NotPublishable(profile, findings)
            edition = publish(profile, by=request.user)
        except NotPublishable as refusal:
            reason = _("no se publicó. %(findings)s") % {"findings": say_all(refusal.findings)}
            self._tell(request, profile, reason, messages.ERROR)
        else:
            done = _("se publicó la edición %(number)s") % {"number": edition.number}
            self._record(request, profile, done)

    @admin.action(
        permissions=["publish"],
        description=gettext_lazy("Retirar del sitio"),
        description_plural=gettext_lazy("Retirar del sitio los perfiles elegidos"),
        location=EVERYWHERE,
    )
    def withdraw_profiles(self, request, queryset):
        # Which are on the shelf has to be known before a base takes its contexts with it.
        shelved = [profile for profile in queryset if is_on_shelf(profile)]
        for profile in shelved:
            withdraw(profile)
            self._record(request, profile, _withdrawn(profile))
        for profile in queryset.exclude(pk__in=[profile.pk for profile in shelved]):
            self._tell(request, profile, _("no estaba publicado"), messages.INFO)

    @admin.action(
        permissions=["publish"],
        description=gettext_lazy("Descartar cambios y volver a lo publicado"),
        description_plural=gettext_lazy("Descartar los cambios de los perfiles elegidos"),
        location=EVERYWHERE,
    )
    def discard_changes(self, request, queryset):
        if not request.POST.get("confirmed"):
            return self._ask(request, queryset)
        for profile in queryset:
            self._discard(request, profile)
        return None

    def _discard(self, request, profile):
        edition = profile.editions.published().first()
        if edition is None:
            reason = _("no está publicado: no hay a qué volver")
            self._tell(request, profile, reason, messages.WARNING)
            return
        restore(edition)
        # The desk is what the shelf holds: nothing is a draft any more.
        Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.PUBLISHED)
        done = _("volvió a la edición %(number)s") % {"number": edition.number}
        self._record(request, profile, done)

    def _ask(self, request, queryset):
        """Show what will be lost; what the page posts comes back to the same action."""
        names = ("action", f"{ActionLocation.CHANGE_FORM.value}-action")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Descartar cambios"),
            "opts": self.opts,
            "profiles": queryset,
            "action_name": next(name for name in names if name in request.POST),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/profiles/profile/discard.html", context)

    def _record(self, request, profile, done):
        self.log_change(request, profile, done)
        self._tell(request, profile, done, messages.SUCCESS)

    def _tell(self, request, profile, words, level):
        self.message_user(request, f"{profile}: {words}.", level)


def _unready(profile):
    """Return what ``publish`` could not even read, such as a role without its base profile."""
    errors = errors_of(profile, role_errors(profile.role))
    return [error for error in errors if not error.path]


def _withdrawn(profile):
    if profile.context_id:
        return _("se retiró del sitio")
    return _("se retiró del sitio, con los contextos del rol")
