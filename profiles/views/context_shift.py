"""One role over all company sizes: what changes, by how much and why."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.guide.comparison import Place, by_size
from profiles.models import Edition
from profiles.models.shelf import profile_url
from profiles.seo.meta import DESCRIPTION_LIMIT, first_fitting, page_meta, role_list_crumb
from profiles.views.comparison_offers import compare_url
from profiles.views.shelf import follow_shelf, missing_page, profile_pages


@require_safe
@follow_shelf
def context_shift(request, role_slug):
    pages = profile_pages(Edition.objects.for_all_sizes(role_slug))
    if not pages:
        raise missing_page(role_slug)
    if len(pages) == 1:
        raise Http404(_("Este rol tiene un solo perfil publicado."))
    traits = by_size(pages)
    values = {
        "meta": _shift_meta(request.path, pages),
        "page": pages[0],
        "links": [(cell.column, _url(cell.column.page)) for cell in traits[0].cells],
        "sizes": [(page, _url(page)) for page in pages if page.context],
        "traits": traits,
        "compare_url": compare_url([Place.of(pages[0])]),
    }
    return render(request, "profiles/context_shift.html", values)


def _url(page):
    return profile_url(page.facts.slug, page.context.slug if page.context else None)


def _shift_meta(path, pages):
    facts = pages[0].facts
    titles = (
        _("%(role)s: qué cambia según el tamaño | Guía de Roles"),
        _("%(role)s: qué cambia según el tamaño"),
        _("%(role)s según el tamaño"),
    )
    return page_meta(
        _("Según el tamaño"),
        path,
        _shift_description(facts.name, pages),
        title=first_fitting(*(title % {"role": facts.name} for title in titles)),
        parents=(
            role_list_crumb(),
            (facts.name, reverse("profiles:role_detail", args=[facts.slug])),
        ),
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
