"""``InterviewKit``: what a recruiter takes into the interview. Pure; ``kit_sheet`` prints it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profiles.documents.choices import TraitCode
from profiles.documents.schema import Anchors
from profiles.documents.text import join_words
from profiles.exports.sheet import BY_HAND, Question, Sheet, page_sheet
from profiles.exports.wording import WORDS, laid_out
from profiles.guide.profile_page import ProfilePage, QuestionItem

MAX_QUESTIONS = 20
LENGTHS = (30, 45, 60)
DEFAULT_LENGTH = 45
OPENING_MINUTES, CLOSING_MINUTES = 4, 6
# What a question with two follow-ups takes, hurried and unhurried.
SHORTEST, LONGEST = 6, 7
PARTS = (1, 2)


class InvalidSelection(ValueError):
    """The chosen questions make no kit; the message is Spanish and for the reader."""


@dataclass(frozen=True)
class Asked:
    """What a visitor asked of a sheet.

    Of the interview: questions by key (none: the suggested ones), its length, and which ``part``, 1
    or 2, if two people share it. Of the agreement: the keys of the ticked lines; one in ``yes`` and
    ``no`` is one to talk about. Of the work sample: the rubric, or else the task.
    """

    keys: Sequence[str] = ()
    minutes: int = DEFAULT_LENGTH
    part: int = 0
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    rubric: bool = False


USUAL = Asked()


@dataclass(frozen=True)
class InterviewKit:
    """One interview about one profile: what to say, ask, note, rate and leave out.

    ``questions`` are numbered as they are asked; ``both`` are those of the whole interview, if two
    people share it.
    """

    page: ProfilePage
    questions: Sequence[QuestionItem]
    asked: Asked = USUAL
    both: Sequence[QuestionItem] = ()

    @property
    def each(self) -> int:
        """Return the minutes of one question: 6, or 7 if all of them still fit."""
        fits = len(self.questions) * LONGEST <= _for_questions(self.asked.minutes)
        return LONGEST if fits else SHORTEST

    @property
    def spare(self) -> int:
        """Return the minutes left over; below zero, those that are missing."""
        return _for_questions(self.asked.minutes) - self.each * len(self.questions)

    @property
    def count_words(self) -> str:
        """Return "7 preguntas"."""
        count = len(self.questions)
        return ngettext("%(count)s pregunta", "%(count)s preguntas", count) % {"count": count}

    @property
    def plan_words(self) -> str:
        """Say the plan: "45 minutos: 4 de apertura, 5 preguntas de 7 minutos y 6 de cierre"."""
        return WORDS.plan % {
            "total": self.asked.minutes,
            "opening": OPENING_MINUTES,
            "questions": self.count_words,
            "each": self.each,
            # A rest that no question fits into is time to close in.
            "closing": CLOSING_MINUTES + (self.spare if 0 < self.spare < SHORTEST else 0),
        }

    @property
    def fit_words(self) -> str:
        """Say what does not fit, or what is left over; "" if the minutes are well used."""
        room, spare = room_in(self.asked.minutes), self.spare
        if spare < 0:
            left = join_words([str(item.number) for item in self.questions[room:]])
            words = ngettext(
                "No entra todo: alcanza para %(room)s. La %(left)s pide %(minutes)s min más.",
                "No entra todo: alcanza para %(room)s. Las %(left)s piden %(minutes)s min más.",
                len(self.questions) - room,
            )
            return words % {"room": room, "left": left, "minutes": -spare}
        left = _("Quedan %(spare)s minutos sin usar.") % {"spare": spare}
        return left if spare >= SHORTEST else ""

    @property
    def uncovered(self) -> list[str]:
        """Return the names of critical traits that no question of the interview evaluates."""
        asked = {code for item in self.both or self.questions for code in item.question.traits}
        return [str(TraitCode(code).label) for code in self.page.critical if code not in asked]

    @property
    def same_words(self) -> str:
        """Say that everybody is asked the same."""
        return ngettext(
            "Te vamos a hacer la misma pregunta que a todas las personas que se postularon.",
            "Te vamos a hacer las mismas preguntas que a todas las personas que se postularon, en "
            "el mismo orden.",
            len(self.questions),
        )

    @property
    def title(self) -> str:
        if not self.asked.part:
            return _("Guía de entrevista")
        return _("Guía de entrevista, parte %(part)s de 2") % {"part": self.asked.part}


def _for_questions(minutes: int) -> int:
    return minutes - OPENING_MINUTES - CLOSING_MINUTES


def room_in(minutes: int) -> int:
    """Return how many questions fit in an interview of so many minutes."""
    return _for_questions(minutes) // SHORTEST


def interview_kit(page: ProfilePage, asked: Asked = USUAL) -> InterviewKit:
    """Return the kit of the asked questions, or of the balanced default set.

    The order is always the page's: the context's own questions first. Raises InvalidSelection.
    """
    room = room_in(asked.minutes) * (2 if asked.part else 1)
    both = _selection(page, set(asked.keys)) if asked.keys else balanced_set(page, room)
    if asked.part and len(both) < len(PARTS):
        raise InvalidSelection(_("Para dos personas hacen falta al menos dos preguntas."))
    # Every second one: both halves begin with the context's own and none is asked twice.
    chosen = both[asked.part - 1 :: 2] if asked.part else both
    questions = [replace(item, number=number) for number, item in enumerate(chosen, start=1)]
    return InterviewKit(page, questions, asked, both if asked.part else ())


def _selection(page: ProfilePage, keys: set[str]) -> list[QuestionItem]:
    items = page.questions.all
    if unknown := sorted(keys - {item.question.key for item in items}):
        named = join_words([f"«{key[:60]}»" for key in unknown[:3]])
        raise InvalidSelection(_("Este perfil no tiene la pregunta %(keys)s.") % {"keys": named})
    if len(keys) > MAX_QUESTIONS:
        limit = _("Elegiste %(count)s preguntas; en una guía entran hasta %(limit)s.")
        raise InvalidSelection(limit % {"count": len(keys), "limit": MAX_QUESTIONS})
    return [item for item in items if item.question.key in keys]


def balanced_set(
    page: ProfilePage, room: int, wanted: Collection[str] | None = None
) -> list[QuestionItem]:
    """Return up to ``room`` questions: first what covers ``wanted``, by default what is critical.

    Deterministic: each step takes the question that adds most, the first one of several equals.
    """
    wanted = set(page.critical if wanted is None else wanted)
    asked, chosen, left = Counter(), [], list(page.questions.all)

    def gain(item: QuestionItem) -> tuple:
        traits = set(item.question.traits)
        new = traits - set(asked)
        return len(new & wanted), item.is_own, len(new), -sum(asked[code] for code in traits)

    while left and len(chosen) < room:
        best = max(left, key=gain)
        asked.update(best.question.traits)
        chosen.append(best)
        left.remove(best)
    return sorted(chosen, key=lambda item: item.number)


def kit_sheet(kit: InterviewKit) -> Sheet:
    part = kit.asked.part
    values = {
        "role": kit.page.facts.name,
        "minutes": kit.asked.minutes,
        "same": kit.same_words,
        "traits": [
            (row.trait.name, row.level_words, row.range, row.importance_words)
            for row in kit.page.trait_rows
        ],
        "questions": [question_block(item, kit.each) for item in kit.questions],
        "strengths": kit.page.strengths.all,
        "red_flags": kit.page.red_flags.all,
        "summary": _summary(kit),
        "avoided": [*WORDS.avoided.items()],
        "responsible_use": kit.page.responsible_use,
    }
    return page_sheet(
        kit.page,
        title=kit.title,
        file_name=f"entrevista-parte-{part}" if part else "entrevista",
        blocks=laid_out("entrevista", values),
        plan=f"{kit.plan_words}.",
        plan_note=kit.fit_words,
    )


def question_block(item: QuestionItem, minutes: int) -> Question:
    question = item.question
    whose = [_("propia del contexto")] if item.is_own else []
    return Question(
        question.text,
        number=item.number,
        label=_("Evalúa:"),
        detail=" · ".join([item.evaluates, f"{minutes} min", *whose]),
        key=question.key,
        traits=question.traits,
        follow_ups=question.follow_ups,
        instead=question.instead,
        ratings=rating_scale(question.anchors),
        notes=_("Notas: lo que dijo, no la impresión"),
    )


def rating_scale(anchors: Anchors) -> list[tuple[int, str]]:
    """Return (rating, anchor) from 1 to 5, "" between the anchors."""
    known = dict(anchors.rated())
    return [(rating, known.get(rating, "")) for rating in range(1, 6)]


def _summary(kit: InterviewKit) -> tuple:
    """Return header, rows and widths of the table of marks: a column for each interview."""
    interviews = [_("Entrevista 1"), _("Entrevista 2")]
    columns = interviews[kit.asked.part - 1 :][:1] if kit.asked.part else interviews
    rows = [(str(q.number), q.evaluates, *[BY_HAND] * len(columns)) for q in kit.questions]
    return (_("Nº"), _("Qué evalúa"), *columns), rows, (1, 9, *[3] * len(columns))
