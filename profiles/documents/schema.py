"""The typed form of the guide's documents.

Written once: a YAML file, an edition's JSON and the input of a page are this same form.
The form says what *can* be stored (types, limits, scale); ``profiles.checks`` says what is
good enough to publish, so that a draft may be incomplete and still travel.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from django.core.exceptions import ValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from profiles.choices import Basis, CodeScheme, Importance, TraitCode
from profiles.markdown import validate_markdown
from profiles.text import FORBIDDEN
from profiles.validators import RESERVED_CONTEXT_SLUGS

SCALE_MIN = Decimal("1.0")
SCALE_MAX = Decimal("5.0")
MIN_WIDTH = Decimal("0.4")
MAX_WIDTH = Decimal("1.6")
MAX_MARKDOWN = 6000
MAX_PAGE_MARKDOWN = 20_000
# Nobody reads more of anything, and comparing two longer lists could take minutes.
MAX_ITEMS = 60


def fingerprint(values: object) -> str:
    """Return the digest of JSON values: equal content, equal digest."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_invisible(text: str) -> str:
    """Return ``text``; raises where it holds control, bidirectional or zero-width characters."""
    if found := FORBIDDEN.search(text):
        raise PydanticCustomError(
            "invisible_character",
            "tiene un carácter invisible o de control (U+{code})",
            {"code": f"{ord(found[0]):04X}"},
        )
    return text


def text(limit: int, *, required: bool = False):
    """Return the type of a text of at most ``limit`` characters."""
    return Annotated[
        str,
        StringConstraints(max_length=limit, min_length=1 if required else 0, strip_whitespace=True),
        AfterValidator(refuse_invisible),
    ]


def list_of(item):
    """Return the type of an ordered list of at most ``MAX_ITEMS`` items."""
    return Annotated[tuple[item, ...], Field(max_length=MAX_ITEMS)]


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = text(80, required=True)
Behaviour = text(300, required=True)


def refuse_slow_markdown(text: str) -> str:
    """Return ``text``; raises where rendering it could take long."""
    try:
        validate_markdown(text)
    except ValidationError as error:
        raise PydanticCustomError(
            "slow_markdown", "{reason}", {"reason": error.messages[0]}
        ) from error
    return text


Markdown = Annotated[text(MAX_MARKDOWN), AfterValidator(refuse_slow_markdown)]
Trait = Literal[tuple(TraitCode.values)]
TraitList = Annotated[
    Annotated[tuple[Trait, ...], Field(max_length=MAX_ITEMS)],
    AfterValidator(lambda codes: tuple(code.value for code in TraitCode if code in codes)),
]
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


class Target(Document):
    """The range of one trait for one profile, with its reason."""

    low: ScalePoint = Field(description="Mínimo del rango, de 1 a 5 con un decimal.")
    high: ScalePoint = Field(description="Máximo del rango: entre 0,4 y 1,6 más que el mínimo.")
    importance: Importance = Field(description="critical, important o flexible.")
    rationale: text(600) = Field("", description="Conducta → consecuencia en este trabajo.")
    basis: Basis = Field(Basis.EDITORIAL, description="En qué se apoya el rango.")
    sources: SlugList = Field((), description="Fuentes de guide.yaml que lo respaldan.")

    @model_validator(mode="after")
    def check_width(self) -> Self:
        if not MIN_WIDTH <= self.high - self.low <= MAX_WIDTH:
            raise PydanticCustomError(
                "range_width",
                "el rango {low}–{high} no sirve: el máximo va de 0,4 a 1,6 sobre el mínimo",
                {"low": str(self.low), "high": str(self.high)},
            )
        return self


class Targets(Document):
    """The six targets of a profile, one per OCEAN+ trait."""

    O: Target  # noqa: E741 - the trait's code
    C: Target
    E: Target
    A: Target
    EE: Target
    ER: Target

    def __getitem__(self, code: str) -> Target:
        return getattr(self, code)

    def items(self) -> Iterator[tuple[TraitCode, Target]]:
        """Yield (trait code, target) in the guide's order."""
        return ((code, self[code]) for code in TraitCode)


class Anchors(Document):
    """What a weak (1), an acceptable (3) and an excellent (5) answer sound like."""

    weak: text(400) = Field("", alias="1")
    acceptable: text(400) = Field("", alias="3")
    excellent: text(400) = Field("", alias="5")

    def rated(self) -> list[tuple[int, str]]:
        """Return (rating, anchor) pairs in rising order."""
        return [(1, self.weak), (3, self.acceptable), (5, self.excellent)]


class Question(Document):
    """An interview question, what it evaluates and how to rate the answer."""

    key: Slug = Field(description="Clave corta y estable, única en el rol.")
    text: text(400, required=True)
    traits: TraitList = Field(description="Códigos de los rasgos que evalúa.")
    focus: text(160) = Field("", description="La conducta: se lee «Evalúa: <rasgos> en <focus>».")
    follow_ups: list_of(Behaviour) = ()
    anchors: Anchors = Anchors()


class Consideration(Document):
    """Something the context brings, and what it means for the hire."""

    text: Behaviour
    consequence: text(300) = Field("", description="Qué implica para la contratación.")


class Seo(Document):
    """An editor's own title and description for search engines."""

    title: text(60) = ""
    description: text(170) = ""


class ProfileDocument(Document):
    """What base and context profiles have in common."""

    summary: text(160) = Field("", description="Una oración de hasta 160 caracteres.")
    body: Markdown = Field("", description="Markdown.")
    targets: Targets
    strengths: list_of(Behaviour) = ()
    red_flags: list_of(Behaviour) = ()
    questions: list_of(Question) = ()
    seo: Seo = Seo()
    reviewed_on: datetime.date | None = Field(None, description="Fecha de la última revisión.")


class BaseProfile(ProfileDocument):
    """The role without a company size."""

    responsibilities: list_of(text(200, required=True)) = ()


class ContextProfile(ProfileDocument):
    """The role in one company-size context: only what the context changes."""

    teaser: text(200) = Field("", description="Lo único distinto acá, para los otros contextos.")
    considerations: list_of(Consideration) = ()


class Code(Document):
    """An entry of an occupational classification."""

    code: text(120, required=True)
    title: text(200) = ""
    approximate: bool = Field(False, description="Verdadero si es la ocupación más cercana.")


class Codes(Document):
    """The role in the three classifications the guide uses."""

    ciuo08: Code | None = None
    esco: Code | None = None
    onet_soc: Code | None = None

    def items(self) -> Iterator[tuple[CodeScheme, Code]]:
        """Yield (scheme, code) for those that are known."""
        return ((s, code) for s in CodeScheme if (code := getattr(self, s.value)))


class RoleArchetypes(Document):
    """The work-style archetypes of a role and why."""

    primary: Slug
    secondary: Slug | None = None
    reason: text(300) = ""


class RelatedRole(Document):
    """A neighbouring role and how it differs."""

    role: Slug
    difference: text(300) = ""


class CareerStep(Document):
    """One step of the career plan."""

    title: Name
    years: text(20) = Field("", description="Años de experiencia: «0–2», «8+».")
    changes: text(300) = Field("", description="Qué cambia en este escalón.")


class RoleFacts(Document):
    """What belongs to the role itself and travels with its base profile."""

    slug: Slug
    name: Name
    area: Slug
    codes: Codes = Codes()
    aliases: list_of(Name) = ()
    former_slugs: SlugList = ()
    archetypes: RoleArchetypes | None = None
    related: list_of(RelatedRole) = ()
    career: list_of(CareerStep) = ()


class RoleDocument(RoleFacts):
    """One role with all its profiles: one YAML file, read from top to bottom."""

    base: BaseProfile
    contexts: Annotated[dict[Slug, ContextProfile], Field(max_length=MAX_ITEMS)] = {}

    def repeated_keys(self) -> Iterator[tuple[str, str]]:
        """Yield (path, key) of every question whose key is not its own in the role."""
        contexts = {f"contexts.{slug}": profile for slug, profile in self.contexts.items()}
        places = [
            (f"{path}.questions.{i}.key", question.key)
            for path, profile in {"base": self.base, **contexts}.items()
            for i, question in enumerate(profile.questions)
        ]
        uses = Counter(key for _path, key in places)
        return ((path, key) for path, key in places if uses[key] > 1)

    @model_validator(mode="after")
    def check_question_keys(self) -> Self:
        for _path, key in self.repeated_keys():
            raise PydanticCustomError(
                "duplicate_key",
                "la clave de pregunta «{key}» está repetida en el rol",
                {"key": key},
            )
        return self


def refuse_reserved(slug: str) -> str:
    """Return ``slug``; raises where it is a fixed word of the addresses."""
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
    body: Annotated[
        str,
        StringConstraints(max_length=MAX_PAGE_MARKDOWN),
        AfterValidator(refuse_invisible),
        AfterValidator(refuse_slow_markdown),
    ]


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
