"""The base of the admin pages whose saves are kept: nothing that was saved is ever lost."""

from django.utils.translation import gettext as _

from profiles.admin.desk_conflict import ConflictPanel
from profiles.admin.desk_trash import TrashPage
from profiles.admin.guarded import GuideAdmin
from profiles.admin.history import HistoryPages
from profiles.desk import keep_if_unknown, record


class DeskAdmin(ConflictPanel, HistoryPages, TrashPage, GuideAdmin):
    """A page whose form is a StampedForm: each save is a version, with a history and a bin."""

    change_list_template = "admin/profiles/desk_list.html"

    def save_model(self, request, obj, form, change):
        if change:
            keep_if_unknown(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if why := form.reason(formsets) if change else _("Se creó"):
            self.record(form.instance, by=request.user, why=why)
            self.after_change(form.instance)

    def record(self, row, **saved):
        """Keep a new version of ``row``."""
        record(row, **saved)

    def after_change(self, row):
        """Do what a change of ``row`` on the desk asks for."""
