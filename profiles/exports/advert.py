"""The advert of a job: long for a page, short for a chat. Pure.

It is made of what is done and what is needed; a range of a trait is never a requirement.
"""

from django.utils.translation import gettext as _

from profiles.documents.choices import RequirementKind
from profiles.guide.profile_page import ProfilePage

CHAT_LIMIT = 700
BLANK = "____"


def advert_values(page: ProfilePage) -> dict:
    """Return what the layout of the advert asks for, the long one and the short one."""
    learned = dict(page.requirements).get(RequirementKind.LEARNABLE, ())
    considered = page.document.considerations if page.context else ()
    return {
        "responsibilities": page.whole.responsibilities,
        "asked": _asked_for(page),
        "learned": [item.words for item in learned],
        "considerations": [item.text for item in considered],
        "honest": page.honest,
        "steps": _steps(page),
        "chat": chat_text(page),
    }


def _asked_for(page: ProfilePage) -> list[str]:
    return [
        item.words
        for kind, items in page.requirements
        for item in items
        if kind != RequirementKind.LEARNABLE
    ]


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
    done, asked = list(page.whole.responsibilities), _asked_for(page)
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
