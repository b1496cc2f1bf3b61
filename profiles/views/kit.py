"""The interview kit: as a page to choose questions and print, and as files to take along."""

from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.exports import kit as kits
from profiles.exports.formats import FORMATS
from profiles.seo import page_meta, parent_crumb
from profiles.views.documents import copy_headers, follow_shelf
from profiles.views.profiles import profile_url
from profiles.views.shelf import profile_page

PARAMETER = "pregunta"


@require_safe
@follow_shelf
def interview_kit(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    try:
        kit = _kit(request, page)
    except kits.InvalidSelection as error:
        return _kit_page(request, _kit(request, page, default=True), error)
    return _kit_page(request, kit)


@require_safe
@follow_shelf
def interview_document(request, role_slug, extension, context_slug=None):
    page = profile_page(role_slug, context_slug)
    try:
        kit = _kit(request, page)
    except kits.InvalidSelection as error:
        return _kit_page(request, _kit(request, page, default=True), error)
    chosen = FORMATS[extension]
    name = f"{kit.file_stem}.{extension}"
    headers = copy_headers(_address("interview_kit", page))
    headers["Content-Disposition"] = content_disposition_header(not chosen.inline, name)
    return HttpResponse(chosen.render(kit), chosen.content_type, headers=headers)


def _kit(request, page, *, default=False):
    """Return the kit of the asked questions; raises InvalidSelection."""
    source_url = settings.SITE_URL + _profile_url(page)
    return kits.interview_kit(page, source_url, [] if default else _asked(request))


def _asked(request):
    return [key for key in request.GET.getlist(PARAMETER) if key]


def _kit_page(request, kit, error=None):
    asked = [] if error else _asked(request)
    # The form's button sends an empty choice along: alone, nothing was ticked.
    chose_none = PARAMETER in request.GET and not _asked(request)
    values = {
        "meta": _kit_meta(kit.page),
        "kit": kit,
        "profile_url": _profile_url(kit.page),
        "chosen": {question.key for question in kit.questions},
        "is_default": not asked,
        "chose_none": chose_none,
        "is_choosing": bool(error or asked or chose_none),
        "limit": kits.MAX_QUESTIONS,
        "own_title": _("Propias de %(context)s") % {"context": kit.page.context},
        "files": _files(kit, asked),
        "error": error,
    }
    return render(request, "profiles/interview_kit.html", values, status=400 if error else 200)


def _kit_meta(page):
    """Return the head of the kit page: a tool, so search engines get the profile instead."""
    name = _("Guía de entrevista")
    path = _address("interview_kit", page)
    parents = (parent_crumb(page), (page.facts.name, _profile_url(page)))
    meta = page_meta(name, path, title=f"{name}: {page.heading}", parents=parents)
    return replace(meta, indexed=False)


def _files(kit, asked):
    """Return (label, address) of each format, with the chosen questions in the address."""
    query = urlencode([(PARAMETER, question.key) for question in kit.questions]) if asked else ""
    suffix = f"?{query}" if query else ""
    return [
        (file.label, _address("interview_document", kit.page, extension=extension) + suffix)
        for extension, file in FORMATS.items()
    ]


def _profile_url(page):
    return profile_url(page.facts.slug, page.context.slug if page.context else None)


def _address(name, page, **kwargs):
    """Return the address of something that belongs to the profile of ``page``."""
    context = {"context_slug": page.context.slug} if page.context else {}
    return reverse(f"profiles:{name}", kwargs={"role_slug": page.facts.slug, **context, **kwargs})
