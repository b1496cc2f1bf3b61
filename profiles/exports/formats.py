"""The files that a sheet can be taken away as, and how many are made at once."""

from __future__ import annotations

import io
import threading
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from profiles.exports.csv import render_csv
from profiles.exports.docx import EARLIEST, render_docx
from profiles.exports.kit import interview_kit
from profiles.exports.markdown import render_markdown
from profiles.exports.pack import all_sheets
from profiles.exports.pdf import render_pdf
from profiles.exports.xlsx import render_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.guide.profile_page import ProfilePage

# Making files is the costliest thing that a visitor can ask for. A worker makes one at a time, and
# only so many visitors may wait for it: the other threads go on serving pages.
MAKING = threading.Lock()
QUEUE = threading.BoundedSemaphore(6)


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
    "docx": Format(
        _("Word"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        render_docx,
    ),
    "md": Format(_("Markdown"), "text/markdown; charset=utf-8", render_markdown),
}
# What only the interview kit has: its questions as rows.
ROW_FORMATS = {
    "xlsx": Format(
        _("Excel"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        render_xlsx,
    ),
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


def render_pack(page: ProfilePage, source_url: str, paper: str) -> bytes:
    """Return the whole pack as a ZIP: a folder for each format, files in the order of the hire."""
    moment = max(page.published_from or EARLIEST, EARLIEST).timetuple()[:6]
    kit = interview_kit(page, source_url)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(all_sheets(page, source_url), start=1):
            for extension, chosen in SHEET_FORMATS.items():
                name = f"{chosen.label}/{number}-{sheet.file_stem}.{extension}"
                _add(archive, name, chosen.render(sheet, paper), moment)
        rows = ROW_FORMATS["xlsx"]
        _add(archive, f"{rows.label}/{kit.file_stem}.xlsx", rows.render(kit, paper), moment)
    return file.getvalue()


ZIP = Format(_("ZIP"), "application/zip", render_pack)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, moment: tuple) -> None:
    entry = zipfile.ZipInfo(name, moment)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
