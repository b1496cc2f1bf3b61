"""The interview kit as Markdown, for wikis, issue trackers and plain reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from profiles.exports.kit import InterviewKit, KitQuestion

# What means something anywhere in a line, and what does so only at its beginning.
INLINE = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;))")
LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([#+=.)-])")
LINE_BREAK = re.compile(r"\s*[\n\r]\s*")
BLANK = "______"


def render_markdown(kit: InterviewKit) -> bytes:
    """Return the whole kit as UTF-8 Markdown (CommonMark and tables)."""
    return "\n".join(_lines(kit)).encode()


def escape(text: object) -> str:
    """Return ``text`` in one line, so that Markdown shows it as it is."""
    line = LINE_BREAK.sub(" ", str(text))
    return LINE_START.sub(r"\1\\\2", INLINE.sub(r"\\\1", line))


def bullets(lines: Iterable[object]) -> list[str]:
    """Return a list and the blank line after it."""
    return [*(f"- {escape(line)}" for line in lines), ""]


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return a table and the blank line after it; cells are escaped."""
    names = list(header)
    lines = [_cells(names), _cells(["---"] * len(names))]
    return [*lines, *(_cells(escape(cell) for cell in row) for row in rows), ""]


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _lines(kit: InterviewKit) -> Iterator[str]:
    yield from [f"# {_('Guía de entrevista')}: {escape(kit.heading)}", ""]
    yield from [f"{escape(kit.context_label)}. {escape(kit.plan_words)}.", ""]
    fields = [_("Candidatura Nº"), _("Fecha"), _("Entrevista")]
    yield from [" · ".join(f"{name}: {BLANK}" for name in fields), ""]
    yield from [f"## {_('Antes de empezar')}", "", *bullets(kit.before)]
    yield from [f"## {_('Para abrir')}", ""]
    yield "\n>\n".join(f"> {escape(paragraph)}" for paragraph in kit.opening)
    yield from ["", f"## {_('Cómo calificar')}", "", escape(kit.rating), ""]
    yield from [f"## {_('Preguntas')}", ""]
    for question in kit.questions:
        yield from _question(kit, question)
    yield from _ending(kit)


def _question(kit: InterviewKit, question: KitQuestion) -> Iterator[str]:
    yield from [f"### {question.number}. {escape(question.text)}", ""]
    minutes = _("%(minutes)s minutos") % {"minutes": kit.plan.each}
    yield from [f"**{_('Evalúa:')}** {escape(question.evaluates)} ({minutes})", ""]
    yield from bullets(question.follow_ups)
    for rating, anchor in question.ratings:
        yield f"- [ ] **{rating}** {escape(anchor)}".rstrip()
    yield from ["", f"{_('Notas:')}", "", BLANK, ""]


def _ending(kit: InterviewKit) -> Iterator[str]:
    yield from [f"## {_('Hoja de resumen')}", "", escape(kit.summary), ""]
    header = [_("Nº"), _("Qué evalúa"), _("Persona A"), _("Persona B")]
    rows = [[question.number, question.evaluates, "", ""] for question in kit.questions]
    yield from table(header, [*rows, ["", _("Promedio, a mano"), "", ""]])
    yield from [f"## {_('Para cerrar')}", "", *bullets(kit.closing)]
    yield from [f"## {_('Qué no preguntar')}", ""]
    yield from table([_("Tema"), _("Por qué, y qué hacer en su lugar")], kit.avoided)
    yield from [f"## {_('Uso responsable')}", "", escape(kit.responsible_use), ""]
    yield from [f"{_('Perfil de origen')}: <{kit.source_url}>", ""]
