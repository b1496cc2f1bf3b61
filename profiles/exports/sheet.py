"""``Sheet``: what is printed or read on screen, as typed blocks. Pure.

Builders (``kit``, ``pack``) make sheets; renderers (HTML, PDF, DOCX, Markdown) know only the
blocks. ``kind`` names the template of a block in each renderer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

BOX, TICKED = "☐", "☒"


@dataclass(frozen=True)
class Heading:
    """The beginning of a section."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``tone`` is "", "strong" or "quiet"."""

    text: str
    tone: str = ""
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Clip:
    """A text that is there to be pasted elsewhere."""

    text: str
    kind: ClassVar[str] = "clip"


@dataclass(frozen=True)
class Bullets:
    """A list; ``style`` is "plain", "ordered" or "boxes", which are ticked by hand."""

    items: Sequence[str]
    style: str = "plain"
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Columns:
    """Two lists side by side, (title, items) each."""

    lists: Sequence[tuple[str, Sequence[str]]]
    kind: ClassVar[str] = "columns"


@dataclass(frozen=True)
class Table:
    """A table whose empty cells are filled in by hand; ``widths`` are parts of the whole."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    kind: ClassVar[str] = "table"

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
class Choices:
    """Lines with a box in each column; ``columns`` are (name, label) pairs."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Choice]
    kind: ClassVar[str] = "choices"

    @property
    def boxed(self) -> list[tuple[Choice, list[tuple[str, str, bool]]]]:
        """Return each line with its boxes: (name, label, whether it is ticked)."""
        return [
            (row, [(name, label, name == row.chosen) for name, label in self.columns])
            for row in self.rows
        ]


@dataclass(frozen=True)
class Fields:
    """Blanks to be filled in by hand, each behind its name."""

    names: Sequence[str]
    kind: ClassVar[str] = "fields"


@dataclass(frozen=True)
class Script:
    """What is said aloud, paragraph by paragraph."""

    paragraphs: Sequence[str]
    kind: ClassVar[str] = "script"


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
    kind: ClassVar[str] = "question"


@dataclass(frozen=True)
class Notes:
    """An empty box to write in; ``lines`` is its height."""

    label: str
    lines: int = 4
    kind: ClassVar[str] = "notes"


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page."""

    kind: ClassVar[str] = "page_break"


type Block = (
    Heading
    | Paragraph
    | Clip
    | Bullets
    | Columns
    | Table
    | Choices
    | Fields
    | Script
    | Question
    | Notes
    | PageBreak
)


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
        words = _("Perfil de origen, revisado el %(date)s")
        return words % {"date": self.reviewed_on.strftime("%d/%m/%Y")}
