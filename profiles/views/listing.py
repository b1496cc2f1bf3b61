"""Lists of roles that stay short however many roles there are: by area, page by page, the plate."""

from collections import defaultdict
from itertools import groupby
from typing import NamedTuple

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import TraitCode
from profiles.documents.text import fold
from profiles.models import Area, Edition

# A page shows all of this many roles by area, and of more the first ones of each area.
MANY = 200
PER_AREA = 5
PAGE_SIZE = 50


class RoleGroup(NamedTuple):
    """Roles of one area; ``more_url`` leads to the others, where these are not all."""

    area: Area
    editions: list[Edition]
    count: int
    more_url: str = ""


def role_groups(editions, more_url):
    """Return the groups of ``editions`` in the guide's order of areas, empty ones left out.

    ``editions`` is a queryset of base editions or of one context's; ``more_url`` returns the
    address that lists all of an area's.
    """
    first = list(editions.first_of_areas(PER_AREA))
    counts = {area: count for area, _key, count in first}
    if sum(counts.values()) > MANY:
        editions = editions.filter(pk__in=[key for _area, key, _count in first])
    members = defaultdict(list)
    for edition in by_name(editions):
        members[edition.area_id].append(edition)
    return [
        RoleGroup(area, own, counts[area.pk], more_url(area) if counts[area.pk] > len(own) else "")
        for area in Area.objects.filter(pk__in=counts)
        if (own := members.get(area.pk))
    ]


def by_name(editions):
    """Return the rows of a page as people order names, not by bytes: "de" before "Funcional"."""
    return sorted(editions, key=lambda edition: fold(edition.role_name))


def shown(groups):
    return [edition for group in groups for edition in group.editions]


def page_of(request, editions):
    """Return the page of ``editions``, by name, that the address asks for."""
    editions = editions.order_by("role_name", "pk")
    return Paginator(editions, PAGE_SIZE).get_page(request.GET.get("pagina"))


PLATE_SIZE = 100
BY_NAME = "rol"
# Value in the address → words; a trait alone begins with whoever asks for most of it.
ORDERS = {
    "": _("Por área"),
    BY_NAME: _("Por nombre"),
    **{code.value: code.label for code in TraitCode},
    **{f"-{code}": code.label for code in TraitCode},
}


def plate(editions, url, order="", **more):
    """Return what the plate of ``editions`` shows; ``url`` returns the address with parameters."""
    if order == BY_NAME:
        editions = by_name(editions)
    groups = [(area, list(own)) for area, own in groupby(editions, key=lambda row: row.area)]
    return {
        "heads": [_head(code, url, order) for code in TraitCode],
        "groups": groups if order else [(area, by_name(own)) for area, own in groups],
        "name_url": url(orden=BY_NAME),
        "area_url": url(orden=""),
        "is_sorted": bool(order),
        "is_by_name": order == BY_NAME,
        **more,
    }


def plate_page(editions, url, order, number):
    """Return one page of the plate of ``editions``, a queryset, in one of ``ORDERS``."""
    page = linked_page(_in_order(editions, order), PLATE_SIZE, url, number)
    return plate(page, url, order, page=page, count=page.paginator.count)


def linked_page(rows, size, url, number):
    """Return a page of ``rows`` that knows the addresses of those beside it."""
    page = Paginator(rows, size).get_page(number)
    page.previous_url = url(pagina=page.previous_page_number()) if page.has_previous() else ""
    page.next_url = url(pagina=page.next_page_number()) if page.has_next() else ""
    return page


def _in_order(editions, order):
    if order in ("", BY_NAME):
        by_area = () if order else ("area__order", "area__name")
        return editions.order_by(*by_area, "role_name", "pk")
    return editions.by_trait(order.removeprefix("-"), ascending=order.startswith("-"))


def _head(code, url, order):
    """Return (trait, the address that sorts by it, how it is sorted now)."""
    if order == code:
        return code, url(orden=f"-{code}"), "descending"
    return code, url(orden=code.value), "ascending" if order == f"-{code}" else ""
