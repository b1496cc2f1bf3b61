"""The base of the admin pages whose saves are kept: nothing that was ever public is lost."""

from django.db import transaction
from django.utils.translation import gettext as _

from profiles.admin.desk_conflict import ConflictPanel
from profiles.admin.guarded import GuideAdmin
from profiles.admin.history import HistoryPages
from profiles.admin.shelf import refuse
from profiles.desk.history import keep_if_unknown, record
from profiles.models import ContentVersion


class DeskAdmin(ConflictPanel, HistoryPages, GuideAdmin):
    """A page whose form is a StampedForm: each save is a version, with a history.

    A row that ``reasons_to_stay`` has a word for is not deleted.
    """

    def save_model(self, request, obj, form, change):
        if change:
            keep_if_unknown(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if why := form.reason(formsets) if change else _("Se creó"):
            record(form.instance, by=request.user, why=why)

    def reasons_to_stay(self, row):
        """Return, in words, why ``row`` is not deleted, beside what points to it."""
        return []

    def get_deleted_objects(self, objs, request):
        reasons = [reason for row in objs for reason in self.reasons_to_stay(row)]
        return refuse(super().get_deleted_objects(objs, request), reasons)

    def delete_model(self, request, obj):
        ContentVersion.hold()
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        ContentVersion.hold()
        super().delete_queryset(request, queryset)
