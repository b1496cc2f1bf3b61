"""A sheet as a Word document that people can edit: ``templates/exports/docx``, zipped."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profiles.exports.sheet import Block, Sheet

# In twentieths of a point, as Word counts.
SIZES = {"a4": (11906, 16838), "carta": (12240, 15840)}
MARGINS = 2 * 1077
PARTS = {
    "[Content_Types].xml": "content_types",
    "_rels/.rels": "package_rels",
    "docProps/core.xml": "core",
    "docProps/app.xml": "app",
    "word/document.xml": "document",
    "word/_rels/document.xml.rels": "document_rels",
    "word/settings.xml": "settings",
    "word/styles.xml": "styles",
    "word/numbering.xml": "numbering",
    "word/header1.xml": "header",
    "word/footer1.xml": "footer",
}
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
LIST_NUMBERS = {"plain": 1, "boxes": 2}
FIRST_ORDERED = 3
EARLIEST = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)


def render_docx(sheet: Sheet, paper: str = "a4") -> bytes:
    """Return the sheet as a .docx; the same sheet gives the same bytes."""
    values = _values(sheet, paper)
    # What a zip can date begins in 1980.
    moment = max(sheet.dated or EARLIEST, EARLIEST).timetuple()[:6]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, template in PARTS.items():
            text = render_to_string(f"exports/docx/{template}.xml", values)
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, FORBIDDEN.sub("", text))
    return file.getvalue()


def _values(sheet: Sheet, paper: str) -> dict:
    room = SIZES[paper][0] - MARGINS
    blocks = list(_numbered(sheet.blocks, room))
    numbers = [number for _block, _columns, number in blocks if number >= FIRST_ORDERED]
    return {
        "sheet": sheet,
        "blocks": blocks,
        "ordered": numbers,
        "size": SIZES[paper],
        "room": room,
        "whole": [room],
        "scale": _columns((28, 8, 28, 8, 28), room),
        **LINES,
        "dated": sheet.dated
        and sheet.dated.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _numbered(blocks: Sequence[Block], room: int) -> Iterator[tuple[Block, list[int], int]]:
    """Yield (block, widths of its columns, number of its list)."""
    ordered = FIRST_ORDERED
    for block in blocks:
        number = LIST_NUMBERS.get(getattr(block, "style", ""), 0)
        if getattr(block, "style", "") == "ordered":
            number, ordered = ordered, ordered + 1
        yield block, _columns(_parts(block), room), number


def _parts(block: Block) -> Sequence[int]:
    """Return how the width of the page is shared out among the columns of ``block``."""
    if block.kind == "table":
        return block.widths
    if block.kind == "choices":
        return (70, *[30 // len(block.columns)] * len(block.columns))
    if block.kind in ("columns", "fields"):
        return (1,) * len(block.lists if block.kind == "columns" else block.names)
    return (1,)


def _columns(parts: Sequence[int], room: int) -> list[int]:
    return [room * part // sum(parts) for part in parts]
