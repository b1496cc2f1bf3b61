"""Profiles: a role in a context, written on one page."""

import datetime

from django.contrib import admin
from django.forms.widgets import Script
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from pydantic import ValidationError

from profiles.admin.actions import PAGES, ProfileActions
from profiles.admin.base import empty_named, fieldset
from profiles.admin.history import DeskAdmin
from profiles.admin.profile_pages import ProfilePages, problems
from profiles.admin.profile_parts import (
    BASE_INLINES,
    ConsiderationInline,
    OutcomeInline,
    QuestionInline,
    RedFlagInline,
    StrengthInline,
    TargetInline,
)
from profiles.admin.shelf import may_publish, read_now, standing, with_shelf
from profiles.admin.wording import say, section_label
from profiles.desk.readiness import SECTIONS, role_findings
from profiles.desk.rows import role_document
from profiles.guide.texts import STYLE_LIMITS, style_rates
from profiles.models import Edition, Profile, Role

BASE_FIELDS = ("responsibilities", "ai")
CONTEXT_FIELDS = ("teaser", "work_sample_shift")
REVIEW_LASTS = datetime.timedelta(days=365)
INHERITED = fieldset(
    _("Heredado del perfil base"),
    "inherited",
    description=_("Ya sale en la página, debajo de lo propio: no lo repitas."),
    folded=True,
)


def overdue(profiles):
    """Return the ``profiles`` reviewed a year ago or more, and public ones without a review."""
    return profiles.filter(last_review__lte=timezone.localdate() - REVIEW_LASTS)


class ReviewFilter(admin.SimpleListFilter):
    """Keeps the profiles that are due for a review."""

    title = _("revisión")
    parameter_name = "revision"

    def lookups(self, request, model_admin):
        return [("vencida", _("hace más de 12 meses"))]

    def queryset(self, request, queryset):
        return overdue(queryset) if self.value() else queryset


class MissingFilter(admin.SimpleListFilter):
    """Profiles by the part in which the rules find an error."""

    title = _("parte que falta")
    parameter_name = "falta"
    NOTHING = "nada"

    def lookups(self, request, model_admin):
        sections = dict.fromkeys(name for names in SECTIONS.values() for name in names)
        return [(self.NOTHING, _("Nada")), *((name, section_label(name)) for name in sections)]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == self.NOTHING:
            return queryset.filter(errors=0)
        return queryset.filter(errors__gt=0, missing__contains=f" {self.value()} ")


@admin.register(Profile)
class ProfileAdmin(ProfileActions, ProfilePages, DeskAdmin):
    """A profile on the desk, with all its parts."""

    keeps_public = True
    list_display = [
        *("role", "area", "context_name", "standing", "complete", "lacking", "reviewed_on"),
    ]
    list_display_links = ["role", "context_name"]
    list_filter = [
        *("role__area", ("context", empty_named(_("Perfil base"))), "state"),
        *("changes", MissingFilter, ReviewFilter),
    ]
    list_select_related = ["role__area", "context"]
    name_field = "role__name"
    search_fields = ["role__name", "role__slug", "summary", "body"]
    actions = ["submit_profiles", *PAGES.values()]
    fieldsets = [
        fieldset(
            None,
            ("role", "context"),
            *("summary", "teaser", "body", "responsibilities", "honest", "ai", "work_sample_shift"),
            description=_(
                "Lo que guardás no se ve en el sitio hasta que lo publiques: mientras tanto, el "
                "público lee lo que ya esté publicado, si hay algo."
            ),
        ),
        fieldset(
            _("Revisión"),
            *("author", ("reviewer", "reviewed_on")),
            description=_(
                "Quién lo escribió, quién lo revisó y cuándo: la revisión se firma al publicar."
            ),
        ),
        fieldset(
            _("Buscadores"),
            *("seo_title", "seo_description"),
            description=_("Solo si el título y la descripción automáticos no alcanzan."),
            folded=True,
        ),
    ]
    change_form_template = "admin/profiles/profile/change_form.html"
    inlines = [
        *(TargetInline, StrengthInline, RedFlagInline, ConsiderationInline, QuestionInline),
        *(OutcomeInline, *BASE_INLINES),
    ]

    class Media:
        js = [Script("js/admin_ranges.js", defer=True)]

    def has_add_permission(self, request):
        """A profile is created on its role's page."""
        return False

    def get_queryset(self, request):
        return with_shelf(super().get_queryset(request))

    @admin.display(description=_("área"), ordering="role__area__order")
    def area(self, profile):
        return profile.role.area

    @admin.display(description=_("contexto"), ordering="context__order")
    def context_name(self, profile):
        return profile.context or _("Perfil base")

    @admin.display(description=_("estado"), ordering="state")
    def standing(self, profile):
        return capfirst(standing(profile))

    @admin.display(description=_("completo"), ordering="completeness")
    def complete(self, profile):
        return f"{profile.completeness} %"

    @admin.display(description=_("qué falta"), ordering="errors")
    def lacking(self, profile):
        if not profile.errors:
            return _("nada: se puede publicar")
        count = ngettext("%d cosa", "%d cosas", profile.errors) % profile.errors
        first = say(*profile.first_error.split("\n"))
        return format_html("<strong>{}</strong>. {}", count, first)

    def get_fieldsets(self, request, obj=None):
        (name, first), *rest = super().get_fieldsets(request, obj)
        other_kind = BASE_FIELDS if obj.context_id else CONTEXT_FIELDS
        fields = [field for field in first["fields"] if field not in other_kind]
        inherited = [INHERITED] if obj.context_id else []
        return [(name, {**first, "fields": fields}), *rest, *inherited]

    def get_inlines(self, request, obj):
        other_kind = list(BASE_INLINES) if obj.context_id else [ConsiderationInline]
        return [inline for inline in self.inlines if inline not in other_kind]

    def get_readonly_fields(self, request, obj=None):
        # Editions, addresses and what a context inherits depend on its role and its context;
        # reviews are dated by an action, and a writer signs for nobody else.
        author = [] if may_publish(request.user) else ["author"]
        return ["role", "context", "reviewer", "reviewed_on", "inherited", *author]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "author":
            field.queryset = field.queryset.filter(is_staff=True)
        return field

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["show_save_and_add_another"] = False
        if obj is not None:
            role = Role.objects.for_document().get(pk=obj.role_id)
            edition = read_now(obj)
            context["problems"] = problems(obj, role_findings(role), obj)
            context["style"] = style_of(role)
            context["published_version"] = edition.version.number if edition else None
            context["standing"] = standing(obj)
            context["may_publish"] = may_publish(request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        obj.author = obj.author or request.user
        super().save_model(request, obj, form, change)

    def response_post_save_change(self, request, obj):
        """Go on with what the button that saved is for."""
        then = request.POST.get("_save")
        if then == "submit":
            self.submit(request, obj)
            return redirect("admin:profiles_role_change", obj.role_id)
        if then == "publish":
            return redirect("admin:profiles_profile_publish_profiles", obj.pk)
        return super().response_post_save_change(request, obj)

    def view_on_site(self, profile):
        is_public = Edition.objects.published().filter(profile=profile).exists()
        return profile.get_absolute_url() if is_public else None

    def reasons_to_stay(self, row, going):
        reasons = super().reasons_to_stay(row, going)
        staying = row.role.profiles.exclude(pk__in=[profile.pk for profile in going])
        if row.context_id is None and staying.exists():
            words = _("%(profile)s: los contextos del rol heredan de este perfil; eliminalos antes")
            reasons.append(words % {"profile": row})
        return reasons

    @admin.display(description=_("ya está en la base"))
    def inherited(self, profile):
        base = profile.role.profiles.filter(context=None).first()
        context = {"base": base, "profile": profile}
        return render_to_string("admin/profiles/profile/inherited.html", context)


def style_of(role):
    """Return (words, how often they stand in 1,000 words of a role, how often they may)."""
    try:
        rates = style_rates(role_document(role))
    except ValidationError:  # a trait has no range
        return []
    return [(name, rate, STYLE_LIMITS[name]) for name, rate in rates.items()]
