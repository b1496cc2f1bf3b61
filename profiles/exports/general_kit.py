"""The interview for any job: two questions for each trait, from ``fixtures/general/kit.yaml``."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from profiles.documents.choices import TraitCode
from profiles.documents.schema import Question
from profiles.documents.text import join_words
from profiles.documents.types import Document, Name, list_of, text
from profiles.documents.yaml_file import read


class GeneralKit(Document):
    """What is said and asked, whatever the job."""

    title: Name
    lead: text(300, required=True)
    choosing: list_of(text(300, required=True))
    opening: text(600, required=True)
    questions: list_of(Question)


@cache
def general_kit() -> GeneralKit:
    return read(settings.BASE_DIR / "fixtures" / "general" / "kit.yaml", GeneralKit)


def questions_by_trait() -> list[tuple[TraitCode, list[tuple[Question, str]]]]:
    """Return each trait with its questions and what they evaluate, in the guide's order."""
    return [
        (
            code,
            [(each, evaluates(each)) for each in general_kit().questions if each.traits[0] == code],
        )
        for code in TraitCode
    ]


def evaluates(question: Question) -> str:
    names = join_words([str(TraitCode(code).label) for code in question.traits])
    return f"{names} en {question.focus}"
