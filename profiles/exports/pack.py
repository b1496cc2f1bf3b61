"""The hiring pack: the sheets of one hire, from the agreement to the decision. Pure."""

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from profiles.documents.choices import RequirementKind
from profiles.documents.schema import Requirement
from profiles.exports.kit import USUAL, Asked, interview_kit, kit_sheet, rating_scale
from profiles.exports.prose import blocks_of
from profiles.exports.sheet import BY_HAND, Choice, Question, Sheet, page_sheet, size_words
from profiles.exports.wording import WORDS, laid_out
from profiles.guide.profile_page import ProfilePage, TraitRow

YES, NO = "si", "no"
CHAT_LIMIT = 700
BLANK = "____"
INTERVIEW, SAMPLE = "entrevista", "muestra"


def agreed_traits(page: ProfilePage, asked: Asked) -> list[str]:
    """Return the critical traits that were agreed on; all of them if none was ticked."""
    codes = [code for code in page.critical if code not in asked.no]
    return [code for code in codes if code in asked.yes] or codes


def _agreement(page: ProfilePage, asked: Asked) -> dict:
    considered = page.document.considerations if page.context else ()
    return {
        "outcomes": [
            _line(asked, f"{text.rstrip('.')} ({horizon.label}).")
            for horizon, texts in page.outcomes
            for text in texts
        ],
        "traits": [_trait(row, asked) for row in page.critical_rows],
        "changes": [_line(asked, item.text, item.consequence) for item in considered],
        "required": [
            _line(asked, item.words, otherwise=_usual_column(item))
            for _kind, items in page.requirements
            for item in items
        ],
    }


def _trait(row: TraitRow, asked: Asked) -> Choice:
    text = f"{row.trait.name}: {row.level_words} ({row.range})"
    return Choice(row.trait.code, text, row.target.rationale, _column(asked, row.trait.code))


def _line(asked: Asked, text: str, note: str = "", otherwise: str = "") -> Choice:
    """Return a line to agree on.

    Its key comes from its text: another text has another key, so no tick changes its meaning.
    """
    key = hashlib.sha256(text.encode()).hexdigest()[:6]
    return Choice(key, text, note, _column(asked, key, otherwise))


def _column(asked: Asked, key: str, otherwise: str = "") -> str:
    return NO if key in asked.no else YES if key in asked.yes else otherwise


def _usual_column(item: Requirement) -> str:
    """Return where a requirement is ticked; a country's rule only by who hires there."""
    if item.country:
        return ""
    return NO if item.kind == RequirementKind.LEARNABLE else YES


def _needed(page: ProfilePage) -> dict[str, list[str]]:
    """Return what must be there on the first day, what is learned, what each country's law asks."""
    columns = {YES: "asked", NO: "learned", "": "by_country"}
    needed = {name: [] for name in columns.values()}
    for _kind, items in page.requirements:
        for item in items:
            needed[columns[_usual_column(item)]].append(item.words)
    return needed


def _call(page: ProfilePage, _asked: Asked) -> dict:
    listen, notes = _("Escuchá:"), _("Notas")
    return {
        "honest": [page.honest] if page.honest else [],
        "screening": [
            Question(item.text, number=n, label=listen, detail=item.listen_for, notes=notes)
            for n, item in enumerate(page.whole.screening, start=1)
        ],
        **_needed(page),
    }


def _work_sample(page: ProfilePage, asked: Asked) -> dict:
    """Return what both sheets ask for: the task, and the rubric of those who rate it."""
    sample, is_task = page.whole.work_sample, not asked.rubric
    scale = rating_scale(sample.anchors)
    minutes = _("%(minutes)s minutos") % {"minutes": sample.minutes}
    return {
        "brief": blocks_of(page.rendered.get("brief", "")),
        "material": blocks_of(page.rendered.get("material", "")),
        "ai": sample.ai,
        "shift": getattr(page.document, "work_sample_shift", ""),
        "observe": sample.observe,
        "rubric": [Question(sample.title, ratings=scale, notes=_("Qué hizo y dijo"))],
        "head": {
            "title": _("Muestra de trabajo") if is_task else _("Pauta de la muestra de trabajo"),
            "file_name": "muestra-consigna" if is_task else "muestra-pauta",
            "heading": sample.title,
            "subtitle": f"{page.heading} · {minutes}",
            "plan": "" if is_task else _("No la entregues: es de quienes califican."),
        },
    }


def _references(page: ProfilePage, _asked: Asked) -> dict:
    notes = _("Un hecho, no un adjetivo")
    numbered = enumerate(page.whole.references, start=1)
    return {"references": [Question(text, number=n, notes=notes) for n, text in numbered]}


def _decision(page: ProfilePage, _asked: Asked) -> dict:
    subjects = [f"{item.number}. {item.evaluates}" for item in interview_kit(page).questions]
    if page.whole.work_sample:
        subjects.append(_("Muestra: %(title)s") % {"title": page.whole.work_sample.title})
    if page.whole.references:
        subjects.append(_("Referencias"))
    levels = [
        (str(seniority.label).capitalize(), note.five, note.not_yet)
        for seniority, note in page.whole.levels.items()
    ]
    return {"marks": [(text, *[BY_HAND] * 3) for text in subjects], "levels": levels}


def _advert(page: ProfilePage, _asked: Asked) -> dict:
    """Return what the layout asks for, the long advert and the short one.

    It is made of what is done and what is needed; a range of a trait is never a requirement. What a
    size says is told of one company, so the advert says the job as it is in any of them.
    """
    considered = page.document.considerations if page.context else ()
    return {
        "responsibilities": page.whole.responsibilities,
        **_needed(page),
        "considerations": [item.text for item in considered],
        "honest": page.honest,
        "steps": _steps(page),
        "chat": chat_text(page),
        "head": {
            "heading": page.facts.name,
            "subtitle": size_words(page),
            "lead": page.whole.summary,
            "plan": _("Los ejemplos son de otra empresa: cambialos.") if page.context else "",
        },
    }


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
    done, asked = list(page.whole.responsibilities), _needed(page)["asked"]
    honest = page.whole.honest
    tries = [(3, honest), (2, honest), (1, honest), (1, ""), (0, "")]
    texts = (_chat(page, done[:count], asked[:count], hard) for count, hard in tries)
    return next(text for text in texts if len(text) <= CHAT_LIMIT)


def _chat(page: ProfilePage, done: list[str], asked: list[str], honest: str) -> str:
    end = _("Empresa: %(blank)s. Pago: de %(blank)s a %(blank)s. Lugar y modalidad: %(blank)s.")
    parts = [
        _("Buscamos %(role)s.") % {"role": page.facts.name.rstrip(".")},
        page.whole.summary,
        " ".join([_("Tareas:"), *done]) if done else "",
        " ".join([_("Hace falta:"), *asked]) if asked else "",
        _("Lo difícil: %(text)s") % {"text": honest} if honest else "",
        end % {"blank": BLANK},
    ]
    return " ".join(filter(None, parts))


# What the layout of a sheet asks for by name; the interview's kit is made apart.
SHEETS = {
    "alineacion": _agreement,
    "aviso": _advert,
    "llamada": _call,
    INTERVIEW: None,
    SAMPLE: _work_sample,
    "referencias": _references,
    "decision": _decision,
}


def possible_sheets(page: ProfilePage) -> list[str]:
    """Return the names of the sheets that the profile has the texts for."""
    return [name for name in SHEETS if getattr(page.whole, WORDS.sheets[name]["needs"])]


def pack_sheet(name: str, page: ProfilePage, asked: Asked = USUAL) -> Sheet:
    """Return one of ``SHEETS`` about the profile of ``page``."""
    if name == INTERVIEW:
        return kit_sheet(interview_kit(page, asked))
    words = WORDS.sheets[name]
    values = {"role": page.facts.name, "context": page.context, **SHEETS[name](page, asked)}
    head = {"title": words["title"], "file_name": name, **words.get("head", {})}
    head |= values.get("head", {})
    return page_sheet(page, blocks=laid_out(head["file_name"], values), **head)


def all_sheets(page: ProfilePage) -> Iterator[Sheet]:
    """Yield every sheet of the pack in the order of the hire; the work sample is two sheets."""
    for name in possible_sheets(page):
        yield pack_sheet(name, page)
        if name == SAMPLE:
            yield pack_sheet(name, page, Asked(rubric=True))
