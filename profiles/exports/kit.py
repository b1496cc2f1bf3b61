"""``InterviewKit``: what a recruiter takes into the interview. Pure; every format starts here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.text import join_words
from profiles.exports import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profiles.guide.profile_page import ProfilePage, QuestionItem

MAX_QUESTIONS = 20
# The default set: as many questions as fit the planned 45 minutes.
FEWEST, MOST = 5, 8
OPENING_MINUTES, CLOSING_MINUTES, QUESTION_MINUTES = 4, 6, 35
SHORTEST, LONGEST = 4, 10


class InvalidSelection(ValueError):
    """The chosen questions make no kit; the message is Spanish and for the reader."""


@dataclass(frozen=True)
class Plan:
    """How the interview's minutes are shared out."""

    questions: int

    @property
    def each(self) -> int:
        """Return the minutes of one question, between 4 and 10."""
        return min(max(QUESTION_MINUTES // max(self.questions, 1), SHORTEST), LONGEST)

    @property
    def opening(self) -> int:
        return OPENING_MINUTES

    @property
    def closing(self) -> int:
        """Return the last minutes; what cannot be divided among the questions goes here."""
        spare = QUESTION_MINUTES - self.each * self.questions
        return CLOSING_MINUTES + (spare if 0 < spare < self.questions else 0)

    @property
    def total(self) -> int:
        return self.opening + self.each * self.questions + self.closing


@dataclass(frozen=True)
class KitQuestion:
    """A question of the kit, numbered in the order in which it is asked."""

    number: int
    item: QuestionItem
    own: bool

    @property
    def key(self) -> str:
        return self.item.question.key

    @property
    def text(self) -> str:
        return self.item.question.text

    @property
    def evaluates(self) -> str:
        return self.item.evaluates

    @property
    def traits(self) -> Sequence[str]:
        return self.item.question.traits

    @property
    def follow_ups(self) -> Sequence[str]:
        return self.item.question.follow_ups

    @property
    def ratings(self) -> list[tuple[int, str]]:
        """Return (rating, anchor) from 1 to 5; 2 and 4 lie between anchors and have none."""
        anchors = dict(self.item.question.anchors.rated())
        return [(rating, anchors.get(rating, "")) for rating in range(1, 6)]


@dataclass(frozen=True)
class InterviewKit:
    """One interview about one profile: what to say, ask, note, rate and leave out."""

    page: ProfilePage
    questions: Sequence[KitQuestion]
    source_url: str

    @cached_property
    def plan(self) -> Plan:
        return Plan(len(self.questions))

    @property
    def heading(self) -> str:
        return self.page.heading

    @property
    def context_label(self) -> str:
        """Return "Global · 1001+ personas", or the name of the base profile."""
        if self.page.context is None:
            return _("Perfil base")
        people = _("%(range)s personas") % {"range": self.page.context.employee_range}
        return f"{self.page.context.name} · {people}"

    @property
    def count_words(self) -> str:
        """Return "7 preguntas"."""
        count = len(self.questions)
        return ngettext("%(count)s pregunta", "%(count)s preguntas", count) % {"count": count}

    @property
    def plan_words(self) -> str:
        """Say the plan: "45 minutos: 4 de apertura, 7 preguntas de 5 y 6 de cierre"."""
        return _("%(total)s minutos: %(opening)s de apertura, %(questions)s de %(each)s y ") % {
            "total": self.plan.total,
            "opening": self.plan.opening,
            "questions": self.count_words,
            "each": self.plan.each,
        } + _("%(closing)s de cierre") % {"closing": self.plan.closing}

    @property
    def opening(self) -> list[str]:
        """Return what to say first, paragraph by paragraph."""
        words = {
            "role": self.page.facts.name,
            "minutes": self.plan.total,
            "count": len(self.questions),
        }
        return [paragraph % words for paragraph in wording.OPENING]

    @property
    def uncovered(self) -> list[str]:
        """Return the names of critical traits that no question of the kit evaluates."""
        asked = {code for question in self.questions for code in question.traits}
        return [str(TraitCode(code).label) for code in _critical(self.page) if code not in asked]

    @property
    def before(self) -> list[str]:
        return [str(line) for line in wording.BEFORE]

    @property
    def rating(self) -> str:
        return str(wording.RATING)

    @property
    def summary(self) -> str:
        return str(wording.SUMMARY)

    @property
    def avoided(self) -> Sequence[wording.Avoided]:
        return wording.AVOIDED

    @property
    def closing(self) -> list[str]:
        return [str(line) for line in wording.CLOSING]

    @property
    def responsible_use(self) -> str:
        return f"{self.page.responsible_use} {wording.RESPONSIBLE_NOTES}"

    @property
    def file_stem(self) -> str:
        """Return the name of a file of this kit without its ending."""
        place = self.page.context.slug if self.page.context else "perfil-base"
        return f"entrevista-{self.page.facts.slug}-{place}"


def interview_kit(page: ProfilePage, source_url: str, keys: Iterable[str] = ()) -> InterviewKit:
    """Return the kit of the questions in ``keys``, without any of the balanced default set.

    The order is always the page's: the context's own questions first. Raises InvalidSelection.
    """
    chosen = _selection(page, set(keys)) if keys else balanced_set(page)
    own = _own_keys(page)
    questions = [
        KitQuestion(number, item, item.question.key in own)
        for number, item in enumerate(chosen, start=1)
    ]
    return InterviewKit(page, questions, source_url)


def _selection(page: ProfilePage, keys: set[str]) -> list[QuestionItem]:
    items = page.questions.all
    if unknown := sorted(keys - {item.question.key for item in items}):
        named = join_words([f"«{key[:60]}»" for key in unknown[:3]])
        raise InvalidSelection(_("Este perfil no tiene la pregunta %(keys)s.") % {"keys": named})
    if len(keys) > MAX_QUESTIONS:
        limit = _("Elegiste %(count)s preguntas; en una guía entran hasta %(limit)s.")
        raise InvalidSelection(limit % {"count": len(keys), "limit": MAX_QUESTIONS})
    return [item for item in items if item.question.key in keys]


def balanced_set(page: ProfilePage) -> list[QuestionItem]:
    """Return 5–8 questions that cover every critical trait, the context's own preferred.

    Deterministic: each step takes the question that adds most, the first one where two tie.
    """
    critical, own = set(_critical(page)), _own_keys(page)
    chosen: list[QuestionItem] = []
    left = list(page.questions.all)
    while left and len(chosen) < MOST:
        asked = Counter(code for item in chosen for code in item.question.traits)
        best = max(left, key=partial(_gain, asked=asked, critical=critical, own=own))
        if len(chosen) >= FEWEST and not set(best.question.traits) - set(asked):
            break
        chosen.append(best)
        left.remove(best)
    return [item for item in page.questions.all if item in chosen]


def _gain(item: QuestionItem, asked: Counter, critical: set[str], own: set[str]) -> tuple:
    """Return what ``item`` adds to the questions so far; the larger, the better."""
    traits = set(item.question.traits)
    new = traits - set(asked)
    repeated = sum(asked[code] for code in traits)
    return (len(new & critical), item.question.key in own, len(new), -repeated)


def _own_keys(page: ProfilePage) -> set[str]:
    """Return the keys of the context's own questions; a base profile has none of these."""
    return {item.question.key for item in page.questions.own} if page.context else set()


def _critical(page: ProfilePage) -> list[str]:
    targets = page.document.targets.items()
    return [code for code, target in targets if target.importance == Importance.CRITICAL]
