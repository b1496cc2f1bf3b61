"""Lists of roles that stay short however many roles there are: by area, and a stretch at a time."""

from typing import NamedTuple

from django.db.models import Count
from django.http import QueryDict

from profiles.models import Area, Edition
from profiles.search.words import normal

# A page shows all of this many roles by area, and of more the first ones of each area.
MANY = 200
PER_AREA = 10
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
    if editions.order_by()[MANY : MANY + 1].exists():
        return _first_of_each_area(editions, more_url)
    rows = list(editions)
    areas = Area.objects.filter(pk__in={edition.area_id for edition in rows})
    return by_area(rows, areas)


def by_area(editions, areas):
    """Return the groups of a list of editions, in the order of ``areas``."""
    members = {}
    for edition in editions:
        members.setdefault(edition.area_id, []).append(edition)
    found = [(area, members[area.pk]) for area in areas if area.pk in members]
    return [RoleGroup(area, own, len(own)) for area, own in found]


def _first_of_each_area(editions, more_url):
    counts = dict(editions.order_by().values_list("area").annotate(Count("pk")))
    groups = []
    for area in Area.objects.filter(pk__in=counts):
        rows = list(editions.filter(area=area).order_by("role_name", "pk")[:PER_AREA])
        more = more_url(area) if counts[area.pk] > len(rows) else ""
        groups.append(RoleGroup(area, rows, counts[area.pk], more))
    return groups


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
