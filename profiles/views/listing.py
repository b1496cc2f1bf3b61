"""Lists of roles that stay short however many roles there are: by area, and page by page."""

from collections import defaultdict
from typing import NamedTuple

from django.core.paginator import Paginator

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
    for edition in editions:
        members[edition.area_id].append(edition)
    return [
        RoleGroup(area, own, counts[area.pk], more_url(area) if counts[area.pk] > len(own) else "")
        for area in Area.objects.filter(pk__in=counts)
        if (own := members.get(area.pk))
    ]


def shown(groups):
    """Return the editions of all groups."""
    return [edition for group in groups for edition in group.editions]


def page_of(request, editions):
    """Return the page of ``editions``, by name, that the address asks for."""
    editions = editions.order_by("role_name", "pk")
    return Paginator(editions, PAGE_SIZE).get_page(request.GET.get("pagina"))
