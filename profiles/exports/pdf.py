"""The interview kit as a PDF, set by Typst from ``templates/exports/interview_kit.typ``."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import typst
from django.conf import settings

from profiles.documents.choices import Importance
from profiles.guide.charts import fingerprint

if TYPE_CHECKING:
    from profiles.exports.kit import InterviewKit

TEMPLATE = settings.BASE_DIR / "templates" / "exports" / "interview_kit.typ"


def render_pdf(kit: InterviewKit) -> bytes:
    """Return the kit as a tagged PDF; the same kit gives the same bytes."""
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts())
    # The content goes in as JSON: text that looks like Typst stays text.
    content = json.dumps(_content(kit), default=str, ensure_ascii=False)
    return compiler.compile(sys_inputs={"kit": content}, pdf_standards="ua-1", timestamp=0)


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of the package: no system font is needed, or can change a page."""
    return typst.Fonts(include_system_fonts=False)


def _content(kit: InterviewKit) -> dict:
    reviewed_on = kit.page.document.reviewed_on
    return {
        "heading": kit.heading,
        "context_label": kit.context_label,
        "area": kit.page.area.name,
        "profile_summary": kit.page.document.summary,
        "fingerprint": _fingerprint(kit),
        "plan": kit.plan_words,
        "each": kit.plan.each,
        "before": kit.before,
        "traits": _traits(kit),
        "opening": kit.opening,
        "rating": kit.rating,
        "questions": _questions(kit),
        "summary": kit.summary,
        "closing": kit.closing,
        "avoided": kit.avoided,
        "responsible_use": kit.responsible_use,
        "source_url": kit.source_url,
        "reviewed_on": reviewed_on.strftime("%d/%m/%Y") if reviewed_on else "",
    }


def _fingerprint(kit: InterviewKit) -> dict:
    drawing = fingerprint(kit.page.ranges)
    bars = [
        {"code": bar.code, "x": bar.x, "y": bar.y, "height": bar.height, "foot": bar.foot}
        for bar in drawing.bars
    ]
    return {"bars": bars, "description": drawing.description}


def _traits(kit: InterviewKit) -> list[dict]:
    return [
        {
            "code": row.trait.code,
            "name": row.trait.name,
            "level": row.level.label,
            "range": row.range,
            "importance": row.importance.label,
            "critical": row.importance == Importance.CRITICAL,
        }
        for row in kit.page.trait_rows
    ]


def _questions(kit: InterviewKit) -> list[dict]:
    return [
        {
            "number": question.number,
            "text": question.text,
            "evaluates": question.evaluates,
            "traits": question.traits,
            "follow_ups": question.follow_ups,
            "ratings": question.ratings,
        }
        for question in kit.questions
    ]
