"""The plate: the roles of one size under each other, in an order that is asked for."""

from itertools import groupby
from typing import NamedTuple

from django.core.paginator import Page, Paginator
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
    name_url: str
    area_url: str
    is_sorted: bool
    page: Page | None = None
    previous_url: str = ""
    next_url: str = ""


def plate(editions, url, order="", **more):
    """Return the plate of ``editions``; ``url`` returns the address with other parameters."""
    rows = groupby(editions, key=lambda edition: edition.area)
    groups = [(area, list(own)) for area, own in rows]
    heads = [_head(code, url, order) for code in TraitCode]
    return Plate(heads, groups, url(orden=BY_NAME), url(orden=""), is_sorted=bool(order), **more)


def plate_page(editions, url, order, number):
    """Return one page of the plate of ``editions``, a queryset, in one of ``ORDERS``."""
    page = Paginator(_in_order(editions, order), PLATE_SIZE).get_page(number)
    more = {"page": page}
    if page.has_previous():
        more["previous_url"] = url(pagina=page.previous_page_number())
    if page.has_next():
        more["next_url"] = url(pagina=page.next_page_number())
    return plate(page, url, order, **more)


def _in_order(editions, order):
    if order in ("", BY_NAME):
        by_area = () if order else ("area__order", "area__name")
        return editions.order_by(*by_area, "role_name", "pk")
    return editions.by_trait(order.removeprefix("-"), ascending=order.startswith("-"))


def _head(code, url, order):
    if order == code:
        return Head(code, url(orden=f"-{code}"), DESCENDING)
    return Head(code, url(orden=code.value), ASCENDING if order == f"-{code}" else "")
