"""Roles: what belongs to a job whatever the size of the company, and its page to work from."""

from contextlib import nullcontext
from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, When
from django.forms.widgets import Script
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from profiles import models
from profiles.admin.actions import leaving
from profiles.admin.base import empty_named, fieldset, is_number, read_or_post
from profiles.admin.exchange import RoleExchange
from profiles.admin.forms import PartForm, PartFormSet, PartInline, part
from profiles.admin.history import DeskAdmin
from profiles.admin.profile_parts import start_targets
from profiles.admin.search import RoleSearch
from profiles.admin.shelf import (
    guarding_live_facts,
    is_scheduled,
    may_publish,
    public_names,
    standing,
    with_shelf,
)
from profiles.admin.wording import problems
from profiles.desk.access import audit
from profiles.desk.content_version import editorial_act
from profiles.desk.history import record
from profiles.desk.publishing import merge
from profiles.desk.readiness import role_findings
from profiles.documents.choices import AuditEvent, WorkflowState

LIVE_FIELDS = {"name", "slug", "area"}
FORMER_LAST = Case(When(name="", then=1), default=0)
HELD = _(
    "El rol está publicado: su nombre, su área y sus direcciones cambian en el momento, así que "
    "los cambia solo quien puede publicar."
)
# Whoever saved a profile less than this ago may still be at it.
RECENT = timedelta(minutes=15)


class AliasForm(PartForm):
    """Another name, which gives itself its address."""

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"slug"}


class AliasFormSet(PartFormSet):
    """Clears the address of a name if a name before it has the same one."""

    def clean(self):
        super().clean()
        taken = set()
        for alias in (form.instance for form in self.forms):
            if alias.name and alias.slug in taken:
                alias.slug = None
            taken.add(alias.slug)


class AliasInline(PartInline):
    model = models.RoleAlias
    form = AliasForm
    formset = AliasFormSet
    fields = ["name", "slug", "order"]

    def get_queryset(self, request):
        # Former addresses come after the names, as in a document.
        return super().get_queryset(request).order_by(FORMER_LAST, "order", "pk")


class CodeInline(PartInline):
    model = models.OccupationalCode


# --- the page of a role as the place to work from ---


def sizes_of(role):
    """Return what a role's page shows of its base profile, then of every context.

    ``last`` is the newest version. Problems that are ``blocking`` stand against publishing it.
    """
    findings = role_findings(models.Role.objects.for_document().get(pk=role.pk))
    profiles = with_shelf(role.profiles.select_related("role", "context"))
    by_size = {profile.context_id: profile for profile in profiles}
    keys = [profile.pk for profile in profiles]
    versions = models.Version.objects.of(models.Profile, keys).latest_of_each()
    last = {version.key: version for version in versions.select_related("who").defer("document")}
    contexts = (None, *models.Context.objects.all())
    sizes = [{"context": one, "profile": by_size.get(one and one.pk)} for one in contexts]
    for size in sizes:
        if profile := size["profile"]:
            found, saved = problems(profile, findings, role), last.get(profile.pk)
            blocking = sum(problem.blocks for problem in found)
            size |= {"standing": standing(profile), "problems": found}
            size |= {"blocking": blocking, "warnings": len(found) - blocking, "last": saved}
            size["is_recent"] = saved and saved.who and timezone.now() - saved.when < RECENT
    return sizes


def next_step(sizes, may_publish):
    """Return what is to be done next for a role, in words; "" if it is complete and public."""
    there = [size for size in sizes if size["profile"]]
    if sizes[0]["profile"] is None:
        return _("creá el perfil base: de él heredan los tamaños.")
    for size in there:
        if count := size["blocking"]:
            left = ngettext("falta %d cosa", "faltan %d cosas", count) % count
            return _("completá %(of)s: %(left)s.") % {"of": size["profile"], "left": left}
    idle = [size["profile"] for size in there if not is_under_way(size["profile"])]
    unsent = [profile for profile in idle if profile.state != WorkflowState.IN_REVIEW]
    if waiting := ", ".join(map(str, idle if may_publish else unsent)):
        return (_("publicá %s.") if may_publish else _("enviá a revisión %s.")) % waiting
    if lacking := [size["context"].name for size in sizes if size["profile"] is None]:
        return _("creá lo que cambia en %s.") % ", ".join(lacking)
    return ""


def is_under_way(profile):
    """Tell whether a profile is on the site, will be, or was taken from it."""
    is_withdrawn = profile.state == WorkflowState.ARCHIVED
    return profile.is_public or is_withdrawn or is_scheduled(profile)


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        models.Role.objects.all(),
        label=_("Rol que queda"),
        widget=AutocompleteSelect(models.RelatedRole._meta.get_field("related"), admin.site),
    )

    def __init__(self, *args, role, **kwargs):
        super().__init__(*args, **kwargs)
        self.role = role

    def clean(self):
        if self.cleaned_data.get("into") == self.role:
            raise ValidationError({"into": _("Es el mismo rol.")})
        roles = [self.role, self.cleaned_data.get("into")]
        bases = models.Edition.objects.published().base().filter(role__in=filter(None, roles))
        if {base.role_id for base in bases} == {self.role.pk}:
            raise ValidationError({"into": _("No está publicado: publicá antes su perfil base.")})
        if self.role.loaded_digest:
            raise ValidationError(_("Lo trae un documento de la guía: se une ahí."))
        return self.cleaned_data


def _asked(request, rows):
    """Return the one of ``rows`` whose key a button or a choice posted, or None."""
    key = request.POST.get(rows.model._meta.model_name, "")
    return get_object_or_404(rows, pk=key) if is_number(key) else None


def start_profile(role, context, source, by):
    """Return a new profile of a role: ranges of ``source`` or of the base, no texts."""
    source = source or role.profiles.filter(context=None).first()
    profile = models.Profile.objects.create(role=role, context=context, author=by)
    start_targets(profile, source)
    record(profile, by=by, why=_("Se creó"))
    return profile


@admin.register(models.Role)
class RoleAdmin(RoleSearch, RoleExchange, DeskAdmin):
    """A role. Its facts become public with its base profile; its name and area are live."""

    change_form_template = "admin/profiles/role/change_form.html"
    keeps_public = True
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "area", "primary_archetype", "slug", "updated_at"]
    list_filter = ["area", ("primary_archetype", empty_named(_("Sin arquetipo")))]
    list_select_related = ["area", "primary_archetype"]
    of_role = ""
    search_fields = ["name"]
    actions = ["export_yaml", "export_json"]
    inlines = [
        AliasInline,
        part(models.NearTitle, "title", "difference"),
        part(
            models.RelatedRole,
            "related",
            "difference",
            fk_name="role",
            autocomplete_fields=["related"],
        ),
        part(models.CareerStep, "title", "years", "changes"),
        CodeInline,
    ]
    fieldsets = [
        fieldset(
            None,
            *("name", "slug", "area"),
            description=_(
                "El nombre, el área y la dirección de un rol publicado cambian en el momento, y la "
                "dirección anterior redirige. Lo demás sale con el perfil base: para que se vea, "
                "publicá ese perfil."
            ),
        ),
        fieldset(
            _("Arquetipos"),
            *(("primary_archetype", "secondary_archetype"), "archetype_reason"),
            description=_("Un estilo de trabajo para conversar, no un tipo de persona."),
        ),
    ]

    class Media:
        js = [Script("js/admin_sorting.js", defer=True)]

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if obj and not may_publish(request.user) and public_names([obj]):
            for name in LIVE_FIELDS & form.base_fields.keys():
                form.base_fields[name].disabled = True
                form.base_fields[name].help_text = HELD
        return form

    def _changeform_view(self, request, object_id, form_url, extra_context):
        roles = [object_id] if is_number(object_id or "") else []
        with guarding_live_facts(roles, request.user):
            return super()._changeform_view(request, object_id, form_url, extra_context)

    def view_on_site(self, role):
        public = models.Edition.objects.published().base().filter(role=role)
        return role.get_absolute_url() if public.exists() else None

    # --- the page to work from, and those beside it ---

    def own_pages(self):
        publish_role = self.admin_site.get_model_admin(models.Profile).publish_role
        return [
            ("<int:pk>/crear/", self.create_view, "create"),
            ("<int:pk>/publicar/", publish_role, "publish"),
            ("<int:pk>/unir/", self.merge_view, "merge"),
            *super().own_pages(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["sizes"] = sizes = sizes_of(obj)
            context["is_missing_one"] = any(size["profile"] is None for size in sizes)
            context["may_create"] = request.user.has_perm("profiles.add_profile")
            context["may_publish"] = may = may_publish(request.user)
            context["next_step"] = next_step(sizes, may)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_add(self, request, obj):
        return redirect("admin:profiles_role_change", obj.pk)

    @method_decorator(require_POST)
    @transaction.atomic
    def create_view(self, request, pk):
        """Create the profile of one size (none: the base), or lead to the one that there is."""
        if not request.user.has_perm("profiles.add_profile"):
            raise PermissionDenied
        # If a form is sent twice, the second waits here and finds the profile.
        role = self.row_for(
            request, "view", pk, models.Role.objects.select_for_update(of=("self",))
        )
        context, source = _asked(request, models.Context.objects), _asked(request, role.profiles)
        if context and not role.profiles.filter(context=None).exists():
            reason = _("Primero creá el perfil base de «%(role)s».") % {"role": role}
            self.message_user(request, reason, messages.ERROR)
            return redirect("admin:profiles_role_change", pk)
        profile = role.profiles.filter(context=context).first()
        if profile is None:
            profile = start_profile(role, context, source, request.user)
            self.log_addition(request, profile, _("Se creó."))
        return redirect("admin:profiles_profile_change", profile.pk)

    @read_or_post
    def merge_view(self, request, pk):
        """Let all that leads to this role lead to another one."""
        if not may_publish(request.user):
            raise PermissionDenied
        if not is_number(request.POST.get("into") or "0"):
            raise BadRequest("A role has a number")
        with editorial_act() if request.POST else nullcontext():
            # Two that merge at once: the second waits here and reads what the first has done.
            role = self.row_for(request, "change", pk)
            form = MergeForm(request.POST or None, role=role)
            if form.is_valid():
                return self._merge(request, role, form.cleaned_data["into"])
        question = _(
            "Este rol deja de tener páginas: desde ahora su dirección, sus otros nombres y quienes "
            "lo nombran como relacionado llevan al que queda. Sus textos no se mezclan: quedan "
            "archivados acá, con su historia."
        )
        title, media = _("Unir con otro rol"), self.media + form.media
        back = reverse("admin:profiles_role_change", args=[pk])
        more = {"question": question, "items": [(role, "")], "form": form, "can_act": True}
        return self.page(
            request, "profiles/act", title, object=role, media=media, back=back, **more
        )

    def _merge(self, request, role, into):
        for profile in leaving(role.profiles.all()):
            subject = f"{profile} → {into}"
            audit(AuditEvent.WITHDRAWN, request, request.user, subject=subject)
        merge(role, into, by=request.user)
        self.tell_done(request, into, _("se le unió «%(role)s»") % {"role": role})
        return redirect("admin:profiles_role_change", into.pk)
