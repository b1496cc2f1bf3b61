"""The interview kit's questions as a spreadsheet: one row each, for a tracking system."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.exports.kit import InterviewKit, KitQuestion

# Excel reads UTF-8 only with a mark, and splits at semicolons where the decimal sign is a comma.
BYTE_ORDER_MARK = "\ufeff"
DELIMITER = ";"
# A cell that starts with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# So is what follows a separator inside a cell, to a program that splits there. A sign begins prose
# too ("- guion", ", -5"): there only a call, a link or another program's cell is stopped.
INNER_FORMULA = re.compile(r"""([,;|\t\r\n][ "]*+)(?=[=@]|[+-][^,;|\t\r\n]*?(?:\(|[|!]\S))""")
# "1001+" is a number to a spreadsheet, with its sign behind it: the sign would be lost.
SIGNED = re.compile(r"[\d.,]+[+-]")


def render_csv(kit: InterviewKit) -> bytes:
    """Return UTF-8 with a byte order mark, semicolons between cells and formula-safe text."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=DELIMITER)
    for row in _rows(kit):
        writer.writerow([safe_cell(str(cell)) for cell in row])
    return (BYTE_ORDER_MARK + sheet.getvalue()).encode()


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe wherever a spreadsheet would run or rewrite it."""
    text = INNER_FORMULA.sub(r"\1'", text)
    is_read_otherwise = text.startswith(FORMULA_STARTS) or SIGNED.fullmatch(text)
    return f"'{text}" if is_read_otherwise else text


def _rows(kit: InterviewKit) -> Iterator[list]:
    yield [
        _("Nº"),
        _("Pregunta"),
        _("Evalúa"),
        _("Repreguntas"),
        _("Minutos"),
        _("1: respuesta débil"),
        _("3: respuesta aceptable"),
        _("5: respuesta excelente"),
        _("Calificación (1 a 5)"),
        _("Notas"),
        _("Perfil"),
        _("Dirección"),
    ]
    for question in kit.questions:
        yield _row(kit, question)


def _row(kit: InterviewKit, question: KitQuestion) -> list:
    anchors = [anchor for _rating, anchor in question.item.question.anchors.rated()]
    follow_ups = " | ".join(question.follow_ups)
    asked = [question.number, question.text, question.evaluates, follow_ups, kit.plan.each]
    return [*asked, *anchors, "", "", kit.heading, kit.source_url]
