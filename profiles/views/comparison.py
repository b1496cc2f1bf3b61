"""Profiles side by side, and a page of its own for each pair of roles that people confuse."""

import textwrap
from dataclasses import replace
from functools import partial

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.documents.text import visible
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place
from profiles.guide.comparison import compare as compare_pages
from profiles.http import moved_to, render_page
from profiles.models import Context, Edition
from profiles.models.shelf import profile_url
from profiles.seo.meta import DESCRIPTION_LIMIT, first_fitting, latest, page_meta
from profiles.seo.social import SocialCard
from profiles.views.comparison_offers import (
    PARAMETER,
    compare_query,
    compare_url,
    offers_beside,
    pair_of,
    starting_pairs,
    starting_sizes,
)
from profiles.views.pack import address
from profiles.views.shelf import Moved, follow_shelf, missing_page, profile_pages

# What the select lists; the other roles of a larger guide are reached from their profiles.
MAX_CHOICES = 150
SHOWN_TEXT = 80


@require_safe
def compare(request):
    asked = [text for text in request.GET.getlist(PARAMETER) if text.strip()]
    if any("/" not in text for text in asked):
        # The form sends a role by its address alone, and the size apart.
        folder = request.GET.get("contexto") or BASE_FOLDER
        return redirect(compare_url(text if "/" in text else f"{folder}/{text}" for text in asked))
    places = list(dict.fromkeys(Place.parse(text) or text for text in asked))
    known = [place for place in places if isinstance(place, Place)]
    if len(places) > MAX_PROFILES:
        title = _("Se comparan hasta cuatro perfiles")
        return _problem(request, 400, title, known[:MAX_PROFILES], count=len(places))
    pages = _pages(known)
    if any(place not in pages for place in places):
        return _without(request, places, pages)
    found = [pages[place] for place in places]
    if len(found) < 2:
        return _start(request, found)
    if own_page := pair_of(places):
        return redirect(own_page.url)
    return _comparison(request, found, _comparison_meta)


@require_safe
@follow_shelf
def pair(request, one, other):
    """Answer with the page of two roles; for any other two, with an ordinary comparison."""
    places = [Place(BASE_FOLDER, slug) for slug in (one, other)]
    pages = _pages(places)
    for place in places:
        if place not in pages:
            reason = missing_page(place.role_slug)
            if not isinstance(reason, Moved):
                raise reason
            slugs = sorted(_current(each).role_slug for each in places)
            return moved_to(request, reverse("profiles:pair", args=slugs))
    if not (found := pair_of(places)):
        return redirect(compare_url(places))
    if request.path != found.url:
        return moved_to(request, found.url)
    return _comparison(request, [pages[place] for place in places], partial(_pair_meta, found))


def _pages(places):
    wanted = [(place.role_slug, place.context_slug) for place in places]
    pages = profile_pages(Edition.objects.for_places(wanted)) if places else []
    return {Place.of(page): page for page in pages}


def _start(request, pages):
    """Render the page that leads to a comparison, from nothing or from one profile."""
    page, form = pages[0] if pages else None, _form(list(map(Place.of, pages)))
    offers = offers_beside(page) if page else [*starting_pairs(), starting_sizes(form["contexts"])]
    meta = _meta(page and _("Comparar %(name)s") % {"name": page.heading})
    return render(
        request,
        "profiles/compare_start.html",
        {"meta": meta, "page": page, "offers": offers, **form},
    )


def _comparison(request, pages, meta_of):
    comparison = compare_pages(pages)
    places = [column.place for column in comparison.columns]
    values = {
        "meta": meta_of(comparison),
        "comparison": comparison,
        "cards": [_card(column, places) for column in comparison.columns],
        **_form(places),
    }
    return render_page(request, "profiles/compare.html", values)


def _card(column, places):
    """Return where a column leads to, and the comparison without it."""
    own = column.place
    return {
        "column": column,
        "url": profile_url(own.role_slug, own.context_slug),
        "kit_url": address("interview_kit", column.page),
        "pack_url": address("hiring_pack", column.page),
        "remove_url": compare_url(place for place in places if place != own),
    }


def _meta(name="", query=""):
    """Return the head of the plain page, or of a comparison called ``name``: not indexed."""
    meta = page_meta(
        _("Comparar"),
        reverse("profiles:compare"),
        _(
            "Poné lado a lado de dos a cuatro perfiles: cuál elegir, sus rangos OCEAN+, lo difícil "
            "de cada puesto, qué buscar y qué preguntar."
        ),
        title=_("Comparar perfiles de puestos | Guía de Roles"),
    )
    if not name:
        return meta
    card = SocialCard(name, _("Lado a lado"))
    return replace(meta, title=name, indexed=False, card=card, query=query)


def _comparison_meta(comparison):
    query = compare_query(column.place for column in comparison.columns)
    return _meta(comparison.heading, query)


def _pair_meta(pair, comparison):
    """Return the head of a pair's page: its description says in their words what each does."""
    half = (DESCRIPTION_LIMIT - 1) // 2
    acts = (f"{column.name} {act}." for column, act in comparison.choices)
    titles = (
        _("¿%(pair)s? Cuál elegir | Guía de Roles"),
        _("¿%(pair)s? Cuál elegir"),
        _("¿%(pair)s?"),
    )
    return page_meta(
        pair.name,
        pair.url,
        " ".join(textwrap.shorten(act, half, placeholder="…") for act in acts),
        title=first_fitting(*(title % {"pair": pair.name} for title in titles)),
        parents=((_("Comparar"), reverse("profiles:compare")),),
        modified=latest([pair.one, pair.other]),
        card=SocialCard(pair.name, _("Cuál elegir")),
    )


def _form(places):
    """Return what the form that adds a profile needs; nothing if there is no room."""
    if len(places) >= MAX_PROFILES:
        return {"places": places, "roles": [], "contexts": []}
    roles = Edition.objects.role_choices()[:MAX_CHOICES]
    return {"places": places, "roles": list(roles), "contexts": list(Context.objects.all())}


def _without(request, places, pages):
    """Redirect if another name was asked for; else say which profile there is not."""
    current = [place if place in pages else _current(place) for place in places]
    if current != places:
        return redirect(compare_url(current), permanent=True)
    names = [visible(str(place))[:SHOWN_TEXT] for place in places if place not in pages]
    return _problem(request, 404, _("No encontramos uno de los perfiles"), list(pages), names)


def _current(place):
    """Return where a missing profile lives now, itself if nobody knows."""
    if not isinstance(place, Place):
        return place
    reason = missing_page(place.role_slug, place.context_slug)
    return place._replace(role_slug=reason.role_slug) if isinstance(reason, Moved) else place


def _problem(request, status, title, known, names=(), count=0):
    url = compare_url(known) if known else ""
    values = {
        "meta": _meta(title),
        "problem": {"title": title, "url": url, "names": names, "count": count},
        **_form(known),
    }
    return render(request, "profiles/compare_problem.html", values, status=status)
