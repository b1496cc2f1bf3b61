"""The hiring pack: the sheets of one hire, from the agreement to the decision. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.documents.choices import RequirementKind
from profiles.documents.schema import Requirement
from profiles.exports.advert import advert_blocks
from profiles.exports.kit import Request, interview_kit, kit_sheet, rating_scale
from profiles.exports.prose import blocks_of
from profiles.exports.sheet import (
    APPLICATION,
    BY_HAND,
    Block,
    Bullets,
    Choice,
    Choices,
    Fields,
    Heading,
    Notes,
    Paragraph,
    Question,
    Script,
    Sheet,
    Table,
    page_sheet,
    size_words,
)
from profiles.exports.wording import WORDS
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
        return NO if key in self.no else YES if key in self.yes else otherwise


def agreed_traits(page: ProfilePage, asked: Asked) -> list[str]:
    """Return the critical traits that were agreed on; all of them if none was ticked."""
    codes = [code for code in page.critical if code not in asked.no]
    return [code for code in codes if code in asked.yes] or codes


class PackSheet(NamedTuple):
    """One kind of sheet: what it holds (the kit holds its own), whether a profile has the texts.

    ``head`` returns what its head has of its own, see ``page_sheet``.
    """

    blocks: Callable[[ProfilePage, Asked], Iterable[Block]] | None = None
    is_possible: Callable[[ProfilePage], object] = lambda page: True
    head: Callable[[ProfilePage, Asked], dict] = lambda page, asked: {}


def _agreement(page: ProfilePage, asked: Asked) -> Iterator[Block]:
    yield Paragraph(WORDS.agreement, "quiet")
    yield Fields((_("Quién pide"), _("Quién busca"), _("Fecha")))
    outcomes = [
        _line(asked, f"{text.rstrip('.')} ({horizon.label}).")
        for horizon, texts in page.outcomes
        for text in texts
    ]
    traits = [_trait(row, asked) for row in page.critical_rows]
    considered = page.document.considerations if page.context else ()
    changes = [_line(asked, item.text, item.consequence) for item in considered]
    required = [
        _line(asked, item.words, otherwise=_usual(item))
        for _kind, items in page.requirements
        for item in items
    ]
    parts = [
        (_("Qué va a ser cierto"), AGREE, outcomes),
        (_("Rasgos críticos"), AGREE, traits),
        (_("Qué cambia en %(context)s") % {"context": page.context}, HERE, changes),
        (_("Qué tiene que traer"), FIRST_DAY, required),
    ]
    yield from (Choices(*part) for part in parts if part[-1])
    yield Heading(_("Quién mira qué"))
    rows = [(stage, subject, BY_HAND) for stage, subject in WORDS.stages.items()]
    yield Table((_("Etapa"), _("Qué se mira"), _("Quién")), rows, (3, 7, 4))
    yield Fields((_("Nivel"), _("Rango de pago"), _("Quién decide")))
    yield Fields((_("Firma de quien pide"), _("Firma de quien busca")))


def _trait(row: TraitRow, asked: Asked) -> Choice:
    text = f"{row.trait.name}: {row.level_words} ({row.range})"
    return Choice(row.trait.code, text, row.target.rationale, asked.column(row.trait.code))


def _line(asked: Asked, text: str, note: str = "", otherwise: str = "") -> Choice:
    """Return a line to agree on.

    Its key comes from its text: another text has another key, so no tick changes its meaning.
    """
    key = hashlib.sha256(text.encode()).hexdigest()[:6]
    return Choice(key, text, note, asked.column(key, otherwise))


def _usual(item: Requirement) -> str:
    return NO if item.kind == RequirementKind.LEARNABLE else YES


def _call(page: ProfilePage, _asked: Asked) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Quién llama")))
    yield Heading(_("Para abrir"))
    yield Script([text % {"role": page.facts.name} for text in WORDS.call])
    if page.honest:
        yield from (Heading(_("Decilo antes que nada")), Script([page.honest]))
    yield Heading(_("Tres preguntas"))
    for number, item in enumerate(page.whole.screening, start=1):
        yield Question(
            item.text, number=number, label=_("Escuchá:"), detail=item.listen_for, notes=_("Notas")
        )
    yield Heading(_("Antes de cortar"))
    musts = [item for _kind, items in page.requirements for item in items if _usual(item) == YES]
    yield Bullets([item.words for item in musts], "boxes")
    yield Bullets(WORDS.call_ending, "boxes")


def _work_sample(page: ProfilePage, asked: Asked) -> Iterator[Block]:
    """Return the task as the candidate gets it, or the rubric of those who rate it."""
    return _task(page) if asked.part == TASK else _rubric(page)


def _work_sample_head(page: ProfilePage, asked: Asked) -> dict:
    sample, is_task = page.whole.work_sample, asked.part == TASK
    minutes = _("%(minutes)s minutos") % {"minutes": sample.minutes}
    return {
        "title": _("Muestra de trabajo") if is_task else _("Pauta de la muestra de trabajo"),
        "file_name": f"muestra-{asked.part}",
        "heading": sample.title,
        "subtitle": f"{page.heading} · {minutes}",
        "lead": "",
        "plan": "" if is_task else _("No la entregues: es de quienes califican."),
        "ranges": None,
    }


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
    yield from (Heading(_("Antes")), Bullets(WORDS.sample))
    if shift := getattr(page.document, "work_sample_shift", ""):
        title = _("Cómo cambia en %(context)s") % {"context": page.context}
        yield from (Heading(title), Paragraph(shift))
    yield from (Heading(_("Qué mirar")), Bullets(sample.observe, "boxes"))
    yield Heading(_("Cómo calificar"))
    yield Question(sample.title, ratings=rating_scale(sample.anchors), notes=_("Qué hizo y dijo"))
    if sample.ai:
        yield from (Heading(_("Inteligencia artificial")), Paragraph(sample.ai))


def _references(page: ProfilePage, _asked: Asked) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Qué relación tuvieron")))
    yield from (Heading(_("Antes de llamar")), Bullets(WORDS.references))
    yield Heading(_("Para abrir"))
    yield Script([WORDS.reference_opening % {"role": page.facts.name}])
    yield Heading(_("Preguntas"))
    for number, text in enumerate(page.whole.references, start=1):
        yield Question(text, number=number, notes=_("Un hecho, no un adjetivo"))
    yield Paragraph(WORDS.reference_ending, "quiet")


def _decision(page: ProfilePage, _asked: Asked) -> Iterator[Block]:
    yield Fields((APPLICATION, _("Fecha"), _("Quiénes deciden")))
    yield from (Heading(_("Primero, cada quien por su lado")), Paragraph(WORDS.decision))
    subjects = [f"{item.number}. {item.evaluates}" for item in interview_kit(page).questions]
    if page.whole.work_sample:
        subjects.append(_("Muestra: %(title)s") % {"title": page.whole.work_sample.title})
    if page.whole.references:
        subjects.append(_("Referencias"))
    marks = (_("Entrevista 1"), _("Entrevista 2"), _("Evidencia: qué dijo o hizo"))
    rows = [(text, *[BY_HAND] * 3) for text in subjects]
    yield Table((_("Qué se miró"), *marks), rows, (7, 3, 3, 7))
    levels = [
        (str(seniority.label).capitalize(), note.five, note.not_yet)
        for seniority, note in page.whole.levels.items()
    ]
    if levels:
        header = (_("Según el nivel"), _("Cómo suena un 5"), _("Todavía no le pidas"))
        yield Table(header, levels, (3, 8, 6))
    yield Heading(_("Después, donde difieren en dos o más"))
    header = (_("Qué se miró"), _("Qué releímos en las notas"), _("Nº acordado"))
    yield Table(header, [(BY_HAND,) * 3] * 2, (5, 9, 3))
    yield from (Heading(_("Decisión")), Bullets(WORDS.outcomes, "boxes"))
    yield Notes(_("Razones, en palabras que la persona podría leer"), 5)
    yield Paragraph(WORDS.decision_note, "quiet")


def _advert_head(page: ProfilePage, _asked: Asked) -> dict:
    head = {"heading": page.facts.name, "subtitle": size_words(page), "running_field": ""}
    return head | {"is_dense": True, "ranges": None}


SHEETS = {
    "alineacion": PackSheet(
        _agreement,
        head=lambda page, asked: {"running_field": "", "is_dense": True, "ranges": None},
    ),
    "aviso": PackSheet(
        lambda page, asked: advert_blocks(page),
        lambda page: page.whole.responsibilities,
        _advert_head,
    ),
    "llamada": PackSheet(
        _call, lambda page: page.whole.screening, lambda page, asked: {"is_dense": True}
    ),
    INTERVIEW: PackSheet(is_possible=lambda page: page.questions.all),
    SAMPLE: PackSheet(_work_sample, lambda page: page.whole.work_sample, _work_sample_head),
    "referencias": PackSheet(_references, lambda page: page.whole.references),
    "decision": PackSheet(_decision, head=lambda page, asked: {"is_dense": True, "ranges": None}),
}


def possible_sheets(page: ProfilePage) -> list[str]:
    """Return the names of the sheets that the profile has the texts for."""
    return [name for name, sheet in SHEETS.items() if sheet.is_possible(page)]


def pack_sheet(name: str, page: ProfilePage, asked: Asked | Request = Asked()) -> Sheet:
    """Return one of ``SHEETS`` about the profile of ``page``; a kit is asked for by a Request."""
    if name == INTERVIEW:
        return kit_sheet(interview_kit(page, asked if isinstance(asked, Request) else Request()))
    sheet = SHEETS[name]
    head = {"title": WORDS.sheets[name][0], "file_name": name, **sheet.head(page, asked)}
    return page_sheet(page, blocks=sheet.blocks(page, asked), **head)


def all_sheets(page: ProfilePage) -> Iterator[Sheet]:
    """Yield every sheet of the pack in the order of the hire; the work sample is two sheets."""
    for name in possible_sheets(page):
        yield pack_sheet(name, page)
        if name == SAMPLE:
            yield pack_sheet(name, page, Asked(part=RUBRIC))
