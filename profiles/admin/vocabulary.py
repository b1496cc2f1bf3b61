"""The shared vocabulary, which is public as soon as it is saved."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from profiles.admin.guarded import GuideAdmin
from profiles.models import Archetype, Area, Context, Page, Source, Trait

LIVE = _("Lo que guardás acá se ve en el sitio en el momento: no tiene borrador.")
ENTRY = [
    (None, {"description": LIVE, "fields": ["name", "slug", "summary", "body", "order"]}),
]


class LiveAdmin(GuideAdmin):
    """An entry without a draft: only those who may publish write it."""

    list_display = ["name", "slug", "order"]
    search_fields = ["name", "slug"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and may_publish(request)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and may_publish(request)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and may_publish(request)

    def get_readonly_fields(self, request, obj=None):
        # Addresses of the vocabulary have no redirect: links would break.
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}


def may_publish(request):
    """Tell whether the person asking may change what the public sees."""
    return request.user.has_perm("profiles.publish_profile")


@admin.register(Area)
class AreaAdmin(LiveAdmin):
    fieldsets = ENTRY


@admin.register(Context)
class ContextAdmin(LiveAdmin):
    list_display = ["name", "employee_range", "slug", "order"]
    fieldsets = [
        (
            None,
            {
                "description": LIVE,
                "fields": [
                    "name",
                    "slug",
                    ("min_employees", "max_employees"),
                    "summary",
                    "body",
                    "order",
                ],
            },
        )
    ]

    @admin.display(description=_("personas"), ordering="min_employees")
    def employee_range(self, context):
        return context.employee_range


@admin.register(Trait)
class TraitAdmin(LiveAdmin):
    """The six traits are fixed: they are edited, never added or deleted."""

    list_display = ["name", "code", "low_label", "high_label"]
    readonly_fields = ["code"]
    fieldsets = [
        (
            None,
            {"description": LIVE, "fields": ["code", "name", "slug", "summary", "definition"]},
        ),
        (
            _("Los dos polos"),
            {
                "description": _("Cada polo sirve para algo y cuesta algo: escribí las dos cosas."),
                "fields": [
                    ("low_label", "high_label"),
                    ("low_use", "high_use"),
                    ("low_cost", "high_cost"),
                ],
            },
        ),
        (_("En la entrevista"), {"fields": ["observation", "caution"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Archetype)
class ArchetypeAdmin(LiveAdmin):
    fieldsets = ENTRY


@admin.register(Page)
class PageAdmin(LiveAdmin):
    fieldsets = ENTRY


@admin.register(Source)
class SourceAdmin(LiveAdmin):
    list_display = ["name", "year", "citation"]
    search_fields = ["name", "citation", "slug"]
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "Una fuente existe y dice lo que decís que dice: abrí la dirección antes de "
                    "guardar."
                ),
                "fields": [("name", "year"), "slug", "citation", "url", "finding", "order"],
            },
        )
    ]
