"""A profile as Markdown: the whole page, top to bottom, for readers that are not browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from profiles.documents.choices import Country
from profiles.exports.markdown import bullets, escape, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.documents.schema import BaseProfile, CareerStep, Code, WorkSample
    from profiles.guide.profile_page import Inherited, ProfilePage, QuestionItem, TraitRow
    from profiles.models import Edition

    # (base edition of a related role, how it differs)
    type Related = list[tuple[Edition, str]]


def render_profile_markdown(page: ProfilePage, path: str, related: Related) -> bytes:
    """Return the profile that lives at ``path`` as UTF-8 Markdown."""
    return "\n".join(_lines(page, settings.SITE_URL + path, related)).encode()


def _lines(page: ProfilePage, url: str, related: Related) -> Iterator[str]:
    yield from [f"# {escape(page.heading)}", "", escape(page.document.summary), ""]
    yield from _facts(page, url)
    yield from _introduction(page)
    yield from _outcomes(page)
    if page.context is None:
        yield from _requirements(page)
    yield from _traits(page)
    yield from [f"## {_('Fortalezas y Señales de Alerta')}", ""]
    yield from _inherited(page, _("Fortalezas"), page.strengths)
    yield from _inherited(page, _("Señales de Alerta"), page.red_flags)
    yield from [f"## {_('Preguntas de Entrevista')}", ""]
    for number, item in enumerate(page.questions.all, start=1):
        yield from _question(number, item)
    if page.context is None:
        yield from _hire(page.whole)
        yield from _role(page, related)
    yield from _ending(page)


def _facts(page: ProfilePage, url: str) -> Iterator[str]:
    yield f"- {_('Área')}: {escape(page.area.name)}"
    if page.context is not None:
        people = _("%(range)s personas") % {"range": page.context.employee_range}
        yield f"- {_('Contexto')}: {escape(page.context.name)} ({people})"
    if page.document.reviewed_on:
        yield f"- {_('Última revisión')}: {page.document.reviewed_on:%d/%m/%Y}"
    yield from [f"- {_('Dirección')}: <{url}>", ""]


def _introduction(page: ProfilePage) -> Iterator[str]:
    title = _("Qué cambia acá") if page.context else _("El puesto")
    yield from [f"## {title}", "", page.document.body.strip(), ""]
    if page.context is None:
        yield from [f"### {_('Responsabilidades')}", "", *bullets(page.document.responsibilities)]
    else:
        yield from bullets(
            f"{item.text} {item.consequence}".strip() for item in page.document.considerations
        )


def _outcomes(page: ProfilePage) -> Iterator[str]:
    if page.document.honest:
        yield from [f"**{_('Lo difícil')}:** {escape(page.document.honest)}", ""]
    if page.context and page.document.work_sample_shift:
        yield from [f"**{_('Tarea de muestra')}:** {escape(page.document.work_sample_shift)}", ""]
    for horizon, texts in page.outcomes:
        yield from [f"### {_('Qué se verá')} {horizon.label}", "", *bullets(texts)]


def _requirements(page: ProfilePage) -> Iterator[str]:
    if page.requirements:
        yield from [f"## {_('Qué tiene que traer')}", ""]
    for kind, items in page.requirements:
        yield from [f"### {str(kind.label).capitalize()}", ""]
        yield from bullets(f"{item.text}{_place(item.country)}" for item in items)
    if page.whole.ai:
        yield from [f"### {_('IA en el puesto')}", "", page.whole.ai.strip(), ""]


def _place(country: str) -> str:
    return f" ({Country(country).label})" if country else ""


def _hire(base: BaseProfile) -> Iterator[str]:
    """Yield what a hire needs beside the interview."""
    for level, note in base.levels.items():
        yield from [f"### {str(level.label).capitalize()}", "", escape(note.scope), ""]
        yield from bullets(
            f"{name}: {text}"
            for name, text in ((_("Un 5 suena así"), note.five), (_("Todavía no"), note.not_yet))
            if text
        )
    if base.screening:
        yield from [f"## {_('Llamada de 15 minutos')}", ""]
        yield from bullets(f"{item.text} {item.listen_for}".strip() for item in base.screening)
    if base.work_sample:
        yield from _work_sample(base.work_sample)
    if base.references:
        yield from [f"## {_('Para referencias')}", "", *bullets(base.references)]


def _work_sample(sample: WorkSample) -> Iterator[str]:
    minutes = _("%(minutes)s minutos") % {"minutes": sample.minutes}
    yield from [f"## {_('Tarea de muestra')}: {escape(sample.title)} ({minutes})", ""]
    for text in (sample.brief, sample.material):
        yield from [text.strip(), ""] if text else []
    yield from bullets(sample.observe)
    yield from [f"- **{rating}**: {escape(anchor)}" for rating, anchor in sample.anchors.rated()]
    yield from ["", escape(sample.ai), ""]


def _role(page: ProfilePage, related: Related) -> Iterator[str]:
    """Yield what belongs to the role itself, as the base profile shows it."""
    facts = page.facts
    more = _("Más sobre %(role)s") % {"role": facts.name}
    yield from [f"## {escape(more)}", "", f"### {_('Plan de carrera')}", ""]
    yield from bullets(map(_step, facts.career))
    if facts.archetypes:
        yield from [f"### {_('Arquetipos')}", "", escape(facts.archetypes.reason), ""]
        yield from bullets(f"{row.name}: {row.summary}" for row in page.chosen_archetypes)
    if related:
        yield from [f"### {_('Roles relacionados')}", "", *map(_neighbour, related), ""]
    if facts.near:
        yield from [f"### {_('Otros puestos')}", ""]
        yield from bullets(f"{item.title}: {item.difference}" for item in facts.near)
    yield from [f"### {_('Otros nombres y códigos')}", "", escape(", ".join(facts.aliases)), ""]
    yield from bullets(f"{scheme.label}: {_code(code)}" for scheme, code in facts.codes.items())


def _step(step: CareerStep) -> str:
    years = f" ({step.years} {_('años')})" if step.years else ""
    return f"{step.title}{years}: {step.changes}"


def _neighbour(pair: tuple[Edition, str]) -> str:
    edition, difference = pair
    url = settings.SITE_URL + edition.get_absolute_url()
    words = f": {escape(difference)}" if difference else ""
    return f"- [{escape(edition.role_name)}]({url}){words}"


def _code(code: Code) -> str:
    nearest = f" ({_('la ocupación más cercana')})" if code.approximate else ""
    return f"{code.code} {code.title}{nearest}"


def _traits(page: ProfilePage) -> Iterator[str]:
    yield from [f"## {_('Perfil OCEAN+ Ideal')}", ""]
    header = [_("Rasgo"), _("Nivel"), _("Rango (1–5)"), _("Importancia"), _("Base")]
    header += [_("Percentil O*NET")] if page.is_rated else []
    yield from table(
        header,
        (
            [
                *(row.trait.name, row.level.label, row.range, row.importance.label),
                *(row.basis.label, *([_percentile(row)] if page.is_rated else [])),
            ]
            for row in page.trait_rows
        ),
    )
    for row in page.trait_rows:
        shift = f" ({row.shift.words})" if row.shift else ""
        yield f"- **{escape(row.trait.name)}**{escape(shift)}: {escape(row.target.rationale)}"
    yield ""


def _percentile(row: TraitRow) -> str:
    if row.percentile is None:
        return "–"
    nearest = f" ({_('aproximado')})" if row.is_approximate else ""
    return f"{row.percentile}{nearest}"


def _inherited(page: ProfilePage, title: str, items: Inherited[str]) -> Iterator[str]:
    yield from [f"### {title}", ""]
    if items.base:
        own = _("Propias de %(context)s") % {"context": page.context}
        yield from [f"{escape(own)}:", ""]
    yield from bullets(items.own)
    if items.base:
        yield from [f"{_('Del perfil base')}:", "", *bullets(items.base)]


def _question(number: int, item: QuestionItem) -> Iterator[str]:
    yield from [f"### {number}. {escape(item.question.text)}", ""]
    yield from [f"**{_('Evalúa:')}** {escape(item.evaluates)}", ""]
    yield from bullets(item.question.follow_ups)
    if item.question.instead:
        yield from [f"{_('Si nunca lo vivió')}: {escape(item.question.instead)}", ""]
    yield from [f"{_('Cómo calificar')}:", ""]
    for rating, anchor in item.question.anchors.rated():
        yield f"- **{rating}**: {escape(anchor)}"
    yield ""


def _ending(page: ProfilePage) -> Iterator[str]:
    if page.cited_sources:
        yield from [f"## {_('Fuentes')}", ""]
        for source in page.cited_sources:
            yield f"- {escape(source.citation)} <{source.url}>"
        yield ""
    yield from [f"## {_('Uso responsable')}", "", escape(page.responsible_use), ""]
