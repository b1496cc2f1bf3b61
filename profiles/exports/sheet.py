"""``Sheet``: what is printed or read on screen, as typed blocks. Pure.

Layouts (``wording``) and profiles (``kit``, ``pack``) make sheets; renderers (HTML, PDF, DOCX,
Markdown) know only the blocks. ``kind`` names the template of a block in each renderer.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.guide.profile_page import ProfilePage

# An empty cell: people fill it in.
BY_HAND = ""
APPLICATION = gettext_lazy("Candidatura Nº")


class Block(NamedTuple):
    """A part of a sheet: what kind it is, and what it says.

    A text: heading, paragraph, quiet, strong, clip (to be pasted elsewhere), notes (a box to write
    in). Texts: bullets, ordered, boxes (ticked by hand), script (said aloud), fields (blanks).
    (title, texts) pairs: columns. One of the classes below: table, choices, question. True:
    page_break.
    """

    kind: str
    value: Any


@dataclass(frozen=True)
class Table:
    """A table whose empty cells are filled in by hand."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True)
class Choice:
    """A line to agree on; ``chosen`` is the name of the ticked column, or ""."""

    key: str
    text: str
    note: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class Choices:
    """Lines with a box in each column; ``columns`` are (name, label) pairs."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Choice]

    @property
    def boxed(self) -> list[tuple[Choice, list[tuple[str, str, bool]]]]:
        """Return each line with its boxes: (name, label, whether it is ticked)."""
        return [
            (row, [(name, label, name == row.chosen) for name, label in self.columns])
            for row in self.rows
        ]


@dataclass(frozen=True)
class Question:
    """A question with what helps to rate the answer, and room for notes.

    ``label`` and ``detail`` say what it is about ("Evalúa:", "Responsabilidad en …");
    ``ratings`` are (rating, anchor) from 1 to 5, or nothing.
    """

    text: str
    number: int = 0
    label: str = ""
    detail: str = ""
    key: str = ""
    traits: Sequence[str] = ()
    follow_ups: Sequence[str] = ()
    instead: str = ""
    ratings: Sequence[tuple[int, str]] = ()
    notes: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of the pack; ``title`` says what it is ("Guía de entrevista")."""

    title: str
    heading: str
    subtitle: str
    lead: str
    blocks: Sequence[Block]
    source_url: str
    file_stem: str
    # What stands out below the heading: a plan, a warning; and what to know about it.
    plan: str = ""
    plan_note: str = ""
    # When the edition was published, and last reviewed.
    dated: datetime.datetime | None = None
    reviewed_on: datetime.date | None = None
    # For the drawing beside the heading: trait code → (low, high), and the critical codes.
    ranges: Mapping[str, tuple] | None = None
    critical: Sequence[str] = ()
    # What each page but the first asks for at its top, such as the number of the application.
    running_field: str = ""
    # Set in smaller type, to stay on one page.
    is_dense: bool = False

    @property
    def name(self) -> str:
        """Return "Guía de entrevista: MLOps Engineer en Global"."""
        return f"{self.title}: {self.heading}"

    @property
    def origin(self) -> str:
        """Return when the profile that the sheet is made of was reviewed."""
        if not self.reviewed_on:
            return _("Origen")
        return _("Perfil de origen, revisado el %(date)s") % {
            "date": f"{self.reviewed_on:%d/%m/%Y}"
        }


def page_sheet(page: ProfilePage, *, file_name: str, blocks: Iterable[Block], **head) -> Sheet:
    """Return a sheet about the profile of ``page``; ``head`` has its other fields.

    Those that say what it is about are the profile's unless ``head`` has its own.
    """
    usual = {
        "heading": page.heading,
        "subtitle": f"{size_words(page)} · {page.area.name}",
        "lead": page.document.summary,
        "ranges": page.ranges,
        "critical": page.critical,
        "running_field": str(APPLICATION),
        "reviewed_on": page.document.reviewed_on,
        "dated": page.published_from,
        "file_stem": file_stem(file_name, page),
        "source_url": page.source_url,
    }
    return Sheet(blocks=tuple(blocks), **(usual | head))


def file_stem(name: str, page: ProfilePage) -> str:
    return f"{name}-{page.facts.slug}-{page.context.slug if page.context else 'perfil-base'}"


def size_words(page: ProfilePage) -> str:
    """Return "Global · 1001+ personas", or the name of the base profile."""
    if page.context is None:
        return _("Perfil base")
    people = _("%(range)s personas") % {"range": page.context.employee_range}
    return f"{page.context.name} · {people}"
