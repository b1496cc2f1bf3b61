"""The files that a sheet can be taken away as, and how many are made at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from profiles.exports.docx import render_docx
from profiles.exports.kit import interview_kit
from profiles.exports.markdown import render_markdown
from profiles.exports.pack import all_sheets
from profiles.exports.pdf import render_pdf
from profiles.exports.sheet import file_stem
from profiles.exports.spreadsheet import render_csv, render_xlsx
from profiles.exports.zip_file import zipped
from profiles.guide.profile_page import ProfilePage

# Making files is the costliest thing that a visitor can ask for. A worker makes one at a time, and
# only so many visitors may wait for it: the other threads go on serving pages.
MAKING = threading.Lock()
QUEUE = threading.BoundedSemaphore(6)
OFFICE = "application/vnd.openxmlformats-officedocument"


class Busy(Exception):
    """As many visitors wait for a file as may."""


class Format(NamedTuple):
    """One file format: what people call it, how it is sent, who writes it (what, paper)."""

    label: str
    content_type: str
    render: Callable[..., bytes]
    inline: bool = False


# What every sheet can be taken away as.
SHEET_FORMATS = {
    "pdf": Format(_("PDF"), "application/pdf", render_pdf, inline=True),
    "docx": Format(_("Word"), f"{OFFICE}.wordprocessingml.document", render_docx),
    "md": Format(_("Markdown"), "text/markdown; charset=utf-8", render_markdown),
}
# What only the interview kit has: its questions as rows.
ROW_FORMATS = {
    "xlsx": Format(_("Excel"), f"{OFFICE}.spreadsheetml.sheet", render_xlsx),
    "csv": Format(_("CSV"), "text/csv; charset=utf-8", render_csv),
}
KIT_FORMATS = SHEET_FORMATS | ROW_FORMATS


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn to make a file; raises Busy if too many wait already."""
    if not QUEUE.acquire(blocking=False):
        raise Busy
    try:
        with MAKING:
            yield
    finally:
        QUEUE.release()


def render_pack(page: ProfilePage, paper: str) -> bytes:
    """Return the whole pack as a ZIP: a folder for each format, files in the order of the hire."""
    files = [
        (f"{chosen.label}/{n}-{sheet.file_stem}.{extension}", chosen.render(sheet, paper))
        for n, sheet in enumerate(all_sheets(page), start=1)
        for extension, chosen in SHEET_FORMATS.items()
    ]
    rows = ROW_FORMATS["xlsx"]
    name = f"{rows.label}/{file_stem('entrevista', page)}.xlsx"
    return zipped([*files, (name, rows.render(interview_kit(page), paper))], page.published_from)


ZIP = Format(_("ZIP"), "application/zip", render_pack)
