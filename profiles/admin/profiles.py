"""Profiles: a role in a context, written on one page."""

import datetime

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import OuterRef, Subquery
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from profiles.admin.actions import ProfileActions
from profiles.admin.base import empty_named, plain_select, sentence_area
from profiles.admin.forms import StampedForm, profile_field
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
    complete_targets,
    needed_by_contexts,
    refuse_orphan,
)
from profiles.admin.shelf import may_publish, read_now
from profiles.admin.wording import moment, say, section_label
from profiles.desk.readiness import SECTIONS
from profiles.models import Edition, Profile, Role

BASE_FIELDS = ("responsibilities", "ai")
CONTEXT_FIELDS = ("teaser", "work_sample_shift")
REVIEW_LASTS = datetime.timedelta(days=365)
INHERITED = (
    _("Heredado del perfil base"),
    {
        "description": _("Ya sale en la página, debajo de lo propio: no lo repitas."),
        "classes": ["collapse"],
        "fields": ["inherited"],
    },
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


class ProfileForm(StampedForm):
    """A profile; its state moves by actions, and its role and context stay."""

    field_at = staticmethod(profile_field)

    def lock_before(self):
        # A save writes the findings of the role's other profiles too.
        Role.objects.select_for_update(no_key=True).get(pk=self.instance.role_id)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role"):
            refuse_orphan(cleaned["role"], cleaned.get("context"))
        return cleaned


@admin.register(Profile)
class ProfileAdmin(ProfileActions, ProfilePages, DeskAdmin):
    """A profile on the desk, with all its parts."""

    form = ProfileForm
    keeps_public = True
    list_display = [
        *("role", "area", "context_name", "state", "on_site", "complete", "lacking"),
        "reviewed_on",
    ]
    list_display_links = ["role", "context_name"]
    list_filter = [
        *("role__area", ("context", empty_named(_("Perfil base"))), "state"),
        *("changes", MissingFilter, ReviewFilter),
    ]
    list_select_related = ["role__area", "context"]
    name_field = "role__name"
    search_fields = ["role__name", "role__slug", "summary", "body"]
    autocomplete_fields = ["role"]
    actions = [
        "submit_profiles",
        "send_back_profiles",
        "publish_profiles",
        "unschedule_profiles",
        "withdraw_profiles",
        "discard_changes",
        "mark_reviewed",
    ]
    add_fieldsets = [
        (
            None,
            {
                "description": _(
                    "Elegí el rol y el contexto. Al guardar se abre el perfil con los seis rangos: "
                    "los de un contexto parten de los del perfil base."
                ),
                "fields": ["role", "context"],
            },
        )
    ]
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "Lo que guardás no se ve en el sitio hasta que lo publiques: mientras tanto, "
                    "el público lee lo que ya esté publicado, si hay algo."
                ),
                "fields": [
                    ("role", "context"),
                    *("summary", "teaser", "body", "responsibilities", "honest"),
                    *("ai", "work_sample_shift"),
                ],
            },
        ),
        (
            _("Revisión"),
            {
                "description": _(
                    "Quién lo escribió, quién lo revisó y cuándo. El estado y la revisión cambian "
                    "con las acciones: enviar a revisión, marcar como revisado, publicar, retirar."
                ),
                "fields": [("state", "reviewed_on"), ("author", "reviewer")],
            },
        ),
        (
            _("Buscadores"),
            {
                "description": _("Solo si el título y la descripción automáticos no alcanzan."),
                "classes": ["collapse"],
                "fields": ["seo_title", "seo_description"],
            },
        ),
    ]
    change_form_template = "admin/profiles/profile/change_form.html"
    inlines = [
        *(TargetInline, StrengthInline, RedFlagInline, ConsiderationInline, QuestionInline),
        *(OutcomeInline, *BASE_INLINES),
    ]

    class Media:
        js = [
            Script("js/admin_ranges.js", defer=True),
            Script("js/admin_sorting.js", defer=True),
            Script("js/admin_writing.js", defer=True),
        ]

    def get_queryset(self, request):
        """Add when the newest edition of each profile is public."""
        newest = Edition.objects.filter(profile=OuterRef("pk")).order_by("-number")
        return (
            super()
            .get_queryset(request)
            .annotate(
                shelf_from=Subquery(newest.values("published_from")[:1]),
                shelf_until=Subquery(newest.values("published_until")[:1]),
            )
        )

    @admin.display(description=_("área"), ordering="role__area__order")
    def area(self, profile):
        return profile.role.area

    @admin.display(description=_("contexto"), ordering="context__order")
    def context_name(self, profile):
        return profile.context or _("Perfil base")

    @admin.display(description=_("en el sitio"), ordering="shelf_from")
    def on_site(self, profile):
        return format_html("{}{}", profile.get_changes_display(), _timing(profile))

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
        if obj is None:
            return self.add_fieldsets
        (name, first), *rest = super().get_fieldsets(request, obj)
        other_kind = BASE_FIELDS if obj.context_id else CONTEXT_FIELDS
        fields = [field for field in first["fields"] if field not in other_kind]
        inherited = [INHERITED] if obj.context_id else []
        return [(name, {**first, "fields": fields}), *rest, *inherited]

    def get_inlines(self, request, obj):
        if obj is None:
            return []
        other_kind = list(BASE_INLINES) if obj.context_id else [ConsiderationInline]
        if obj.context_id is None and obj.considerations.exists():
            other_kind = []
        return [inline for inline in self.inlines if inline not in other_kind]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        # Editions, addresses and what a context inherits depend on its role and its context;
        # reviews are dated by an action, and a writer signs for nobody else.
        author = [] if may_publish(request.user) else ["author"]
        return ["role", "context", "state", "reviewer", "reviewed_on", "inherited", *author]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "author":
            field.queryset = field.queryset.filter(is_staff=True)
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "responsibilities":
            kwargs["widget"] = sentence_area(rows=8)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "author":
            # Accounts are made on their own page, by those who may.
            return plain_select(field)
        return field

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            edition = read_now(obj)
            context["problems"] = problems(obj)
            context["published_version"] = edition.version.number if edition else None
            context["scheduled"] = obj.editions.scheduled().first()
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        obj.author = obj.author or request.user
        super().save_model(request, obj, form, change)
        if not change:
            complete_targets(obj)

    def response_add(self, request, obj, post_url_continue=None):
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = 1
        return super().response_add(request, obj, post_url_continue)

    def view_on_site(self, profile):
        is_public = Edition.objects.published().filter(profile=profile).exists()
        return profile.get_absolute_url() if is_public else None

    def reasons_for(self, rows):
        return [*super().reasons_for(rows), *needed_by_contexts(rows)]

    @admin.display(description=_("ya está en la base"))
    def inherited(self, profile):
        base = profile.role.profiles.filter(context=None).first()
        context = {"base": base, "profile": profile}
        return render_to_string("admin/profiles/profile/inherited.html", context)


def _timing(profile):
    """Return words that say if the newest edition is withdrawn or scheduled."""
    start, end = profile.shelf_from, profile.shelf_until
    if end:
        return _(", fuera del sitio")
    if start and start > timezone.now():
        return _(", desde el %s") % moment(start)
    return ""
