"""The types that the parts of a document are made of: texts, slugs, lists, points of the scale."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Annotated, Literal, get_args

from django.core.exceptions import ValidationError
from django.utils import timezone
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from profiles.documents.choices import TraitCode
from profiles.documents.markdown import validate_markdown
from profiles.documents.text import SLUG, invisible

SCALE_MIN = Decimal("1.0")
SCALE_MAX = Decimal("5.0")
MIN_WIDTH = Decimal("0.4")
MAX_WIDTH = Decimal("1.6")
MAX_MARKDOWN = 6000
MAX_PAGE_MARKDOWN = 20_000
# Nobody reads more of anything, and comparing two longer lists could take minutes.
MAX_ITEMS = 60
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def refuse_invisible(text: str) -> str:
    if found := invisible(text):
        raise PydanticCustomError(
            "invisible_character",
            "tiene un carácter invisible o de control (U+{code})",
            {"code": f"{ord(found):04X}"},
        )
    return text


def refuse_slow_markdown(text: str) -> str:
    try:
        validate_markdown(text)
    except ValidationError as error:
        reason = {"reason": error.messages[0]}
        raise PydanticCustomError("slow_markdown", "{reason}", reason) from error
    return text


def refuse_line_breaks(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise PydanticCustomError("line_break", "va en una sola línea")
    return text


def text(limit: int, *, required: bool = False):
    """Return the type of a text on one line of at most ``limit`` characters."""
    return Annotated[
        str,
        StringConstraints(max_length=limit, min_length=1 if required else 0, strip_whitespace=True),
        AfterValidator(refuse_invisible),
        AfterValidator(refuse_line_breaks),
    ]


def prose(limit: int):
    """Return the type of a longer text, which may have several lines."""
    return Annotated[
        str,
        StringConstraints(max_length=limit, strip_whitespace=True),
        AfterValidator(refuse_invisible),
    ]


def markdown(limit: int):
    """Return the type of a text in Markdown of at most ``limit`` characters."""
    return Annotated[prose(limit), AfterValidator(refuse_slow_markdown)]


def list_of(item):
    """Return the type of an ordered list of at most ``MAX_ITEMS`` items."""
    return Annotated[tuple[item, ...], Field(max_length=MAX_ITEMS)]


def refuse_numbers(value: object) -> object:
    """Return ``value``; raises unless it is a date or a text like 2026-11-28."""
    if isinstance(value, datetime.date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_type", "debe ser una fecha AAAA-MM-DD")


def refuse_future(day: datetime.date) -> datetime.date:
    if day > timezone.localdate():
        raise PydanticCustomError("future_date", "es una fecha que todavía no llegó")
    return day


Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$", max_length=60)]
Name = text(80, required=True)
Behaviour = text(300, required=True)
Markdown = markdown(MAX_MARKDOWN)
PastDate = Annotated[datetime.date, BeforeValidator(refuse_numbers), AfterValidator(refuse_future)]
Trait = Literal[tuple(TraitCode.values)]
SlugList = Annotated[
    tuple[Slug, ...],
    Field(max_length=MAX_ITEMS),
    AfterValidator(lambda slugs: tuple(sorted(set(slugs)))),
]
ScalePoint = Annotated[
    Decimal,
    Field(ge=SCALE_MIN, le=SCALE_MAX, decimal_places=1),
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 5}),
]


class Document(BaseModel):
    """A part of a document: unknown keys are errors, values never change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_enum_values=True,
        validate_default=True,
        validate_by_name=True,
        serialize_by_alias=True,
    )


def limit(form: type[Document], name: str) -> int:
    """Return how many characters the field ``name`` of ``form``, or each of its items, may have."""
    field = form.model_fields[name]
    item = next(iter(get_args(field.annotation)), None)
    for rule in (*getattr(item, "__metadata__", ()), *field.metadata):
        if isinstance(rule, StringConstraints) and rule.max_length is not None:
            return rule.max_length
    raise LookupError(f"{form.__name__}.{name} has no limit")
