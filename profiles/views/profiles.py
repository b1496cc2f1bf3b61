"""Roles and their profiles."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from profiles.http import render_page
from profiles.models import Archetype, Edition
from profiles.seo import profile_meta
from profiles.views.shelf import Gone, Moved, profile_page

_SHARED_SECTIONS = (
    ("perfil-ocean", gettext_lazy("Perfil OCEAN+ Ideal")),
    ("fortalezas-y-alertas", gettext_lazy("Fortalezas y Señales de Alerta")),
    ("preguntas", gettext_lazy("Preguntas de Entrevista")),
    ("mas-sobre", gettext_lazy("Más sobre el rol")),
    ("otros-contextos", gettext_lazy("Otros contextos")),
)
SECTIONS = {
    "base": (("el-puesto", gettext_lazy("El puesto")), *_SHARED_SECTIONS),
    "context": (("que-cambia", gettext_lazy("Qué cambia acá")), *_SHARED_SECTIONS),
}


@require_safe
def role_detail(request, role_slug):
    return _profile(request, role_slug)


@require_safe
def role_in_context(request, context_slug, role_slug):
    return _profile(request, role_slug, context_slug)


def _profile(request, role_slug, context_slug=None):
    try:
        page = profile_page(role_slug, context_slug)
    except Moved as moved:
        return redirect(profile_url(moved.role_slug, context_slug), permanent=True)
    except Gone:
        return render(request, "410.html", {"meta": None}, status=410)
    return render_page(request, profile_template(page), profile_values(page, request.path))


def profile_template(page):
    """Return the name of the template of a profile's page."""
    return "profiles/role_in_context.html" if page.context else "profiles/role_detail.html"


def profile_values(page, path):
    """Return what the template of a profile's page prints, at ``path``."""
    role_slug = page.facts.slug
    related = [item.role for item in page.facts.related]
    listing = Edition.objects.for_listing().for_neighbours(role_slug, related)
    siblings = [edition for edition in listing if edition.role_slug == role_slug]
    bases = {edition.role_slug: edition for edition in listing if edition.context_id is None}
    return {
        "meta": profile_meta(page, path),
        "page": page,
        "sections": SECTIONS["context" if page.context else "base"],
        "own_title": _("Propias de %(context)s") % {"context": page.context},
        "siblings": siblings,
        "base_url": profile_url(role_slug),
        "related": [(bases[i.role], i.difference) for i in page.facts.related if i.role in bases],
        "archetypes": _archetypes(page) if page.context is None else [],
    }


def _archetypes(page):
    """Return the primary and the secondary archetype of a base profile, in this order."""
    chosen = page.facts.archetypes
    slugs = [slug for slug in (chosen.primary, chosen.secondary) if slug] if chosen else []
    return sorted(Archetype.objects.filter(slug__in=slugs), key=lambda row: slugs.index(row.slug))


def profile_url(role_slug, context_slug=None):
    """Return the address of a profile; without context, of the base profile."""
    if context_slug is None:
        return reverse("profiles:role_detail", args=[role_slug])
    return reverse("profiles:role_in_context", args=[context_slug, role_slug])
