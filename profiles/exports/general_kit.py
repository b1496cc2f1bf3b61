"""The interview for any job: two questions for each trait, from ``fixtures/general/kit.yaml``."""

from functools import cache
from types import SimpleNamespace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.schema import Question
from profiles.documents.types import Document, Name, list_of, text
from profiles.documents.yaml_file import read
from profiles.exports.kit import InterviewKit, question_block
from profiles.exports.sheet import APPLICATION, Sheet
from profiles.exports.wording import WORDS, laid_out
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


def general_interview() -> InterviewKit:
    """Return the questions as the kit of no profile, for files that list them."""
    questions = [QuestionItem(n, q) for n, q in enumerate(general_kit().questions, start=1)]
    none = SimpleNamespace(all=())
    page = SimpleNamespace(
        heading=_("Cualquier puesto"),
        trait_rows=(),
        strengths=none,
        red_flags=none,
        published_from=None,
        source_url=settings.SITE_URL + reverse("profiles:general_kit"),
    )
    return InterviewKit(page, questions)


def general_sheet() -> Sheet:
    kit, interview = general_kit(), general_interview()
    values = {
        "choosing": kit.choosing,
        "opening": [kit.opening],
        "questions": [question_block(item, interview.each) for item in interview.questions],
        "avoided": [*WORDS.avoided.items()],
    }
    return Sheet(
        title=kit.title,
        heading=interview.page.heading,
        subtitle=_("Dos preguntas por rasgo"),
        lead=kit.lead,
        blocks=tuple(laid_out("entrevista-general", values)),
        source_url=interview.page.source_url,
        file_stem="entrevista-general",
        running_field=str(APPLICATION),
    )
