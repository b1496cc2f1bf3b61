"""What people asked for and the guide does not have: to read."""

from django.contrib import admin

from profiles.admin.guarded import GuideAdmin
from profiles.models import MissingTitle


@admin.register(MissingTitle)
class MissingTitleAdmin(GuideAdmin):
    """Questions by how often they came; whoever reads profiles reads them."""

    list_display = ["text", "count"]
    search_fields = ["text"]
    fields = ["text", "count"]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("profiles.view_profile")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
