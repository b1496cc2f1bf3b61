"""The list of roles and the search in it: one address, one form, plain GET."""

from textwrap import shorten

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.documents.text import join_words
from profiles.guide.comparison import BASE_FOLDER, Place
from profiles.http import moved_to, render_page
from profiles.models import Edition, MissingTitle
from profiles.search.find import EXACT, TEXT, Results, find
from profiles.search.index import current_index
from profiles.search.suggest import near_titles, suggestions
from profiles.seo import page_meta, role_list_crumb, titled
from profiles.views.comparison_offers import comparison_url
from profiles.views.forms import PAGE_SIZE, SearchForm, search_url
from profiles.views.plate import plate_page
from profiles.views.profiles import profile_url

DESCRIPTION_LIMIT = 160


@require_safe
def role_list(request):
    index = current_index()
    form = SearchForm(request.GET, areas=index.areas.values(), contexts=index.contexts.values())
    values = {"meta": _meta(form, bool(request.GET)), "form": form}
    if not form.is_valid():
        values["filters"] = form.filters(None)
        return render(request, "profiles/role_list.html", values, status=400)
    answer = find(form.cleaned_data["q"], index, literal=form.cleaned_data["tal"])
    results = Results(answer, index, **form.narrowed())
    values["filters"] = form.filters(results.count)
    values["answer"] = _shown(form, answer, results, index)
    response = render(request, "profiles/role_list.html", values)
    if settings.COUNT_SEARCHES:
        # Whoever is answered from a cache is not counted.
        response.headers["Cache-Control"] = "no-store"
        # The script asks for pages while a question is typed, too.
        if answer.missing and "X-Typed" not in request.headers and "pagina" not in request.GET:
            MissingTitle.objects.count_one(answer.missing)
    return response


def _shown(form, answer, results, index):
    """Return what the page shows of one valid question."""
    asked, hits = form.cleaned_data, results.hits
    page = Paginator(hits, PAGE_SIZE).get_page(asked["pagina"])
    plate = None if asked["q"] else _plate(form, results)
    shown = [] if plate else _with_editions((hit.profile.edition_id, hit) for hit in page)
    nearest = nearest_editions(answer) if answer.missing else []
    near_page = nearest and nearest[0][1].is_exact and nearest[0][1].title
    folder = results.size.slug if results.size else BASE_FOLDER
    places = [Place(folder, role.slug) for role in answer.compared]
    is_answered = nearest or (hits and hits[0].group == EXACT)
    return {
        "found": answer,
        "results": results,
        "asked": asked,
        "areas": index.areas.values(),
        "page": page,
        "plate": plate,
        "shown": shown,
        "names": [pair for pair in shown if pair[1].group != TEXT],
        "mentions": [pair for pair in shown if pair[1].group == TEXT],
        "name_count": plate.page.paginator.count if plate else sum(h.group != TEXT for h in hits),
        # Folded are mentions if somebody is called just so, or is near.
        "is_folded": bool(is_answered) and not asked["pagina"],
        "nearest": nearest,
        "near_page": near_titles(index).get(slugify(near_page)) if near_page else None,
        "compared": join_words([role.name for role in answer.compared]),
        "comparison_url": comparison_url(places) if places else "",
        "literal_url": form.url(tal="1"),
        "reset_url": search_url(q=asked["q"]) if any(form.narrowed().values()) else "",
        "previous_url": form.url(pagina=page.number - 1) if page.has_previous() else "",
        "next_url": form.url(pagina=page.number + 1) if page.has_next() else "",
    }


def _plate(form, results):
    """Return the roles under each other on one scale, which is shown if no words are asked for."""
    asked, narrowed = form.cleaned_data, form.narrowed()
    found = [hit.profile.edition_id for hit in results.hits] if narrowed["levels"] else None
    editions = Edition.objects.for_plate(narrowed["context_id"], narrowed["area_id"], among=found)
    return plate_page(editions, form.url, asked["orden"], asked["pagina"])


@require_safe
def suggest(request):
    """Return what a question that is being typed may become, for the script of the search box."""
    options = suggestions(request.GET.get("q", "")[:100], current_index())
    return JsonResponse({"options": options}, headers={"X-Robots-Tag": "noindex"})


@require_safe
def near_title(request, title_slug):
    """A title that the guide does not have, with the roles nearest to it; a name redirects."""
    index = current_index()
    page = near_titles(index).get(title_slug)
    answer = find(page.title if page else title_slug.replace("-", " "), index, literal=True)
    named = next((role.slug for role in index.roles if role.slug == title_slug), None)
    if (page or answer.question.title == answer.question.text) and answer.names[:1]:
        named = named or (answer.names[0].is_exact and answer.names[0].role.slug)
    if named:
        return moved_to(request, profile_url(named))
    if page is None:
        raise Http404(_("No hay un puesto con ese nombre."))
    if page.slug != title_slug:
        return moved_to(request, page.get_absolute_url())
    start = _("%(title)s: el puesto más cercano de la guía y en qué se diferencia.")
    text = " ".join([start % {"title": page.title}, *page.sentences])
    meta = page_meta(
        page.title,
        page.get_absolute_url(),
        shorten(text, DESCRIPTION_LIMIT, placeholder="…"),
        title=titled(_("%(title)s: qué puesto de la guía se le parece") % {"title": page.title}),
        parents=(role_list_crumb(),),
        indexed=page.is_own,
    )
    shown = {"nearest": nearest_editions(answer), "near_page": None}
    values = {"meta": meta, "title": page.title, "answer": shown}
    return render_page(request, "profiles/near_title.html", values)


def nearest_editions(answer):
    """Return (base edition, why it is near) of the roles nearest to a missing title."""
    return _with_editions((near.role.profiles[None].edition_id, near) for near in answer.nearest)


def _with_editions(pairs):
    """Return (edition, what was found) for (its key, what was found), as far as still public."""
    found = dict(pairs)
    editions = Edition.objects.for_results(list(found)).in_bulk()
    return [(editions[pk], found[pk]) for pk in found if pk in editions]


def _meta(form, is_asked):
    """Return the head: only the plain list is for search engines."""
    title = _("Todos los perfiles de la Guía de Roles")
    if is_asked:
        typed = form.typed and _("Búsqueda: %(query)s") % {"query": form.typed}
        title = titled(typed or _("Perfiles"))
    return page_meta(
        _("Perfiles"),
        reverse("profiles:role_list"),
        _("Todos los roles de la guía, por área, con su huella OCEAN+ y sus cinco perfiles."),
        title=title,
        indexed=not is_asked,
    )
