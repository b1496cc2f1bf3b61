"""``ProfilePage``: one profile as every renderer sees it. Pure: a renderer never queries.

Page, preview and every export start from this value; it merges the base form and a context's
form by the rule of inheritance (a context's own items first, then the base's, nothing copied).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.documents.choices import Basis, Horizon, Importance, Level, RequirementKind, TraitCode
from profiles.documents.markdown import render_markdown
from profiles.documents.schema import (
    BaseProfile,
    ContextProfile,
    ProfileDocument,
    Question,
    Requirement,
    RoleFacts,
    Target,
)
from profiles.documents.text import join_words
from profiles.guide.benchmark import shipped
from profiles.guide.charts import RangeChart, range_chart
from profiles.guide.traits import Shift, level, level_words, range_words, shift
from profiles.models import Archetype, Area, Context, Source, Trait
from profiles.models.profile import profile_url

RESPONSIBLE_USE = gettext_lazy(
    "Es una guía para preparar la conversación, no un test: un rango describe el puesto, no a la "
    "persona. Nadie queda afuera por un rasgo; lo que decide es lo que la persona hizo y puede "
    "contar."
)


@dataclass(frozen=True)
class QuestionItem:
    """A question with its number on the page, and whether it is the context's own."""

    number: int
    question: Question
    is_own: bool = False

    @cached_property
    def evaluates(self) -> str:
        """Return "Responsabilidad y Estabilidad Emocional en el monitoreo…"."""
        traits = join_words([str(TraitCode(code).label) for code in self.question.traits])
        return f"{traits} en {self.question.focus}"


@dataclass(frozen=True)
class TraitRow:
    """One row of the Perfil OCEAN+ Ideal."""

    trait: Trait
    target: Target
    base: Target | None
    sources: Sequence[Source]
    # Those of the page that evaluate the trait.
    questions: Sequence[QuestionItem] = ()
    # Of the occupation among all that O*NET rates, 0 to 100; base profiles only.
    percentile: int | None = None
    is_approximate: bool = False

    @cached_property
    def level(self) -> Level:
        return level(self.target.low, self.target.high)

    @cached_property
    def level_words(self) -> str:
        """Return the level in the gender of the trait's name: "alta", "alto"."""
        return level_words(self.trait.code, self.target.low, self.target.high)

    @cached_property
    def importance(self) -> Importance:
        return Importance(self.target.importance)

    @cached_property
    def importance_words(self) -> str:
        return TraitCode(self.trait.code).agree(self.importance.label)

    @cached_property
    def basis(self) -> Basis:
        return Basis(self.target.basis)

    @cached_property
    def range(self) -> str:
        return range_words(self.target.low, self.target.high)

    @cached_property
    def shift(self) -> Shift | None:
        return shift(self.base, self.target) if self.base else None

    @cached_property
    def chart(self) -> RangeChart:
        base = self.base and (self.base.low, self.base.high)
        own = self.target.low, self.target.high
        return range_chart(self.trait.code, own, base, self.percentile)

    @cached_property
    def description(self) -> str:
        """Say the row in words, the text alternative of its chart."""
        words = _("%(trait)s: de %(range)s en una escala de 1 a 5") % {
            "trait": self.trait.name,
            "range": self.range.replace("–", " a "),
        }
        return f"{words}; {self.shift.words}" if self.shift else words


@dataclass(frozen=True)
class Inherited[Item]:
    """Items of a section: the profile's own first, then what it inherits from the base."""

    own: Sequence[Item]
    base: Sequence[Item] = ()

    @property
    def all(self) -> list[Item]:
        return [*self.own, *self.base]

    @property
    def groups(self) -> list[tuple[bool, Sequence[Item]]]:
        """Return (is own, items): one group on a base profile, two on a context's."""
        return [(True, self.own), (False, self.base)] if self.base else [(True, self.own)]


def rendered_texts(document: ProfileDocument) -> dict[str, SafeString]:
    """Return the HTML of a profile's texts in Markdown beside its body, by their names.

    "ai" and, of the work sample, "brief" and "material"; only base profiles have any.
    """
    sample = getattr(document, "work_sample", None)
    texts = {"ai": getattr(document, "ai", "")}
    if sample:
        texts |= {"brief": sample.brief, "material": sample.material}
    return {name: render_markdown(text) for name, text in texts.items() if text}


@dataclass(frozen=True)
class ProfilePage:
    """Everything a profile says, typed and in order."""

    facts: RoleFacts
    area: Area
    document: BaseProfile | ContextProfile
    body_html: SafeString
    context: Context | None = None
    base: BaseProfile | None = None
    rendered: Mapping[str, SafeString] = field(default_factory=dict)
    traits: Mapping[str, Trait] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    archetypes: Mapping[str, Archetype] = field(default_factory=dict)
    published_from: datetime.datetime | None = None
    author_name: str = ""
    reviewer_name: str = ""

    @cached_property
    def heading(self) -> str:
        """Return the name of the page: "MLOps Engineer en Global", or the role's."""
        if self.context is None:
            return self.facts.name
        return _("%(role)s en %(context)s") % {"role": self.facts.name, "context": self.context}

    @cached_property
    def path(self) -> str:
        """Return where the profile lives."""
        return profile_url(self.facts.slug, self.context.slug if self.context else None)

    @property
    def source_url(self) -> str:
        return settings.SITE_URL + self.path

    @property
    def _percentiles(self) -> dict[str, int]:
        code = self.facts.codes.onet_soc
        return shipped().get(code.code, {}) if code and self.base is None else {}

    @cached_property
    def trait_rows(self) -> list[TraitRow]:
        percentiles, occupation = self._percentiles, self.facts.codes.onet_soc
        questions = self.questions.all
        return [
            TraitRow(
                percentile=percentiles.get(code),
                is_approximate=bool(occupation and occupation.approximate),
                trait=self.traits[code],
                target=target,
                questions=[item for item in questions if code in item.question.traits],
                base=self.base.targets[code] if self.base else None,
                sources=[self.sources[slug] for slug in target.sources if slug in self.sources],
            )
            for code, target in self.document.targets.items()
        ]

    @property
    def is_rated(self) -> bool:
        """Tell whether O*NET rates the occupation of this profile."""
        return bool(self._percentiles)

    @property
    def critical_rows(self) -> list[TraitRow]:
        return [row for row in self.trait_rows if row.importance == Importance.CRITICAL]

    @property
    def whole(self) -> BaseProfile:
        """Return the base profile, which says what holds in every company size."""
        return self.base or self.document

    @property
    def honest(self) -> str:
        """Return the hard part of the job, as the profile or its base says it."""
        return self.document.honest or self.whole.honest

    @property
    def outcomes(self) -> list[tuple[Horizon, Sequence[str]]]:
        """Return (when, what will be true) of the profile's own outcomes."""
        found = [(horizon, getattr(self.document.outcomes, horizon.value)) for horizon in Horizon]
        return [(horizon, texts) for horizon, texts in found if texts]

    @property
    def requirements(self) -> list[tuple[RequirementKind, Sequence[Requirement]]]:
        """Return (kind, requirements) in the order of their kinds, those that there are."""
        kinds = {kind: [] for kind in RequirementKind}
        for item in self.whole.requirements:
            kinds[RequirementKind(item.kind)].append(item)
        return [(kind, items) for kind, items in kinds.items() if items]

    @property
    def strengths(self) -> Inherited[str]:
        return Inherited(self.document.strengths, self.base.strengths if self.base else ())

    @property
    def red_flags(self) -> Inherited[str]:
        return Inherited(self.document.red_flags, self.base.red_flags if self.base else ())

    @cached_property
    def questions(self) -> Inherited[QuestionItem]:
        own, base = self.document.questions, self.base.questions if self.base else ()
        items = [
            QuestionItem(n, question, is_own=bool(self.context) and n <= len(own))
            for n, question in enumerate([*own, *base], start=1)
        ]
        return Inherited(items[: len(own)], items[len(own) :])

    @cached_property
    def cited_sources(self) -> list[Source]:
        """Return the sources of all targets, each once, in the order of the page."""
        return list(dict.fromkeys(source for row in self.trait_rows for source in row.sources))

    @property
    def chosen_archetypes(self) -> list[Archetype]:
        """Return the role's primary and its secondary archetype, in this order."""
        chosen = self.facts.archetypes
        slugs = (chosen.primary, chosen.secondary) if chosen else ()
        return [self.archetypes[slug] for slug in slugs if slug in self.archetypes]

    @property
    def responsible_use(self) -> str:
        """Return what nobody may take a profile for."""
        return str(RESPONSIBLE_USE)

    @property
    def ranges(self) -> dict[str, tuple]:
        """Return trait code → (low, high), what a fingerprint is drawn from."""
        return {code: (t.low, t.high) for code, t in self.document.targets.items()}

    @property
    def critical(self) -> list[str]:
        """Return the codes of the critical traits, which a fingerprint shows in full colour."""
        return self.document.targets.critical
