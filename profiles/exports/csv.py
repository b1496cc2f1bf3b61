"""The interview kit's questions as CSV: one row each, for other programs."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from profiles.exports.rows import kit_rows

if TYPE_CHECKING:
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
