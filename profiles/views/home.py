"""The start page: a question, a specimen, all roles; and the way from its question to a profile."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from profiles.documents.stored import frozen_document
from profiles.guide.rankings import Specimen, most_changed
from profiles.http import render_page
from profiles.models import Area, Context, Edition, Page
from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.words import normal
from profiles.seo.meta import latest, page_meta
from profiles.views.forms import MAX_QUESTION
from profiles.views.listing import role_groups, shown
from profiles.views.profiles import profile_url
from profiles.views.search import search_url

COVERAGE_SLUG = "portada"
# The specimen is one of so many roles, the first ones by name.
CANDIDATES = 60


def home(request):
    groups = role_groups(Edition.objects.for_listing().base(), Area.get_absolute_url)
    contexts = list(Context.objects.all())
    coverage = Page.objects.filter(slug=COVERAGE_SLUG).first()
    meta = page_meta(
        "Guía de Roles",
        reverse("profiles:home"),
        _(
            "Qué pide cada puesto según el tamaño de la empresa: rasgos OCEAN+, señales "
            "observables y preguntas de entrevista con respuestas ancladas."
        ),
        title=_("Guía de Roles: perfiles OCEAN+ y entrevistas"),
        modified=latest([*shown(groups), *contexts, *filter(None, [coverage])]),
    )
    specimen = _specimen(contexts)
    values = {
        "meta": meta,
        "contexts": contexts,
        "groups": groups,
        "count": sum(group.count for group in groups),
        "specimen": specimen,
        "example": specimen and specimen.base,
        "coverage": coverage,
    }
    return render_page(request, "pages/home.html", values)


def _specimen(contexts):
    """Return the role that changes most from the smallest to the largest size, if there is one."""
    extremes = Edition.objects.of_first_roles(CANDIDATES).filter(
        context__in=[contexts[0], contexts[-1]]
    )
    rows = extremes.order_by("role_name", "role_slug", "context__order")
    slug = most_changed(rows.values_list("role_slug", "ranges"))
    base, *sizes = Edition.objects.for_all_sizes(slug) if slug else [None]
    if base is None or base.context_id:
        return None
    return Specimen(base, sizes, frozen_document(base).questions[0])


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
    return redirect(search_url(q=typed, contexto=size and size.slug))
