"""What Python raises where it reads a zip that is none, or is broken: more than BadZipFile."""

import lzma
import zipfile
import zlib

# A broken name is a UnicodeDecodeError, a broken offset a ValueError or an OverflowError.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, ValueError, OverflowError),
)
# A password, or a compression that Python does not know, is a RuntimeError.
LOCKED = RuntimeError
