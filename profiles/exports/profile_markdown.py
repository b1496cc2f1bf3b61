"""A profile as Markdown: the whole page, top to bottom, for readers that are not browsers."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from profiles.documents.schema import Anchors, BaseProfile, CareerStep, Code, WorkSample
from profiles.exports.markdown import bullets, escape, table
from profiles.exports.sheet import requirement_words
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
    for item in page.questions.all:
        yield from _question(item)
    if page.context is None:
        yield from _hire(page.whole)
        yield from _role(page, related)
    if page.cited_sources:
        sources = [f"- {escape(each.citation)} <{each.url}>" for each in page.cited_sources]
        yield from [f"## {_('Fuentes')}", "", *sources, ""]
    yield from [f"## {_('Uso responsable')}", "", escape(page.responsible_use), ""]


def _list(title: str, lines: Iterable[object], mark: str = "###") -> list[str]:
    """Return a title and a list below it."""
    return [f"{mark} {title}", "", *bullets(lines)]


def _facts(page: ProfilePage, url: str) -> Iterator[str]:
    yield f"- {_('Área')}: {escape(page.area.name)}"
    if page.context is not None:
        people = _("%(range)s personas") % {"range": page.context.employee_range}
        yield f"- {_('Contexto')}: {escape(page.context.name)} ({people})"
    if page.document.reviewed_on:
        yield f"- {_('Última revisión')}: {page.document.reviewed_on:%d/%m/%Y}"
    yield from [f"- {_('Dirección')}: <{url}>", ""]


def _introduction(page: ProfilePage) -> Iterator[str]:
    document = page.document
    title = _("Qué cambia acá") if page.context else _("El puesto")
    yield from [f"## {title}", "", document.body.strip(), ""]
    if page.context is None:
        yield from _list(_("Responsabilidades"), document.responsibilities)
    else:
        yield from bullets(_joined(item.text, item.consequence) for item in document.considerations)


def _joined(*texts: str) -> str:
    return " ".join(filter(None, texts))


def _outcomes(page: ProfilePage) -> Iterator[str]:
    if page.document.honest:
        yield from [f"**{_('Lo difícil')}:** {escape(page.document.honest)}", ""]
    if page.context and page.document.work_sample_shift:
        yield from [f"**{_('Tarea de muestra')}:** {escape(page.document.work_sample_shift)}", ""]
    for horizon, texts in page.outcomes:
        yield from _list(f"{_('Qué se verá')} {horizon.label}", texts)


def _requirements(page: ProfilePage) -> Iterator[str]:
    if page.requirements:
        yield from [f"## {_('Qué tiene que traer')}", ""]
    for kind, items in page.requirements:
        yield from _list(str(kind.label).capitalize(), map(requirement_words, items))
    if page.whole.ai:
        yield from [f"### {_('IA en el puesto')}", "", page.whole.ai.strip(), ""]


def _hire(base: BaseProfile) -> Iterator[str]:
    """Yield what a hire needs beside the interview."""
    for level, note in base.levels.items():
        yield from [f"### {str(level.label).capitalize()}", "", escape(note.scope), ""]
        notes = ((_("Un 5 suena así"), note.five), (_("Todavía no"), note.not_yet))
        yield from bullets(f"{name}: {text}" for name, text in notes if text)
    if base.screening:
        lines = (_joined(item.text, item.listen_for) for item in base.screening)
        yield from _list(_("Llamada de 15 minutos"), lines, "##")
    if base.work_sample:
        yield from _work_sample(base.work_sample)
    if base.references:
        yield from _list(_("Para referencias"), base.references, "##")


def _work_sample(sample: WorkSample) -> Iterator[str]:
    minutes = _("%(minutes)s minutos") % {"minutes": sample.minutes}
    yield from [f"## {_('Tarea de muestra')}: {escape(sample.title)} ({minutes})", ""]
    for text in (sample.brief, sample.material):
        yield from [text.strip(), ""] if text else []
    yield from [*bullets(sample.observe), *_anchors(sample.anchors), escape(sample.ai), ""]


def _anchors(anchors: Anchors) -> list[str]:
    return [*(f"- **{rating}**: {escape(anchor)}" for rating, anchor in anchors.rated()), ""]


def _role(page: ProfilePage, related: Related) -> Iterator[str]:
    """Yield what belongs to the role itself, as the base profile shows it."""
    facts = page.facts
    yield from [f"## {escape(_('Más sobre %(role)s') % {'role': facts.name})}", ""]
    yield from _list(_("Plan de carrera"), map(_step, facts.career))
    if facts.archetypes:
        yield from [f"### {_('Arquetipos')}", "", escape(facts.archetypes.reason), ""]
        yield from bullets(f"{row.name}: {row.summary}" for row in page.chosen_archetypes)
    if related:
        yield from [f"### {_('Roles relacionados')}", "", *map(_neighbour, related), ""]
    if facts.near:
        near = (f"{item.title}: {item.difference}" for item in facts.near)
        yield from _list(_("Otros puestos"), near)
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
    rows = (
        [
            *(row.trait.name, row.level.label, row.range, row.importance.label, row.basis.label),
            *([_percentile(row)] if page.is_rated else []),
        ]
        for row in page.trait_rows
    )
    yield from table(header, rows)
    for row in page.trait_rows:
        shift = f" ({row.shift.words})" if row.shift else ""
        yield f"- **{escape(row.trait.name)}**{escape(shift)}: {escape(row.target.rationale)}"
    yield ""


def _percentile(row: TraitRow) -> str:
    if row.percentile is None:
        return "–"
    return f"{row.percentile} ({_('aproximado')})" if row.is_approximate else str(row.percentile)


def _inherited(page: ProfilePage, title: str, items: Inherited[str]) -> Iterator[str]:
    yield from [f"### {title}", ""]
    if items.base:
        own = _("Propias de %(context)s") % {"context": page.context}
        yield from [f"{escape(own)}:", ""]
    yield from bullets(items.own)
    if items.base:
        yield from [f"{_('Del perfil base')}:", "", *bullets(items.base)]


def _question(item: QuestionItem) -> Iterator[str]:
    question = item.question
    yield from [f"### {item.number}. {escape(question.text)}", ""]
    yield from [f"**{_('Evalúa:')}** {escape(item.evaluates)}", "", *bullets(question.follow_ups)]
    if question.instead:
        yield from [f"{_('Si nunca lo vivió')}: {escape(question.instead)}", ""]
    yield from [f"{_('Cómo calificar')}:", "", *_anchors(question.anchors)]
