"""Comparisons worth opening, each one link: beside a profile, or to start with."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.text import join_words
from profiles.guide.comparison import BASE_FOLDER, Place
from profiles.guide.pairs import pairs, pairs_of
from profiles.models import Area, Edition

PARAMETER = "perfil"
# Of a large guide these first ones are offered to start with.
MAX_ROLES, MAX_PAIRS = 120, 120


class Offer(NamedTuple):
    """A comparison worth opening: what it compares, its address, why."""

    name: str
    url: str
    note: str = ""


def compare_url(places):
    """Return the address that compares ``places``, in their order."""
    query = compare_query(places)
    return reverse("profiles:compare") + (f"?{query}" if query else "")


def compare_query(places):
    return urlencode([(PARAMETER, str(place)) for place in places], safe="/")


def comparison_url(places):
    """Return the best address for ``places``: the page of a pair, or else the comparison."""
    pair = pair_of(places)
    return pair.url if pair else compare_url(places)


def pair_of(places):
    """Return the pair with a page of its own that exactly these places are, or None."""
    if len(places) != 2 or any(place.context_slug for place in places):
        return None
    found = pairs(Edition.objects.for_pairs([place.role_slug for place in places]))
    return found[0] if found else None


def offers_beside(page):
    """Return what one profile is worth comparing with: its other sizes, its neighbours."""
    own = Place.of(page)
    notes = {item.role: item.difference for item in page.facts.related}
    bases = [] if page.context else [own.role_slug, *notes]
    own_pairs = pairs_of(own.role_slug, Edition.objects.for_pairs(bases))
    sizes, neighbours = [], []
    for edition in Edition.objects.for_comparing(own.role_slug, own.context_slug, list(notes)):
        slug, context = edition.role_slug, edition.context if edition.context_id else None
        words = {"role": edition.role_name, "context": context}
        name = _("%(role)s en %(context)s") if context else _("%(role)s (perfil base)")
        place = Place(context.slug if context else BASE_FOLDER, slug)
        url = own_pairs[slug].url if slug in own_pairs else compare_url([own, place])
        offer = Offer(name % words, url, notes.get(slug, ""))
        (sizes if slug == own.role_slug else neighbours).append(offer)
    return [(_("El mismo puesto en otro tamaño"), sizes), (_("Puestos vecinos"), neighbours)]


def starting_pairs():
    """Return (area, offers) of the pairs of roles that people confuse, by the first one's area."""
    found = pairs(Edition.objects.for_pairs()[:MAX_ROLES])[:MAX_PAIRS]
    areas = Area.objects.filter(pk__in={pair.one.area_id for pair in found})
    return [
        (area.name, [Offer(p.name, p.url) for p in found if p.one.area_id == area.pk])
        for area in areas
    ]


def starting_sizes(contexts):
    """Return a title and offers: of each area one role in the smallest and the largest size."""
    ends, first = [*contexts[:1], *contexts[1:][-1:]], {}
    for row in Edition.objects.roles_in(ends, MAX_ROLES) if len(ends) == 2 else ():
        first.setdefault(row.area_id, row)
    name = _("%(role)s: %(sizes)s")
    sizes = join_words([size.name for size in ends], "o")
    offers = [
        Offer(
            name % {"role": row.role_name, "sizes": sizes},
            compare_url(Place(size.slug, row.role_slug) for size in ends),
        )
        for row in first.values()
    ]
    return _("El mismo puesto en dos tamaños"), offers
