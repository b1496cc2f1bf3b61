"""What comes into the admin and leaves it as a file: role documents, and any list as CSV.

What a stranger may send is bounded here.
"""

import csv
import html
import io
import json
import mimetypes
import re
import zipfile
from pathlib import PurePosixPath

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from profiles.admin.base import SaveRefused, action_everywhere, are_too_many
from profiles.admin.shelf import guarding_live_facts
from profiles.desk.access import audit
from profiles.desk.exporting import role_text, whole_document
from profiles.desk.library import addresses
from profiles.desk.loading import GUIDE_FILE, import_roles, refuse
from profiles.documents.choices import AuditEvent
from profiles.documents.schema import RoleDocument
from profiles.documents.stored import canonical
from profiles.documents.yaml_file import MAX_BYTES, DocumentError, Problem, parse
from profiles.exports.spreadsheet import BYTE_ORDER_MARK, DELIMITER, safe_cell
from profiles.exports.zip_file import BROKEN, LOCKED, zipped
from profiles.models import ContentVersion, Role, RoleAlias

MAX_ZIP = 5 * 1024 * 1024
MAX_MEMBERS = 500
# Python unpacks these no further than it is asked to; a bomb of another kind it unpacks whole.
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What a Mac packs along.
HIDDEN = re.compile(r"(?:^|/)(?:\.|__MACOSX/)")
# JSON is YAML, so one reader reads both.
DOCUMENT_ENDINGS = {".yaml", ".yml", ".json"}
ENDINGS = ", ".join(sorted([*DOCUMENT_ENDINGS, ".zip"]))
# A list's file takes this many rows, and reads so many at a time.
MAX_ROWS = 10_000
PAGE = 500
CHECKBOX = "action_checkbox"
# An import adds and changes rows of these models.
IMPORT_RIGHTS = [
    f"profiles.{act}_{model}" for act in ("add", "change") for model in ("role", "profile")
]
SHOWN_ERRORS = 50


def download(content, name):
    """Return the answer that a browser saves as a file called ``name``."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content_type, _encoding = mimetypes.guess_type(name)
    return HttpResponse(content, content_type=content_type or "application/yaml", headers=headers)


# --- role documents ---


def read_upload(upload):
    """Return the role documents in an upload (one document, or a zip of them) by file name.

    Raises DocumentError with every problem of every file, and nothing else.
    """
    ending, documents, errors = PurePosixPath(upload.name).suffix.lower(), {}, []
    if ending not in {".zip", *DOCUMENT_ENDINGS}:
        raise _refusal(upload.name, f"no es un documento ni un .zip; se admite {ENDINGS}")
    single = [(upload.name, upload.read(MAX_BYTES + 1))] if ending != ".zip" else ()
    for name, content in single or _members(upload):
        try:
            documents[name] = parse(content, RoleDocument, name)
        except DocumentError as error:
            errors.append(error)
    refuse(errors)
    return documents


def _members(upload):
    """Yield (name, content) of a zip that holds only documents, whatever its header claims."""
    too_big, left = f"pesa más de {MAX_ZIP // 1024**2} MiB", MAX_ZIP
    if upload.size > MAX_ZIP:
        raise _refusal(upload.name, too_big)
    try:
        with zipfile.ZipFile(upload) as archive:
            files = [member for member in archive.infolist() if not member.is_dir()]
            members = [member for member in files if not HIDDEN.search(member.filename)]
            if not 0 < len(members) <= MAX_MEMBERS:
                count = f"tiene {len(members)} archivos; van de 1 a {MAX_MEMBERS}"
                raise _refusal(upload.name, count)
            for member in members:
                _refuse_other(PurePosixPath(member.filename), member.compress_type)
                with archive.open(member) as file:
                    content = file.read(min(MAX_BYTES, left) + 1)
                left -= len(content)
                if left < 0:
                    raise _refusal(upload.name, f"descomprimido {too_big}")
                yield member.filename, content
    except BROKEN as error:
        raise _refusal(upload.name, "no es un .zip sano") from error
    except LOCKED as error:
        raise _refusal(upload.name, "tiene contraseña o una compresión rara") from error


def _refuse_other(path, compression):
    """Refuse what a zip may not hold: the vocabulary, no document, a bomb of another kind."""
    if path.name == GUIDE_FILE:
        raise _refusal(path, "el vocabulario no se importa acá: solo roles")
    if path.suffix.lower() not in DOCUMENT_ENDINGS:
        raise _refusal(path, "no es un documento .yaml o .json")
    if compression not in COMPRESSIONS:
        raise _refusal(path, "tiene una compresión rara")


def _roles_at(documents):
    """Return the keys of the roles that have now any address which ``documents`` claim."""
    claimed = {slug for document in documents for _place, slug in addresses(document)}
    others = RoleAlias.objects.filter(slug__in=claimed).values("role")
    roles = Role.objects.filter(Q(slug__in=claimed) | Q(pk__in=others))
    return set(roles.values_list("pk", flat=True))


def _refusal(name, message):
    return DocumentError(str(name), [Problem(message)])


def role_json(role):
    """Return the role's document as JSON; raises DocumentError as ``role_text`` does."""
    value = canonical(whole_document(role), by_alias=True, exclude_defaults=True)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Archivo"),
        help_text=_("Un documento de rol (hasta 512 KiB) o un .zip con varios (hasta 5 MiB)."),
        widget=forms.FileInput(attrs={"accept": ENDINGS.replace(" ", "")}),
    )


class RoleExchange:
    """Documents in and out: the same files, read and written by the same code."""

    change_list_template = "admin/exchange_list.html"

    def own_pages(self):
        return [("importar/", self.import_documents, "import"), *super().own_pages()]

    def changelist_view(self, request, extra_context=None):
        more = {"may_import": request.user.has_perms(IMPORT_RIGHTS), **(extra_context or {})}
        return super().changelist_view(request, more)

    @action_everywhere("view", "Exportar como YAML", "Exportar los roles elegidos como YAML")
    def export_yaml(self, request, queryset):
        return self._export(request, queryset, role_text, "yaml")

    @action_everywhere("view", "Exportar como JSON", "Exportar los roles elegidos como JSON")
    def export_json(self, request, queryset):
        return self._export(request, queryset, role_json, "json")

    def _export(self, request, roles, text_of, ending):
        if are_too_many(self, request, roles):
            return None
        try:
            texts = {f"{role.slug}.{ending}": text_of(role) for role in roles}
        except DocumentError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        audit(AuditEvent.EXPORTED, request, request.user, subject=", ".join(texts))
        if len(texts) == 1:
            ((name, content),) = texts.items()
            return download(content, name)
        return download(zipped(texts.items(), timezone.now()), f"roles-{ending}.zip")

    def import_documents(self, request):
        """Write the roles of a file as drafts or, if "try" is posted, only say what would change.

        A refused file changes nothing.
        """
        if not request.user.has_perms(IMPORT_RIGHTS):
            raise PermissionDenied
        form, found = ImportForm(request.POST or None, request.FILES or None), {}
        if form.is_valid():
            try:
                found = {"outcomes": self._import(request, form.cleaned_data["file"])}
            except (DocumentError, SaveRefused) as error:
                lines = str(error).splitlines()
                found = {"problems": lines[:SHOWN_ERRORS], "more": len(lines[SHOWN_ERRORS:])}
            if "outcomes" in found and "try" not in request.POST:
                return redirect("admin:profiles_role_changelist")
        title = _("Importar documentos")
        return self.page(request, "exchange_form", title, media=self.media, form=form, **found)

    @transaction.atomic
    def _import(self, request, file):
        documents = read_upload(file)
        ContentVersion.hold()
        with guarding_live_facts(_roles_at(documents.values()), request.user):
            outcomes, roles = import_roles(documents, by=request.user)
        if "try" in request.POST:
            transaction.set_rollback(True)
            return outcomes
        audit(AuditEvent.IMPORTED, request, request.user, subject=", ".join(documents))
        for role in roles:
            self.log_change(request, role, _("Se importó de un documento."))
        text = ngettext("Se importó %d rol.", "Se importaron %d roles.", len(roles))
        self.message_user(request, text % len(roles), messages.SUCCESS)
        return outcomes


# --- any list, for spreadsheets: the same rows, columns and words ---


@admin.action(permissions=["view"], description=_("Exportar la lista como CSV"))
def export_csv(modeladmin, request, queryset):
    """Answer with the chosen rows as CSV that spreadsheets open (UTF-8 marked, semicolons).

    More rows than a file takes are refused: none is left out in silence.
    """
    if are_too_many(modeladmin, request, queryset, MAX_ROWS):
        return None
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=DELIMITER)
    for row in table(modeladmin, request, queryset):
        writer.writerow([safe_cell(cell) for cell in row])
    name = capfirst(str(modeladmin.opts.verbose_name_plural))
    audit(AuditEvent.EXPORTED, request, request.user, subject=f"{name} (CSV)")
    content = (BYTE_ORDER_MARK + sheet.getvalue()).encode()
    return download(content, f"{modeladmin.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv")


def table(modeladmin, request, queryset):
    columns = [name for name in modeladmin.get_list_display(request) if name != CHECKBOX]
    yield [capfirst(str(label_for_field(name, modeladmin.model, modeladmin))) for name in columns]
    for row in queryset.iterator(chunk_size=PAGE):
        yield [_text(*lookup_field(name, row, modeladmin), row) for name in columns]


def _text(field, attr, value, row):
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(field.flatchoices).get(value, value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("sí") if value else _("no"))
    if hasattr(value, "tzinfo"):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return html.unescape(strip_tags(str(localize(value)))).strip()


admin.site.add_action(export_csv)
