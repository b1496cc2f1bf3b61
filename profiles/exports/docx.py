"""A sheet as a Word document that people can edit: ``templates/exports/docx``, zipped."""

import datetime
import re
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.template.loader import render_to_string

from profiles.exports.sheet import Block, Sheet
from profiles.exports.zip_file import zipped

# In twentieths of a point, as Word counts.
SIZES = {"a4": (11906, 16838), "carta": (12240, 15840)}
MARGINS = 2 * 1077
# The files of the archive, which begins with "[Content_Types].xml", lie here as in it.
PARTS = settings.BASE_DIR / "templates" / "exports" / "docx" / "parts"
# XML 1.0 has no place for these, not even escaped.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The lines that tables of one look have, by the name of that look in the templates.
LINES = {
    "all_sides": ("top", "left", "bottom", "right", "insideH", "insideV"),
    "around": ("top", "left", "bottom", "right"),
    "between": ("bottom", "insideH"),
    "under": ("bottom",),
    "top": ("top",),
}
# The lists in numbering.xml; each ordered list after them begins again at 1.
LIST_NUMBERS = {"bullets": 1, "boxes": 2}
FIRST_ORDERED = 3


def render_docx(sheet: Sheet, paper: str = "a4") -> bytes:
    """Return the sheet as a .docx; the same sheet gives the same bytes."""
    values = _values(sheet, paper)
    names = [path.relative_to(PARTS).as_posix() for path in PARTS.rglob("*") if path.is_file()]
    parts = (
        (name, FORBIDDEN.sub("", render_to_string(f"exports/docx/parts/{name}", values)))
        for name in sorted(names)
    )
    return zipped(parts, sheet.dated)


def _values(sheet: Sheet, paper: str) -> dict:
    room = SIZES[paper][0] - MARGINS
    blocks = list(_numbered(sheet.blocks, room))
    utc = sheet.dated and sheet.dated.astimezone(datetime.UTC)
    return {
        "sheet": sheet,
        "blocks": blocks,
        "ordered": [number for *_, number in blocks if number >= FIRST_ORDERED],
        "size": SIZES[paper],
        "room": room,
        "whole": [room],
        "scale": _columns((28, 8, 28, 8, 28), room),
        **LINES,
        "dated": utc and f"{utc:%Y-%m-%dT%H:%M:%SZ}",
    }


def _numbered(blocks: Sequence[Block], room: int) -> Iterator[tuple[Block, list[int], int]]:
    """Yield (block, widths of its columns, number of its list)."""
    ordered = FIRST_ORDERED
    for block in blocks:
        number = LIST_NUMBERS.get(block.kind, 0)
        if block.kind == "ordered":
            number, ordered = ordered, ordered + 1
        yield block, _columns(_widths(block), room), number


def _widths(block: Block) -> Sequence[int]:
    """Return the widths of the columns of a block, as parts of the page's."""
    if block.kind == "table":
        return block.value.widths
    if block.kind == "choices":
        count = len(block.value.columns)
        return (70, *[30 // count] * count)
    return (1,) * len(block.value) if block.kind in ("fields", "columns") else (1,)


def _columns(parts: Sequence[int], room: int) -> list[int]:
    return [room * part // sum(parts) for part in parts]
