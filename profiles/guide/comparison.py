"""Profiles side by side: which one to choose, where they differ, what only one says. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Self

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.documents.choices import TraitCode
from profiles.documents.text import fold, join_words, sentences
from profiles.guide.profile_page import ProfilePage, TraitRow
from profiles.guide.traits import PRACTICAL_DIFFERENCE, middle, points
from profiles.models import Trait

MAX_PROFILES = 4
LETTERS = "ABCD"
BASE_FOLDER = "perfiles"
PLACE = re.compile(r"([a-z0-9-]{1,60})/([a-z0-9-]{1,80})")
# How many items of a list fit in a row: of two profiles four each, of four two each.
ROW_ITEMS = 8
# A sentence that begins with what the person does ("Cierra sus propias cuentas.") can follow
# "si la persona"; one that tells something else ("Comparten el método.") cannot.
ACT = re.compile(r"(?!Comparte|Suele)(Se )?\w{2,}[ae]\b")
SAID_ABOVE = gettext_lazy("Lo dice el comienzo de la página.")
NOTHING_OWN = gettext_lazy("Nada que solo este perfil tenga.")


class Place(NamedTuple):
    """Where a profile lives: "global/mlops-engineer"; a base profile is in "perfiles"."""

    folder: str
    role_slug: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the place that ``text`` names, or None if it can name none."""
        found = PLACE.fullmatch(fold(text.strip().strip("/")))
        return cls(*found.groups()) if found else None

    @classmethod
    def of(cls, page: ProfilePage) -> Self:
        """Return where ``page`` lives."""
        return cls(page.context.slug if page.context else BASE_FOLDER, page.facts.slug)

    @property
    def context_slug(self) -> str | None:
        return None if self.folder == BASE_FOLDER else self.folder

    def __str__(self) -> str:
        return f"{self.folder}/{self.role_slug}"


class Column(NamedTuple):
    """One of the compared profiles: ``label`` in drawings, ``name`` inside a sentence."""

    label: str
    name: str
    page: ProfilePage
    # What stands in the head: a role and its size, or a size and its range of employees.
    title: str = ""
    note: str = ""


class Clause(NamedTuple):
    """A part of the first sentence: "Elegí ", "Cajero", " si la persona", "cobra"."""

    columns: Sequence[Column]
    before: str
    name: str
    after: str
    act: str


class Share(NamedTuple):
    """What one column alone says of an aspect; ``more`` items have no room."""

    column: Column
    items: Sequence[tuple[str, str]]
    more: int
    # What to say if there is none.
    instead: str


class Aspect(NamedTuple):
    """Something that profiles say: ``said_by`` finds its texts, or (text, detail) pairs.

    ``instead`` says why a profile says nothing.
    """

    title: str
    said_by: Callable[[ProfilePage], Iterable]
    instead: Callable[[ProfilePage], str] = lambda _page: NOTHING_OWN


class Cell(NamedTuple):
    """One profile's row of a trait."""

    column: Column
    row: TraitRow

    @property
    def middle(self) -> Decimal:
        return middle(self.row.target.low, self.row.target.high)


@dataclass(frozen=True)
class TraitComparison:
    """One trait in all compared profiles."""

    trait: Trait
    cells: Sequence[Cell]

    @property
    def distance(self) -> Decimal:
        """Return how far apart the outermost middles are, in points of the scale."""
        middles = [cell.middle for cell in self.cells]
        return max(middles) - min(middles)

    @property
    def differs(self) -> bool:
        return self.distance >= PRACTICAL_DIFFERENCE

    @property
    def words(self) -> str:
        """Say the difference by the letters of the columns: "Más alta en B; 0,6 menos en A"."""
        return self.words_by(lambda column: column.label)

    def words_by(self, called: Callable[[Column], str]) -> str:
        """Say the difference by what each column is ``called``."""
        top = max(cell.middle for cell in self.cells)
        lower = {c.middle for c in self.cells if top - c.middle >= PRACTICAL_DIFFERENCE}
        groups: dict[str, list[str]] = {}
        for cell in sorted(self.cells, key=lambda cell: -cell.middle):
            if cell.middle in lower:
                groups.setdefault(points(top - cell.middle), []).append(called(cell.column))
            # What is as near to the lower ones as to the highest belongs to neither.
            elif all(cell.middle - other >= PRACTICAL_DIFFERENCE for other in lower):
                groups.setdefault("", []).append(called(cell.column))
        highest = TraitCode(self.trait.code).agree(_("Más alta"))
        return "; ".join(
            _("%(how)s en %(names)s")
            % {"how": _("%s menos") % words if words else highest, "names": join_words(labels)}
            for words, labels in groups.items()
        )


@dataclass(frozen=True)
class Comparison:
    """Two to four profiles side by side, in the order in which they were asked for."""

    columns: Sequence[Column]

    @property
    def title(self) -> str:
        """Return "¿Cajero o Vendedor?" or "Cajero en Startup y en Global: qué cambia"."""
        names = [column.name for column in self.columns]
        if not self.is_one_role:
            return f"¿{join_words(names, 'o')}?"
        sizes = join_words([_where(column) for column in self.columns])
        return _("%s: qué cambia") % f"{self.columns[0].page.facts.name} {sizes}"

    @property
    def heading(self) -> str:
        """Return the title, or how many profiles there are: their names stand below."""
        if self.is_one_role or len(self.columns) == 2:
            return self.title
        return _("¿Cuál de los tres?") if len(self.columns) == 3 else _("¿Cuál de los cuatro?")

    @cached_property
    def clauses(self) -> list[Clause]:
        """Return what each role's person does: "Elegí A si la persona …".

        It is what another of these roles says of it, and else its summary; both are said of the
        role in general, so no size is named. Of one role: what each size's profile is for.
        """
        if self.is_one_role:
            return self._examples()
        roles: dict[str, list[Column]] = {}
        for column in self.columns:
            roles.setdefault(column.page.facts.slug, []).append(column)
        has_size = any(column.page.context for column in self.columns)
        choose = _("En general, elegí ") if has_size else _("Elegí ")
        words = [(choose, _(" si la persona")), *[("", _(" si"))] * len(roles)]
        return [
            Clause(own, before, own[0].page.facts.name, after, self._act(own[0].page))
            for own, (before, after) in zip(roles.values(), words, strict=False)
        ]

    def _examples(self) -> list[Clause]:
        found = []
        for column in self.columns:
            before, after = ("", _(" si")) if found else (_("Usá "), _(" si la persona"))
            if size := column.page.context:
                before += _("el de ") if found else _("el perfil de ")
                people = _(" (%s personas)") % size.employee_range
                after = people + after + _(", por ejemplo,")
            act = _clause(sentences(column.page.document.summary)[0])
            found.append(Clause([column], before, column.name, after, act))
        return found

    @property
    def differences(self) -> list[tuple[str, str]]:
        """Return (role, what it says of the other beside how the page begins): of two profiles."""
        found = [
            (column.page.facts.name, self._not_said_yet(page, text))
            for page in (column.page for column in reversed(self.columns))
            for column, text in self._reasons(page)
        ]
        return [each for each in found if each[1]] if len(self.columns) == 2 else []

    @property
    def largest_move(self) -> str:
        """Return "Apertura, más alta en Startup; 0,6 menos en Global", "" if none is practical."""
        found = self.differing[:1]
        by_name = (_clause(each.words_by(lambda column: column.name)) for each in found)
        return next((f"{found[0].trait.name}, {words}" for words in by_name), "")

    @cached_property
    def traits(self) -> list[TraitComparison]:
        """Return all traits, the most distant first."""
        return sorted(trait_comparisons(self.columns), key=lambda trait: -trait.distance)

    @property
    def differing(self) -> list[TraitComparison]:
        return [trait for trait in self.traits if trait.differs]

    @property
    def alike(self) -> list[TraitComparison]:
        """Return the traits without a practical difference."""
        return [trait for trait in self.traits if not trait.differs]

    @property
    def sections(self) -> list[dict]:
        """Return what is said side by side: which to choose, the work, what to look for and ask."""
        # Three or four profiles are read briefly.
        two = [Aspect(_("Para qué está"), self._purpose, lambda _page: SAID_ABOVE)]
        year = [Aspect(_("Al año"), lambda page: page.document.outcomes.year)]
        if len(self.columns) != 2:
            two = year = []
        choosing = [
            *two,
            Aspect(_("Lo difícil"), lambda page: [page.document.honest]),
        ]
        doing = [
            Aspect(_("Responsabilidades"), lambda page: page.whole.responsibilities),
            Aspect(_("A los 90 días"), lambda page: page.document.outcomes.days_90),
            *year,
        ]
        looking = [
            Aspect(_("Fortalezas"), lambda page: page.strengths.all),
            Aspect(_("Señales de Alerta"), lambda page: page.red_flags.all),
            Aspect(_("Lo que trae el tamaño"), _considerations, _without_size),
        ]
        # Nobody chooses the size of their company.
        title = _("Qué cambia") if self.is_one_role else _("Cuál elegir")
        return [
            {**self._section("cual-elegir", title, choosing), "differences": self.differences},
            self._section("que-hace", _("Qué va a hacer"), doing),
            self._section("que-buscar", _("Qué buscar"), looking),
            self._section("que-preguntar", _("Qué preguntar"), [Aspect("", self._question)]),
            self._section("donde-crece", _("Dónde crece"), [Aspect("", _career)]),
        ]

    @property
    def is_one_role(self) -> bool:
        return len({column.page.facts.slug for column in self.columns}) == 1

    def _act(self, page: ProfilePage) -> str:
        firsts = (sentences(text)[0] for _column, text in self._reasons(page))
        return _clause(next(filter(ACT.match, firsts), sentences(page.whole.summary)[0]))

    def _reasons(self, page: ProfilePage) -> list[tuple[Column, str]]:
        """Return who else says what of this role."""
        return [
            (column, item.difference)
            for column in self.columns
            for item in column.page.facts.related
            if item.role == page.facts.slug and item.difference
        ]

    def _purpose(self, page: ProfilePage) -> list[str]:
        return [self._not_said_yet(page, page.document.summary)]

    def _not_said_yet(self, page: ProfilePage, text: str) -> str:
        """Return ``text`` without the first sentence, if the page begins with it."""
        first, *rest = sentences(text)
        said = (c.act for c in self.clauses if page in [column.page for column in c.columns])
        is_said = _clause(first) in said
        return " ".join(rest) if is_said else text

    def _question(self, page: ProfilePage) -> list[tuple[str, str]]:
        order = [trait.trait.code for trait in self.traits]
        ranked = sorted(page.document.questions, key=lambda each: order.index(each.traits[0]))
        excellent = _("Una respuesta de 5: %(anchor)s")
        return [(q.text, excellent % {"anchor": q.anchors.excellent}) for q in ranked[:1]]

    def _section(self, slug: str, title: str, aspects: Sequence[Aspect]) -> dict:
        """Return a section of the aspects about which at least one profile says something."""
        found = [self._shared(aspect) for aspect in aspects]
        found = [each for each in found if each["common"] or each["shares"]]
        return {"slug": slug, "title": title, "aspects": found}

    def _shared(self, aspect: Aspect) -> dict:
        """Return what each profile says ("shares"), and what all say: (text, detail) pairs.

        There are no shares if all say the same.
        """
        said = [filter(None, aspect.said_by(column.page)) for column in self.columns]
        lists = [[x if isinstance(x, tuple) else (x, "") for x in items] for items in said]
        common = [item for item in lists[0] if all(item in items for items in lists)]
        own = [[item for item in items if item not in common] for items in lists]
        room = ROW_ITEMS // len(lists)
        shares = [
            Share(column, items[:room], max(0, len(items) - room), aspect.instead(column.page))
            for column, items in zip(self.columns, own, strict=True)
        ]
        return {"title": aspect.title, "shares": shares if any(own) else (), "common": common}


def compare(pages: Sequence[ProfilePage]) -> Comparison:
    """Return the comparison of one to four pages, lettered A to D."""
    pairs = zip(LETTERS, pages, strict=False)
    if len({page.facts.slug for page in pages}) == 1:
        return Comparison([_size_column(label, page) for label, page in pairs])
    # Beside a size a base profile says that it is one.
    base = _("perfil base") if any(page.context for page in pages) else ""
    return Comparison([_role_column(label, page, base) for label, page in pairs])


def by_size(pages: Sequence[ProfilePage]) -> list[TraitComparison]:
    """Return each trait over a role's profiles: the base, then the contexts by size."""
    names = [page.context.name if page.context else _("Base") for page in pages]
    return trait_comparisons(
        [Column(name, name, page) for name, page in zip(names, pages, strict=True)]
    )


def trait_comparisons(columns: Sequence[Column]) -> list[TraitComparison]:
    """Return one comparison per trait, in the guide's order."""
    rows = zip(*(column.page.trait_rows for column in columns), strict=True)
    return [
        TraitComparison(row[0].trait, [Cell(*pair) for pair in zip(columns, row, strict=True)])
        for row in rows
    ]


def _size_column(label: str, page: ProfilePage) -> Column:
    name = page.context.name if page.context else _("el perfil base")
    note = page.context.employee_range if page.context else ""
    return Column(label, name, page, capfirst(name), note)


def _role_column(label: str, page: ProfilePage, base: str) -> Column:
    note = page.context.name if page.context else base
    name = f"{page.heading} ({base})" if base and not page.context else page.heading
    return Column(label, name, page, page.facts.name, note)


def _where(column: Column) -> str:
    """Return "en Startup", or "en general" for the base profile."""
    return _("en %s") % column.name if column.page.context else _("en general")


def _clause(sentence: str) -> str:
    """Return the sentence as it goes on after "si la persona"."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _considerations(page: ProfilePage) -> list[tuple[str, str]]:
    found = page.document.considerations if page.context else ()
    return [(item.text, item.consequence) for item in found]


def _without_size(page: ProfilePage) -> str:
    return NOTHING_OWN if page.context else _("Es el perfil base: vale en cualquier tamaño.")


def _career(page: ProfilePage) -> list[str]:
    return [" → ".join(step.title for step in page.facts.career)]
