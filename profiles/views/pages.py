"""Home and the pages of the shared vocabulary."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.area_contrast import contrasts, range_cells
from profiles.charts import band
from profiles.choices import TraitCode
from profiles.context_effects import context_effects
from profiles.models import Archetype, Area, Context, Edition, Page, Source, Trait
from profiles.seo import page_meta
from profiles.trait_ranking import most_and_least
from profiles.views.profiles import by_area

METHOD_SLUG = "metodologia"


@require_safe
def home(request):
    meta = page_meta(
        "Guía de Roles",
        reverse("profiles:home"),
        _(
            "Qué pide cada puesto según el tamaño de la empresa: rasgos OCEAN+, señales "
            "observables y preguntas de entrevista con respuestas ancladas."
        ),
        title=_("Guía de Roles: perfiles OCEAN+ y entrevistas"),
    )
    values = {
        "meta": meta,
        "contexts": Context.objects.all(),
        "groups": by_area(Edition.objects.for_listing().base()),
    }
    return render(request, "pages/home.html", values)


@require_safe
def context_detail(request, context_slug):
    contexts = list(Context.objects.all())
    context = next((row for row in contexts if row.slug == context_slug), None)
    if context is None:
        raise Http404(_("No hay un tamaño de empresa en esta dirección."))
    editions = list(Edition.objects.for_listing().with_bases(context))
    name = _("Roles en %(context)s") % {"context": context.name}
    meta = page_meta(context.name, request.path, context.summary, title=f"{name} | Guía de Roles")
    values = {
        "meta": meta,
        "context": context,
        "contexts": contexts,
        "effects": context_effects(editions, Trait.objects.for_row()),
        "groups": by_area([edition for edition in editions if edition.context_id]),
    }
    return render(request, "profiles/context_detail.html", values)


@require_safe
def area_detail(request, area_slug):
    area = get_object_or_404(Area, slug=area_slug)
    editions = list(Edition.objects.for_listing().base().filter(area=area))
    meta = page_meta(area.name, request.path, area.summary, parents=(_role_list_crumb(),))
    values = {
        "meta": meta,
        "area": area,
        "codes": TraitCode,
        "rows": [(edition, range_cells(edition)) for edition in editions],
        "contrasts": contrasts(editions),
    }
    return render(request, "profiles/area_detail.html", values)


def _role_list_crumb():
    return (_("Perfiles"), reverse("profiles:role_list"))


@require_safe
def trait_list(request):
    meta = page_meta(
        _("Rasgos OCEAN+"),
        request.path,
        _("Los seis rasgos de la guía: qué son, para qué sirve cada extremo y qué cuesta."),
    )
    traits = Trait.objects.all()
    return render(request, "profiles/trait_list.html", {"meta": meta, "traits": traits})


@require_safe
def trait_detail(request, trait_slug):
    trait = get_object_or_404(Trait, slug=trait_slug)
    crumb = (_("Rasgos OCEAN+"), reverse("profiles:trait_list"))
    meta = page_meta(trait.name, request.path, trait.summary, parents=(crumb,))
    most, least = most_and_least(Edition.objects.for_listing().base(), trait.code)
    values = {
        "meta": meta,
        "trait": trait,
        "most": _with_bands(most, trait),
        "least": _with_bands(least, trait),
    }
    return render(request, "profiles/trait_detail.html", values)


def _with_bands(ranked, trait):
    """Return (edition, level, range, chart) for each row of a trait's ranking."""
    return [(*row, band(trait.code, row[0].ranges[trait.code])) for row in ranked]


@require_safe
def archetype_list(request):
    meta = page_meta(
        _("Arquetipos"),
        request.path,
        _("Ocho maneras de trabajar para conversar sobre un puesto, sin encasillar personas."),
    )
    archetypes = Archetype.objects.all()
    return render(request, "profiles/archetype_list.html", {"meta": meta, "archetypes": archetypes})


@require_safe
def archetype_detail(request, archetype_slug):
    archetype = get_object_or_404(Archetype, slug=archetype_slug)
    crumb = (_("Arquetipos"), reverse("profiles:archetype_list"))
    meta = page_meta(archetype.name, request.path, archetype.summary, parents=(crumb,))
    editions = list(Edition.objects.for_listing().with_archetype(archetype.slug))
    values = {
        "meta": meta,
        "archetype": archetype,
        "primary": [edition for edition in editions if edition.is_primary],
        "secondary": [edition for edition in editions if not edition.is_primary],
    }
    return render(request, "profiles/archetype_detail.html", values)


@require_safe
def method(request):
    page = get_object_or_404(Page, slug=METHOD_SLUG)
    meta = page_meta(page.name, request.path, page.summary)
    values = {"meta": meta, "page": page, "sources": Source.objects.all()}
    return render(request, "pages/method.html", values)
