"""The typed form of a role: one YAML file, read from top to bottom like an article.

Written once: a YAML file, an edition's JSON and the input of a page are this same form.
The form says what *can* be stored (types, limits, scale); ``profiles.guide.checks`` says what is
good enough to publish, so that a draft may be incomplete and still travel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from profiles.documents.choices import (
    Basis,
    CodeScheme,
    Country,
    Importance,
    RequirementKind,
    Seniority,
    TraitCode,
)
from profiles.documents.types import (
    MAX_ITEMS,
    MAX_WIDTH,
    MIN_WIDTH,
    Behaviour,
    Document,
    Markdown,
    Name,
    PastDate,
    ScalePoint,
    Slug,
    SlugList,
    Trait,
    list_of,
    prose,
    text,
)

SAMPLE_MINUTES = (30, 90)
Outcome = text(160, required=True)


class Target(Document):
    """The range of one trait for one profile, with its reason."""

    low: ScalePoint = Field(description="Mínimo del rango, de 1 a 5 con un decimal.")
    high: ScalePoint = Field(description="Máximo del rango: entre 0,4 y 1,6 más que el mínimo.")
    importance: Importance = Field(description="critical, important o flexible.")
    rationale: prose(600) = Field("", description="Conducta → consecuencia en este trabajo.")
    basis: Basis = Field(Basis.EDITORIAL, description="En qué se apoya el rango.")
    # In one order: rows have none, and another order in a file is no edit.
    sources: Annotated[SlugList, AfterValidator(lambda slugs: tuple(sorted(slugs)))] = Field(
        (), description="Fuentes de guide.yaml que lo respaldan."
    )

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

    @property
    def critical(self) -> list[str]:
        """Return the codes of the critical traits, in the guide's order."""
        return [code.value for code, t in self.items() if t.importance == Importance.CRITICAL]


class Anchors(Document):
    """What a weak (1), an acceptable (3) and an excellent (5) answer sound like."""

    weak: text(400) = Field("", alias="1")
    acceptable: text(400) = Field("", alias="3")
    excellent: text(400) = Field("", alias="5")

    def rated(self) -> list[tuple[int, str]]:
        """Return (rating, anchor) pairs in rising order."""
        return [(1, self.weak), (3, self.acceptable), (5, self.excellent)]


def refuse_repeated_trait(codes: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(codes)) < len(codes):
        raise PydanticCustomError("repeated_trait", "repite el rasgo")
    return codes


QuestionTraits = Annotated[
    tuple[Trait, ...], Field(max_length=2), AfterValidator(refuse_repeated_trait)
]


class Question(Document):
    """An interview question, what it evaluates and how to rate the answer."""

    key: Slug = Field(description="Clave corta y estable, única en el rol.")
    text: text(400, required=True)
    traits: QuestionTraits = Field(
        description="El rasgo sobre el que trata la nota y, si hay otro que se ve, ese después."
    )
    focus: text(160) = Field("", description="La conducta: se lee «Evalúa: <rasgos> en <focus>».")
    follow_ups: list_of(Behaviour) = ()
    anchors: Anchors = Anchors()
    instead: text(400) = Field("", description="La misma situación para quien nunca la vivió.")


class Consideration(Document):
    """Something the context brings, and what it means for the hire."""

    text: Behaviour
    consequence: text(300) = Field("", description="Qué implica para la contratación.")


class Seo(Document):
    """An editor's own title and description for search engines."""

    title: text(60) = ""
    description: text(170) = ""


class Outcomes(Document):
    """What will be true once somebody has been in the job for a while."""

    days_90: list_of(Outcome) = Field((), description="A los 90 días, observable.")
    year: list_of(Outcome) = Field((), description="Al año, observable.")


class ProfileDocument(Document):
    """What base and context profiles have in common."""

    summary: text(160) = Field("", description="Una oración de hasta 160 caracteres.")
    body: Markdown = Field("", description="Markdown.")
    targets: Targets
    strengths: list_of(Behaviour) = ()
    red_flags: list_of(Behaviour) = ()
    questions: list_of(Question) = ()
    seo: Seo = Seo()
    reviewed_on: PastDate | None = Field(None, description="Fecha de la última revisión.")
    outcomes: Outcomes = Outcomes()
    honest: text(240) = Field("", description="Lo difícil del puesto, dicho antes que nada.")


class Requirement(Document):
    """What must be known or held: knowledge, tool, language, licence."""

    text: text(160, required=True)
    kind: RequirementKind = Field(
        RequirementKind.MUST,
        description="must, learnable (se aprende en el puesto) o regulated (título, matrícula).",
    )
    country: Literal["", *Country.values] = Field("", description="Con regulated: dónde.")

    @model_validator(mode="after")
    def check_country(self) -> Self:
        if self.country and self.kind != RequirementKind.REGULATED:
            raise PydanticCustomError("country", "el país va solo con «kind: regulated»")
        return self

    @property
    def words(self) -> str:
        """Return the requirement with the country in which it is one: "NR-10 (Brasil)."."""
        if not self.country:
            return self.text
        return f"{self.text.removesuffix('.')} ({Country(self.country).label})."


class LevelNote(Document):
    """What one seniority means in this role."""

    scope: text(240) = Field("", description="Qué tiene a cargo.")
    five: text(240) = Field("", description="Cómo suena ahí una respuesta de 5.")
    not_yet: text(160) = Field("", description="Qué no pedirle todavía.")


class Levels(Document):
    """The seniorities that the role is hired at."""

    junior: LevelNote | None = None
    semi_senior: LevelNote | None = None
    senior: LevelNote | None = None

    def items(self) -> Iterator[tuple[Seniority, LevelNote]]:
        """Yield (seniority, note) for those that the role has, in rising order."""
        return ((level, note) for level in Seniority if (note := getattr(self, level.value)))


class ScreeningQuestion(Document):
    """A question for the fifteen-minute call."""

    text: Behaviour
    listen_for: text(300) = Field("", description="Qué escuchar en la respuesta.")


class WorkSample(Document):
    """A short task that shows the work, with its rubric."""

    title: Name
    minutes: Annotated[int, Field(ge=SAMPLE_MINUTES[0], le=SAMPLE_MINUTES[1])]
    brief: Markdown = Field("", description="La consigna, tal como se entrega. Markdown.")
    material: Markdown = Field("", description="Datos o textos que acompañan la consigna.")
    observe: list_of(text(200, required=True)) = ()
    anchors: Anchors = Anchors()
    ai: text(160) = Field("", description="Si puede usar IA, y qué se evalúa entonces.")


class BaseProfile(ProfileDocument):
    """The role without a company size."""

    responsibilities: list_of(text(200, required=True)) = ()
    requirements: list_of(Requirement) = ()
    ai: Markdown = Field("", description="Qué se delega a la IA, qué se revisa, qué no se pega.")
    levels: Levels = Levels()
    screening: list_of(ScreeningQuestion) = ()
    work_sample: WorkSample | None = None
    references: list_of(Behaviour) = Field((), description="Para quienes fueron sus jefes.")


class ContextProfile(ProfileDocument):
    """The role in one company-size context: only what the context changes."""

    teaser: text(200) = Field("", description="Lo único distinto acá, para los otros contextos.")
    considerations: list_of(Consideration) = ()
    work_sample_shift: text(200) = Field("", description="Cómo cambia acá la tarea de muestra.")


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


class NearTitle(Document):
    """A title that people search for and that is not this role."""

    title: Name
    difference: text(200) = Field("", description="Qué tiene ese puesto que este no.")


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
    near: list_of(NearTitle) = Field(
        (), description="Otros puestos que la gente busca y llegan acá."
    )
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
