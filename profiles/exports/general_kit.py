"""The interview for any job: two questions for each trait, from ``fixtures/general/kit.yaml``."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

from django.conf import settings
from django.utils.translation import gettext as _

from profiles.documents.choices import TraitCode
from profiles.documents.schema import Question
from profiles.documents.types import Document, Name, list_of, text
from profiles.documents.yaml_file import read
from profiles.exports import wording
from profiles.exports.kit import InterviewKit, KitQuestion, question_block
from profiles.exports.page_sheet import APPLICATION, PAGE_FIELDS
from profiles.exports.sheet import (
    Bullets,
    Fields,
    Heading,
    Paragraph,
    Script,
    Sheet,
    Table,
)
from profiles.guide.profile_page import QuestionItem


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


def questions_by_trait() -> list[tuple[TraitCode, list[QuestionItem]]]:
    """Return each trait with its questions, in the guide's order."""
    items = [question.item for question in general_interview("").questions]
    return [(code, [i for i in items if i.question.traits[0] == code]) for code in TraitCode]


def general_interview(source_url: str) -> InterviewKit:
    """Return the questions as the kit of no profile, for files that list them."""
    numbered = enumerate(general_kit().questions, start=1)
    questions = [KitQuestion(number, QuestionItem(number, q), False) for number, q in numbered]
    none = SimpleNamespace(all=())
    heading = _("Cualquier puesto")
    page = SimpleNamespace(heading=heading, strengths=none, red_flags=none, published_from=None)
    return InterviewKit(page, questions, source_url)


def general_sheet(source_url: str) -> Sheet:
    """Return the kit as the sheet that is carried into the room."""
    kit, interview = general_kit(), general_interview(source_url)
    avoided = [tuple(map(str, row)) for row in wording.AVOIDED]
    return Sheet(
        title=kit.title,
        heading=interview.heading,
        subtitle=_("Dos preguntas por rasgo"),
        lead=kit.lead,
        blocks=(
            Fields(PAGE_FIELDS),
            *(Heading(_("Antes de empezar")), Bullets(kit.choosing)),
            *(Heading(_("Para abrir")), Script([kit.opening])),
            *(Heading(_("Cómo calificar")), Paragraph(str(wording.RATING))),
            Heading(_("Preguntas")),
            *(question_block(question, interview.plan.each) for question in interview.questions),
            Heading(_("Qué no preguntar")),
            Table((_("Tema"), _("Por qué, y qué hacer en su lugar")), avoided, (2, 3)),
        ),
        source_url=source_url,
        file_stem="entrevista-general",
        running_field=str(APPLICATION),
    )
