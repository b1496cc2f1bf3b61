"""The hiring pack: the sheets of one hire, from the agreement to the decision. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.documents.choices import RequirementKind
from profiles.exports import wording
from profiles.exports.advert import advert
from profiles.exports.kit import InterviewKit, interview_kit, kit_sheet, rating_scale
from profiles.exports.page_sheet import (
    APPLICATION,
    BY_HAND,
    page_sheet,
    requirement_words,
)
from profiles.exports.prose import blocks_of
from profiles.exports.sheet import (
    Bullets,
    Choice,
    Choices,
    Fields,
    Heading,
    Notes,
    Paragraph,
    Question,
    Script,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.documents.choices import Seniority
    from profiles.documents.schema import LevelNote, Requirement
    from profiles.exports.sheet import Block, Sheet
    from profiles.guide.profile_page import ProfilePage, TraitRow

YES, NO = "si", "no"
INTERVIEW, SAMPLE = "entrevista", "muestra"
# Parts of the work sample: the candidate gets the first one, and never the second.
TASK, RUBRIC = "consigna", "pauta"
# The two columns of each part of the agreement.
AGREE = ((YES, gettext_lazy("De acuerdo")), (NO, gettext_lazy("A discutir")))
HERE = ((YES, gettext_lazy("Sí, pasa acá")), (NO, gettext_lazy("No")))
FIRST_DAY = ((YES, gettext_lazy("Desde el día uno")), (NO, gettext_lazy("Se aprende")))


@dataclass(frozen=True)
class Asked:
    """What a visitor asked of a sheet.

    ``yes`` and ``no`` are the keys of the agreement's ticked lines: a line in both is one to talk
    about. ``part`` chooses between the work sample's two sheets.
    """

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    part: str = TASK

    def column(self, key: str, otherwise: str = "") -> str:
        """Return the column in which the line ``key`` is ticked."""
        return NO if key in self.no else YES if key in self.yes else otherwise


def agreed_traits(page: ProfilePage, asked: Asked) -> list[str]:
    """Return the critical traits that were agreed on; all of them if none was ticked."""
    codes = [code for code in page.critical if code not in asked.no]
    return [code for code in codes if code in asked.yes] or codes


class PackSheet(NamedTuple):
    """One kind of sheet: its title, what it is for, how it is made, what it needs."""

    title: str
    purpose: str
    build: Callable[[ProfilePage, str, Asked], Sheet]
    is_possible: Callable[[ProfilePage], object]


def _agreement(page: ProfilePage, source_url: str, asked: Asked) -> Sheet:
    return page_sheet(
        page,
        title=_("Acuerdo sobre la búsqueda"),
        file_name="alineacion",
        blocks=_agreement_blocks(page, asked),
        source_url=source_url,
        running_field="",
        is_dense=True,
        ranges=None,
    )


def _agreement_blocks(page: ProfilePage, asked: Asked) -> Iterator[Block]:
    yield Paragraph(str(wording.AGREEMENT), "quiet")
    yield Fields((_("Quién pide"), _("Quién busca"), _("Fecha")))
    outcomes = [
        f"{text.rstrip('.')} ({horizon.label})."
        for horizon, texts in page.outcomes
        for text in texts
    ]
    traits = page.critical_rows
    considered = page.document.considerations if page.context else ()
    required = [item for _kind, items in page.requirements for item in items]
    here = _("Qué cambia en %(context)s") % {"context": page.context}
    parts = [
        (_("Qué va a ser cierto"), AGREE, [_line(asked, text) for text in outcomes]),
        (_("Rasgos críticos"), AGREE, [_trait(row, asked) for row in traits]),
        (here, HERE, [_line(asked, item.text, item.consequence) for item in considered]),
        (_("Qué tiene que traer"), FIRST_DAY, [_required(item, asked) for item in required]),
    ]
    yield from (Choices(*part) for part in parts if part[-1])
    yield from _agreed_process()


def _trait(row: TraitRow, asked: Asked) -> Choice:
    text = f"{row.trait.name}: {row.level_words} ({row.range})"
    return Choice(row.trait.code, text, row.target.rationale, asked.column(row.trait.code))


def _line(asked: Asked, text: str, note: str = "", otherwise: str = "") -> Choice:
    """Return a line to agree on.

    Its key comes from its text: another text has another key, so no tick changes its meaning.
    """
    key = hashlib.sha256(text.encode()).hexdigest()[:6]
    return Choice(key, text, note, asked.column(key, otherwise))


def _required(item: Requirement, asked: Asked) -> Choice:
    return _line(asked, requirement_words(item), otherwise=_usual(item))


def _usual(item: Requirement) -> str:
    return NO if item.kind == RequirementKind.LEARNABLE else YES


def _agreed_process() -> Iterator[Block]:
    yield Heading(_("Quién mira qué"))
    rows = [(str(stage), str(subject), BY_HAND) for stage, subject in wording.STAGES]
    yield Table((_("Etapa"), _("Qué se mira"), _("Quién")), rows, (3, 7, 4))
    yield Fields((_("Nivel"), _("Rango de pago"), _("Quién decide")))
    yield Fields((_("Firma de quien pide"), _("Firma de quien busca")))


def _call(page: ProfilePage, source_url: str, _asked: Asked) -> Sheet:
    return page_sheet(
        page,
        title=_("Llamada de 15 minutos"),
        file_name="llamada",
        is_dense=True,
        blocks=_call_blocks(page),
        source_url=source_url,
    )


def _call_blocks(page: ProfilePage) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Quién llama")))
    yield Heading(_("Para abrir"))
    yield Script([str(text) % {"role": page.facts.name} for text in wording.CALL])
    if page.honest:
        yield from (Heading(_("Decilo antes que nada")), Script([page.honest]))
    yield Heading(_("Tres preguntas"))
    for number, item in enumerate(page.whole.screening, start=1):
        yield Question(
            item.text, number=number, label=_("Escuchá:"), detail=item.listen_for, notes=_("Notas")
        )
    yield Heading(_("Antes de cortar"))
    musts = [item for kind, items in page.requirements for item in items if _usual(item) == YES]
    yield Bullets([requirement_words(item) for item in musts], "boxes")
    yield Bullets([str(text) for text in wording.CALL_ENDING], "boxes")


def _work_sample(page: ProfilePage, source_url: str, asked: Asked) -> Sheet:
    """Return the task as the candidate gets it, or the rubric of those who rate it."""
    sample = page.whole.work_sample
    is_task = asked.part == TASK
    minutes = _("%(minutes)s minutos") % {"minutes": sample.minutes}
    return page_sheet(
        page,
        title=_("Muestra de trabajo") if is_task else _("Pauta de la muestra de trabajo"),
        file_name=f"muestra-{asked.part}",
        blocks=_task(page) if is_task else _rubric(page),
        source_url=source_url,
        heading=sample.title,
        subtitle=f"{page.heading} · {minutes}",
        lead="",
        plan="" if is_task else _("No la entregues: es de quienes califican."),
        ranges=None,
    )


def _task(page: ProfilePage) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha")))
    yield from (Heading(_("Consigna")), *blocks_of(page.rendered.get("brief", "")))
    if material := page.rendered.get("material"):
        yield from (Heading(_("Material")), *blocks_of(material))
    if ai := page.whole.work_sample.ai:
        yield from (Heading(_("Inteligencia artificial")), Paragraph(ai))


def _rubric(page: ProfilePage) -> Iterator[Block]:
    sample = page.whole.work_sample
    yield Fields((APPLICATION, _("Fecha"), _("Quién califica")))
    yield from (Heading(_("Antes")), Bullets([str(text) for text in wording.SAMPLE]))
    if shift := getattr(page.document, "work_sample_shift", ""):
        title = _("Cómo cambia en %(context)s") % {"context": page.context}
        yield from (Heading(title), Paragraph(shift))
    yield from (Heading(_("Qué mirar")), Bullets(sample.observe, "boxes"))
    yield Heading(_("Cómo calificar"))
    yield Question(sample.title, ratings=rating_scale(sample.anchors), notes=_("Qué hizo y dijo"))
    if sample.ai:
        yield from (Heading(_("Inteligencia artificial")), Paragraph(sample.ai))


def _references(page: ProfilePage, source_url: str, _asked: Asked) -> Sheet:
    return page_sheet(
        page,
        title=_("Referencias"),
        file_name="referencias",
        blocks=_reference_blocks(page),
        source_url=source_url,
    )


def _reference_blocks(page: ProfilePage) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Qué relación tuvieron")))
    yield from (Heading(_("Antes de llamar")), Bullets([str(t) for t in wording.REFERENCES]))
    yield Heading(_("Para abrir"))
    yield Script([str(wording.REFERENCE_OPENING) % {"role": page.facts.name}])
    yield Heading(_("Preguntas"))
    for number, text in enumerate(page.whole.references, start=1):
        yield Question(text, number=number, notes=_("Un hecho, no un adjetivo"))
    yield Paragraph(str(wording.REFERENCE_ENDING), "quiet")


def _decision(page: ProfilePage, source_url: str, _asked: Asked) -> Sheet:
    return page_sheet(
        page,
        title=_("Decisión"),
        file_name="decision",
        is_dense=True,
        ranges=None,
        blocks=_decision_blocks(page, interview_kit(page, source_url)),
        source_url=source_url,
    )


def _decision_blocks(page: ProfilePage, kit: InterviewKit) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Quiénes deciden")))
    yield from (Heading(_("Primero, cada quien por su lado")), Paragraph(str(wording.DECISION)))
    subjects = [f"{question.number}. {question.evaluates}" for question in kit.questions]
    if page.whole.work_sample:
        subjects.append(_("Muestra: %(title)s") % {"title": page.whole.work_sample.title})
    if page.whole.references:
        subjects.append(_("Referencias"))
    header = (
        _("Qué se miró"),
        _("Entrevista 1"),
        _("Entrevista 2"),
        _("Evidencia: qué dijo o hizo"),
    )
    yield Table(header, [(text, *[BY_HAND] * 3) for text in subjects], (7, 3, 3, 7))
    if levels := [_level(*level) for level in page.whole.levels.items()]:
        header = (_("Según el nivel"), _("Cómo suena un 5"), _("Todavía no le pidas"))
        yield Table(header, levels, (3, 8, 6))
    yield Heading(_("Después, donde difieren en dos o más"))
    header = (_("Qué se miró"), _("Qué releímos en las notas"), _("Nº acordado"))
    yield Table(header, [(BY_HAND,) * 3] * 2, (5, 9, 3))
    yield from (Heading(_("Decisión")), Bullets([str(t) for t in wording.OUTCOMES], "boxes"))
    yield Notes(_("Razones, en palabras que la persona podría leer"), 5)
    yield Paragraph(str(wording.DECISION_NOTE), "quiet")


def _level(seniority: Seniority, note: LevelNote) -> tuple[str, str, str]:
    return (str(seniority.label).capitalize(), note.five, note.not_yet)


SHEETS = {
    "alineacion": PackSheet(
        gettext_lazy("Acuerdo sobre la búsqueda"),
        gettext_lazy("Media hora con quien pide la contratación, antes de publicar."),
        _agreement,
        lambda page: True,
    ),
    "aviso": PackSheet(
        gettext_lazy("Aviso"),
        gettext_lazy("Qué se hace, qué hace falta y lo difícil; largo y para un chat."),
        advert,
        lambda page: page.whole.responsibilities,
    ),
    "llamada": PackSheet(
        gettext_lazy("Llamada de 15 minutos"),
        gettext_lazy("Tres preguntas y lo difícil, antes de que nadie viaje."),
        _call,
        lambda page: page.whole.screening,
    ),
    INTERVIEW: PackSheet(
        gettext_lazy("Entrevista"),
        gettext_lazy("Las mismas preguntas para todas, con anclas para calificar."),
        lambda page, source_url, _asked: kit_sheet(interview_kit(page, source_url)),
        lambda page: page.questions.all,
    ),
    SAMPLE: PackSheet(
        gettext_lazy("Muestra de trabajo"),
        gettext_lazy("Una tarea corta para la persona; su pauta, aparte, para quien califica."),
        _work_sample,
        lambda page: page.whole.work_sample,
    ),
    "referencias": PackSheet(
        gettext_lazy("Referencias"),
        gettext_lazy("Qué preguntar a quien ya trabajó con la persona."),
        _references,
        lambda page: page.whole.references,
    ),
    "decision": PackSheet(
        gettext_lazy("Decisión"),
        gettext_lazy("Los números de cada quien primero; después, lo que difiere y las razones."),
        _decision,
        lambda page: True,
    ),
}


def possible_sheets(page: ProfilePage) -> dict[str, PackSheet]:
    """Return the sheets that the profile has the texts for."""
    return {name: sheet for name, sheet in SHEETS.items() if sheet.is_possible(page)}


def all_sheets(page: ProfilePage, source_url: str) -> Iterator[Sheet]:
    """Yield every sheet of the pack in the order of the hire; the work sample is two sheets."""
    for name, sheet in possible_sheets(page).items():
        yield sheet.build(page, source_url, Asked())
        if name == SAMPLE:
            yield sheet.build(page, source_url, Asked(part=RUBRIC))
