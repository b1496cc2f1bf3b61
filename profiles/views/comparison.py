"""Profiles side by side, and a page of its own for each pair of roles that people confuse."""

import textwrap
from collections import Counter
from dataclasses import replace
from functools import partial

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.documents.text import join_words
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place
from profiles.guide.comparison import compare as compare_pages
from profiles.http import moved_to, render_page
from profiles.models import Context, Edition
from profiles.seo import SocialCard, first_fitting, latest, page_meta
from profiles.seo.meta import DESCRIPTION_LIMIT, TITLE_LIMIT
from profiles.views.comparison_offers import (
    PARAMETER,
    close_offers,
    compare_query,
    compare_url,
    offers_beside,
    pair_of,
    removals,
    shown_text,
    starting_pairs,
    starting_sizes,
)
from profiles.views.pack import address
from profiles.views.profiles import gone, profile_url
from profiles.views.shelf import Gone, Moved, missing_page, profile_pages

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
    found = [pages[place] for place in places]
    if len(found) < 2:
        return _start(request, found, join_words(repeated))
    if not repeated and (own_page := pair_of(places)):
        return redirect(own_page.url)
    return _comparison(request, found, _comparison_meta, join_words(repeated))


@require_safe
def pair(request, one, other):
    """Answer with the page of two roles; for any other two, with an ordinary comparison."""
    places = [Place(BASE_FOLDER, slug) for slug in (one, other)]
    pages = _pages(places)
    if missing := [place for place in places if place not in pages]:
        return _pair_elsewhere(request, places, missing[0])
    if not (found := pair_of(places)):
        return redirect(compare_url(places))
    if request.path != found.url:
        return moved_to(request, found.url)
    return _comparison(request, [pages[place] for place in places], partial(_pair_meta, found))


def _pair_elsewhere(request, places, missing):
    """Answer for a role of a pair that moved (301), is gone (410) or never was (404)."""
    reason = missing_page(missing.role_slug)
    if isinstance(reason, Moved):
        slugs = [_current_place(place).role_slug for place in places]
        return moved_to(request, reverse("profiles:pair", args=sorted(slugs)))
    if isinstance(reason, Gone):
        return gone(request, missing.role_slug)
    raise reason


def _url_with_size(asked, size):
    """Return the address in which the form's role, a bare slug, lives in the form's size."""
    folder = size or BASE_FOLDER
    return compare_url(text if "/" in text else f"{folder}/{text}" for text in asked)


def _pages(places):
    wanted = [(place.role_slug, place.context_slug) for place in places]
    pages = profile_pages(Edition.objects.for_places(wanted)) if places else []
    return {Place.of(page): page for page in pages}


def _start(request, pages, repeated):
    """Render the page that leads to a comparison, from nothing or from one profile."""
    page = pages[0] if pages else None
    form = _form(list(map(Place.of, pages)))
    values = {
        "meta": _meta(page and _("Comparar %(name)s") % {"name": page.heading}),
        "page": page,
        "repeated": repeated,
        **form,
    }
    if page:
        values["offers"] = offers_beside(page)
    else:
        values["offers"] = [*starting_pairs(), starting_sizes(form["contexts"])]
    return render(request, "profiles/compare_start.html", values)


def _comparison(request, pages, meta_of, repeated=""):
    comparison = compare_pages(pages)
    places = [column.place for column in comparison.columns]
    values = {
        "meta": meta_of(comparison),
        "comparison": comparison,
        "cards": [_card(column, places) for column in comparison.columns],
        "repeated": repeated,
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
    acts = [f"{column.name} {act}." for column, act in comparison.choices]
    names = [column.name for column in comparison.columns]
    short = join_words(_fitting(names, TITLE_LIMIT - len("¿ o ?")), "o")
    return page_meta(
        pair.name,
        pair.url,
        " ".join(_fitting(acts, DESCRIPTION_LIMIT - 1)),
        title=first_fitting(
            _("¿%(pair)s? Cuál elegir | Guía de Roles") % {"pair": pair.name},
            _("¿%(pair)s? Cuál elegir") % {"pair": pair.name},
            _("¿%(pair)s?") % {"pair": pair.name},
            _("¿%(pair)s?") % {"pair": short},
        ),
        parents=((_("Comparar"), reverse("profiles:compare")),),
        modified=latest([pair.one, pair.other]),
        card=SocialCard(pair.name, _("Cuál elegir")),
    )


def _fitting(texts, limit):
    """Return two texts cut at a word, so that together they fit in ``limit`` characters."""
    rooms = [max(limit // 2, limit - len(other)) for other in reversed(texts)]
    pairs = zip(texts, rooms, strict=True)
    return [textwrap.shorten(text, room, placeholder="…") for text, room in pairs]


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
