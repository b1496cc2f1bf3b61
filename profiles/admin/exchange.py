"""Role documents in and out of the admin: the same files, read and written by the same code."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.access import audit
from profiles.admin.exchange_files import ENDINGS, as_zip, parse_texts, read_upload, role_json
from profiles.admin.exchange_plan import (
    IMPORTER_RIGHTS,
    ChangedSince,
    carry_out,
    make_plan,
    publish_all,
)
from profiles.admin.shelf import may_publish
from profiles.choices import AuditEvent
from profiles.documents.exporting import role_text
from profiles.documents.yaml_file import DocumentError, Problem

EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]
SALT = "profiles.admin.exchange"
PLAN_SECONDS = 60 * 60
# Of the 2.5 MiB that Django takes in a form, what the plan may use.
MAX_PLAN = 2_000_000
SHOWN_ERRORS = 50
CONTENT_TYPES = {"yaml": "application/yaml", "json": "application/json", "zip": "application/zip"}


class ImportForm(forms.Form):
    """A document, or a zip of documents, and whether what changes is published too."""

    file = forms.FileField(
        label=gettext_lazy("Archivo"),
        help_text=gettext_lazy(
            "Un documento de rol (hasta 512 KiB) o un .zip con varios (hasta 5 MiB)."
        ),
        widget=forms.FileInput(attrs={"accept": ENDINGS.replace(" ", "")}),
    )
    publish = forms.BooleanField(
        label=gettext_lazy("Publicar lo que cambie"),
        required=False,
        help_text=gettext_lazy("Lo que las reglas no dejen publicar queda en borrador."),
    )

    def __init__(self, *args, may_publish, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["publish"]


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
        """Ask for a file, show what it would change, and change it once that is confirmed."""
        if not may_import(request.user):
            raise PermissionDenied
        if "plan" in request.POST:
            return self._carry_out(request)
        form = ImportForm(
            request.POST or None, request.FILES or None, may_publish=may_publish(request.user)
        )
        if not form.is_valid():
            return self._page(request, "admin/exchange_form.html", {"form": form})
        try:
            return self._show_plan(request, form.cleaned_data)
        except DocumentError as error:
            context = {"form": form, **_problems(error)}
            return self._page(request, "admin/exchange_form.html", context)

    def _show_plan(self, request, asked):
        documents = read_upload(asked["file"])
        plan = make_plan(documents, request.user)
        publish = asked.get("publish", False)
        token = _sign(documents, plan.stamps, publish, request.user)
        if len(token) > MAX_PLAN:
            problem = Problem(_("trae demasiado para revisarlo junto; importalo en partes"))
            raise DocumentError(asked["file"].name, [problem])
        context = {"plan": plan, "token": token, "publish": publish}
        return self._page(request, "admin/exchange_plan.html", context)

    def _carry_out(self, request):
        try:
            asked = signing.loads(request.POST["plan"], salt=SALT, max_age=PLAN_SECONDS)
        except signing.BadSignature:
            return self._start_again(request, _("El plan venció. Subí el archivo de nuevo."))
        if asked["user"] != request.user.pk:
            raise PermissionDenied
        try:
            documents = parse_texts(asked["texts"])
            changed = carry_out(documents, asked["stamps"], request.user)
        except DocumentError as error:
            return self._start_again(request, str(error))
        except ChangedSince as error:
            text = _(
                "No se importó nada: mientras mirabas el plan, alguien cambió %(names)s. "
                "Subí el archivo de nuevo para ver qué cambiaría ahora."
            )
            return self._start_again(request, text % {"names": error})
        return self._tell(request, documents, changed, asked["publish"])

    def _tell(self, request, documents, changed, publish):
        audit(AuditEvent.IMPORTED, request, request.user, subject=", ".join(documents))
        text = ngettext("Se importó %d rol.", "Se importaron %d roles.", len(changed))
        self.message_user(request, text % len(changed), messages.SUCCESS)
        if publish and may_publish(request.user):
            made, refused = publish_all(changed, request.user)
            text = ngettext("Se publicó %d edición.", "Se publicaron %d ediciones.", made)
            self.message_user(request, text % made, messages.SUCCESS)
            for refusal in refused:
                self.message_user(request, _("Queda en borrador: %s") % refusal, messages.WARNING)
        for role in changed:
            self.log_change(request, role, _("Se importó de un documento."))
        return HttpResponseRedirect(reverse("admin:profiles_role_changelist"))

    def _start_again(self, request, text):
        self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:profiles_role_import"))

    def _page(self, request, template, context):
        common = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Importar documentos"),
            "media": self.media,
        }
        return TemplateResponse(request, template, {**common, **context})


def may_import(user):
    """Tell whether ``user`` may write roles and profiles from a file."""
    return user.has_perms(IMPORTER_RIGHTS)


def _sign(documents, stamps, publish, user):
    """Return the plan as the form carries it: nobody else can use it, nor alter it."""
    texts = {
        name: document.model_dump_json(by_alias=True, exclude_defaults=True)
        for name, document in documents.items()
    }
    plan = {"texts": texts, "stamps": stamps, "publish": publish, "user": user.pk}
    return signing.dumps(plan, salt=SALT, compress=True)


def _problems(error):
    lines = str(error).splitlines()
    return {"problems": lines[:SHOWN_ERRORS], "more": max(0, len(lines) - SHOWN_ERRORS)}


def _download(content, name, ending):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=CONTENT_TYPES[ending], headers=headers)
