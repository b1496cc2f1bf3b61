"""Lists of roles that stay short however many roles there are: by area, and a stretch at a time."""

from typing import NamedTuple

from django.http import QueryDict

from profiles.models import Area, Edition
from profiles.search.words import normal

# A page shows all of this many roles by area, and of more the first ones of each area.
MANY = 200
PER_AREA = 5
STRETCH = 50
MAX_NAME = Edition._meta.get_field("role_name").max_length


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
    groups = by_area(editions, Area.objects.filter(pk__in=counts))
    return [_with_more(group, counts[group.area.pk], more_url) for group in groups]


def _with_more(group, count, more_url):
    more = more_url(group.area) if count > len(group.editions) else ""
    return group._replace(count=count, more_url=more)


def by_area(editions, areas):
    """Return the groups of a list of editions, in the order of ``areas``."""
    members = {}
    for edition in editions:
        members.setdefault(edition.area_id, []).append(edition)
    found = [(area, members[area.pk]) for area in areas if area.pk in members]
    return [RoleGroup(area, own, len(own)) for area, own in found]


def shown(groups):
    """Return the editions of all groups."""
    return [edition for group in groups for edition in group.editions]


class Stretch(NamedTuple):
    """Some roles of a long list, and the addresses of those before and after them."""

    editions: list[Edition]
    previous_url: str
    next_url: str

    @property
    def is_all(self):
        return not (self.previous_url or self.next_url)


def stretch(request, editions):
    """Return the stretch that ``?desde=`` a role's name begins; without it, the first one.

    The names are the key, so that a page far down the list costs what the first one costs.
    """
    start = normal(request.GET.get("desde", ""))[:MAX_NAME]
    editions = editions.order_by("role_name", "pk")
    rows = list(editions.filter(role_name__gte=start)[: STRETCH + 1])
    following = _address(request, rows.pop().role_name) if len(rows) > STRETCH else ""
    return Stretch(rows, _previous(request, editions, start) if start else "", following)


def _previous(request, editions, start):
    """Return the address of the stretch before ``start``, or nothing where there is none."""
    before = editions.filter(role_name__lt=start).reverse()
    names = list(before.values_list("role_name", flat=True)[: STRETCH + 1])
    if len(names) > STRETCH:
        return _address(request, names[STRETCH - 1])
    return request.path if names else ""


def _address(request, start):
    parameters = QueryDict(mutable=True)
    parameters["desde"] = start
    return f"{request.path}?{parameters.urlencode()}"
