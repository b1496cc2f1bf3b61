"""Roles: what belongs to a job whatever the size of the company."""

from django.contrib import admin
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _

from profiles.admin.desk_form import StampedForm, SteadyFormSet
from profiles.admin.desk_trash import keep_deleted, tell_of_trash
from profiles.admin.exchange import RoleExchange
from profiles.admin.guarded import CleanText, GuideAdmin
from profiles.admin.parts import OrderedFormSet, PartInline
from profiles.admin.shelf import refuse_published
from profiles.desk import keep_if_unknown, record_role
from profiles.models import (
    CareerStep,
    Edition,
    OccupationalCode,
    Profile,
    RelatedRole,
    Role,
    RoleAlias,
)
from profiles.readiness import assess


class AliasFormSet(OrderedFormSet):
    """Leaves a name without an address where a name beside it has that address."""

    def clean(self):
        super().clean()
        taken = set()
        for alias in (form.instance for form in self.forms):
            if alias.name and alias.slug in taken:
                alias.slug = None
            taken.add(alias.slug)


class AliasInline(PartInline):
    model = RoleAlias
    formset = AliasFormSet
    fields = ["name", "slug", "order"]
    classes = ["collapse"]


class CodeInline(CleanText, admin.TabularInline):
    model = OccupationalCode
    formset = SteadyFormSet
    extra = 0
    classes = ["collapse"]


class RelatedInline(PartInline):
    model = RelatedRole
    fk_name = "role"
    fields = ["related", "difference", "order"]
    autocomplete_fields = ["related"]
    classes = ["collapse"]


class CareerInline(PartInline):
    model = CareerStep
    fields = ["title", "years", "changes", "order"]
    classes = ["collapse"]


class RoleForm(StampedForm):
    """What belongs to a role; its profiles have their own pages."""


@admin.register(Role)
class RoleAdmin(RoleExchange, GuideAdmin):
    """A role. Its facts become public when its base profile is published."""

    form = RoleForm
    list_display = ["name", "area", "primary_archetype", "slug", "updated_at"]
    list_filter = ["area", "primary_archetype"]
    list_select_related = ["area", "primary_archetype"]
    search_fields = ["name", "slug", "aliases__name", "aliases__slug"]
    actions = ["export_yaml", "export_json"]
    inlines = [AliasInline, RelatedInline, CareerInline, CodeInline]
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "Lo que escribís acá sale con el perfil base: para que se vea, publicá ese "
                    "perfil. La dirección es la excepción: si la cambiás, cambia en el momento y "
                    "la anterior redirige."
                ),
                "fields": ["name", "slug", "area"],
            },
        ),
        (
            _("Arquetipos"),
            {
                "description": _("Un estilo de trabajo para conversar, no un tipo de persona."),
                "fields": [("primary_archetype", "secondary_archetype"), "archetype_reason"],
            },
        ),
    ]

    class Media:
        js = [Script("js/admin_sorting.js", defer=True)]

    def save_model(self, request, obj, form, change):
        base = Profile.objects.filter(role=obj.pk, context=None).first()
        if base:
            keep_if_unknown(base)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if why := form.reason(formsets):
            record_role(form.instance, by=request.user, why=why)
            assess(form.instance)

    def delete_model(self, request, obj):
        keep_deleted(obj.profiles.all(), request.user)
        super().delete_model(request, obj)
        tell_of_trash(self, request)

    def delete_queryset(self, request, queryset):
        keep_deleted(Profile.objects.filter(role__in=queryset), request.user)
        super().delete_queryset(request, queryset)
        tell_of_trash(self, request)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def view_on_site(self, role):
        public = Edition.objects.published().base().filter(role=role)
        return role.get_absolute_url() if public.exists() else None

    def get_deleted_objects(self, objs, request):
        profiles = [profile for role in objs for profile in role.profiles.all()]
        return refuse_published(super().get_deleted_objects(objs, request), profiles)
