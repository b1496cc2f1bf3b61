"""Desk → documents: the same files that loading reads."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from profiles.desk.rows import VOCABULARY, desk_document, form_of
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import DocumentError, Problem, dump, in_spanish, read
from profiles.models import Role, RoleAlias

SCHEMAS = {"guide.schema.json": GuideDocument, "role.schema.json": RoleDocument}


def guide_text() -> str:
    sections = {
        section: [form_of(form, row) for row in model.objects.all()]
        for section, (model, form) in VOCABULARY.items()
    }
    return dump(GuideDocument(**sections), "guide.schema.json")


def whole_document(role: Role) -> RoleDocument:
    """Return the role's document as the desk has it.

    Raises DocumentError if the desk holds no document: a base profile, or one of its texts, lacks.
    """
    if not role.profiles.filter(context=None).exists():
        raise DocumentError(role.slug, [Problem("falta el perfil base")])
    try:
        return RoleDocument.model_validate(desk_document(role).model_dump(by_alias=True))
    except ValidationError as error:
        found = [Problem(in_spanish(item), item["loc"]) for item in error.errors()]
        raise DocumentError(role.slug, found) from error


def role_text(role: Role) -> str:
    return dump(whole_document(role), "../role.schema.json")


def files() -> Iterator[tuple[str, str]]:
    """Yield (relative path, text) of every document of the guide."""
    yield "guide.yaml", guide_text()
    for role in Role.objects.order_by("slug"):
        yield role_file(role.slug), role_text(role)


def role_file(slug: str) -> str:
    """Return the relative path of the document of the role at ``slug``."""
    return f"roles/{slug}.yaml"


def former_files(folder: Path) -> Iterator[Path]:
    """Yield the files in ``folder`` that hold roles under addresses that are former ones now."""
    for slug in RoleAlias.objects.filter(name="").values_list("slug", flat=True):
        path = folder / role_file(slug)
        with suppress(DocumentError):
            if path.is_file() and read(path, RoleDocument).slug == slug:
                yield path


def schemas() -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of the JSON Schemas that editors complete against."""
    for name, form in SCHEMAS.items():
        yield name, json.dumps(form.model_json_schema(), ensure_ascii=False, indent=1) + "\n"
