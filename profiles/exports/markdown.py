"""A sheet, or a whole profile, as Markdown (CommonMark and tables): ``templates/exports/md``."""

import re

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from profiles.exports.sheet import Sheet, Table
from profiles.guide.profile_page import ProfilePage, TraitRow
from profiles.models import Edition

# What means something anywhere in a line, and what does so only at its beginning.
INLINE = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;))")
LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([#+=.)-])")
LINE_BREAK = re.compile(r"\s*[\n\r]\s*")
# What the tags of a template leave between two parts.
GAP = re.compile(r"\s*\n(?:[ \t]*\n)+")


def escape(text: object) -> str:
    """Return ``text`` in one line, so that Markdown shows it as it is."""
    line = LINE_BREAK.sub(" ", str(text))
    return LINE_START.sub(r"\1\\\2", INLINE.sub(r"\\\1", line))


def render_markdown(sheet: Sheet, _paper: str = "") -> bytes:
    """Return the sheet as UTF-8 Markdown, for wikis, issue trackers and plain reading."""
    return _rendered("sheet", {"sheet": sheet})


def render_profile(page: ProfilePage, related: list[tuple[Edition, str]]) -> bytes:
    """Return the profile as UTF-8 Markdown, top to bottom.

    ``related`` are (base edition of a related role, how it differs).
    """
    values = {
        "page": page,
        "site": settings.SITE_URL,
        "own_title": _("Propias de %(context)s") % {"context": page.context},
        "traits": _traits(page),
        "related": related,
    }
    return _rendered("profile", values)


def _rendered(name: str, values: dict) -> bytes:
    text = render_to_string(f"exports/md/{name}.md", values)
    return f"{GAP.sub('\n\n', text).strip()}\n".encode()


def _traits(page: ProfilePage) -> Table:
    header = (_("Rasgo"), _("Nivel"), _("Rango (1–5)"), _("Importancia"), _("Base"))
    rows = [
        (row.trait.name, row.level_words, row.range, row.importance_words, row.basis.label)
        for row in page.trait_rows
    ]
    if page.is_rated:
        header = (*header, _("Percentil O*NET"))
        rows = [(*r, _percentile(t)) for r, t in zip(rows, page.trait_rows, strict=True)]
    return Table(header, rows, ())


def _percentile(row: TraitRow) -> str:
    if row.percentile is None:
        return "–"
    return f"{row.percentile} ({_('aproximado')})" if row.is_approximate else str(row.percentile)
