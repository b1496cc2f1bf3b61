"""Zips: how ours are written, and what Python raises where it reads one that is broken."""

import datetime
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable

# More than BadZipFile: a broken name is a UnicodeDecodeError, a broken offset a ValueError or an
# OverflowError.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, ValueError, OverflowError),
)
# A password, or a compression that Python does not know, is a RuntimeError.
LOCKED = RuntimeError
# What a zip can date begins here.
EARLIEST = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)


def zipped(
    files: Iterable[tuple[str, str | bytes]], dated: datetime.datetime | None = None
) -> bytes:
    """Return ``files``, (name, content), as a zip: the same files and date, the same bytes."""
    moment = max(dated or EARLIEST, EARLIEST).timetuple()[:6]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()
