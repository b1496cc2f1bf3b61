"""What people asked for and the guide does not have: to read, and to forget."""

from django.contrib import admin

from profiles.admin.guarded import GuideAdmin
from profiles.models import UnansweredQuestion


@admin.register(UnansweredQuestion)
class UnansweredQuestionAdmin(GuideAdmin):
    """Questions by how often they came; filled only if ``COUNT_SEARCHES`` is on."""

    list_display = ["text", "count"]
    search_fields = ["text"]
    fields = ["text", "count"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
