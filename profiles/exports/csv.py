"""The interview kit as rows, and these as CSV for other programs."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from profiles.exports.kit import InterviewKit

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
    """Yield the header, a row for each question, then the strengths and the red flags."""
    yield [
        *(_("Tipo"), _("Nº"), _("Texto"), _("Evalúa"), _("Repreguntas"), _("Si nunca lo vivió")),
        *(_("Minutos"), _("1: respuesta débil"), _("3: respuesta aceptable")),
        *(_("5: respuesta excelente"), _("Calificación (1 a 5)"), _("Notas")),
        *(_("Perfil"), _("Dirección")),
    ]
    place = [kit.page.heading, kit.source_url]
    for item in kit.questions:
        question = item.question
        asked = [question.text, item.evaluates, "\n".join(question.follow_ups), question.instead]
        anchors = [anchor for _rating, anchor in question.anchors.rated()]
        yield [_("pregunta"), item.number, *asked, kit.plan.each, *anchors, "", "", *place]
    observed = [(_("fortaleza"), text) for text in kit.page.strengths.all]
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
