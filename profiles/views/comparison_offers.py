"""Comparisons worth opening, each one link: beside a profile, to start with, instead of a typo."""

from difflib import get_close_matches
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.text import visible
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place
from profiles.guide.pairs import pairs, pairs_of
from profiles.models import Area, Edition

PARAMETER = "perfil"
# Of a large guide only the first pairs are offered to start with, of the first roles of its areas.
MAX_PAIRS = 300
MAX_ROLES = 200
PER_AREA = 5
# Of an address with very many profiles only these are named.
MAX_REMOVALS = 12
SHOWN_TEXT = 80


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
    editions = Edition.objects.for_comparing(own.role_slug, own.context_slug, list(notes))
    bases = [] if page.context else [own.role_slug, *notes]
    own_pairs = pairs_of(own.role_slug, Edition.objects.for_pairs(bases))
    sizes, neighbours = [], []
    for edition in editions:
        is_own = edition.role_slug == own.role_slug
        pair = own_pairs.get(edition.role_slug)
        url = pair.url if pair else compare_url([own, _place(edition)])
        offer = Offer(_edition_name(edition), url, notes.get(edition.role_slug, ""))
        (sizes if is_own else neighbours).append(offer)
    return [(_("El mismo puesto en otro tamaño"), sizes), (_("Puestos vecinos"), neighbours)]


def _place(edition):
    return Place(edition.context.slug if edition.context_id else BASE_FOLDER, edition.role_slug)


def _edition_name(edition):
    if edition.context_id is None:
        return _("%(role)s (perfil base)") % {"role": edition.role_name}
    return _("%(role)s en %(context)s") % {"role": edition.role_name, "context": edition.context}


def removals(places):
    """Return the comparisons without one of ``places`` each, named by what they leave out.

    Texts that are no place are among ``places`` as they were typed.
    """
    listed = places[:MAX_REMOVALS]
    wanted = [(p.role_slug, p.context_slug) for p in listed if isinstance(p, Place)]
    names = {_place(e): _edition_name(e) for e in Edition.objects.for_places(wanted)}
    return [
        Offer(names.get(place) or shown_text(place), compare_url(p for p in places if p != place))
        for place in listed
    ]


def shown_text(place):
    """Return what an address asked for, fit to be shown."""
    return visible(str(place))[:SHOWN_TEXT]


def starting_pairs():
    """Return (area, offers) of the pairs of roles that people confuse, by the first one's area."""
    found = pairs(Edition.objects.for_pairs(_first_roles()))[:MAX_PAIRS]
    areas = Area.objects.filter(pk__in={pair.one.area_id for pair in found})
    return [
        (area.name, [Offer(p.name, p.url) for p in found if p.one.area_id == area.pk])
        for area in areas
    ]


def _first_roles():
    """Return the addresses of all roles, or of a large guide those of some and their neighbours."""
    bases = Edition.objects.published().base()
    first = list(bases.first_of_areas(PER_AREA))
    counts = {area: count for area, _key, count in first}
    if sum(counts.values()) <= MAX_ROLES:
        return None
    rows = bases.filter(pk__in=[key for _area, key, _count in first])
    rows = rows.values_list("role_slug", "facts__related")
    return {name for slug, related in rows for name in (slug, *(item["role"] for item in related))}


def starting_sizes(contexts):
    """Return a title and offers: of each area one role in the smallest and the largest size."""
    title = _("El mismo puesto en dos tamaños")
    if len(contexts) < 2:
        return title, []
    ends = [contexts[0], contexts[-1]]
    first = {}
    for row in Edition.objects.roles_in(ends)[:MAX_ROLES]:
        first.setdefault(row.area_id, row)
    return title, [_two_sizes(row, *ends) for row in first.values()]


def _two_sizes(row, small, large):
    name = _("%(role)s: %(small)s o %(large)s") % {
        "role": row.role_name,
        "small": small.name,
        "large": large.name,
    }
    return Offer(name, compare_url(Place(size.slug, row.role_slug) for size in (small, large)))


def close_offers(known, texts, form):
    """Return comparisons with the roles whose address looks like the ones not found."""
    names = dict(form["roles"])
    folders = {context.slug for context in form["contexts"]}
    close = dict.fromkeys(place for text in texts for place in _close(text, names, folders))
    return [
        Offer(names[place.role_slug], compare_url([*known[: MAX_PROFILES - 1], place]))
        for place in close
        if place not in known
    ]


def _close(text, names, folders):
    folder, _slash, slug = text.lower().rpartition("/")
    # A role that exists lacks this size, so its base profile is what there is.
    kept = folder if folder in folders and slug not in names else BASE_FOLDER
    return [Place(kept, found) for found in get_close_matches(slug, names, cutoff=0.6)]
