"""The typed form of ``guide.yaml``: the vocabulary that all roles share."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from profiles.documents.types import (
    MAX_PAGE_MARKDOWN,
    Document,
    Markdown,
    Name,
    Slug,
    Trait,
    markdown,
    text,
)
from profiles.documents.validators import RESERVED_CONTEXT_SLUGS


def refuse_reserved(slug: str) -> str:
    if slug in RESERVED_CONTEXT_SLUGS:
        raise PydanticCustomError("reserved", "es una palabra reservada de las direcciones")
    return slug


class AreaEntry(Document):
    """A family of roles."""

    slug: Slug
    name: Name
    summary: text(160) = ""
    body: Markdown = ""


class ContextEntry(Document):
    """A company size."""

    slug: Annotated[Slug, AfterValidator(refuse_reserved)]
    name: Name
    min_employees: Annotated[int, Field(ge=1)]
    max_employees: Annotated[int, Field(ge=1)] | None = None
    summary: text(160) = ""
    body: Markdown = ""

    @model_validator(mode="after")
    def check_employees(self) -> Self:
        if self.max_employees is not None and self.max_employees < self.min_employees:
            raise PydanticCustomError(
                "employee_range", "el máximo de personas es menor que el mínimo"
            )
        return self


class Pole(Document):
    """One end of a trait: what it is called, when it helps and what it costs."""

    label: text(80) = ""
    use: text(600) = ""
    cost: text(600) = ""


class TraitEntry(Document):
    """One of the six OCEAN+ dimensions."""

    code: Trait
    slug: Slug
    name: Name
    summary: text(160) = ""
    definition: Markdown = ""
    low: Pole = Pole()
    high: Pole = Pole()
    observation: Markdown = Field("", description="Cómo observarlo en el trabajo.")
    caution: Markdown = Field("", description="Cómo no usarlo.")


class ArchetypeEntry(Document):
    """A work-style archetype."""

    slug: Slug
    name: Name
    summary: text(160) = ""
    body: Markdown = ""


class SourceEntry(Document):
    """A published reference."""

    slug: Slug
    name: Name = Field(description="Como se cita en un texto: «Salgado 1997».")
    citation: text(400, required=True)
    year: Annotated[int, Field(ge=1900, le=2100)]
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=200)]
    finding: text(400) = Field("", description="Qué encontró, en una oración.")


class PageEntry(Document):
    """An editorial page, such as the method page."""

    slug: Slug
    name: Name = Field(alias="title")
    summary: text(160) = ""
    body: markdown(MAX_PAGE_MARKDOWN)


class GuideDocument(Document):
    """``guide.yaml``: the vocabulary that all roles share."""

    areas: tuple[AreaEntry, ...] = ()
    contexts: tuple[ContextEntry, ...] = ()
    traits: tuple[TraitEntry, ...] = ()
    archetypes: tuple[ArchetypeEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    pages: tuple[PageEntry, ...] = ()

    @model_validator(mode="after")
    def check_repeats(self) -> Self:
        sections = {name: [entry.slug for entry in entries] for name, entries in self}
        sections["traits (code)"] = [trait.code for trait in self.traits]
        for section, keys in sections.items():
            if repeated := next((key for key in keys if keys.count(key) > 1), None):
                raise PydanticCustomError(
                    "duplicate_entry",
                    "«{key}» está repetido en {section}",
                    {"key": repeated, "section": section},
                )
        return self
