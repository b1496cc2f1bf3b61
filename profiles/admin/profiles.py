"""Profiles: a role in a context, written on one page."""

import datetime
from itertools import chain

from django.contrib import admin
from django.contrib.admin.helpers import AdminErrorList
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as FieldError
from django.db import transaction
from django.db.models import Q
from django.forms.formsets import all_valid
from django.forms.widgets import Script
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from profiles.admin.actions import PAGES, ProfileActions
from profiles.admin.base import empty_named, fieldset, read_or_post
from profiles.admin.history import DeskAdmin, version_of
from profiles.admin.profile_parts import BASE_INLINES, CONTEXT_INLINES
from profiles.admin.search import RoleSearch, editions_with
from profiles.admin.shelf import may_publish, read_now, standing, with_shelf
from profiles.admin.wording import place, problems, say
from profiles.desk.readiness import SECTIONS, role_findings
from profiles.desk.rows import role_document
from profiles.documents.choices import WorkflowState
from profiles.documents.markdown import refuse_lost_markdown, render_markdown, tidy_markdown
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.guide.texts import STYLE_LIMITS, style_rates
from profiles.models import Edition, Profile, Role
from profiles.views.preview import desk_page, render_preview, revoke, share

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
        return [(self.NOTHING, _("Nada")), *((name, place(name)) for name in sections)]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == self.NOTHING:
            return queryset.filter(errors=0)
        return queryset.filter(errors__gt=0, missing__contains=f" {self.value()} ")


@admin.register(Profile)
class ProfileAdmin(RoleSearch, ProfileActions, DeskAdmin):
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
    search_fields = ["role__name"]
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
    inlines = CONTEXT_INLINES + BASE_INLINES

    class Media:
        js = [Script("js/admin_ranges.js", defer=True)]

    def own_pages(self):
        return [
            ("markdown/", self.markdown_view, "markdown"),
            ("<int:pk>/vista-previa/", self.preview_view, "preview"),
            ("<int:pk>/compartir/", self.share_view, "share"),
            *super().own_pages(),
        ]

    def has_add_permission(self, request):
        """A profile is created on its role's page."""
        return False

    def mentioning(self, words):
        """Look through what visitors read, and on the desk through what they do not."""
        public = Edition.objects.filter(pk__in=editions_with(words))
        # In this order SQLite takes the index of the state; else it would read all profiles.
        withdrawn = Profile.objects.filter(state=WorkflowState.ARCHIVED).order_by("updated_at")
        scheduled = Profile.objects.filter(editions__in=Edition.objects.scheduled())
        has_words = [Q(summary__icontains=word) | Q(body__icontains=word) for word in words]
        desk = (Profile.objects.changed(), withdrawn, scheduled)
        found = [profiles.filter(*has_words).values_list("pk", flat=True) for profiles in desk]
        return {*public.values_list("profile", flat=True), *chain.from_iterable(found)}

    def get_queryset(self, request):
        return with_shelf(super().get_queryset(request))

    @admin.display(description=_("área"))
    def area(self, profile):
        return profile.role.area

    @admin.display(description=_("estado"), ordering="state")
    def standing(self, profile):
        return capfirst(standing(profile))

    @admin.display(description=_("completo"))
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
        return CONTEXT_INLINES if obj.context_id else BASE_INLINES

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

    def response_post_save_change(self, request, obj):
        """Go on with what the button that saved is for."""
        then = request.POST.get("_save")
        if then == "submit":
            self.submit_profiles(request, [obj])
            return redirect("admin:profiles_role_change", obj.role_id)
        if then == "publish":
            return redirect("admin:profiles_profile_publish_profiles", obj.pk)
        return super().response_post_save_change(request, obj)

    def view_on_site(self, profile):
        return profile.get_absolute_url() if profile.is_public else None

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

    # --- pages beside the form: previews and shared links ---

    @method_decorator(require_POST)
    def markdown_view(self, request):
        """Answer with the HTML of a Markdown text, as publishing would render it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        text = tidy_markdown(request.POST.get("text", ""))
        try:
            refuse_lost_markdown(text)
            if len(text) > MAX_PAGE_MARKDOWN:
                raise FieldError(_("El texto es demasiado largo."))
            return HttpResponse(render_markdown(text))
        except FieldError as error:
            return HttpResponse(error.messages[0], status=400, content_type="text/plain")

    @read_or_post
    def preview_view(self, request, pk):
        """Show the public page of what is saved or, if posted, of what is in the form."""
        is_typed = request.method == "POST"
        act = "change" if is_typed else "view"
        profile = self.row_for(request, act, pk, Profile.objects.select_related("role"))
        if not is_typed:
            return render_preview(request, desk_page(profile))
        with transaction.atomic():
            errors = self._write_typed(request, profile)
            if errors:
                # Rendered now: what was written is rolled back afterwards.
                title, template = (
                    _("Todavía no se puede mostrar"),
                    "profiles/profile/preview_errors",
                )
                response = self.page(request, template, title, errors=errors).render()
            else:
                response = render_preview(request, desk_page(profile))
            transaction.set_rollback(True)
        return response

    def _write_typed(self, request, profile):
        """Save the posted form (the caller rolls back), or return its errors."""
        fields = flatten_fieldsets(self.get_fieldsets(request, profile))
        form_class = self.get_form(request, profile, change=True, fields=fields)
        form = form_class(request.POST, request.FILES, instance=profile)
        form.stamped = False
        formsets, _inlines = self._create_formsets(request, form.instance, change=True)
        if not (form.is_valid() and all_valid(formsets)):
            return AdminErrorList(form, formsets)
        form.save()
        for formset in formsets:
            formset.save()
        return []

    @method_decorator(require_POST)
    def share_view(self, request, pk):
        """Make or take back the link to one version of the desk."""
        profile = self.row_for(request, "change", pk)
        ended = request.POST.get("revoke")
        version = version_of(profile, ended or request.POST.get("version", ""))
        if ended:
            revoke(version)
            done = _("se anuló el enlace de la versión %(number)s")
        else:
            share(version)
            done = _("se hizo un enlace de la versión %(number)s, que vence en siete días")
        self.tell_done(request, profile, done % {"number": version.number})
        return redirect("admin:profiles_profile_history", pk)


def style_of(role):
    """Return (words, how often they stand in 1,000 words of a role, how often they may)."""
    rates = style_rates(role_document(role))
    return [(name, rate, STYLE_LIMITS[name]) for name, rate in rates.items()]
