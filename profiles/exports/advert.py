"""The advert of a job: long for a page, short for a chat. Pure.

It is made of what is done and what is needed; a range of a trait is never a requirement.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from profiles.documents.choices import RequirementKind
from profiles.exports.sheet import (
    Block,
    Bullets,
    Clip,
    Fields,
    Heading,
    Paragraph,
)
from profiles.exports.wording import WORDS
from profiles.guide.profile_page import ProfilePage

CHAT_LIMIT = 700
BLANK = "____"


def advert_blocks(page: ProfilePage) -> Iterator[Block]:
    """Yield the long advert, then the short one."""
    yield Fields((_("Empresa"), _("Lugar"), _("Modalidad")))
    yield Fields((_("Pago: de ____ a ____"), _("Horario"), _("Contrato")))
    yield from (Heading(_("Qué vas a hacer")), Bullets(page.whole.responsibilities))
    for title, items in _needed(page):
        yield from (Heading(title), Bullets(items))
    if page.context and page.document.considerations:
        yield Heading(_("Cómo es trabajar acá"))
        yield Bullets([item.text for item in page.document.considerations])
    if page.honest:
        yield from (Heading(_("Lo difícil, dicho antes")), Paragraph(page.honest))
    yield from (Heading(_("Cómo es el proceso")), Bullets(_steps(page), "ordered"))
    yield Paragraph(WORDS.advert_ending)
    yield from (Heading(_("Para un chat")), Clip(chat_text(page)))


def _needed(page: ProfilePage) -> list[tuple[str, list[str]]]:
    """Return (title, requirements): what is asked for, and what is learned on the job."""
    kinds = {kind: [item.words for item in items] for kind, items in page.requirements}
    learned = kinds.pop(RequirementKind.LEARNABLE, [])
    asked = [text for texts in kinds.values() for text in texts]
    groups = [(_("Qué necesitás"), asked), (_("Qué vas a aprender acá"), learned)]
    return [(title, items) for title, items in groups if items]


def _steps(page: ProfilePage) -> list[str]:
    sample = page.whole.work_sample
    task = _("Una muestra de trabajo de %(minutes)s minutos.")
    return [
        _("Una llamada de 15 minutos."),
        _("Una entrevista con las mismas preguntas para todas las personas."),
        *([task % {"minutes": sample.minutes}] if sample else []),
        _("Una respuesta, sea cual sea, antes del ____."),
    ]


def chat_text(page: ProfilePage) -> str:
    """Return the advert in 700 characters at most, with as many whole items as fit."""
    done, asked = list(page.whole.responsibilities), dict(_needed(page)).get(_("Qué necesitás"), [])
    tries = [(3, page.honest), (2, page.honest), (1, page.honest), (1, ""), (0, "")]
    texts = (_chat(page, done[:count], asked[:count], hard) for count, hard in tries)
    return next(text for text in texts if len(text) <= CHAT_LIMIT)


def _chat(page: ProfilePage, done: list[str], asked: list[str], honest: str) -> str:
    end = _("Empresa: %(blank)s. Pago: de %(blank)s a %(blank)s. Lugar y modalidad: %(blank)s.")
    parts = [
        _("Buscamos %(role)s.") % {"role": page.facts.name},
        page.document.summary,
        " ".join([_("Tareas:"), *done]) if done else "",
        " ".join([_("Hace falta:"), *asked]) if asked else "",
        _("Lo difícil: %(text)s") % {"text": honest} if honest else "",
        end % {"blank": BLANK},
    ]
    return " ".join(filter(None, parts))
