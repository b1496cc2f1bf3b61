"""Roles and their profiles."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.choices import Level
from profiles.documents.text import sentences
from profiles.exports.markdown import render_profile
from profiles.exports.profile_json import render_json
from profiles.guide.comparison import Place
from profiles.guide.pairs import pairs_of
from profiles.guide.traits import range_words
from profiles.models import Edition
from profiles.models.profile import profile_url
from profiles.seo.meta import profile_meta
from profiles.views.http import render_page
from profiles.views.shelf import follow_shelf, profile_page


@follow_shelf
def role_detail(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    return render_page(request, profile_template(page), profile_values(page))


role_in_context = role_detail


@follow_shelf
def profile_document(request, role_slug, extension, context_slug=None):
    """A profile as a program or another tool reads it."""
    page = profile_page(role_slug, context_slug)
    if extension == "json":
        content, content_type = render_json(page), "application/json"
    else:
        # Only the base profile names the role's neighbours.
        related = [] if page.context else _related(page, _neighbours(page))
        content, content_type = render_profile(page, related), "text/markdown; charset=utf-8"
    return HttpResponse(content, content_type, headers=copy_headers(page.path))


def copy_headers(path):
    """Return what tells search engines that the page at ``path`` is the original."""
    return {"Link": f'<{settings.SITE_URL}{path}>; rel="canonical"', "X-Robots-Tag": "noindex"}


def profile_template(page):
    return "profiles/role_in_context.html" if page.context else "profiles/role_detail.html"


def profile_values(page):
    role_slug, neighbours = page.facts.slug, _neighbours(page)
    siblings = [edition for edition in neighbours if edition.role_slug == role_slug]
    others = [edition for edition in siblings if edition.context != page.context]
    place = [page.context.slug, role_slug] if page.context else [role_slug]
    pairs = pairs_of(role_slug, _bases(neighbours))
    return {
        "meta": profile_meta(page),
        "page": page,
        "legend": _legend(page),
        "own_title": _("Propias de %(context)s") % {"context": page.context},
        "base_title": _("Del perfil base"),
        "sizes": [(edition, edition.get_absolute_url()) for edition in siblings],
        "others": others,
        "levels": list(Level),
        "trait_rows": [(row, _elsewhere(row.trait.code, others)) for row in page.trait_rows],
        "behaviours": (
            ("strengths", _("Fortalezas"), page.strengths),
            ("red-flags", _("Señales de Alerta"), page.red_flags),
        ),
        "base_url": profile_url(role_slug),
        "kit_url": reverse("profiles:interview_kit", args=place),
        "pack_url": reverse("profiles:hiring_pack", args=place),
        "sizes_url": reverse("profiles:context_shift", args=[role_slug]),
        "compare_url": f"{reverse('profiles:compare')}?perfil={Place.of(page)}",
        "related": [
            _beside(*row, pairs.get(row[0].role_slug)) for row in _related(page, neighbours)
        ],
    }


def _legend(page):
    """Say how to read the charts of a profile."""
    if page.base:
        return _("La banda llena es el rango para este tamaño; la hueca, el del perfil base.")
    words = _("La banda es el rango que mejor le va al puesto.")
    if page.is_rated:
        words += _(" La marca de abajo es el percentil de su ocupación en O*NET")
        words += _(" (la más cercana).") if page.facts.codes.onet_soc.approximate else "."
    return words


def _elsewhere(code, editions):
    """Return (size, range in words) of one trait in other profiles of the role."""
    return [
        (edition.context or _("Base"), range_words(*edition.ranges[code])) for edition in editions
    ]


def _neighbours(page):
    """Return the editions that a profile's page leads to, as cards show them."""
    related = [item.role for item in page.facts.related]
    return list(Edition.objects.for_listing().for_neighbours(page.facts.slug, related))


def _related(page, neighbours):
    bases = {edition.role_slug: edition for edition in _bases(neighbours)}
    return [(bases[i.role], i.difference) for i in page.facts.related if i.role in bases]


def _beside(edition, difference, pair):
    """Return a neighbour, how it differs, and the page of both, if there is one: it says more."""
    return edition, "".join(sentences(difference)[:1]) if pair else difference, pair


def _bases(editions):
    return [edition for edition in editions if edition.context_id is None]
