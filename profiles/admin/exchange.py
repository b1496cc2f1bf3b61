"""What comes into the admin and leaves it as a file: role documents, and any list as CSV.

What a stranger may send is bounded here.
"""

import csv
import html
import io
import json
import zipfile
from pathlib import PurePosixPath

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.desk.access import audit
from profiles.documents.choices import AuditEvent
from profiles.documents.schema import RoleDocument
from profiles.documents.stored import canonical
from profiles.documents.yaml_file import MAX_BYTES, DocumentError, Problem, parse
from profiles.exchange.exporting import role_text
from profiles.exchange.loading import GUIDE_FILE, joined
from profiles.exports.csv import BYTE_ORDER_MARK, DELIMITER, safe_cell
from profiles.exports.zip_file import BROKEN, LOCKED

MAX_ZIP = 5 * 1024 * 1024
MAX_MEMBERS = 500
# Python unpacks these no further than it is asked to; a bomb of another kind it unpacks whole.
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# JSON is YAML, so one reader reads both.
DOCUMENT_ENDINGS = {".yaml", ".yml", ".json"}
ENDINGS = ", ".join(sorted([*DOCUMENT_ENDINGS, ".zip"]))
CONTENT_TYPES = {
    "yaml": "application/yaml",
    "json": "application/json",
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
}
# A list's file takes this many rows, and reads so many at a time.
MAX_ROWS = 10_000
PAGE = 500
CHECKBOX = "action_checkbox"


def download(content, name):
    """Return the answer that a browser saves as a file called ``name``."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content_type = CONTENT_TYPES[name.rpartition(".")[2]]
    return HttpResponse(content, content_type=content_type, headers=headers)


# --- role documents ---


def read_upload(upload):
    """Return the role documents in an upload (one document, or a zip of them) by file name.

    Raises DocumentError with every problem of every file, and nothing else.
    """
    ending = PurePosixPath(upload.name).suffix.lower()
    if ending == ".zip":
        return _parse_all(_members(upload))
    if ending not in DOCUMENT_ENDINGS:
        raise _refusal(upload.name, f"no es un documento ni un .zip; se admite {ENDINGS}")
    return _parse_all([(upload.name, upload.read(MAX_BYTES + 1))])


def _parse_all(contents):
    documents, errors = {}, []
    for name, content in contents:
        try:
            documents[name] = parse(content, RoleDocument, name)
        except DocumentError as error:
            errors.append(error)
    if errors:
        raise joined(errors)
    return documents


def _members(upload):
    """Yield (name, content) of the files in a zip; its limits hold whatever its header claims."""
    if upload.size > MAX_ZIP:
        raise _refusal(upload.name, f"pesa más de {MAX_ZIP // 1024**2} MiB")
    left = MAX_ZIP
    try:
        with zipfile.ZipFile(upload) as archive:
            for member in _documents(archive, upload.name):
                with archive.open(member) as file:
                    content = file.read(min(MAX_BYTES, left) + 1)
                left -= len(content)
                if left < 0:
                    size = f"{MAX_ZIP // 1024**2} MiB"
                    raise _refusal(upload.name, f"descomprimido pesa más de {size}")
                yield member.filename, content
    except BROKEN as error:
        raise _refusal(upload.name, "no es un .zip sano") from error
    except LOCKED as error:
        raise _refusal(upload.name, "tiene contraseña o una compresión rara") from error


def _documents(archive, name):
    """Return the members of a zip that are documents; refuse one that holds anything else."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if not 0 < len(members) <= MAX_MEMBERS:
        raise _refusal(name, f"tiene {len(members)} archivos; van de 1 a {MAX_MEMBERS}")
    names = set()
    for member in members:
        path = PurePosixPath(member.filename)
        if path.name == GUIDE_FILE:
            raise _refusal(member.filename, "el vocabulario no se importa acá: solo roles")
        if path.suffix.lower() not in DOCUMENT_ENDINGS:
            raise _refusal(member.filename, "no es un documento .yaml o .json")
        if member.filename in names:
            raise _refusal(member.filename, "está repetido en el .zip")
        if member.compress_type not in COMPRESSIONS:
            raise _refusal(member.filename, "tiene una compresión rara")
        names.add(member.filename)
    return members


def _refusal(name, message):
    return DocumentError(name, [Problem(message)])


def role_json(role):
    """Return the role's document as JSON; raises DocumentError as ``role_text`` does."""
    document = parse(role_text(role).encode(), RoleDocument, role.slug)
    value = canonical(document, by_alias=True, exclude_defaults=True)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_zip(texts):
    """Return a zip of ``texts`` by file name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return content.getvalue()


# --- any list, for spreadsheets: the same rows, columns and words ---


@admin.action(permissions=["view"], description=gettext_lazy("Exportar la lista como CSV"))
def export_csv(modeladmin, request, queryset):
    """Answer with the chosen rows as CSV that spreadsheets open (UTF-8 marked, semicolons).

    More rows than a file takes are refused: none is left out in silence.
    """
    if (count := queryset.count()) > MAX_ROWS:
        words = _("No se exportó: elegiste %(count)s filas y van hasta %(max)s. Filtrá la lista.")
        modeladmin.message_user(request, words % {"count": count, "max": MAX_ROWS}, messages.ERROR)
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
    """Yield the heading and then each row, as texts."""
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
        return _("sí") if value else _("no")
    if hasattr(value, "tzinfo"):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return html.unescape(strip_tags(str(localize(value)))).strip()


admin.site.add_action(export_csv)
