"""Deleting without losing: a last version is kept, and brings back what was deleted."""

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
from profiles.desk import CannotComeBack, deleted, record, undelete
from profiles.models import ContentVersion


class TrashPage:
    """The bin of an admin: what was deleted, and back with one action."""

    @property
    def trash_name(self):
        return f"profiles_{self.opts.model_name}_trash"

    def get_urls(self):
        view = self.admin_site.admin_view(self.trash_view)
        return [path("papelera/", view, name=self.trash_name), *super().get_urls()]

    def delete_model(self, request, obj):
        ContentVersion.hold()
        self.keep_deleted([obj], request.user)
        super().delete_model(request, obj)
        self._tell_of_trash(request)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        ContentVersion.hold()
        self.keep_deleted(queryset, request.user)
        super().delete_queryset(request, queryset)
        self._tell_of_trash(request)

    def keep_deleted(self, rows, by):
        """Keep a last version of each row before it goes."""
        for row in rows:
            record(row, by=by, why=_("Se eliminó"))

    def _tell_of_trash(self, request):
        link = format_html(
            '{} <a href="{}">{}</a>.',
            _("Se puede recuperar desde"),
            reverse(f"admin:{self.trash_name}"),
            _("la papelera"),
        )
        self.message_user(request, link, messages.INFO)

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
            "versions": deleted(self.model).for_timeline(),
        }
        return TemplateResponse(request, "admin/profiles/trash.html", context)

    def _undelete(self, request):
        key = posted_number(request, "version")
        version = get_object_or_404(deleted(self.model), pk=key)
        try:
            with transaction.atomic():
                row = undelete(version, by=request.user)
                self.after_change(row)
        except CannotComeBack as refusal:
            reason = _("%(title)s no se recuperó: %(reason)s.")
            words = reason % {"title": version.title, "reason": refusal}
            self.message_user(request, words, messages.ERROR)
            return redirect(f"admin:{self.trash_name}")
        done = _("se recuperó de la papelera")
        self.log_change(request, row, done)
        self.message_user(request, f"{row}: {done}.", messages.SUCCESS)
        return redirect(f"admin:profiles_{self.opts.model_name}_change", row.pk)
