"""The interview kit as a table: what its questions are, and what to look for besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.exports.kit import InterviewKit, KitQuestion

RATING_COLUMN = 10


def kit_rows(kit: InterviewKit) -> Iterator[list]:
    """Yield the header, a row for each question, then the strengths and the red flags."""
    yield [
        *(_("Tipo"), _("Nº"), _("Texto"), _("Evalúa"), _("Repreguntas"), _("Si nunca lo vivió")),
        *(_("Minutos"), _("1: respuesta débil"), _("3: respuesta aceptable")),
        *(_("5: respuesta excelente"), _("Calificación (1 a 5)"), _("Notas")),
        *(_("Perfil"), _("Dirección")),
    ]
    for question in kit.questions:
        yield _question(kit, question)
    observed = [(_("fortaleza"), text) for text in kit.page.strengths.all]
    observed += [(_("señal de alerta"), text) for text in kit.page.red_flags.all]
    for kind, text in observed:
        yield [kind, "", text, *[""] * 9, kit.heading, kit.source_url]


def _question(kit: InterviewKit, question: KitQuestion) -> list:
    anchors = [anchor for _rating, anchor in question.item.question.anchors.rated()]
    asked = [question.text, question.evaluates, "\n".join(question.follow_ups)]
    minutes = [question.item.question.instead, kit.plan.each]
    place = [kit.heading, kit.source_url]
    return [_("pregunta"), question.number, *asked, *minutes, *anchors, "", "", *place]
