"""Profiles side by side: where their ranges differ, in words, and what only one has. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from profiles.documents.choices import Importance, TraitCode
from profiles.documents.text import decimal_comma, join_words
from profiles.guide.charts import LaneChart, lane_chart
from profiles.guide.traits import middle, points, range_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from profiles.guide.profile_page import ProfilePage, TraitRow
    from profiles.models import Trait

MAX_PROFILES = 4
LETTERS = "ABCD"
BASE_FOLDER = "perfiles"
PLACE = re.compile(r"([a-z0-9-]{1,60})/([a-z0-9-]{1,80})")


class Place(NamedTuple):
    """Where a profile lives: "global/mlops-engineer"; a base profile is in "perfiles"."""

    folder: str
    role_slug: str

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Return the place that ``text`` names, or None where it can name none."""
        found = PLACE.fullmatch(text.strip().strip("/").lower())
        return cls(*found.groups()) if found else None

    @classmethod
    def of(cls, page: ProfilePage) -> Place:
        """Return where ``page`` lives."""
        return cls(page.context.slug if page.context else BASE_FOLDER, page.facts.slug)

    @property
    def context_slug(self) -> str | None:
        return None if self.folder == BASE_FOLDER else self.folder

    def __str__(self) -> str:
        return f"{self.folder}/{self.role_slug}"


@dataclass(frozen=True)
class Column:
    """One of the compared profiles: ``label`` in drawings, ``name`` inside a sentence."""

    label: str
    name: str
    page: ProfilePage

    @property
    def place(self) -> Place:
        return Place.of(self.page)

    @property
    def title(self) -> str:
        """Return the name of the size: "Global", or "Perfil base"."""
        return self.page.context.name if self.page.context else _("Perfil base")


class Item(NamedTuple):
    """A strength, a red flag or a consideration, with what it implies where it says so."""

    text: str
    detail: str = ""


class Cell(NamedTuple):
    """One profile's row of a trait."""

    column: Column
    row: TraitRow

    @property
    def middle(self) -> Decimal:
        return middle(self.row.target.low, self.row.target.high)

    @property
    def move(self) -> str:
        """Say how the range moves against the base: "sube 0,4"; nothing for a base profile."""
        return move_words(self.row.shift.moved) if self.row.shift else ""


@dataclass(frozen=True)
class TraitComparison:
    """One trait in all compared profiles."""

    trait: Trait
    cells: Sequence[Cell]

    @cached_property
    def chart(self) -> LaneChart:
        bands = [(cell.column.label, cell.row.target) for cell in self.cells]
        return lane_chart(self.trait.code, bands)

    @property
    def description(self) -> str:
        """Say all the ranges, the text alternative of the chart."""
        ranges = [
            _("%(name)s de %(range)s")
            % {"name": cell.column.name, "range": cell.row.range.replace("–", " a ")}
            for cell in self.cells
        ]
        return f"{self.trait.name}: {'; '.join(ranges)}"

    @property
    def distance(self) -> Decimal:
        """Return how far apart the outermost middles are, in points of the scale."""
        middles = [cell.middle for cell in self.cells]
        return max(middles) - min(middles)

    @property
    def differs(self) -> bool:
        return len({(cell.row.target.low, cell.row.target.high) for cell in self.cells}) > 1

    @property
    def words(self) -> str:
        """Say the difference: "0,4 más alta en MLOps Engineer en Global que en …"."""
        if not self.differs:
            return _("igual en %(all)s") % {"all": _all_of(len(self.cells))}
        if not self.distance:
            return self._width_words()
        return self._pair_words() if len(self.cells) == 2 else self._order_words()

    @property
    def common_words(self) -> str:
        """Say which stretch of the scale all the ranges share, if any."""
        low = max(cell.row.target.low for cell in self.cells)
        high = min(cell.row.target.high for cell in self.cells)
        if low > high:
            return self._apart_words()
        if low == high:
            return _("Solo coinciden en %(point)s.") % {"point": decimal_comma(low)}
        return _("Comparten el tramo %(range)s.") % {"range": range_words(low, high)}

    def _apart_words(self) -> str:
        if len(self.cells) == 2:
            return _("No comparten ningún tramo de la escala.")
        # Some of them may share one.
        return _("No hay un tramo común a %(all)s.") % {"all": _all_of(len(self.cells))}

    @property
    def importance_words(self) -> str:
        """Say the importance: "crítico en Global; importante en Startup y PyME"."""
        names = _grouped((cell.row.importance, cell.column.name) for cell in self.cells)
        if len(names) == 1:
            label = Importance(self.cells[0].row.importance).label
            everyone = _all_of(len(self.cells))
            return _("%(label)s en %(all)s") % {"label": label, "all": everyone}
        return "; ".join(
            _("%(label)s en %(names)s") % {"label": kind.label, "names": join_words(group)}
            for kind, group in names.items()
        )

    def _width_words(self) -> str:
        widest = max(self.cells, key=lambda cell: cell.row.target.high - cell.row.target.low)
        return _("el mismo centro; el rango más ancho es el de %(name)s") % {
            "name": widest.column.name
        }

    def _pair_words(self) -> str:
        bottom, top = sorted(self.cells, key=lambda cell: cell.middle)
        return _("%(points)s %(higher)s en %(top)s que en %(bottom)s") % {
            "points": points(self.distance),
            "higher": self._higher(),
            "top": top.column.name,
            "bottom": bottom.column.name,
        }

    def _order_words(self) -> str:
        ordered = sorted(self.cells, key=lambda cell: -cell.middle)
        groups = iter(_grouped((cell.middle, cell.column.name) for cell in ordered).items())
        top, names = next(groups)
        first = _("%(higher)s en %(names)s") % {
            "higher": self._higher(),
            "names": join_words(names),
        }
        below = [
            _("%(points)s menos en %(names)s")
            % {"points": points(top - point), "names": join_words(names)}
            for point, names in groups
        ]
        return "; ".join([first, *below])

    def _higher(self) -> str:
        return TraitCode(self.trait.code).agree(_("más alta"))


@dataclass(frozen=True)
class Group:
    """Items that exactly these columns have."""

    columns: Sequence[Column]
    items: Sequence[Item]

    @property
    def names(self) -> str:
        return join_words([column.name for column in self.columns])


@dataclass(frozen=True)
class Kind:
    """Strengths, red flags or considerations: what one has, what several have."""

    slug: str
    title: str
    only: Sequence[Group]
    shared: Sequence[Group]


@dataclass(frozen=True)
class Comparison:
    """Two to four profiles side by side, in the order in which they were asked for."""

    columns: Sequence[Column]

    @property
    def heading(self) -> str:
        """Return "MLOps Engineer: Startup y Global", two names, or how many profiles."""
        if self._is_one_role:
            names = join_words([column.name for column in self.columns])
            return f"{self.columns[0].page.facts.name}: {names}"
        if len(self.columns) > 2:
            return _("tres perfiles") if len(self.columns) == 3 else _("cuatro perfiles")
        return join_words([column.page.heading for column in self.columns])

    @cached_property
    def traits(self) -> list[TraitComparison]:
        return trait_comparisons(self.columns)

    @property
    def widest(self) -> list[TraitComparison]:
        """Return the traits that differ, the most distant first."""
        differing = [trait for trait in self.traits if trait.differs]
        return sorted(differing, key=lambda trait: -trait.distance)

    @property
    def same(self) -> str:
        """Return the names of the traits that are equal in all, joined."""
        return join_words([str(trait.trait.name) for trait in self.traits if not trait.differs])

    @property
    def kinds(self) -> list[Kind]:
        """Return what only one has, by kind, with what several share."""
        return [
            self._kind("strengths", _("Fortalezas"), lambda p: _plain(p.strengths.all)),
            self._kind(
                "red-flags", _("Señales de Alerta"), lambda page: _plain(page.red_flags.all)
            ),
            self._kind("considerations", _("Lo que trae el tamaño"), _considerations),
        ]

    @property
    def _is_one_role(self) -> bool:
        return len({column.page.facts.slug for column in self.columns}) == 1

    def _kind(self, slug, title, items_of) -> Kind:
        items = {column.label: items_of(column.page) for column in self.columns}
        held = [(self._holders(items, item), item) for group in items.values() for item in group]
        groups = _grouped(dict.fromkeys(held))
        only = [Group([column], groups.get((column.label,), [])) for column in self.columns]
        shared = [
            Group([column for column in self.columns if column.label in labels], found)
            for labels, found in groups.items()
            if len(labels) > 1
        ]
        return Kind(slug, title, only, shared)

    @staticmethod
    def _holders(items, item) -> tuple[str, ...]:
        return tuple(label for label, group in items.items() if item in group)


def compare(pages: Sequence[ProfilePage]) -> Comparison:
    """Return the comparison of one to four pages, lettered A to D."""
    one_role = len({page.facts.slug for page in pages}) == 1
    mixed = any(page.context for page in pages)
    return Comparison(
        [
            Column(letter, _name(page, one_role=one_role, mixed=mixed), page)
            for letter, page in zip(LETTERS, pages, strict=False)
        ]
    )


def by_size(pages: Sequence[ProfilePage]) -> list[TraitComparison]:
    """Return each trait over a role's profiles: the base, then the contexts by size."""
    return trait_comparisons(
        [
            Column(
                page.context.name if page.context else _("Base"),
                page.context.name if page.context else _("el perfil base"),
                page,
            )
            for page in pages
        ]
    )


def trait_comparisons(columns: Sequence[Column]) -> list[TraitComparison]:
    """Return one comparison per trait, in the guide's order."""
    rows = zip(*(column.page.trait_rows for column in columns), strict=True)
    return [
        TraitComparison(row[0].trait, [Cell(*pair) for pair in zip(columns, row, strict=True)])
        for row in rows
    ]


def move_words(moved: Decimal) -> str:
    """Say a move on the scale: "sube 0,4", "baja 0,4", "queda igual"."""
    if not moved:
        return _("queda igual")
    return f"{_('sube') if moved > 0 else _('baja')} {points(moved)}"


def _name(page: ProfilePage, *, one_role: bool, mixed: bool) -> str:
    if one_role:
        return page.context.name if page.context else _("el perfil base")
    if page.context or not mixed:
        return page.heading
    return _("%(role)s (perfil base)") % {"role": page.facts.name}


def _all_of(count: int) -> str:
    return {2: _("los dos"), 3: _("los tres"), 4: _("los cuatro")}[count]


def _grouped(pairs) -> dict:
    groups: dict = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _plain(texts) -> list[Item]:
    return [Item(text) for text in texts]


def _considerations(page: ProfilePage) -> list[Item]:
    found = page.document.considerations if page.context else ()
    return [Item(item.text, item.consequence) for item in found]
