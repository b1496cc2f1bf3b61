"""Profiles side by side."""

from collections import Counter
from dataclasses import replace

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.documents.text import join_words
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place
from profiles.guide.comparison import compare as compare_pages
from profiles.models import Context, Edition
from profiles.seo import page_meta
from profiles.views.comparison_offers import (
    PARAMETER,
    close_offers,
    compare_url,
    offers_beside,
    removals,
    shown_text,
    starting_offers,
)
from profiles.views.profiles import profile_url
from profiles.views.shelf import Moved, missing_page, profile_pages

# What the select lists; the other roles of a larger guide are reached from their profiles.
MAX_CHOICES = 150


@require_safe
def compare(request):
    asked = [text for text in request.GET.getlist(PARAMETER) if text.strip()]
    if any("/" not in text for text in asked):
        return redirect(_url_with_size(asked, request.GET.get("contexto")))
    counts = Counter(Place.parse(text) or text for text in asked)
    places = list(counts)
    if len(places) > MAX_PROFILES:
        return _too_many(request, places)
    if unreadable := [place for place in places if isinstance(place, str)]:
        return _unknown(request, [p for p in places if p not in unreadable], unreadable)
    pages = _pages(places)
    if missing := [place for place in places if place not in pages]:
        return _without(request, places, missing)
    repeated = [pages[place].heading for place in places if counts[place] > 1]
    return _render_comparison(request, [pages[place] for place in places], repeated)


def _url_with_size(asked, size):
    """Return the address in which the form's role, a bare slug, lives in the form's size."""
    folder = size or BASE_FOLDER
    return compare_url(text if "/" in text else f"{folder}/{text}" for text in asked)


def _pages(places):
    wanted = [(place.role_slug, place.context_slug) for place in places]
    pages = profile_pages(Edition.objects.for_places(wanted)) if places else []
    return {Place.of(page): page for page in pages}


def _render_comparison(request, pages, repeated):
    comparison = compare_pages(pages)
    places = [column.place for column in comparison.columns]
    name = _("Comparar %(names)s") % {"names": comparison.heading} if pages else None
    values = {
        "meta": _meta(name),
        "comparison": comparison,
        "repeated": join_words(repeated),
        "cards": [_card(column, places) for column in comparison.columns],
        "offers": offers_beside(pages[0]) if len(pages) == 1 else [],
        **_form(places),
    }
    if not pages:
        values["pairs"], values["sizes"] = starting_offers(values["contexts"])
    return render(request, "profiles/compare.html", values)


def _card(column, places):
    """Return a column with its profile's address and that of the comparison without it."""
    own = column.place
    others = [place for place in places if place != own]
    return column, profile_url(own.role_slug, own.context_slug), compare_url(others)


def _meta(name=None):
    """Return the head of the plain page, or of a comparison called ``name``: not indexed."""
    meta = page_meta(
        _("Comparar"),
        reverse("profiles:compare"),
        _(
            "Poné lado a lado de dos a cuatro perfiles: sus rangos OCEAN+, cada diferencia en "
            "palabras y lo que solo uno de ellos pide."
        ),
        title=_("Comparar perfiles de puestos | Guía de Roles"),
    )
    return replace(meta, title=name, indexed=False) if name else meta


def _form(places):
    """Return what the form that adds a profile needs; nothing where there is no room."""
    if len(places) >= MAX_PROFILES:
        return {"places": places, "roles": [], "contexts": []}
    roles = Edition.objects.role_choices()[:MAX_CHOICES]
    return {"places": places, "roles": list(roles), "contexts": list(Context.objects.all())}


def _without(request, places, missing):
    """Redirect where another name was asked for; else say which profile there is not."""
    current = {place: _current_place(place) for place in missing}
    if any(current[place] != place for place in missing):
        return redirect(compare_url([current.get(p, p) for p in places]), permanent=True)
    known = [place for place in places if place not in missing]
    return _unknown(request, known, [str(place) for place in missing])


def _current_place(place):
    reason = missing_page(place.role_slug, place.context_slug)
    return place._replace(role_slug=reason.role_slug) if isinstance(reason, Moved) else place


def _unknown(request, known, texts):
    names = [shown_text(text) for text in texts[:MAX_PROFILES]]
    title = _("No encontramos uno de los perfiles")
    form = _form(known[: MAX_PROFILES - 1])
    problem = {"names": names, "offers": close_offers(known, names, form)}
    return _problem(request, 404, title, known, form, problem)


def _too_many(request, places):
    title = _("Se comparan hasta cuatro perfiles")
    kept = [place for place in places if isinstance(place, Place)][:MAX_PROFILES]
    problem = {"count": len(places), "removals": removals(places)}
    return _problem(request, 400, title, kept, _form(kept), problem)


def _problem(request, status, title, known, form, problem):
    url = compare_url(known) if known else ""
    empty = {"names": [], "offers": [], "count": 0, "removals": []}
    problem = {**empty, "title": title, "url": url, **problem}
    values = {"meta": _meta(title), "problem": problem, **form}
    return render(request, "profiles/compare_problem.html", values, status=status)
