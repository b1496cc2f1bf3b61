"""Deleting without losing: a last version is kept, and brings the profile back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profiles.admin.guarded import posted_number
from profiles.desk import CannotUndelete, record, undelete
from profiles.models import DeskVersion
from profiles.readiness import assess


def keep_deleted(profiles, by):
    """Keep a last version of each profile before it goes."""
    for profile in profiles:
        record(profile, by=by, why=_("Se eliminó"))


def tell_of_trash(admin, request):
    """Say where what was just deleted can be brought back from."""
    link = format_html(
        '{} <a href="{}">{}</a>.',
        _("Se puede recuperar desde"),
        reverse("admin:profiles_profile_trash"),
        _("la papelera"),
    )
    admin.message_user(request, link, messages.INFO)


class TrashPage:
    """The bin of the profile admin: what was deleted, and back with one action."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.trash_view)
        return [path("papelera/", view, name="profiles_profile_trash"), *super().get_urls()]

    def delete_model(self, request, obj):
        keep_deleted([obj], request.user)
        super().delete_model(request, obj)
        tell_of_trash(self, request)

    def delete_queryset(self, request, queryset):
        keep_deleted(queryset, request.user)
        super().delete_queryset(request, queryset)
        tell_of_trash(self, request)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def trash_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._undelete(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Papelera"),
            "opts": self.opts,
            "versions": DeskVersion.objects.deleted().for_timeline(),
        }
        return TemplateResponse(request, "admin/profiles/profile/trash.html", context)

    def _undelete(self, request):
        key = posted_number(request, "version")
        version = get_object_or_404(DeskVersion.objects.deleted(), pk=key)
        try:
            with transaction.atomic():
                profile = undelete(version, by=request.user)
                assess(profile.role)
        except CannotUndelete as refusal:
            reason = _("%(title)s no se recuperó: %(reason)s.")
            words = reason % {"title": version.title, "reason": refusal}
            self.message_user(request, words, messages.ERROR)
            return redirect("admin:profiles_profile_trash")
        done = _("se recuperó de la papelera")
        self.log_change(request, profile, done)
        self.message_user(request, f"{profile}: {done}.", messages.SUCCESS)
        return redirect("admin:profiles_profile_change", profile.pk)
