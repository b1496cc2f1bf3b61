"""The list of roles and the search in it: one address, one form, plain GET."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.guide.comparison import BASE_FOLDER
from profiles.http import moved_to, render_page
from profiles.models import Edition, MissingTitle
from profiles.search.find import find, is_unfinished
from profiles.search.index import current_index, plain
from profiles.search.marks import excerpt, highlight
from profiles.search.results import EXACT, TEXT, Filters, Results
from profiles.search.suggest import near_titles, suggestions
from profiles.seo import page_meta, role_list_crumb, titled
from profiles.views.comparison_offers import compare_url
from profiles.views.forms import PAGE_SIZE, SearchForm
from profiles.views.listing import by_area
from profiles.views.profiles import profile_url

# The parameters in the order in which they stand in an address.
PARAMETERS = ("q", "area", "contexto", "rasgo", "tal", "pagina")


@dataclass(frozen=True)
class Option:
    """A choice of a filter: its value in the address, its words, how much it would leave."""

    value: str
    label: str
    chosen: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Result:
    """A profile that was found; the words asked for are cut out to be marked."""

    edition: Edition
    group: str
    name: list
    alias: list
    text: list


@require_safe
def role_list(request):
    index = current_index()
    form = SearchForm(request.GET, areas=index.areas.values(), contexts=index.contexts.values())
    page = Answered(form, index) if form.is_valid() else None
    values = {"meta": _meta(form, bool(request.GET)), "form": form, "answer": page}
    values |= _filters(form, page and page.results.count)
    response = render(request, "profiles/role_list.html", values, status=200 if page else 400)
    if settings.COUNT_SEARCHES and page:
        _count(page, index)
        # A kept page would answer the next one who asks without being counted.
        response.headers["Cache-Control"] = "no-store"
    return response


def _count(page, index):
    """Count what is missing; a page is asked for while a word is typed, too, which is no title."""
    missing = page.answer.missing
    if missing and not page.asked["pagina"] and not is_unfinished(missing, index):
        MissingTitle.objects.count_one(missing)


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
    if answer.names and (page or answer.names[0].is_exact):
        return moved_to(request, profile_url(answer.names[0].role.slug))
    if page is None:
        raise Http404(_("No hay un puesto con ese nombre."))
    if page.slug != title_slug:
        return moved_to(request, page.get_absolute_url())
    meta = page_meta(
        page.title,
        page.get_absolute_url(),
        page.description,
        title=titled(_("%(title)s: qué puesto de la guía se le parece") % {"title": page.title}),
        parents=(role_list_crumb(),),
    )
    values = {"meta": replace(meta, indexed=page.is_own), "answer": answer, "title": page.title}
    values["nearest"] = nearest_editions(answer)
    return render_page(request, "profiles/near_title.html", values)


def nearest_editions(answer):
    """Return (base edition, why it is near) of the roles nearest to a missing title."""
    return _with_editions((near.role.profiles[None].edition_id, near) for near in answer.nearest)


def _with_editions(pairs):
    """Return (edition, what was found) for (its key, what was found), as far as still public."""
    pairs = list(pairs)
    rows = Edition.objects.for_results([pk for pk, _found in pairs])
    editions = {edition.pk: edition for edition in rows}
    return [(editions[pk], found) for pk, found in pairs if pk in editions]


def _meta(form, is_asked):
    """Return the head: only the plain list is for search engines."""
    meta = page_meta(
        _("Perfiles"),
        reverse("profiles:role_list"),
        _("Todos los roles de la guía, por área, con su huella OCEAN+ y sus cinco perfiles."),
        title=_("Todos los perfiles de la Guía de Roles"),
    )
    if not is_asked:
        return meta
    title = _("Búsqueda: %(query)s") % {"query": form.typed} if form.typed else _("Perfiles")
    return replace(meta, title=titled(title), indexed=False)


class Answered:
    """What the page shows of one valid question."""

    def __init__(self, form, index):
        self.form, self.index, self.asked = form, index, form.cleaned_data
        self.answer = find(self.asked["q"], index, literal=self.asked["tal"])
        area, context = form.areas.get(self.asked["area"]), form.contexts.get(self.asked["contexto"])
        levels = dict(form.levels[value] for value in self.asked["rasgo"])
        self.filters = Filters(area and area.pk, context and context.pk, levels)
        self.results = Results(self.answer, index, self.filters)
        self.page = Paginator(self.results.hits, PAGE_SIZE).get_page(self.asked["pagina"])

    @property
    def is_plain(self):
        """Tell whether nothing was asked, so that the roles are shown by area."""
        return not any(self.asked.values()) and not self.results.more

    def groups(self):
        """Return all roles by area, in the guide's order of areas."""
        return by_area(Edition.objects.for_listing().base(), self.index.areas.values())

    @cached_property
    def shown(self):
        """The results of this page."""
        pairs = _with_editions((hit.profile.edition_id, hit) for hit in self.page)
        return [self._result(edition, hit) for edition, hit in pairs]

    def _result(self, edition, hit):
        """Return a result: where neither names nor summary tell why it is there, the text does."""
        title = self.answer.question.title
        texts = [highlight(text, title) for text in (edition.summary, edition.teaser) if text]
        text = max(texts, key=_hits, default=[])
        if hit.group == TEXT and not _hits(text):
            text = excerpt(plain(edition.body_html), title) or text
        name, alias = highlight(edition.role_name, title), highlight(hit.alias, title)
        return Result(edition, hit.group, name, alias, text)

    def names(self):
        return [result for result in self.shown if result.group != TEXT]

    def mentions(self):
        return [result for result in self.shown if result.group == TEXT]

    @property
    def name_count(self):
        return sum(hit.group != TEXT for hit in self.results.hits)

    @property
    def is_folded(self):
        """Tell whether mentions stay folded: somebody is called just so, or is near."""
        first = self.results.hits[:1]
        is_answered = self.nearest or (first and first[0].group == EXACT)
        return bool(is_answered) and not self.asked["pagina"]

    @cached_property
    def nearest(self):
        return nearest_editions(self.answer) if self.answer.missing else []

    def near_page(self):
        """Return the page of the missing title, if an editor wrote about it."""
        return near_titles(self.index).get(slugify(self.answer.near_title))

    def comparison_url(self):
        """Return the address of the comparison that the question asks for, or nothing."""
        roles, size = self.answer.compared, self.results.size
        folder = size.slug if size else BASE_FOLDER
        return compare_url(f"{folder}/{role.slug}" for role in roles) if roles else ""

    def literal_url(self):
        """Return the same question without a better spelling."""
        return search_url(**{**self.asked, "tal": "1", "pagina": None})

    def reset_url(self):
        """Return the same words without filters, where there are filters."""
        return search_url(q=self.asked["q"]) if self.filters != Filters() else ""

    def previous_url(self):
        return self._page_url(-1) if self.page.has_previous() else ""

    def next_url(self):
        return self._page_url(1) if self.page.has_next() else ""

    def _page_url(self, step):
        return search_url(**{**self.asked, "pagina": self.page.number + step})


def search_url(**asked):
    """Return the address of a question, without what was not asked."""
    parameters = QueryDict(mutable=True)
    for name in PARAMETERS:
        if value := asked.get(name):
            parameters.setlist(name, value if isinstance(value, list) else [value])
    encoded = parameters.urlencode(safe=":")
    return reverse("profiles:role_list") + (f"?{encoded}" if encoded else "")


def _hits(pieces):
    return sum(piece.hit for piece in pieces)


def _filters(form, count):
    """Return the choices of each filter with what each would leave, and the chips of those set."""
    asked = form.cleaned_data if form.is_valid() else {}

    def option(name, value, label, *key):
        chosen = asked.get(name, ())
        chosen = value in chosen if isinstance(chosen, list) else value == chosen
        return Option(value, str(label), chosen, count and count[key])

    areas = [option("area", slug, row, "area", row.pk) for slug, row in form.areas.items()]
    sizes = [option("contexto", slug, row, "context", row.pk) for slug, row in form.contexts.items()]
    traits, chosen = {}, []
    for value, (code, level) in form.levels.items():
        each = option("rasgo", value, f"{code.label}: {level.label}", code.value, level.value)
        chosen += [each] if each.chosen else []
        traits.setdefault(code.label, []).extend([] if each.chosen or each.count == 0 else [each])
    chips = [("area", each) for each in areas] + [("contexto", each) for each in sizes]
    return {
        "areas": areas,
        "contexts": [option("contexto", "", _("Perfil base"), "context", None), *sizes],
        "traits": list(traits.items()),
        "chosen": chosen,
        "chips": [
            (each.label, _without(asked, name, each.value))
            for name, each in [*chips, *(("rasgo", each) for each in chosen)]
            if each.chosen
        ],
    }


def _without(asked, name, value):
    """Return the address without one choice of a filter."""
    left = [other for other in asked["rasgo"] if other != value] if name == "rasgo" else None
    return search_url(**{**asked, name: left, "pagina": None})
