"""Profiles: a role in a context, written on one page."""

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ChangeList
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from profiles.admin.guarded import GuideAdmin, plain_select
from profiles.admin.profile_actions import ProfileActions
from profiles.admin.profile_parts import (
    ConsiderationInline,
    QuestionInline,
    RedFlagInline,
    StrengthInline,
    TargetInline,
    complete_targets,
    refuse_orphan,
)
from profiles.admin.shelf import desk_states, is_public, refuse_published
from profiles.admin.wording import say
from profiles.choices import WorkflowState
from profiles.models import Profile

WRITING = {WorkflowState.DRAFT, WorkflowState.IN_REVIEW}


class ProfileForm(forms.ModelForm):
    """A profile; publishing and withdrawing are actions, not states to choose."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("state"):
            offered = {*WRITING, self.instance.state}
            field.choices = [choice for choice in field.choices if choice[0] in offered]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role"):
            refuse_orphan(cleaned["role"], cleaned.get("context"))
        return cleaned


class DeskChangeList(ChangeList):
    """A page of profiles that knows what each of them lacks."""

    def get_results(self, request):
        super().get_results(request)
        states = desk_states(self.result_list)
        for profile in self.result_list:
            profile.desk = states[profile.pk]


class ContextFilter(admin.RelatedFieldListFilter):
    """Contexts, and the base profile by its name instead of a dash."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_value_display = _("Perfil base")


@admin.register(Profile)
class ProfileAdmin(ProfileActions, GuideAdmin):
    """A profile on the desk, with all its parts."""

    form = ProfileForm
    list_display = ["role", "area", "context_name", "state", "changes", "missing", "reviewed_on"]
    list_display_links = ["role", "context_name"]
    list_filter = ["role__area", ("context", ContextFilter), "state"]
    list_select_related = ["role__area", "context"]
    search_fields = ["role__name", "role__slug", "summary", "body"]
    autocomplete_fields = ["role"]
    actions = ["publish_profiles", "withdraw_profiles", "discard_changes"]
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
                    "Lo que guardás todavía no se ve en el sitio: el público lee la última edición "
                    "publicada hasta que publiques otra."
                ),
                "fields": [("role", "context"), "summary", "teaser", "body", "responsibilities"],
            },
        ),
        (
            _("Revisión"),
            {
                "description": _("Quién lo escribió, quién lo revisó y cuándo."),
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
    inlines = [TargetInline, StrengthInline, RedFlagInline, ConsiderationInline, QuestionInline]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        (name, first), *rest = super().get_fieldsets(request, obj)
        other_kind = "responsibilities" if obj.context_id else "teaser"
        fields = [field for field in first["fields"] if field != other_kind]
        return [(name, {**first, "fields": fields}), *rest]

    def get_inlines(self, request, obj):
        if obj is None:
            return []
        base_only = obj.context_id is None and not obj.considerations.exists()
        return [i for i in self.inlines if not (base_only and i is ConsiderationInline)]

    def get_readonly_fields(self, request, obj=None):
        # Editions, addresses and the base's inheritance hang on these two.
        return ["role", "context"] if obj else []

    def get_changelist(self, request, **kwargs):
        return DeskChangeList

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in ("author", "reviewer"):
            field.queryset = field.queryset.filter(is_staff=True)
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("summary", "teaser", "seo_description"):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})
        if db_field.name == "responsibilities":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"})
        if db_field.name == "reviewed_on":
            kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("author", "reviewer"):
            # Accounts are made on their own page, by those who may.
            return plain_select(field)
        return field

    def save_model(self, request, obj, form, change):
        obj.author = obj.author or request.user
        super().save_model(request, obj, form, change)
        complete_targets(obj)

    def response_add(self, request, obj, post_url_continue=None):
        if "_addanother" not in request.POST and IS_POPUP_VAR not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = 1
        return super().response_add(request, obj, post_url_continue)

    def view_on_site(self, profile):
        return profile.get_absolute_url() if is_public(profile) else None

    def get_deleted_objects(self, objs, request):
        return refuse_published(super().get_deleted_objects(objs, request), objs)

    @admin.display(description=_("área"), ordering="role__area__order")
    def area(self, profile):
        return profile.role.area

    @admin.display(description=_("contexto"), ordering="context__order")
    def context_name(self, profile):
        return profile.context or _("Perfil base")

    @admin.display(description=_("cambios sin publicar"))
    def changes(self, profile):
        if profile.desk.has_changes is None:
            return _("nunca se publicó")
        return _("hay cambios") if profile.desk.has_changes else _("al día")

    @admin.display(description=_("qué falta"))
    def missing(self, profile):
        findings = profile.desk.findings
        if not findings:
            return _("nada: se puede publicar")
        count = ngettext("%d cosa", "%d cosas", len(findings)) % len(findings)
        return format_html("<strong>{}</strong>. {}", count, say(findings[0]))
