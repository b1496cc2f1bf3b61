"""A sheet as a tagged PDF (PDF/UA-1), set by Typst from ``templates/exports/sheet.typ``."""

import json
import re
from dataclasses import asdict, is_dataclass
from functools import cache

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from profiles.exports.sheet import Sheet
from profiles.guide.charts import fingerprint

TEMPLATE = settings.BASE_DIR / "templates" / "exports" / "sheet.typ"
PAPERS = {"a4": "a4", "carta": "us-letter"}
# What the fonts of the package have no letter for; PDF/UA refuses a text with one that is missing.
UNKNOWN = re.compile(
    r"[^\n -~\u00a0-\u024f\u0300-\u036f\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0410-\u044f"
    r"\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac"
    r"\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u25a1\u2610\u2612]+"
)
REPLACEMENT = "□"


def render_pdf(sheet: Sheet, paper: str = "a4") -> bytes:
    """Return the sheet as a PDF; the same sheet gives the same bytes."""
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts())
    # The content goes in as JSON: text that looks like Typst stays text.
    content = json.dumps(
        _content(sheet) | {"paper": PAPERS[paper]}, default=str, ensure_ascii=False
    )
    inputs = {"sheet": printable(content)}
    return compiler.compile(sys_inputs=inputs, pdf_standards="ua-1", timestamp=0)


def printable(text: str) -> str:
    """Return ``text`` with a box for each run of characters that the fonts do not have."""
    return UNKNOWN.sub(REPLACEMENT, text)


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of the package: no system font is needed, or can change a page."""
    return typst.Fonts(include_system_fonts=False)


def _content(sheet: Sheet) -> dict:
    return {
        **vars(sheet),
        "name": sheet.name,
        "origin": sheet.origin,
        "fingerprint": sheet.ranges and fingerprint(sheet.ranges, sheet.critical),
        "words": {"instead": _("Si nunca lo vivió:"), "of": _("de")},
        "blocks": [
            {"kind": kind, "value": asdict(value) if is_dataclass(value) else value}
            for kind, value in sheet.blocks
        ],
    }
