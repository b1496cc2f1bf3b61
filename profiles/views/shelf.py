"""Editions → ``ProfilePage``, and what answers where there is no page (any more)."""

from dataclasses import dataclass, replace
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.stored import frozen_document
from profiles.guide.profile_page import ProfilePage
from profiles.models import Archetype, Edition, RoleAlias, Source, Trait
from profiles.views.http import moved_to


@dataclass(eq=False)
class Moved(Exception):
    """What was ``asked`` as a role's address lives under another; the answer is a 301."""

    asked: str
    role_slug: str


@dataclass(eq=False)
class Gone(Exception):
    """The page of a role was public and is not any more; the answer is a 410."""

    role_slug: str


def follow_shelf(view):
    """Answer for profiles that moved (301 to the same address elsewhere) or are gone (410)."""

    @wraps(view)
    def answer(request, **kwargs):
        try:
            return view(request, **kwargs)
        except Moved as moved:
            names = {
                key: moved.role_slug if kwargs[key] == moved.asked else kwargs[key]
                for key in kwargs
            }
            return moved_to(request, reverse(request.resolver_match.view_name, kwargs=names))
        except Gone as gone:
            # What is still public of the role; without its base profile it has no page at all.
            editions = list(Edition.objects.for_listing().filter(role_slug=gone.role_slug))
            has_base = any(edition.context_id is None for edition in editions)
            values = {"meta": None, "siblings": editions if has_base else []}
            return render(request, "410.html", values, status=410)

    return answer


def profile_page(role_slug, context_slug=None):
    """Return the ProfilePage of a published profile; raises Moved, Gone or Http404."""
    editions = {edition.context_id: edition for edition in _editions(role_slug, context_slug)}
    base = editions.pop(None, None)
    own = next(iter(editions.values()), None) if context_slug else base
    if base is None or own is None:
        raise missing_page(role_slug, context_slug)
    page = _page(own, base)
    return replace(page, **vocabulary_of(page.document, page.facts if own is base else None))


def vocabulary_of(document, facts=None):
    """Return all traits, and the sources and archetypes that a profile names, each by its key.

    Without ``facts`` it names no archetype.
    """
    cited = {slug for _code, target in document.targets.items() for slug in target.sources}
    chosen = facts.archetypes if facts else None
    named = {chosen.primary, chosen.secondary} - {None} if chosen else ()
    return {
        "traits": {trait.code: trait for trait in Trait.objects.for_row()},
        "sources": Source.objects.in_bulk(cited, field_name="slug"),
        "archetypes": Archetype.objects.defer("body", "body_html").in_bulk(
            named, field_name="slug"
        ),
    }


def profile_pages(editions):
    """Return the ProfilePages of several editions in their order, without sources.

    ``editions`` is one query that brings the base ones too; a context without its base has no
    page.
    """
    editions = list(editions)
    bases = {edition.role_slug: edition for edition in editions if edition.context_id is None}
    traits = {trait.code: trait for trait in Trait.objects.for_row()} if bases else {}
    return [
        _page(own, bases[own.role_slug], traits=traits)
        for own in editions
        if own.role_slug in bases
    ]


def _page(own, base, **vocabulary):
    return ProfilePage(
        facts=base.role_facts,
        area=base.area,
        context=own.context,
        document=frozen_document(own),
        body_html=own.body_html,
        base=frozen_document(base) if own is not base else None,
        rendered=base.rendered,
        published_from=max(own.published_from, base.published_from),
        author_name=own.author_name,
        reviewer_name=own.reviewer_name,
        **vocabulary,
    )


def _editions(role_slug, context_slug):
    if "\x00" in role_slug + (context_slug or ""):
        raise BadRequest
    return Edition.objects.for_page(role_slug, context_slug)


def missing_page(role_slug, context_slug=None):
    """Return the exception that tells why there is no such page."""
    if role_slug != role_slug.lower():
        return Moved(role_slug, role_slug.lower())
    # An address that redirected and became a role's own is that role's.
    is_own = Edition.objects.published().base().filter(role_slug=role_slug).exists()
    aliases = RoleAlias.objects.filter(slug=role_slug).exclude(role__slug=role_slug)
    alias = None if is_own else aliases.select_related("role").first()
    if alias and _is_public_name(alias):
        return Moved(role_slug, alias.role.slug)
    past = Edition.objects.filter(role_slug=role_slug, context__slug=context_slug)
    if past.past().exists():
        return Gone(role_slug)
    return Http404(_("No hay un perfil publicado en esta dirección."))


def _is_public_name(alias):
    """Tell whether a redirect shows nothing that is not published: old slugs, public names."""
    base = Edition.objects.published().base().filter(role=alias.role).only("facts").first()
    return base is not None and alias.leads_visitors(base.facts["aliases"])
