"""Role documents from uploaded files, and back: what a stranger may send is bounded here."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from profiles.documents.schema import RoleDocument
from profiles.documents.stored import canonical
from profiles.documents.yaml_file import MAX_BYTES, DocumentError, Problem, parse
from profiles.exchange.exporting import role_text
from profiles.exchange.loading import GUIDE_FILE, joined
from profiles.exports.zip_file import BROKEN, LOCKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.core.files.uploadedfile import UploadedFile

    from profiles.models import Role

MAX_ZIP = 5 * 1024 * 1024
MAX_MEMBERS = 500
# What Python unpacks no further than it is asked to; it unpacks a whole bomb of another kind.
COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# JSON is YAML, so one reader reads both.
DOCUMENT_ENDINGS = {".yaml", ".yml", ".json"}
ENDINGS = ", ".join(sorted([*DOCUMENT_ENDINGS, ".zip"]))


def read_upload(upload: UploadedFile) -> dict[str, RoleDocument]:
    """Return the role documents in an upload (one document, or a zip of them) by file name.

    Raises DocumentError with every problem of every file, and nothing else.
    """
    ending = PurePosixPath(upload.name).suffix.lower()
    if ending == ".zip":
        return _parse_all(_members(upload))
    if ending not in DOCUMENT_ENDINGS:
        raise _refusal(upload.name, f"no es un documento ni un .zip; se admite {ENDINGS}")
    return _parse_all([(upload.name, upload.read(MAX_BYTES + 1))])


def _parse_all(contents: Iterable[tuple[str, bytes]]) -> dict[str, RoleDocument]:
    documents, errors = {}, []
    for name, content in contents:
        try:
            documents[name] = parse(content, RoleDocument, name)
        except DocumentError as error:
            errors.append(error)
    if errors:
        raise joined(errors)
    return documents


def _members(upload: UploadedFile) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the files in a zip, read to the limits whatever it claims."""
    if upload.size > MAX_ZIP:
        raise _refusal(upload.name, f"pesa más de {MAX_ZIP // 1024**2} MiB")
    left = MAX_ZIP
    try:
        with zipfile.ZipFile(upload) as archive:
            for member in _documents(archive, upload.name):
                with archive.open(member) as file:
                    content = file.read(min(MAX_BYTES, left) + 1)
                left -= len(content)
                if left < 0:
                    size = f"{MAX_ZIP // 1024**2} MiB"
                    raise _refusal(upload.name, f"descomprimido pesa más de {size}")
                yield member.filename, content
    except BROKEN as error:
        raise _refusal(upload.name, "no es un .zip sano") from error
    except LOCKED as error:
        raise _refusal(upload.name, "tiene contraseña o una compresión rara") from error


def _documents(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if not 0 < len(members) <= MAX_MEMBERS:
        raise _refusal(name, f"tiene {len(members)} archivos; van de 1 a {MAX_MEMBERS}")
    names = set()
    for member in members:
        path = PurePosixPath(member.filename)
        if path.name == GUIDE_FILE:
            raise _refusal(member.filename, "el vocabulario no se importa acá: solo roles")
        if path.suffix.lower() not in DOCUMENT_ENDINGS:
            raise _refusal(member.filename, "no es un documento .yaml o .json")
        if member.filename in names:
            raise _refusal(member.filename, "está repetido en el .zip")
        if member.compress_type not in COMPRESSIONS:
            raise _refusal(member.filename, "tiene una compresión rara")
        names.add(member.filename)
    return members


def _refusal(name: str, message: str) -> DocumentError:
    return DocumentError(name, [Problem(message)])


def role_json(role: Role) -> str:
    """Return the role's document as JSON; raises DocumentError as ``role_text`` does."""
    document = parse(role_text(role).encode(), RoleDocument, role.slug)
    value = canonical(document, by_alias=True, exclude_defaults=True)
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_zip(texts: dict[str, str]) -> bytes:
    """Return a zip of ``texts`` by file name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return content.getvalue()
