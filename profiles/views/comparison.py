"""Profiles side by side, a page for each pair of roles that people confuse, a role by size."""

import textwrap
from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.text import fold, join_words, visible
from profiles.guide.comparison import BASE_FOLDER, MAX_PROFILES, Place, by_size
from profiles.guide.comparison import compare as compare_pages
from profiles.guide.pairs import pairs, pairs_of
from profiles.models import Area, Context, Edition
from profiles.seo.meta import (
    DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    PageMeta,
    first_fitting,
    role_list_crumb,
)
from profiles.seo.social import SocialCard
from profiles.views.http import moved_to, render_page
from profiles.views.shelf import Gone, Moved, follow_shelf, missing_page, profile_pages

PARAMETER = "perfil"
# What the select lists; the other roles of a larger guide are reached from their profiles.
MAX_CHOICES = 150
# Of a large guide these first ones are offered to start with.
MAX_ROLES, MAX_PAIRS = 120, 120
SHOWN_TEXT = 80


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
    comparison = compare_pages(found)
    meta = _meta(comparison.title, compare_query(places), _description(comparison))
    return _comparison(request, comparison, meta)


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
    comparison = compare_pages([pages[place] for place in places])
    return _comparison(request, comparison, _pair_meta(found, comparison))


def _pages(places):
    wanted = [(place.role_slug, place.context_slug) for place in places]
    pages = profile_pages(Edition.objects.for_places(wanted)) if places else []
    return {Place.of(page): page for page in pages}


def _start(request, pages):
    page, form = pages[0] if pages else None, _form(list(map(Place.of, pages)))
    offers = offers_beside(page) if page else [*starting_pairs(), starting_sizes(form["contexts"])]
    name = page and _("Comparar %(name)s") % {"name": page.heading}
    meta = _meta(name, compare_query(map(Place.of, pages)))
    return render(
        request,
        "profiles/compare/start.html",
        {"meta": meta, "page": page, "offers": offers, **form},
    )


def _comparison(request, comparison, meta):
    places = [Place.of(column.page) for column in comparison.columns]
    others = [compare_url(each for each in places if each != place) for place in places]
    values = {
        "meta": meta,
        "comparison": comparison,
        # Each profile with the comparison without it.
        "cards": list(zip(comparison.columns, others, strict=True)),
        **_form(places),
    }
    return render_page(request, "profiles/compare/comparison.html", values)


def _meta(name="", query="", description=""):
    """Return the head of the plain page, or of a comparison called ``name``: not indexed."""
    meta = PageMeta(
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
    description = description or meta.description
    return replace(meta, title=name, description=description, indexed=False, card=card, query=query)


def _description(comparison):
    """Say in 160 characters what each of the compared does; who needs less leaves more."""
    acts = [
        f"{clause.columns[0].page.heading if comparison.is_one_role else clause.name} {clause.act}."
        for clause in comparison.clauses
    ]
    left = DESCRIPTION_LIMIT - len(acts) + 1
    shortest_first = sorted(range(len(acts)), key=lambda place: len(acts[place]))
    for done, place in enumerate(shortest_first):
        room = left // (len(acts) - done)
        acts[place] = textwrap.shorten(acts[place], room, placeholder="…")
        left -= len(acts[place])
    return " ".join(acts)


def _pair_meta(pair, comparison):
    return PageMeta(
        pair.name,
        pair.url,
        _description(comparison),
        title=first_fitting(
            _("¿%(pair)s? Cuál elegir | Guía de Roles"),
            _("¿%(pair)s? Cuál elegir"),
            _("¿%(pair)s?"),
            _("¿%(cut)s?"),
            pair=pair.name,
            cut=textwrap.shorten(pair.name, TITLE_LIMIT - 2, placeholder="…"),
        ),
        parents=((_("Comparar"), reverse("profiles:compare")),),
        card=SocialCard(pair.name, _("Cuál elegir")),
    )


def _form(places):
    """Return what the form that adds a profile needs; nothing if there is no room."""
    if len(places) >= MAX_PROFILES:
        return {"places": places, "roles": [], "contexts": []}
    roles = sorted(Edition.objects.role_choices()[:MAX_CHOICES], key=lambda role: fold(role[1]))
    return {"places": places, "roles": roles, "contexts": list(Context.objects.all())}


def _without(request, places, pages):
    """Redirect if another name was asked for; else say which profile there is not."""
    current = [place if place in pages else _current(place) for place in places]
    if current != places:
        return redirect(compare_url(current), permanent=True)
    known = [place for place in places if place in pages]
    reasons = [_absence(place) for place in places if place not in pages]
    title = _("No encontramos esos perfiles") if reasons[1:] else _("No encontramos ese perfil")
    return _problem(request, 404, title, known, reasons)


def _current(place):
    """Return where a missing profile lives now, itself if nobody knows."""
    if not isinstance(place, Place):
        return place
    reason = missing_page(place.role_slug, place.context_slug)
    return place._replace(role_slug=reason.role_slug) if isinstance(reason, Moved) else place


def _absence(place):
    """Say why a profile cannot be compared."""
    is_place = isinstance(place, Place)
    is_gone = is_place and isinstance(missing_page(place.role_slug, place.context_slug), Gone)
    words = _("Se retiró de la guía «%s».") if is_gone else _("No hay un perfil publicado en «%s».")
    return words % visible(str(place))[:SHOWN_TEXT]


def _problem(request, status, title, known, reasons=(), count=0):
    url = compare_url(known) if known else ""
    values = {
        "meta": _meta(title),
        "problem": {"title": title, "url": url, "reasons": reasons, "count": count},
        **_form(known),
    }
    return render(request, "profiles/compare/problem.html", values, status=status)


@follow_shelf
def context_shift(request, role_slug):
    pages = profile_pages(Edition.objects.for_all_sizes(role_slug))
    if not pages:
        raise missing_page(role_slug)
    if len(pages) == 1:
        raise Http404(_("Este rol tiene un solo perfil publicado."))
    values = {
        "meta": _shift_meta(request.path, pages),
        "page": pages[0],
        "sizes": [page for page in pages if page.context],
        "traits": by_size(pages),
        "compare_url": compare_url([Place.of(pages[0])]),
    }
    return render(request, "profiles/context_shift.html", values)


def _shift_meta(path, pages):
    facts = pages[0].facts
    return PageMeta(
        _("Según el tamaño"),
        path,
        _shift_description(facts.name, pages),
        title=first_fitting(
            _("%(role)s: qué cambia según el tamaño | Guía de Roles"),
            _("%(role)s: qué cambia según el tamaño"),
            _("%(role)s según el tamaño"),
            role=facts.name,
        ),
        parents=(
            role_list_crumb(),
            (facts.name, reverse("profiles:role_detail", args=[facts.slug])),
        ),
        card=SocialCard.of_profile(facts.name, _("Según el tamaño"), pages[0]),
    )


def _shift_description(name, pages):
    """Return one sentence with the largest moves that fit in 160 characters."""
    sentence = _("%(role)s según el tamaño de la empresa, rasgo por rasgo y con las razones")
    text = sentence % {"role": name}
    moves = [(page.context.name, row) for page in pages[1:] for row in page.trait_rows]
    moves.sort(key=lambda move: -abs(move[1].shift.moved))
    for context, row in moves[:3]:
        longer = f"{text}; {row.trait.name} {row.shift.words} en {context}"
        if not row.shift.is_practical or len(longer) >= DESCRIPTION_LIMIT:
            break
        text = longer
    return f"{text}."


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
    """Return what one profile is worth comparing with: its other sizes, its neighbours.

    Each offer is (what it compares, its address, why or "").
    """
    own = Place.of(page)
    notes = {item.role: item.difference for item in page.facts.related}
    bases = [] if page.context else [own.role_slug, *notes]
    own_pairs = pairs_of(own.role_slug, Edition.objects.for_pairs(bases))
    sizes, neighbours = [], []
    for edition in Edition.objects.for_comparing(own.role_slug, own.context_slug, list(notes)):
        slug, context = edition.role_slug, edition.context if edition.context_id else None
        name = _("%(role)s en %(context)s") if context else _("%(role)s (perfil base)")
        place = Place(context.slug if context else BASE_FOLDER, slug)
        url = own_pairs[slug].url if slug in own_pairs else compare_url([own, place])
        offer = name % {"role": edition.role_name, "context": context}, url, notes.get(slug, "")
        (sizes if slug == own.role_slug else neighbours).append(offer)
    return [(_("El mismo puesto en otro tamaño"), sizes), (_("Puestos vecinos"), neighbours)]


def starting_pairs():
    """Return (area, offers) of the pairs of roles that people confuse, by the first one's area."""
    found = pairs(Edition.objects.for_pairs()[:MAX_ROLES])[:MAX_PAIRS]
    areas = Area.objects.filter(pk__in={pair.one.area_id for pair in found})
    return [
        (area.name, [(p.name, p.url, "") for p in found if p.one.area_id == area.pk])
        for area in areas
    ]


def starting_sizes(contexts):
    """Return a title and offers: of each area one role in the smallest and the largest size."""
    ends, first = [*contexts[:1], *contexts[1:][-1:]], {}
    for row in Edition.objects.roles_in(ends, MAX_ROLES) if len(ends) == 2 else ():
        first.setdefault(row.area_id, row)
    sizes = join_words([size.name for size in ends], "o")
    offers = []
    for row in first.values():
        places = [Place(size.slug, row.role_slug) for size in ends]
        offers.append((f"{row.role_name}: {sizes}", compare_url(places), ""))
    return _("El mismo puesto en dos tamaños"), offers
