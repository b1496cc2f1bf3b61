"""``Sheet``: what is printed or read on screen, as typed blocks. Pure.

Layouts (``wording``) and profiles (``kit``, ``pack``) make sheets; renderers (HTML, PDF, DOCX,
Markdown) know only the blocks. ``kind`` names the template of a block in each renderer.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.guide.profile_page import ProfilePage

# An empty cell: people fill it in.
BY_HAND = ""
APPLICATION = gettext_lazy("Candidatura Nº")


class Block:
    """A part of a sheet; one with columns has ``widths``, parts of the page's."""

    kind: ClassVar[str]

    def __init_subclass__(cls, kind: str):
        cls.kind = kind


@dataclass(frozen=True)
class Heading(Block, kind="heading"):
    """The beginning of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph(Block, kind="paragraph"):
    """A paragraph; ``tone`` is "", "strong" or "quiet"."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Clip(Block, kind="clip"):
    """A text that is there to be pasted elsewhere."""

    text: str


@dataclass(frozen=True)
class Bullets(Block, kind="bullets"):
    """A list; ``style`` is "plain", "ordered" or "boxes", which are ticked by hand."""

    items: Sequence[str]
    style: str = "plain"


@dataclass(frozen=True)
class Columns(Block, kind="columns"):
    """Two lists side by side, (title, items) each."""

    lists: Sequence[tuple[str, Sequence[str]]]

    @property
    def widths(self) -> Sequence[int]:
        return (1,) * len(self.lists)


@dataclass(frozen=True)
class Table(Block, kind="table"):
    """A table whose empty cells are filled in by hand."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Return each row as (name of the column, text) pairs."""
        return [list(zip(self.header, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Choice:
    """A line to agree on; ``chosen`` is the name of the ticked column, or ""."""

    key: str
    text: str
    note: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class Choices(Block, kind="choices"):
    """Lines with a box in each column; ``columns`` are (name, label) pairs."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Choice]

    @property
    def widths(self) -> Sequence[int]:
        return (70, *[30 // len(self.columns)] * len(self.columns))

    @property
    def boxed(self) -> list[tuple[Choice, list[tuple[str, str, bool]]]]:
        """Return each line with its boxes: (name, label, whether it is ticked)."""
        return [
            (row, [(name, label, name == row.chosen) for name, label in self.columns])
            for row in self.rows
        ]


@dataclass(frozen=True)
class Fields(Block, kind="fields"):
    """Blanks to be filled in by hand, each behind its name."""

    names: Sequence[str]

    @property
    def widths(self) -> Sequence[int]:
        return (1,) * len(self.names)


@dataclass(frozen=True)
class Script(Block, kind="script"):
    """What is said aloud, paragraph by paragraph."""

    paragraphs: Sequence[str]


@dataclass(frozen=True)
class Question(Block, kind="question"):
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
class Notes(Block, kind="notes"):
    """An empty box to write in; ``lines`` is its height."""

    label: str
    lines: int = 4


@dataclass(frozen=True)
class PageBreak(Block, kind="page_break"):
    """What follows begins a new page."""


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
            return _("Perfil de origen")
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
