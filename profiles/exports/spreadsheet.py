"""The interview kit as rows: a spreadsheet that people fill in, and CSV for other programs."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from profiles.exports.kit import InterviewKit
from profiles.exports.wording import WORDS

# For lists that people open in Excel: it reads UTF-8 only with a mark, and splits at semicolons
# where the decimal sign is a comma. Programs want neither.
BYTE_ORDER_MARK = "\ufeff"
DELIMITER = ";"
# A cell that starts with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# So is what follows a separator inside a cell, to a program that splits there. A sign begins prose
# too ("- guion", ", -5"): there only a call, a link or another program's cell is stopped.
INNER_FORMULA = re.compile(r"""([,;|\t\r\n][ "]*+)(?=[=@]|[+-][^,;|\t\r\n]*?(?:\(|[|!]\S))""")
# "1001+" is a number to a spreadsheet, with its sign behind it: the sign would be lost.
SIGNED = re.compile(r"[\d.,]+[+-]")


def kit_rows(kit: InterviewKit) -> Iterator[list]:
    """Yield the header, a row for each question, then what is asked of traits and is observed."""
    yield WORDS.columns
    place = [kit.page.heading, kit.page.source_url]
    for item in kit.questions:
        question = item.question
        asked = [question.text, item.evaluates, "\n".join(question.follow_ups), question.instead]
        anchors = [anchor for _rating, anchor in question.anchors.rated()]
        yield [_("pregunta"), item.number, *asked, kit.each, *anchors, "", "", *place]
    observed = [
        (_("rasgo"), f"{row.trait.name}: {row.level_words} ({row.range}), {row.importance_words}")
        for row in kit.page.trait_rows
    ]
    observed += [(_("fortaleza"), text) for text in kit.page.strengths.all]
    observed += [(_("señal de alerta"), text) for text in kit.page.red_flags.all]
    for kind, text in observed:
        yield [kind, "", text, *[""] * 9, *place]


def render_csv(kit: InterviewKit, _paper: str = "") -> bytes:
    """Return UTF-8 with commas between cells and formula-safe text."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    for row in kit_rows(kit):
        writer.writerow([safe_cell(str(cell)) for cell in row])
    return sheet.getvalue().encode()


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe wherever a spreadsheet would run or rewrite it."""
    text = INNER_FORMULA.sub(r"\1'", text)
    is_read_otherwise = text.startswith(FORMULA_STARTS) or SIGNED.fullmatch(text)
    return f"'{text}" if is_read_otherwise else text


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
