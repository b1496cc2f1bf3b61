"""Comparisons worth opening, each one link: beside a profile, to start with, instead of a typo."""

from difflib import get_close_matches
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.text import visible
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place
from profiles.models import Edition

PARAMETER = "perfil"
# So many roles of each area are looked at for starting pairs.
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
    query = urlencode([(PARAMETER, str(place)) for place in places], safe="/")
    return reverse("profiles:compare") + (f"?{query}" if query else "")


def offers_beside(page):
    """Return what one profile is worth comparing with: its other sizes, its neighbours."""
    own = Place.of(page)
    notes = {item.role: item.difference for item in page.facts.related}
    editions = Edition.objects.for_comparing(own.role_slug, own.context_slug, list(notes))
    sizes, neighbours = [], []
    for edition in editions:
        offers = sizes if edition.role_slug == own.role_slug else neighbours
        url = compare_url([own, _place(edition)])
        offers.append(Offer(_edition_name(edition), url, notes.get(edition.role_slug, "")))
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


def starting_offers(contexts):
    """Return two lists of offers: neighbouring roles, and one role in two sizes."""
    extremes = [context.slug for context in (contexts[:1] + contexts[-1:])]
    first = Edition.objects.published().base().first_of_areas(PER_AREA)
    keys = [key for _area, key, _count in first]
    rows = list(Edition.objects.for_starting_pairs(keys, extremes))
    bases = {row.role_slug: row for row in rows if row.context__slug is None}
    sizes = {(row.role_slug, row.context__slug) for row in rows}
    both = [r for r in bases.values() if all((r.role_slug, slug) in sizes for slug in extremes)]
    pairs = [(row, item["role"]) for row in bases.values() for item in row.facts__related]
    names = dict(Edition.objects.role_choices().filter(role_slug__in={slug for _, slug in pairs}))
    pairs = [(row, slug) for row, slug in pairs if slug in names]
    return (
        [_neighbours(row, slug, names[slug]) for row, slug in _one_per_area(pairs)],
        [_two_sizes(row, contexts[0], contexts[-1]) for (row,) in _one_per_area(zip(both))]
        if len(contexts) > 1
        else [],
    )


def _one_per_area(groups):
    """Keep the first of ``groups`` (tuples whose first item is a role's row) of each area."""
    first = {}
    for group in groups:
        first.setdefault(group[0].area_id, group)
    return first.values()


def _neighbours(row, slug, name):
    name = _("%(one)s y %(other)s") % {"one": row.role_name, "other": name}
    places = [Place(BASE_FOLDER, each) for each in (row.role_slug, slug)]
    return Offer(name, compare_url(places))


def _two_sizes(row, smallest, largest):
    words = {"role": row.role_name, "small": smallest.name, "large": largest.name}
    places = [Place(context.slug, row.role_slug) for context in (smallest, largest)]
    return Offer(_("%(role)s: %(small)s y %(large)s") % words, compare_url(places))


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
