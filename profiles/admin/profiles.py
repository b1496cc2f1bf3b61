"""Profiles: a role in a context, written on one page."""

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from profiles.admin.desk_checks import CheckPanel
from profiles.admin.desk_fields import profile_field
from profiles.admin.desk_form import StampedForm
from profiles.admin.desk_list import DeskColumns, MissingFilter, ShelfFilter
from profiles.admin.desk_saves import DeskAdmin
from profiles.admin.desk_start import StartPage
from profiles.admin.guarded import empty_named, plain_select, sentence_area
from profiles.admin.hire_parts import BASE_INLINES, OutcomeInline
from profiles.admin.preview import PreviewPages
from profiles.admin.profile_actions import ProfileActions
from profiles.admin.profile_parts import (
    ConsiderationInline,
    QuestionInline,
    RedFlagInline,
    StrengthInline,
    TargetInline,
    complete_targets,
    needed_by_contexts,
    refuse_orphan,
)
from profiles.admin.review import ReviewActions, ReviewFilter
from profiles.admin.shelf import Archived, is_public, may_publish, refuse
from profiles.models import Profile, Role

BASE_FIELDS = ("responsibilities", "ai")
CONTEXT_FIELDS = ("teaser", "work_sample_shift")
# Where search engines and cards cut a text, in characters.
CUTS = {"summary": 160, "teaser": 200, "seo_title": 60, "seo_description": 160}


INHERITED = (
    _("Heredado del perfil base"),
    {
        "description": _("Ya sale en la página, debajo de lo propio: no lo repitas."),
        "classes": ["collapse"],
        "fields": ["inherited"],
    },
)


class ProfileForm(StampedForm):
    """A profile; its state moves by actions, and its role and context stay."""

    field_at = staticmethod(profile_field)

    def lock_before(self):
        # What the rules say is written on the other profiles of the role too.
        Role.objects.select_for_update(no_key=True).get(pk=self.instance.role_id)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role"):
            refuse_orphan(cleaned["role"], cleaned.get("context"))
        return cleaned


@admin.register(Profile)
class ProfileAdmin(
    ReviewActions,
    ProfileActions,
    CheckPanel,
    PreviewPages,
    StartPage,
    DeskColumns,
    Archived,
    DeskAdmin,
):
    """A profile on the desk, with all its parts."""

    form = ProfileForm
    list_display = [
        *("role", "area", "context_name", "state", "changes", "complete", "lacking"),
        "reviewed_on",
    ]
    list_display_links = ["role", "context_name"]
    list_filter = [
        *("role__area", ("context", empty_named(_("Perfil base"))), "state"),
        *(ShelfFilter, MissingFilter, ReviewFilter),
    ]
    list_select_related = ["role__area", "context"]
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
        # Editions, addresses and the base's inheritance hang on these two.
        if obj is None:
            return []
        # A review is an act of whoever reviews; a writer signs for nobody else.
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
        if db_field.name in CUTS:
            field.widget.attrs["data-cut"] = CUTS[db_field.name]
        if db_field.name in ("body", "ai"):
            field.widget.attrs["data-markdown"] = reverse("admin:profiles_profile_markdown")
        if db_field.name == "author":
            # Accounts are made on their own page, by those who may.
            return plain_select(field)
        return field

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
        return profile.get_absolute_url() if is_public(profile) else None

    def get_deleted_objects(self, objs, request):
        deleted = super().get_deleted_objects(objs, request)
        return refuse(deleted, needed_by_contexts(objs))

    @admin.display(description=_("ya está en la base"))
    def inherited(self, profile):
        base = profile.role.profiles.filter(context=None).first()
        context = {"base": base, "profile": profile}
        return render_to_string("admin/profiles/profile/inherited.html", context)
