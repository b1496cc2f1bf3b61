"""The start page and the way from its question, the general kit, the vocabulary's pages."""

from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from profiles.documents.choices import TraitCode
from profiles.documents.stored import frozen_document
from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS
from profiles.exports.general_kit import general_interview, general_sheet
from profiles.guide.benchmark import agreement
from profiles.guide.rankings import (
    SHOWN_ROLES,
    context_effects,
    contrasts,
    largest_move,
    most_and_least,
    most_changed,
)
from profiles.models import Archetype, Area, Context, Edition, Page, Source, Trait
from profiles.models.querysets import BY_SIZE
from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.words import normal
from profiles.seo.meta import PageMeta, first_fitting, role_list_crumb
from profiles.seo.social import SocialCard
from profiles.seo.structured_data import item_list
from profiles.views.http import render_page
from profiles.views.listing import BY_NAME, page_of, plate, role_groups, shown
from profiles.views.pack import file_response, tools
from profiles.views.profiles import profile_url
from profiles.views.search.forms import MAX_QUESTION, search_url
from profiles.views.search.missing_titles import own_pages

COVERAGE_SLUG = "portada"
# The specimen is one of so many roles, the first ones by name.
CANDIDATES = 60
# The general kit's page is the way to so many pages of missing titles.
MAX_TITLES = 600


def home(request):
    groups = role_groups(Edition.objects.for_listing().base(), Area.get_absolute_url)
    contexts = list(Context.objects.all())
    coverage = Page.objects.filter(slug=COVERAGE_SLUG).first()
    meta = PageMeta(
        "Guía de Roles",
        reverse("profiles:home"),
        _(
            "Qué pide cada puesto según el tamaño de la empresa: rasgos OCEAN+, señales "
            "observables y preguntas de entrevista con respuestas ancladas."
        ),
        title=_("Guía de Roles: perfiles OCEAN+ y entrevistas"),
        card=SocialCard(
            _("¿A quién buscás?"), _("Qué buscar, qué preguntar y cómo suena una buena respuesta.")
        ),
    )
    specimen = _specimen(contexts)
    values = {
        "meta": meta,
        "contexts": contexts,
        "groups": groups,
        "count": sum(group.count for group in groups),
        "specimen": specimen,
        "example": specimen and specimen["base"],
        "coverage": coverage,
    }
    return render_page(request, "pages/home.html", values)


def _specimen(contexts):
    """Return the role that changes most from the smallest to the largest size, if there is one."""
    extremes = Edition.objects.of_first_roles(CANDIDATES).filter(
        context__in=[contexts[0], contexts[-1]]
    )
    rows = extremes.order_by("role_name", "role_slug", *BY_SIZE)
    slug = most_changed(rows.values_list("role_slug", "ranges"))
    base, *sizes = Edition.objects.for_all_sizes(slug) if slug else [None]
    if base is None or base.context_id:
        return None
    return {
        "base": base,
        "sizes": sizes,
        "question": frozen_document(base).questions[0],
        "codes": TraitCode,
        "words": largest_move(sizes[0], sizes[-1]),
    }


@never_cache
def find_role(request):
    """Lead to the profile that is asked for; what names no single role is searched for."""
    index = current_index()
    typed = normal(request.GET.get("q", "")[:MAX_QUESTION]).strip()
    answer = find(typed, index)
    size = index.contexts.get(request.GET.get("tamano")) or answer.question.size
    named = [found.role for found in answer.names if found.is_exact]
    if len(named) == 1 and not answer.correction:
        is_public = size and size.pk in named[0].profiles
        return redirect(profile_url(named[0].slug, size.slug if is_public else None))
    if size and not typed:
        return redirect(size)
    # A size in the words is found by them: it is no filter.
    return redirect(search_url(q=typed, contexto="" if size is answer.question.size else size.slug))


def general_document(request, extension):
    path = reverse("profiles:general_kit")
    made = general_sheet()
    content = general_interview() if extension in ROW_FORMATS else made
    return file_response(
        request, content, path, f"{made.file_stem}.{extension}", KIT_FORMATS[extension]
    )


def general_kit(request):
    sheet, path = general_sheet(), reverse("profiles:general_kit")
    meta = PageMeta(
        sheet.title,
        path,
        _("Doce preguntas de entrevista para cualquier puesto, dos por rasgo, con anclas."),
        title=_("Entrevista general: preguntas para cualquier puesto"),
    )
    values = {
        "meta": meta,
        "sheet": sheet,
        "titles": own_pages(current_index())[:MAX_TITLES],
        "tools": tools(request, path, KIT_FORMATS, []),
    }
    return render_page(request, "profiles/sheets/general_kit.html", values)


METHOD_SLUG = "metodologia"


def context_detail(request, context_slug):
    contexts = list(Context.objects.all())
    context = next((row for row in contexts if row.slug == context_slug), None)
    if context is None:
        raise Http404(_("No hay un tamaño de empresa en esta dirección."))
    groups = role_groups(
        Edition.objects.for_listing().filter(context=context),
        lambda area: search_url(area=area.slug, contexto=context.slug),
    )
    own = shown(groups)
    bases = list(Edition.objects.for_bases_of(own))
    name = _("Roles en %(context)s") % {"context": context.name}
    meta = PageMeta(
        context.name,
        request.path,
        context.summary,
        title=first_fitting(
            _("%(name)s: qué cambia y qué piden | Guía de Roles") % {"name": name}, name
        ),
        entities=(item_list(own),),
    )
    values = {
        "meta": meta,
        "context": context,
        "contexts": contexts,
        "effects": context_effects([*bases, *own], Trait.objects.for_row()),
        "groups": groups,
        "is_cut": any(group.more_url for group in groups),
    }
    return render_page(request, "profiles/context_detail.html", values)


def area_detail(request, area_slug):
    area = get_object_or_404(Area, slug=area_slug)
    roles = page_of(request, Edition.objects.for_listing().base().filter(area=area))
    name = _("Roles de %(area)s") % {"area": area.name}
    meta = PageMeta(
        area.name,
        request.path,
        area.summary,
        title=first_fitting(_("%(name)s: perfiles y entrevistas") % {"name": name}, name),
        parents=(role_list_crumb(),),
        entities=(item_list(roles),),
        # Only the beginning is for search engines; the roles are in the sitemap.
        indexed=not roles.has_previous(),
    )
    values = {
        "meta": meta,
        "area": area,
        "plate": plate(roles, partial(search_url, area=area.slug), BY_NAME),
        "page": roles,
        "contrasts": contrasts(roles),
    }
    return render_page(request, "profiles/area_detail.html", values)


def trait_list(request):
    traits = list(Trait.objects.all())
    meta = PageMeta(
        _("Rasgos OCEAN+"),
        request.path,
        _("Los seis rasgos de la guía: qué son, para qué sirve cada extremo y qué cuesta."),
        title=_("Rasgos OCEAN+: los seis que usa la Guía de Roles"),
        entities=(item_list(traits),),
    )
    return render_page(request, "profiles/traits/list.html", {"meta": meta, "traits": traits})


def trait_detail(request, trait_slug):
    trait = get_object_or_404(Trait, slug=trait_slug)
    crumb = (_("Rasgos OCEAN+"), reverse("profiles:trait_list"))
    editions = Edition.objects.for_listing().at_the_ends(trait.code, SHOWN_ROLES)
    asking = _("%(trait)s: qué es y qué roles la piden")
    if TraitCode(trait.code).is_masculine:
        asking = _("%(trait)s: qué es y qué roles lo piden")
    meta = PageMeta(
        trait.name,
        request.path,
        trait.summary,
        title=asking % {"trait": trait.name},
        parents=(crumb,),
    )
    most, least = most_and_least(editions, trait.code)
    values = {
        "meta": meta,
        "trait": trait,
        "most": most,
        "least": least,
    }
    return render_page(request, "profiles/traits/detail.html", values)


def archetype_list(request):
    archetypes = list(Archetype.objects.all())
    meta = PageMeta(
        _("Arquetipos"),
        request.path,
        _("Maneras de trabajar para conversar sobre un puesto, sin encasillar personas."),
        title=_("Arquetipos: maneras de trabajar | Guía de Roles"),
        entities=(item_list(archetypes),),
    )
    values = {"meta": meta, "archetypes": archetypes}
    return render_page(request, "profiles/archetypes/list.html", values)


def archetype_detail(request, archetype_slug):
    archetype = get_object_or_404(Archetype, slug=archetype_slug)
    crumb = (_("Arquetipos"), reverse("profiles:archetype_list"))
    roles = page_of(request, Edition.objects.for_listing().with_archetype(archetype.slug))
    meta = PageMeta(
        archetype.name,
        request.path,
        archetype.summary,
        title=_("Arquetipo %(name)s: cómo trabaja y en qué roles") % {"name": archetype.name},
        parents=(crumb,),
        entities=(item_list(roles),),
        # Only the beginning is for search engines; the roles are in the sitemap.
        indexed=not roles.has_previous(),
    )
    values = {
        "meta": meta,
        "archetype": archetype,
        "page": roles,
        "primary": [edition for edition in roles if edition.is_primary],
        "secondary": [edition for edition in roles if not edition.is_primary],
    }
    return render_page(request, "profiles/archetypes/detail.html", values)


def method(request):
    page = get_object_or_404(Page, slug=METHOD_SLUG)
    meta = PageMeta(page.name, request.path, page.summary)
    roles = Edition.objects.benchmarked()
    values = {
        "meta": meta,
        "page": page,
        "sources": Source.objects.all(),
        "agreement": agreement(roles),
    }
    return render_page(request, "pages/method.html", values)
