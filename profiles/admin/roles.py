"""Roles: what belongs to a job whatever the size of the company."""

from django.contrib import admin
from django.db.models import Case, When
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _

from profiles.admin.desk_fields import role_field
from profiles.admin.desk_form import PartForm, StampedForm, SteadyFormSet
from profiles.admin.desk_saves import DeskAdmin
from profiles.admin.exchange import RoleExchange
from profiles.admin.guarded import CleanText, empty_named
from profiles.admin.parts import OrderedFormSet, PartInline
from profiles.admin.shelf import Archived, Loaded, may_publish, public_names
from profiles.desk.history import keep_if_unknown
from profiles.models import (
    CareerStep,
    Edition,
    NearTitle,
    OccupationalCode,
    Profile,
    RelatedRole,
    Role,
    RoleAlias,
)

LIVE_FIELDS = {"name", "slug", "area"}
FORMER_LAST = Case(When(name="", then=1), default=0)
HELD = _(
    "El rol está publicado: su nombre, su área y sus direcciones cambian en el momento, así que "
    "los cambia solo quien puede publicar."
)
REFUSED = _(
    "El rol está publicado: una dirección que lleva a él la agrega solo quien puede publicar."
)


def held_names(request, role):
    """Return the public names of a role whose live facts the person asking may not change."""
    if role is None or may_publish(request.user):
        return None
    return public_names([role]).get(role.pk)


def hold(form):
    """Say beside the address of a form why it is not to be changed."""
    # Who may only look has no field.
    if slug := form.base_fields.get("slug"):
        slug.help_text = HELD


class AliasFormSet(OrderedFormSet):
    """Leaves a name without an address where a name beside it has that address."""

    # What ``leads_visitors`` asks for; None where whoever writes may change what it tells of.
    public_names = None

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk and self._leads_visitors(form.instance):
            for name in {"name", "slug", DELETION_FIELD_NAME} & form.fields.keys():
                form.fields[name].disabled = True

    def clean(self):
        super().clean()
        taken = set()
        for alias in (form.instance for form in self.forms):
            if alias.name and alias.slug in taken:
                alias.slug = None
            taken.add(alias.slug)
        for form in self.forms:
            if not form.fields["slug"].disabled and self._leads_visitors(form.instance):
                form.add_error("slug", REFUSED)

    def _leads_visitors(self, alias):
        return self.public_names is not None and alias.leads_visitors(self.public_names)


class AliasInline(PartInline):
    model = RoleAlias
    formset = AliasFormSet
    fields = ["name", "slug", "order"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if (names := held_names(request, obj)) is not None:
            formset.public_names = names
            hold(formset.form)
        return formset

    def get_queryset(self, request):
        # Former addresses stand behind the names, as in a document.
        return super().get_queryset(request).order_by(FORMER_LAST, "order", "pk")


class CodeInline(CleanText, admin.TabularInline):
    model = OccupationalCode
    form = PartForm
    formset = SteadyFormSet
    extra = 0
    classes = ["collapse", "parts"]


class RelatedInline(PartInline):
    model = RelatedRole
    fk_name = "role"
    fields = ["related", "difference", "order"]
    autocomplete_fields = ["related"]


class NearInline(PartInline):
    model = NearTitle
    fields = ["title", "difference", "order"]


class CareerInline(PartInline):
    model = CareerStep
    fields = ["title", "years", "changes", "order"]


class RoleForm(StampedForm):
    """What belongs to a role; its profiles have their own pages."""

    field_at = staticmethod(role_field)
    is_live = True


@admin.register(Role)
class RoleAdmin(RoleExchange, Archived, Loaded, DeskAdmin):
    """A role. Its facts become public with its base profile; its name and area are live."""

    form = RoleForm
    list_display = ["name", "area", "primary_archetype", "slug", "updated_at"]
    list_filter = ["area", ("primary_archetype", empty_named(_("Sin arquetipo")))]
    list_select_related = ["area", "primary_archetype"]
    search_fields = ["name", "slug", "aliases__name", "aliases__slug"]
    actions = ["export_yaml", "export_json"]
    inlines = [AliasInline, NearInline, RelatedInline, CareerInline, CodeInline]
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "El nombre, el área y la dirección de un rol publicado cambian en el momento, "
                    "y la dirección anterior redirige. Lo demás sale con el perfil base: para que "
                    "se vea, publicá ese perfil."
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

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if held_names(request, obj) is not None:
            hold(form)
            for name in LIVE_FIELDS & form.base_fields.keys():
                form.base_fields[name].disabled = True
        return form

    def save_model(self, request, obj, form, change):
        base = Profile.objects.filter(role=obj.pk, context=None).first()
        if base:
            keep_if_unknown(base)
        super().save_model(request, obj, form, change)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def view_on_site(self, role):
        public = Edition.objects.published().base().filter(role=role)
        return role.get_absolute_url() if public.exists() else None
