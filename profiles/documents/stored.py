"""Documents as the database keeps them: as they were written, whatever the form says today.

Documents are validated at the door (files, forms, imports). What is stored was valid when it came
in, so it is read without limits: unknown keys are left out, missing ones have their default.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from profiles.documents.schema import BaseProfile, ContextProfile, ProfileDocument, RoleFacts
from profiles.documents.types import Document

# What a role is called and where it is found is live and no edition's content.
LIVE_FACTS = {"slug": "", "former_slugs": (), "name": "", "area": ""}
type Reader = Callable[[Any], Any]


def canonical(document: Document, **options: Any) -> dict:
    """Return ``document`` as JSON values, the form an edition stores."""
    return document.model_dump(mode="json", **options)


def digest(*parts: Any) -> str:
    """Return the digest of documents or JSON values: equal content, equal digest.

    What has its default does not count: a new optional part leaves stored digests as they are.
    """
    values = [
        canonical(part, exclude_defaults=True) if isinstance(part, Document) else part
        for part in parts
    ]
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parts_digest(document: ProfileDocument, facts: RoleFacts | None) -> str:
    """Return the digest of what publishing freezes of a profile.

    ``facts`` are its role's if it is a base profile. What is live of them does not count.
    """
    return digest(document, facts and facts.model_copy(update=LIVE_FACTS))


def frozen_facts(facts: RoleFacts | None) -> dict | None:
    return canonical(facts, exclude=set(LIVE_FACTS)) if facts else None


def frozen_document(edition: Any) -> ProfileDocument:
    return stored_profile(edition.document, in_context=edition.context_id is not None)


def stored_profile(document: dict, *, in_context: bool) -> ProfileDocument:
    """Return the typed document of a base profile, or of one ``in_context``."""
    return read_stored(ContextProfile if in_context else BaseProfile, document)


def read_stored[Form: BaseModel](form: type[Form], values: dict[str, Any]) -> Form:
    """Return the document of type ``form`` that ``values`` (stored JSON) holds."""
    kept = {}
    for name, key, read in _fields(form):
        value = values.get(key, values.get(name))
        if value is not None:
            kept[name] = read(value)
    return form.model_construct(**kept)


@lru_cache(maxsize=100)
def _fields(form: type[BaseModel]) -> list[tuple[str, str, Reader]]:
    """Return (name, key in JSON, reader of its values) of each field of ``form``."""
    return [
        (name, field.alias or name, _reader(field.annotation))
        for name, field in form.model_fields.items()
    ]


def _reader(annotation: Any) -> Reader:
    """Return what turns a JSON value into one of type ``annotation``."""
    kind, parts = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return _reader(parts[0])
    if kind in (Union, UnionType):
        return _reader(next(part for part in parts if part is not type(None)))
    if kind is tuple:
        read_item = _reader(parts[0])
        return lambda items: tuple(map(read_item, items))
    if annotation is Decimal:
        return lambda number: Decimal(str(number))
    if annotation is datetime.date:
        return datetime.date.fromisoformat
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return lambda values: read_stored(annotation, values)
    return lambda value: value
