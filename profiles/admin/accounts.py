"""People and groups, with the guide's guards."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from profiles.admin.guarded import GuardedSearch

admin.site.unregister([User, Group])


@admin.register(User)
class GuideUserAdmin(GuardedSearch, UserAdmin):
    """An account; whether it may publish is a permission."""


@admin.register(Group)
class GuideGroupAdmin(GuardedSearch, GroupAdmin):
    """A set of permissions that several accounts share."""
