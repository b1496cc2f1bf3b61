"""The plate: the roles of one size under each other, in an order that is asked for."""

from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import TraitCode

PLATE_SIZE = 100
BY_NAME = "rol"
# Value in the address → words; a trait alone begins with whoever asks for most of it.
ORDERS = {
    "": _("Por área"),
    BY_NAME: _("Por nombre"),
    **{code.value: code.label for code in TraitCode},
    **{f"-{code}": code.label for code in TraitCode},
}
DESCENDING, ASCENDING = "descending", "ascending"


class Head(NamedTuple):
    """The head of a trait's column: the address that sorts by it, how it is sorted now."""

    code: TraitCode
    url: str
    sorting: str


class Plate(NamedTuple):
    """What the template shows; ``groups`` are (area, its editions) in the order of the rows."""

    heads: list[Head]
    groups: list[tuple]
    name_url: str = ""
    area_url: str = ""
    shows_area: bool = True
    is_sorted: bool = False


def in_order(editions, order):
    """Return ``editions``, a queryset, in one of ``ORDERS``."""
    if order in ("", BY_NAME):
        by_area = () if order else ("area__order", "area__name")
        return editions.order_by(*by_area, "role_name", "pk")
    return editions.by_trait(order.removeprefix("-"), ascending=order.startswith("-"))


def plate(editions, url, order="", **more):
    """Return the plate of ``editions``; ``url`` is a function from an order to an address."""
    rows = groupby(editions, key=lambda edition: edition.area)
    groups = [(area, list(own)) for area, own in rows]
    heads = [_head(code, url, order) for code in TraitCode]
    return Plate(heads, groups, url(BY_NAME), url(""), is_sorted=bool(order), **more)


def _head(code, url, order):
    if order == code:
        return Head(code, url(f"-{code}"), DESCENDING)
    return Head(code, url(code.value), ASCENDING if order == f"-{code}" else "")
