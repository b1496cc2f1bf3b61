"""The list of roles and the search in it: one address, one form, plain GET."""

from itertools import islice

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.choices import TraitCode
from profiles.documents.text import fold, join_words
from profiles.guide.comparison import BASE_FOLDER, Place
from profiles.models import Edition, MissingTitle
from profiles.models.profile import profile_url
from profiles.search.find import LIMIT, TEXT, begun, find, ranked
from profiles.search.index import current_index
from profiles.search.question import Question
from profiles.search.titles import NEAR
from profiles.seo.meta import PageMeta, titled
from profiles.seo.social import SocialCard
from profiles.views.comparison import comparison_url
from profiles.views.listing import linked_page, plate_page
from profiles.views.search.forms import PAGE_SIZE, SearchForm, search_url
from profiles.views.search.missing_titles import page_of, with_editions

# A role that is found alone is offered in its sizes, too.
MAX_OPTIONS, MAX_ROLES = 6, 4


def role_list(request):
    index = current_index()
    form = SearchForm(request.GET, index)
    values = {"meta": _meta(form, bool(request.GET)), "form": form}
    if not form.is_valid():
        values |= {"filters": form.filters(), "sizes": form.sizes()}
        return render(request, "profiles/role_list.html", values, status=400)
    answer = find(form.cleaned_data["q"], index, literal=form.cleaned_data["tal"])
    size, hits = answer.hits(form.asked_context and form.asked_context.pk)
    values |= {"filters": form.filters(hits), "sizes": form.sizes(size)}
    values["answer"] = _shown(form, answer, size, hits)
    response = render(request, "profiles/role_list.html", values)
    if settings.COUNT_SEARCHES:
        # Whoever is answered from a cache is not counted.
        response.headers["Cache-Control"] = "no-store"
        # The script asks for pages while a question is typed, too.
        if answer.missing and "X-Typed" not in request.headers and "pagina" not in request.GET:
            MissingTitle.objects.count_one(answer.missing)
    return response


def _shown(form, answer, size, found):
    """Return what the page shows of one valid question."""
    asked, narrowed = form.cleaned_data, form.narrow(found)
    hits = narrowed[:LIMIT]
    page = linked_page(hits, PAGE_SIZE, form.url, asked["pagina"])
    among = [hit.profile.edition_id for hit in hits] if form.picked else None
    rows = Edition.objects.for_plate(form.asked_context, form.asked_area, among)
    # If no words are asked for, the roles stand under each other on one scale.
    plate = None if asked["q"] else plate_page(rows, form.url, asked["orden"], asked["pagina"])
    shown = with_editions([] if plate else page)
    place = getattr(size or form.asked_context, "pk", None)
    nearest = with_editions([near.at(place) for near in answer.nearest])
    is_narrowed = form.chips or asked["contexto"]
    return {
        "found": answer,
        "query": asked["q"],
        "size": size,
        "page": page,
        "is_cut": len(narrowed) > LIMIT,
        "plate": plate,
        "names": [pair for pair in shown if pair[1].group != TEXT],
        "mentions": [pair for pair in shown if pair[1].group == TEXT],
        "name_count": plate["count"] if plate else sum(hit.group != TEXT for hit in hits),
        # Folded are mentions if somebody is called just so, or is near.
        "is_folded": bool(nearest or (hits and hits[0].is_exact)) and not asked["pagina"],
        "nearest": nearest,
        "near_page": page_of(answer.question.words, form.index),
        "traits": [(t, to, TraitCode(t.code).agree(to)) for t, to in answer.question.traits],
        "compared": _compared(answer, size),
        "literal_url": form.url(tal="1"),
        "reset_url": search_url(q=asked["q"]) if is_narrowed else "",
        "is_all_left_out": bool(found and not hits),
    }


def _compared(answer, size):
    """Return what a question compares, roles or the sizes of one: (words, address)."""
    folder = size.slug if size else BASE_FOLDER
    places = {role.name: Place(folder, role.slug) for role in answer.compared}
    role = next((found.role for found in answer.names[:1] if found.is_exact), None)
    sizes = [each for each in answer.question.sizes if role and each.pk in role.profiles]
    places = places or {each.name: Place(each.slug, role.slug) for each in sizes}
    is_one = len(places) < 2
    return [] if is_one else [(join_words([*places]), comparison_url([*places.values()]))]


def suggest(request):
    """Return what a question that is being typed may become, for the script of the search box."""
    options = suggestions(request.GET.get("q", "")[:100], current_index())
    return JsonResponse({"options": options}, headers={"X-Robots-Tag": "noindex"})


def suggestions(text, index):
    """Return up to six options, first what begins as it was typed."""
    question = Question(text, index)
    typed, size, rows = fold(question.title), question.size, begun(question, index)

    def is_other(row):
        return not fold(row.text.replace("/a", "")).startswith(typed)

    answer = None if (names := ranked(rows, question, is_other)) else find(text, index)
    size = answer.question.size if answer else size
    both = _compared(answer, size) if answer and answer.compared else []
    names = names or answer.names
    found = [(each.row, _role_option(each.role, size, each.alias)) for each in names[:MAX_ROLES]]
    for each in index.contexts.values() if len(names) == 1 and not size else ():
        if each.pk in names[0].role.profiles:
            found.append((names[0].row, _role_option(names[0].role, each)))
    near = {}
    for row in sorted((row for row in rows if row.kind == NEAR), key=is_other):
        near.setdefault(row.words, row)
    pages = ((row, page_of(words, index)) for words, row in near.items())
    detail = _("todavía no está: lo más cercano")
    options = ((row, _option(p.title, detail, p.get_absolute_url())) for row, p in pages if p)
    found += islice(options, MAX_OPTIONS)
    found.sort(key=lambda pair: is_other(pair[0]))
    choice = _("cuál elegir, en %(size)s") % {"size": size.name} if size else _("cuál elegir")
    options = [_option(words, choice, url) for words, url in both]
    options += [option for _row, option in found]
    return list({option["url"]: option for option in options}.values())[:MAX_OPTIONS]


def _option(name, detail, url):
    return {"name": name, "detail": detail, "url": url}


def _role_option(role, size, alias=""):
    """Return the option of a role in a size, or of its base profile."""
    if size is None or size.pk not in role.profiles:
        return _option(role.name, alias or _("perfil base"), profile_url(role.slug))
    name = _("%(role)s en %(size)s") % {"role": role.name, "size": size.name}
    return _option(name, size.employee_range, profile_url(role.slug, size.slug))


def _chosen(form):
    """Return the words of the filters: "Personas", "Apertura alta", "Startup"."""
    context = form.asked_context
    return [*(str(label) for label, _url in form.chips), *([context.name] if context else [])]


def _meta(form, is_asked):
    """Return the head: only the plain list is for search engines."""
    chosen = ", ".join(_chosen(form)) if form.is_valid() else ""
    words = _("Perfiles: %(chosen)s") % {"chosen": chosen} if chosen else _("Perfiles")
    words = _("Búsqueda: %(query)s") % {"query": form.typed} if form.typed else words
    card = _("Resultados de una búsqueda") if form.typed else _("Perfiles")
    return PageMeta(
        _("Perfiles"),
        reverse("profiles:role_list"),
        _("Qué puestos de la guía se llaman así o lo mencionan, y lo más parecido a lo que falta.")
        if form.typed
        else _("Todos los roles de la guía, por área, con su huella OCEAN+ y sus cinco perfiles."),
        title=titled(words) if is_asked else _("Todos los perfiles de la Guía de Roles"),
        indexed=not is_asked,
        # What somebody typed is nothing that the guide puts into a picture.
        card=SocialCard(card, chosen) if form.typed or chosen else None,
        query=form.url().partition("?")[2] if form.is_valid() else "",
    )
