"""Roles: what belongs to a job whatever the size of the company."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, When
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.widgets import Script
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from profiles.admin.base import action_everywhere, empty_named
from profiles.admin.exchange import ENDINGS, as_zip, download, read_upload, role_json
from profiles.admin.forms import (
    OrderedFormSet,
    PartInline,
    PartOptions,
    StampedForm,
    role_field,
)
from profiles.admin.history import DeskAdmin
from profiles.admin.shelf import live_facts, may_publish, public_names, refused_live_change
from profiles.desk.access import audit
from profiles.desk.history import keep_if_unknown
from profiles.documents.choices import AuditEvent
from profiles.documents.yaml_file import DocumentError, Problem
from profiles.exchange.exporting import role_text
from profiles.exchange.importing import import_roles
from profiles.models import (
    CareerStep,
    ContentVersion,
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
# An import adds and changes rows of these models.
IMPORT_RIGHTS = [
    f"profiles.{act}_{model}" for act in ("add", "change") for model in ("role", "profile")
]
SHOWN_ERRORS = 50
REFUSED = _(
    "El rol está publicado: una dirección que lleva a él la agrega solo quien puede publicar."
)


def held_names(request, role):
    """Return a role's public names if the user may not change its live facts, else None."""
    if role is None or may_publish(request.user):
        return None
    return public_names([role]).get(role.pk)


def explain_held(form):
    """Say beside the address of a form why it cannot be changed."""
    # Whoever may only look has no field.
    if slug := form.base_fields.get("slug"):
        slug.help_text = HELD


class AliasFormSet(OrderedFormSet):
    """Clears the address of a name if a name before it has the same one."""

    # The role's public names if the editor may not change its addresses, else None.
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
            explain_held(formset.form)
        return formset

    def get_queryset(self, request):
        # Former addresses come after the names, as in a document.
        return super().get_queryset(request).order_by(FORMER_LAST, "order", "pk")


class CodeInline(PartOptions, admin.TabularInline):
    model = OccupationalCode
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


class ImportForm(forms.Form):
    """A document, or a zip of documents."""

    file = forms.FileField(
        label=_("Archivo"),
        help_text=_("Un documento de rol (hasta 512 KiB) o un .zip con varios (hasta 5 MiB)."),
        widget=forms.FileInput(attrs={"accept": ENDINGS.replace(" ", "")}),
    )


@admin.register(Role)
class RoleAdmin(DeskAdmin):
    """A role. Its facts become public with its base profile; its name and area are live."""

    form = RoleForm
    keeps_public = True
    change_list_template = "admin/exchange_list.html"
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "area", "primary_archetype", "slug", "updated_at"]
    list_filter = ["area", ("primary_archetype", empty_named(_("Sin arquetipo")))]
    list_select_related = ["area", "primary_archetype"]
    name_field = "name"
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

    def own_pages(self):
        return [("importar/", self.import_documents, "import"), *super().own_pages()]

    def changelist_view(self, request, extra_context=None):
        more = {"may_import": request.user.has_perms(IMPORT_RIGHTS), **(extra_context or {})}
        return super().changelist_view(request, more)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if held_names(request, obj) is not None:
            explain_held(form)
            for name in LIVE_FIELDS & form.base_fields.keys():
                form.base_fields[name].disabled = True
        return form

    def save_model(self, request, obj, form, change):
        base = Profile.objects.filter(role=obj.pk, context=None).first()
        if base:
            keep_if_unknown(base)
        super().save_model(request, obj, form, change)

    def view_on_site(self, role):
        public = Edition.objects.published().base().filter(role=role)
        return role.get_absolute_url() if public.exists() else None

    # --- documents in and out: the same files, read and written by the same code ---

    @action_everywhere("view", _("Exportar como YAML"), _("Exportar los roles elegidos como YAML"))
    def export_yaml(self, request, queryset):
        return self._export(request, queryset, role_text, "yaml")

    @action_everywhere("view", _("Exportar como JSON"), _("Exportar los roles elegidos como JSON"))
    def export_json(self, request, queryset):
        return self._export(request, queryset, role_json, "json")

    def _export(self, request, roles, text_of, ending):
        try:
            texts = {f"{role.slug}.{ending}": text_of(role) for role in roles}
        except DocumentError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        audit(AuditEvent.EXPORTED, request, request.user, subject=", ".join(texts))
        if len(texts) == 1:
            ((name, content),) = texts.items()
            return download(content, name)
        return download(as_zip(texts), f"roles-{ending}.zip")

    def import_documents(self, request):
        """Write the roles of a file as drafts or, if "try" is posted, only say what would change.

        A refused file changes nothing.
        """
        if not request.user.has_perms(IMPORT_RIGHTS):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return self._import_page(request, form)
        try:
            outcomes = self._import(request, form.cleaned_data["file"])
        except DocumentError as error:
            return self._import_page(request, form, **_problems(error))
        if "try" in request.POST:
            return self._import_page(request, ImportForm(), outcomes=outcomes)
        return redirect("admin:profiles_role_changelist")

    @transaction.atomic
    def _import(self, request, file):
        documents = read_upload(file)
        ContentVersion.hold()
        before = live_facts(_known(documents))
        outcomes, roles = import_roles(documents, by=request.user)
        after = live_facts(before)
        for key in before:
            if reason := refused_live_change(before[key], after[key], request.user):
                raise DocumentError(file.name, [Problem(reason)])
        if "try" in request.POST:
            transaction.set_rollback(True)
            return outcomes
        audit(AuditEvent.IMPORTED, request, request.user, subject=", ".join(documents))
        for role in roles:
            self.log_change(request, role, gettext("Se importó de un documento."))
        text = ngettext("Se importó %d rol.", "Se importaron %d roles.", len(roles))
        self.message_user(request, text % len(roles), messages.SUCCESS)
        return outcomes

    def _import_page(self, request, form, **more):
        title = gettext("Importar documentos")
        return self.page(request, "exchange_form", title, media=self.media, form=form, **more)


def _known(documents):
    """Return the keys of the roles that ``documents`` are of."""
    slugs = {slug for d in documents.values() for slug in (d.slug, *d.former_slugs)}
    found = Role.objects.filter(Q(slug__in=slugs) | Q(aliases__name="", aliases__slug__in=slugs))
    return list(found.values_list("pk", flat=True).distinct())


def _problems(error):
    lines = str(error).splitlines()
    return {"problems": lines[:SHOWN_ERRORS], "more": max(0, len(lines) - SHOWN_ERRORS)}
