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
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from profiles.documents.choices import Level, TraitCode
from profiles.guide.comparison import BASE_FOLDER, Place
from profiles.http import moved_to, render_page
from profiles.models import Edition, MissingTitle
from profiles.search.find import find, is_unfinished
from profiles.search.index import current_index
from profiles.search.results import EXACT, TEXT, Filters, Results
from profiles.search.suggest import near_titles, suggestions
from profiles.search.texts import plain
from profiles.search.words import Piece, Query, excerpt, highlight
from profiles.seo import page_meta, role_list_crumb, titled
from profiles.views.comparison_offers import comparison_url
from profiles.views.forms import PAGE_SIZE, SearchForm
from profiles.views.plate import plate_page
from profiles.views.profiles import profile_url
from profiles.views.shelf import Moved, missing_page

# The parameters in the order in which they stand in an address.
PARAMETERS = ("q", "area", "contexto", "rasgo", "orden", "tal", "pagina")


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
    name: list[Piece]
    alias: list[Piece]
    text: list[Piece]


@require_safe
def role_list(request):
    index = current_index()
    form = SearchForm(request.GET, areas=index.areas.values(), contexts=index.contexts.values())
    values = {"meta": _meta(form, bool(request.GET)), "form": form}
    if not form.is_valid():
        values |= _options(form, Filters(), None)
        return render(request, "profiles/role_list.html", values, status=400)
    page = Answered(form, index)
    # A page is asked for while its question is typed, too: half a word is no title.
    is_counted = settings.COUNT_SEARCHES and not page.asked["pagina"]
    if is_counted and page.answer.missing and not is_unfinished(page.answer.missing):
        MissingTitle.objects.count_one(page.answer.missing)
    values |= {"answer": page, **_options(form, page.results.filters, page.results)}
    return render(request, "profiles/role_list.html", values)


@require_safe
def suggest(request):
    """Return what a question that is being typed may become, for the script of the search box."""
    options = suggestions(request.GET.get("q", "")[:100], current_index())
    return JsonResponse({"options": options}, headers={"X-Robots-Tag": "noindex"})


@require_safe
def near_title(request, title_slug):
    """A title that the guide does not have, with the roles that are nearest to it."""
    index = current_index()
    page = near_titles(index).get(title_slug)
    if page is None:
        return _role_called(request, title_slug)
    if page.slug != title_slug:
        return moved_to(request, page.get_absolute_url())
    answer = find(page.title, index)
    if answer.names:
        return moved_to(request, profile_url(answer.names[0].role.slug))
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


def _role_called(request, slug):
    """Redirect to the public role whose address or other name ``slug`` is."""
    if Edition.objects.published().base().filter(role_slug=slug).exists():
        return moved_to(request, profile_url(slug))
    if isinstance(reason := missing_page(slug), Moved):
        return moved_to(request, profile_url(reason.role_slug))
    raise Http404(_("No hay un puesto con ese nombre."))


def nearest_editions(answer):
    """Return (base edition, why it is near) of the roles nearest to a missing title."""
    pks = [near.role.profiles[None].edition_id for near in answer.nearest]
    editions = {edition.pk: edition for edition in Edition.objects.for_results(pks)}
    pairs = zip(pks, answer.nearest, strict=True)
    return [(editions[pk], near) for pk, near in pairs if pk in editions]


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
        self.question = self.answer.question
        self.results = Results(self.answer, index, _filters(form))
        self.query = Query(self.question.title)

    @cached_property
    def plate(self):
        """The roles under each other on one scale, where no words are asked for."""
        if self.asked["q"]:
            return None
        filters, order = self.results.filters, self.asked["orden"]
        found = [hit.profile.edition_id for hit in self.results.hits] if filters.levels else None
        editions = Edition.objects.for_plate(filters.context_id, filters.area_id, among=found)
        return plate_page(editions, self._url, order, self.asked["pagina"])

    @cached_property
    def page(self):
        return Paginator(self.results.hits, PAGE_SIZE).get_page(self.asked["pagina"])

    @cached_property
    def shown(self):
        """The results of this page."""
        pks = [hit.profile.edition_id for hit in self.page]
        editions = {edition.pk: edition for edition in Edition.objects.for_results(pks)}
        pairs = zip(pks, self.page, strict=True)
        return [self._result(editions[pk], hit) for pk, hit in pairs if pk in editions]

    def _result(self, edition, hit):
        """Return a result: where neither names nor summary tell why it is there, the text does."""
        name = highlight(edition.role_name, self.query)
        texts = [highlight(text, self.query) for text in (edition.summary, edition.teaser) if text]
        text = max(texts, key=_hits, default=[])
        if hit.group == TEXT and not _hits(text):
            text = excerpt(plain(edition.body_html), self.query) or text
        return Result(edition, hit.group, name, highlight(hit.alias, self.query), text)

    @property
    def names(self):
        return [result for result in self.shown if result.group != TEXT]

    @property
    def mentions(self):
        return [result for result in self.shown if result.group == TEXT]

    @property
    def is_folded(self):
        """Tell whether mentions stay folded: somebody is called just so, or is near."""
        first = self.results.hits[:1]
        is_answered = self.nearest or (first and first[0].group == EXACT)
        return bool(is_answered) and not self.asked["pagina"]

    @cached_property
    def nearest(self):
        return nearest_editions(self.answer) if self.answer.missing else []

    @property
    def headline(self):
        """Say in one sentence what was found."""
        count = sum(hit.group != TEXT for hit in self.results.hits)
        if self.plate:
            count = self.plate.page.paginator.count
        if self.answer.missing and not count:
            return _("«%(title)s» todavía no está en la guía") % {"title": self.missing}
        if self.results.more and not self.plate:
            words = _("Más de %(count)s perfiles; sumá una palabra o un filtro")
        elif count:
            words = ngettext("%(count)s perfil", "%(count)s perfiles", count)
        elif self.results.hits:
            words = _("Ningún puesto se llama así")
        else:
            words = _("Ningún perfil")
        asked = self.answer.correction or self.asked["q"]
        about = _(" para «%(query)s»") % {"query": asked} if asked else ""
        return words % {"count": count or len(self.results.hits)} + about

    @property
    def missing(self):
        title = self.answer.missing
        return title[:1].upper() + title[1:]

    @property
    def near_page(self):
        """The page of the missing title, if an editor wrote about it."""
        return near_titles(self.index).get(slugify(self.answer.near_title))

    @property
    def notes(self):
        """What a reader should know about how the question was taken: (text, link, address)."""
        size, told = self.results.size, self.question.told
        if self.question.is_cut:
            yield _("Contamos las primeras ocho palabras."), "", ""
        if size:
            words = _("%(size)s: %(range)s personas.") % {
                "size": size,
                "range": size.employee_range,
            }
            url = (
                search_url(q=self.question.title)
                if self.question.title
                else size.get_absolute_url()
            )
            yield (
                words,
                _("Ver el perfil base") if self.question.title else _("Qué cambia acá"),
                url,
            )
        for trait, level in self.question.traits:
            yield _("Rasgo:"), trait.name, trait.get_absolute_url()
            if level:
                words = {"trait": trait.name, "level": level.replace("-", " ")}
                url = search_url(rasgo=[f"{trait.code}:{level}"])
                yield _("Perfiles que piden"), _("%(trait)s %(level)s") % words, url
        for area in self.answer.areas:
            yield _("Área:"), area.name, area.get_absolute_url()
        if "pay" in told:
            yield _("La guía no publica sueldos."), "", ""
        if "interview" in told and self.answer.names:
            role = self.answer.names[0].role
            url = reverse("profiles:interview_kit", args=[role.slug])
            yield "", _("Guía de entrevista de %(role)s") % {"role": role.name}, url

    @property
    def comparison(self):
        """The comparison that the question asks for: (names, address)."""
        roles = self.answer.compared
        folder = self.results.size.slug if self.results.size else BASE_FOLDER
        url = comparison_url([Place(folder, role.slug) for role in roles]) if roles else ""
        return [role.name for role in roles], url

    @property
    def literal_url(self):
        """The same question without a better spelling."""
        return search_url(**{**self.asked, "tal": "1", "pagina": None})

    @property
    def reset_url(self):
        """The same words without filters, where there are filters."""
        return "" if self.results.filters.is_empty else search_url(q=self.asked["q"])

    @property
    def previous_url(self):
        return self._url(pagina=self.page.number - 1) if self.page.has_previous() else ""

    @property
    def next_url(self):
        return self._url(pagina=self.page.number + 1) if self.page.has_next() else ""

    def _url(self, **changes):
        return search_url(**{**self.asked, "pagina": None, **changes})


def _filters(form):
    area = form.areas.get(form.cleaned_data["area"])
    context = form.contexts.get(form.cleaned_data["contexto"])
    levels = dict(form.levels[value] for value in form.cleaned_data["rasgo"])
    return Filters(area and area.pk, context and context.pk, levels)


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


def _options(form, filters, found):
    """Return the choices of each filter, with counts where all matches are known, and the chips."""
    areas = [
        Option(slug, area.name, area.pk == filters.area_id, _count(found, "areas", area.pk))
        for slug, area in form.areas.items()
    ]
    traits = [(code.label, _levels(form, code, filters, found)) for code in TraitCode]
    chosen = [option for _label, options in traits for option in options if option.chosen]
    asked = form.cleaned_data if form.is_valid() else {}
    return {
        "areas": areas,
        "size": asked.get("contexto", ""),
        "sizes": _sizes(form, asked),
        "order": asked.get("orden", ""),
        "traits": [(label, [o for o in options if not o.chosen]) for label, options in traits],
        "chosen": chosen,
        "chips": [
            *_chips(asked, "area", areas),
            *_chips(asked, "rasgo", chosen),
        ],
    }


def _sizes(form, asked):
    """Return (name, address, whether it is shown) of the base profiles and of each size."""
    names = {"": _("Perfil base"), **{slug: row.name for slug, row in form.contexts.items()}}
    chosen = asked.get("contexto", "")
    return [
        (name, search_url(**{**asked, "contexto": slug, "pagina": None}), slug == chosen)
        for slug, name in names.items()
    ]


def _chips(asked, name, options):
    """Yield (label, address without it) of each filter that is set."""
    for option in options:
        if option.chosen:
            left = [value for value in asked["rasgo"] if value != option.value]
            without = {"rasgo": left} if name == "rasgo" else {name: None}
            yield option.label, search_url(**{**asked, **without, "pagina": None})


def _levels(form, code, filters, found):
    """Return the levels of one trait that would leave something."""
    options = []
    for value, (trait, level) in form.levels.items():
        count = _count(found, "levels", (code.value, level.value))
        chosen = filters.levels.get(code) == level
        if trait is code and (chosen or count != 0):
            label = f"{code.label}: {Level(level).label}"
            options.append(Option(value, label, chosen, count))
    return options


def _count(found, kind, key):
    """Return how much a choice would leave, or None where that is unknown."""
    counts = getattr(found, kind, None)
    return None if counts is None else counts[key]
