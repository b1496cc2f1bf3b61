"""Role documents in and out of the admin: the same files, read and written by the same code."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.admin.exchange_files import ENDINGS, as_zip, read_upload, role_json
from profiles.admin.shelf import live_facts, refused_live_change
from profiles.desk.access import audit
from profiles.documents.choices import AuditEvent
from profiles.documents.yaml_file import DocumentError, Problem
from profiles.exchange.exporting import role_text
from profiles.exchange.importing import import_roles
from profiles.models import ContentVersion, Role

EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]
# Who may write drafts from a file: what an import makes or changes.
RIGHTS = [f"profiles.{act}_{model}" for act in ("add", "change") for model in ("role", "profile")]
SHOWN_ERRORS = 50
CONTENT_TYPES = {"yaml": "application/yaml", "json": "application/json", "zip": "application/zip"}


class ImportForm(forms.Form):
    """A document, or a zip of documents."""

    file = forms.FileField(
        label=gettext_lazy("Archivo"),
        help_text=gettext_lazy(
            "Un documento de rol (hasta 512 KiB) o un .zip con varios (hasta 5 MiB)."
        ),
        widget=forms.FileInput(attrs={"accept": ENDINGS.replace(" ", "")}),
    )


class RoleExchange:
    """The pages and actions that move role documents."""

    change_list_template = "admin/exchange_list.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_documents)
        return [path("importar/", view, name="profiles_role_import"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        more = {"may_import": may_import(request.user), **(extra_context or {})}
        return super().changelist_view(request, more)

    @admin.action(
        permissions=["view"],
        description=gettext_lazy("Exportar como YAML"),
        description_plural=gettext_lazy("Exportar los roles elegidos como YAML"),
        location=EVERYWHERE,
    )
    def export_yaml(self, request, queryset):
        return self._export(request, queryset, role_text, "yaml")

    @admin.action(
        permissions=["view"],
        description=gettext_lazy("Exportar como JSON"),
        description_plural=gettext_lazy("Exportar los roles elegidos como JSON"),
        location=EVERYWHERE,
    )
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
            return _download(content, name, ending)
        return _download(as_zip(texts), f"roles-{ending}.zip", "zip")

    def import_documents(self, request):
        """Write the roles of a file as drafts or, as long as it is only tried, say what it would.

        A file that is refused has changed nothing.
        """
        if not may_import(request.user):
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
            self.log_change(request, role, _("Se importó de un documento."))
        text = ngettext("Se importó %d rol.", "Se importaron %d roles.", len(roles))
        self.message_user(request, text % len(roles), messages.SUCCESS)
        return outcomes

    def _import_page(self, request, form, **more):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Importar documentos"),
            "media": self.media,
            "form": form,
            **more,
        }
        return TemplateResponse(request, "admin/exchange_form.html", context)


def may_import(user):
    """Tell whether ``user`` may write roles and profiles from a file."""
    return user.has_perms(RIGHTS)


def _known(documents):
    """Return the keys of the roles that ``documents`` are of."""
    slugs = {slug for d in documents.values() for slug in (d.slug, *d.former_slugs)}
    found = Role.objects.filter(Q(slug__in=slugs) | Q(aliases__name="", aliases__slug__in=slugs))
    return list(found.values_list("pk", flat=True).distinct())


def _problems(error):
    lines = str(error).splitlines()
    return {"problems": lines[:SHOWN_ERRORS], "more": max(0, len(lines) - SHOWN_ERRORS)}


def _download(content, name, ending):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=CONTENT_TYPES[ending], headers=headers)
