"""The audit log: to read, never to write."""

from django.contrib import admin

from profiles.admin.guarded import GuideAdmin
from profiles.models import AuditEntry


@admin.register(AuditEntry)
class AuditAdmin(GuideAdmin):
    """What happened at the desk. Entries come from the guide itself."""

    list_display = ["at", "event", "name", "subject", "address"]
    list_filter = ["event", "at"]
    search_fields = ["name", "subject"]
    fields = ["at", "event", "name", "person", "subject", "address"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
