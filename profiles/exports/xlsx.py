"""The interview kit as a spreadsheet that people fill in: one row for each question."""

import io

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from profiles.exports.csv import kit_rows
from profiles.exports.kit import InterviewKit

# In characters, column by column.
WIDTHS = (10, 5, 44, 30, 36, 30, 9, 30, 30, 30, 13, 40, 24, 40)
RATING_COLUMN = 10
PAPER_NUMBERS = {"a4": 9, "carta": 1}
# Texts stay texts, whatever they begin with.
AS_TEXT = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)


def render_xlsx(kit: InterviewKit, paper: str = "a4") -> bytes:
    """Return an .xlsx: wrapped cells, a header that stays, a list of 1 to 5 for the ratings."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, **AS_TEXT})
    dated = kit.page.published_from
    properties = {"title": f"{kit.title}: {kit.page.heading}", "author": "Guía de Roles"}
    created = {"created": dated.replace(tzinfo=None)} if dated else {}
    book.set_properties(properties | created)
    sheet = book.add_worksheet(_("Entrevista"))
    _set_up(sheet, paper)
    look = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#A89F8D"}
    plain = book.add_format(look)
    head = book.add_format({**look, "bold": True, "bg_color": "#F4EFE4"})
    for number, row in enumerate(kit_rows(kit)):
        sheet.write_row(number, 0, row, plain if number else head)
    _ask_for_ratings(sheet, len(kit.questions))
    book.close()
    return file.getvalue()


def _set_up(sheet: Worksheet, paper: str) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(PAPER_NUMBERS[paper])
    sheet.fit_to_pages(1, 0)


def _ask_for_ratings(sheet: Worksheet, questions: int) -> None:
    asked = {
        "validate": "list",
        "source": ["1", "2", "3", "4", "5"],
        "error_title": _("Calificación"),
        "error_message": _("Elegí un número de 1 a 5, o dejala vacía si no se hizo."),
    }
    sheet.data_validation(1, RATING_COLUMN, questions, RATING_COLUMN, asked)
