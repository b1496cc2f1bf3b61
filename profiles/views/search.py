"""The list of roles and the search in it: one address, one form, plain GET."""

from dataclasses import dataclass, replace
from functools import cached_property

from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from profiles.search import find
from profiles.choices import Level, TraitCode
from profiles.forms import PAGE_SIZE, SearchForm
from profiles.models import Area, Context, Edition
from profiles.search.words import Piece, Query, excerpt, highlight
from profiles.search.results import Filters, Results as Found
from profiles.seo import page_meta, titled
from profiles.views.listing import by_area

# The parameters in the order in which they stand in an address.
PARAMETERS = ("q", "area", "contexto", "rasgo", "pagina")


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
    name: list[Piece]
    alias: list[Piece]
    text: list[Piece]


@require_safe
def role_list(request):
    areas = Area.objects.only("slug", "name", "order")
    contexts = Context.objects.only("slug", "name", "order")
    form = SearchForm(request.GET, areas=areas, contexts=contexts)
    values = {"meta": _meta(form, bool(request.GET)), "form": form}
    if not form.is_valid():
        options = _options(form, Filters(), Found([]))
        return render(request, "profiles/role_list.html", values | options, status=400)
    answer = Answer(form)
    values |= {"answer": answer, **_options(form, answer.filters, answer.shown)}
    return render(request, "profiles/role_list.html", values)


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


class Answer:
    """What the page shows of one valid question."""

    def __init__(self, form):
        self.form, self.asked = form, form.cleaned_data
        self.query = Query(self.asked["q"])
        self.filters = _filters(form)
        self.named = [size for size in form.contexts.values() if self.query.names(size.name)]
        self.found = self._find(self.query)
        if not self.found.complete and self._bare(self.query).words and self.named:
            # No profile has the word of a size: it is a filter, which the answer offers.
            self.query = self._bare(self.query)
            self.found = self._find(self.query)
        self.shown, self.shown_query = self.found, self.query
        self.suggestion = self._suggest()
        if self.is_corrected:
            self.shown_query = Query(self.suggestion)
            self.shown = self._find(self.shown_query)

    def _find(self, query):
        contexts = [context.pk for context in self.form.contexts.values()]
        return search_index.find(query, self.filters, contexts, self.form.areas.values())

    def _bare(self, query):
        """Return ``query`` without the sizes that were asked for."""
        return query.without(size.name for size in self.named)

    def _suggest(self):
        """Return a better spelling of the question, or nothing."""
        if not self._bare(self.query).words:
            return ""
        if not self.found.complete:
            return search_corrections.suggest(self.query, self.form.areas.values())
        first = self.found.matches[0].name if self.found.matches else ""
        return first.lower() if is_misspelt(self.query.text, first) else ""

    @property
    def is_corrected(self):
        """Tell whether what is shown answers the better spelling."""
        return bool(self.suggestion) and not self.found.complete

    @property
    def is_plain(self):
        """Tell whether nothing was asked, so that the roles are shown by area."""
        return not any(self.asked.values()) and not self.found.more

    @cached_property
    def page(self):
        return Paginator(self.shown.matches, PAGE_SIZE).get_page(self.asked["pagina"])

    @cached_property
    def groups(self):
        """All roles by area, in the guide's order of areas."""
        return by_area(Edition.objects.for_listing().base(), self.form.areas.values())

    @cached_property
    def results(self):
        pks = [match.edition_id for match in self.page]
        editions = {edition.pk: edition for edition in Edition.objects.for_results(pks)}
        roles = [edition.role_id for edition in editions.values()]
        aliases = dict(Edition.objects.aliases_of(roles)) if self.query.words else {}
        query = self.shown_query
        return [
            _result(editions[pk], query, aliases.get(editions[pk].role_id, ()))
            for pk in pks
            if pk in editions
        ]

    @property
    def headline(self):
        """Say in one sentence what was found."""
        count = 0 if self.is_corrected else len(self.found.matches)
        if self.found.more:
            words = _("Más de %(count)s perfiles; sumá una palabra o un filtro")
        elif count:
            words = ngettext("%(count)s perfil", "%(count)s perfiles", count)
        else:
            words = _("Ningún perfil")
        about = _(" para «%(query)s»") % {"query": self.asked["q"]} if self.query.words else ""
        return words % {"count": count} + about

    @property
    def notes(self):
        """What a reader should know about how the question was taken."""
        if self.query.is_cut:
            yield _("Contamos las primeras ocho palabras.")
        if self.query.text and not self.query.words:
            yield _("Escribí el nombre de un puesto o una palabra de su trabajo.")
        elif self.found.matches and not self.found.complete and not self.suggestion:
            yield _("Ningún perfil tiene todas las palabras; estos tienen algunas.")

    @property
    def sizes(self):
        """Yield (name, address) of the sizes that were asked for as words, to be chosen instead."""
        words = self._bare(self.shown_query)
        counts = self.shown.contexts if words.words == self.shown_query.words else None
        for size in self.named:
            is_empty = counts is not None and not counts[size.pk]
            if size.pk != self.filters.context_id and not is_empty:
                asked = {**self.asked, "q": words.text, "contexto": size.slug, "pagina": None}
                yield size.name, search_url(**asked)

    @property
    def suggestion_url(self):
        return search_url(**{**self.asked, "q": self.suggestion, "pagina": None})

    @property
    def wider_url(self):
        """The same words without filters, where that finds something."""
        in_base = self.found.contexts and self.found.contexts[None]
        has_more = self.found.unfiltered or in_base
        return self.reset_url if has_more else ""

    @property
    def reset_url(self):
        """The same words without filters, where there are filters."""
        return "" if self.filters.is_empty else search_url(q=self.asked["q"])

    @property
    def previous_url(self):
        return self._page_url(-1) if self.page.has_previous() else ""

    @property
    def next_url(self):
        return self._page_url(1) if self.page.has_next() else ""

    def _page_url(self, step):
        return search_url(**{**self.asked, "pagina": self.page.number + step})


def _filters(form):
    area = form.areas.get(form.cleaned_data["area"])
    context = form.contexts.get(form.cleaned_data["contexto"])
    levels = dict(form.levels[value] for value in form.cleaned_data["rasgo"])
    return Filters(area and area.pk, context and context.pk, levels)


def search_url(**asked):
    """Return the address of a question, without what was not asked."""
    parameters = QueryDict(mutable=True)
    for name in PARAMETERS:
        value = asked.get(name)
        if value:
            parameters.setlist(name, value if isinstance(value, list) else [value])
    encoded = parameters.urlencode(safe=":")
    return reverse("profiles:role_list") + (f"?{encoded}" if encoded else "")


def _result(edition, query, aliases):
    """Return a result: where neither names nor summary tell why it is there, the text does."""
    name = highlight(edition.role_name, query)
    marked = [highlight(alias, query) for alias in aliases]
    alias = max(marked, key=_hits, default=[])
    own = [highlight(text, query) for text in (edition.summary, edition.teaser) if text]
    text = max(own, key=_hits, default=[])
    if not any(map(_hits, (name, alias, text))):
        text = excerpt(search_index.body_text(edition), query) or text
    return Result(edition, name, alias if _hits(alias) > _hits(name) else [], text)


def _hits(pieces):
    return sum(piece.hit for piece in pieces)


def _options(form, filters, found):
    """Return the choices of each filter, with counts where all matches are known."""
    areas = [
        Option(slug, area.name, area.pk == filters.area_id, _count(found, "areas", area.pk))
        for slug, area in form.areas.items()
    ]
    contexts = [
        Option(slug, row.name, row.pk == filters.context_id, _count(found, "contexts", row.pk))
        for slug, row in form.contexts.items()
    ]
    base = Option("", _("Perfil base"), not filters.context_id, _count(found, "contexts", None))
    traits = [(code.label, _levels(form, code, filters, found)) for code in TraitCode]
    chosen = [option for _label, options in traits for option in options if option.chosen]
    return {
        "areas": areas,
        "contexts": [base, *contexts],
        "traits": [(label, [o for o in options if not o.chosen]) for label, options in traits],
        "chosen": chosen,
    }


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
    counts = getattr(found, kind)
    return None if counts is None else counts[key]
