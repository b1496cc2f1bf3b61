"""Any list of the admin as CSV, for spreadsheets: the same rows, columns and words."""

import csv
import html
import io

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
from profiles.exports.csv import BYTE_ORDER_MARK, DELIMITER, safe_cell

MAX_ROWS = 10_000
PAGE = 500
CHECKBOX = "action_checkbox"


@admin.action(permissions=["view"], description=gettext_lazy("Exportar la lista como CSV"))
def export_csv(modeladmin, request, queryset):
    """Answer with the chosen rows as CSV that spreadsheets open (UTF-8 marked, semicolons)."""
    if _is_too_long(modeladmin, request, queryset):
        return None
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=DELIMITER)
    for row in table(modeladmin, request, queryset):
        writer.writerow([safe_cell(cell) for cell in row])
    content = (BYTE_ORDER_MARK + sheet.getvalue()).encode()
    return _answer(modeladmin, request, content)


def _is_too_long(modeladmin, request, queryset):
    """Tell whether a file takes fewer rows than these, and say so: none is left out in silence."""
    count = queryset.count()
    if count > MAX_ROWS:
        words = _("No se exportó: elegiste %(count)s filas y van hasta %(max)s. Filtrá la lista.")
        modeladmin.message_user(request, words % {"count": count, "max": MAX_ROWS}, messages.ERROR)
    return count > MAX_ROWS


def table(modeladmin, request, queryset):
    """Yield the heading and then each row, as texts."""
    columns = [name for name in modeladmin.get_list_display(request) if name != CHECKBOX]
    yield [capfirst(str(label_for_field(name, modeladmin.model, modeladmin))) for name in columns]
    for row in _rows(modeladmin, request, queryset):
        yield [_text(*lookup_field(name, row, modeladmin), row) for name in columns]


def _rows(modeladmin, request, queryset):
    """Yield rows page by page, as the list reads them: some columns need what it adds."""
    page = modeladmin.get_changelist_instance(request)
    page.queryset, page.list_per_page = queryset[:MAX_ROWS], PAGE
    page.show_all, pages = False, -(-queryset.count() // PAGE)
    for page.page_num in range(1, pages + 1):
        page.get_results(request)
        yield from page.result_list


def _text(field, attr, value, row):
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(field.flatchoices).get(value, value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if hasattr(value, "isoformat"):
        return _moment(value)
    return html.unescape(strip_tags(str(localize(value)))).strip()


def _moment(value):
    if hasattr(value, "tzinfo"):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def _answer(modeladmin, request, content):
    name = capfirst(str(modeladmin.opts.verbose_name_plural))
    audit(AuditEvent.EXPORTED, request, request.user, subject=f"{name} (CSV)")
    file_name = f"{modeladmin.opts.model_name}-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


admin.site.add_action(export_csv)
