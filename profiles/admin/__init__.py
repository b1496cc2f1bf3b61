"""The editors' product: Django's admin, one module per subject."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from profiles.admin import (
    accounts,
    audit,
    dashboard,
    editions,
    exchange_lists,
    missing,
    profiles,
    roles,
    vocabulary,
)

__all__ = [
    "accounts",
    "audit",
    "dashboard",
    "editions",
    "exchange_lists",
    "missing",
    "profiles",
    "roles",
    "vocabulary",
]

admin.site.site_header = _("Guía de Roles")
admin.site.site_title = _("Guía de Roles")
admin.site.index_title = _("Redacción")
