"""The interview kit: as a page to choose questions and print, and as files to take along."""

from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.exports import kit as kits
from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS
from profiles.exports.pack import NO, YES, Asked, agreed_traits
from profiles.seo.social import SocialCard
from profiles.views.files import file_response
from profiles.views.pack import PART, address, own_url, surroundings, tool_meta, tools, with_query
from profiles.views.shelf import follow_shelf, profile_page

PARAMETER, MINUTES = "pregunta", "minutos"


@require_safe
@follow_shelf
def interview_kit(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    if YES in request.GET or NO in request.GET:
        return _kit_of_agreement(request, page)
    try:
        return _kit_page(request, _kit(page, _asked(request)))
    except kits.InvalidSelection as error:
        return _kit_page(request, _kit(page, kits.Request()), error)


@require_safe
@follow_shelf
def interview_document(request, role_slug, extension, context_slug=None):
    page = profile_page(role_slug, context_slug)
    try:
        kit = _kit(page, _asked(request))
    except kits.InvalidSelection as error:
        return _kit_page(request, _kit(page, kits.Request()), error)
    chosen, made = KIT_FORMATS[extension], kits.kit_sheet(kit)
    return file_response(
        request,
        content=made,
        path=address("interview_kit", page),
        name=f"{kit.file_stem}.{extension}",
        chosen=chosen,
        render_file=lambda paper: chosen.render(kit if extension in ROW_FORMATS else made, paper),
    )


def _kit(page, asked):
    """Return the kit that was asked for; raises InvalidSelection."""
    return kits.interview_kit(page, settings.SITE_URL + own_url(page), asked)


def _asked(request):
    keys = [key for key in request.GET.getlist(PARAMETER) if key]
    minutes, part = request.GET.get(MINUTES), request.GET.get(PART)
    return kits.Request(
        keys,
        next((known for known in kits.LENGTHS if str(known) == minutes), kits.DEFAULT_LENGTH),
        next((known for known in kits.PARTS if str(known) == part), 0),
    )


def _kit_of_agreement(request, page):
    """Lead from the ticked agreement to the kit that asks about the traits agreed on."""
    ticked = (frozenset(request.GET.getlist(column)) for column in (YES, NO))
    asked = _asked(request)
    traits = agreed_traits(page, Asked(*ticked))
    items = kits.balanced_set(page, kits.Plan(0, asked.minutes).room, traits)
    query = _query(replace(asked, keys=[item.question.key for item in items]))
    response = HttpResponseRedirect(f"{address('interview_kit', page)}?{query}#plan")
    # Another edition has other questions.
    response.headers["Cache-Control"] = "no-store"
    return response


def _query(asked):
    """Return the shortest query that asks for the same kit."""
    pairs = [(PARAMETER, key) for key in asked.keys]
    pairs += [(MINUTES, asked.minutes)] if asked.minutes != kits.DEFAULT_LENGTH else []
    pairs += [(PART, asked.part)] if asked.part else []
    return urlencode(pairs)


def _kit_page(request, kit, error=None):
    page, asked = kit.page, kit.request
    path = address("interview_kit", page)
    halves = {part: _("Parte %(part)s de 2") % {"part": part} for part in kits.PARTS}
    parts = {0: _("Entera"), **halves}
    values = {
        "meta": _kit_meta(kit, path),
        "kit": kit,
        "sheet": kits.kit_sheet(kit),
        "around": surroundings(page, "interview_kit", _query(_portable(page, asked))),
        "choice": _choice(kit),
        "lengths": _links(path, asked, "minutes", {n: f"{n} min" for n in kits.LENGTHS}),
        "parts": _links(path, asked, "part", parts) if len(kit.both or kit.questions) > 1 else [],
        "tools": _tools(request, kit),
        "error": error,
    }
    return render(request, "profiles/interview_kit.html", values, status=400 if error else 200)


def _links(path, asked, name, labels):
    """Return (label, address, whether it is this one) of each value that a request may have."""
    own = getattr(asked, name)
    queries = {value: _query(replace(asked, **{name: value})) for value in labels}
    return [(labels[v], with_query(path, query), v == own) for v, query in queries.items()]


def _choice(kit):
    """Return what the list of questions shows: which are chosen, and of whom."""
    items = kit.both or kit.questions
    offered, context = kit.page.questions, kit.page.context
    base_title = _("Del perfil base")
    own_title = _("Propias de %(context)s") % {"context": context} if context else base_title
    groups = [(own_title, offered.own)] + ([(base_title, offered.base)] if offered.base else [])
    return {
        "chosen": {item.question.key for item in items},
        "is_default": not kit.request.keys,
        "limit": kits.MAX_QUESTIONS,
        "groups": groups,
    }


def _tools(request, kit):
    files = [
        (file.label, address("interview_document", kit.page, extension=extension))
        for extension, file in KIT_FORMATS.items()
    ]
    asked = kit.request
    usual = kits.Request()
    kept = [(MINUTES, asked.minutes)] if asked.minutes != usual.minutes else []
    kept += [(PART, asked.part)] if asked.part else []
    return tools(request, files, kept, copied=".block-question", copy_label=_("Copiar todas"))


def _portable(page, asked):
    """Return the request without the questions that only this size has."""
    shared = {question.key for question in page.whole.questions}
    return replace(asked, keys=[key for key in asked.keys if key in shared])


def _kit_meta(kit, path):
    meta = replace(tool_meta(kit.page, kit.title, path), query=_query(kit.request))
    return replace(meta, card=SocialCard.of_profile(kit.page.heading, _card_words(kit), kit.page))


def _card_words(kit):
    words = {"title": kit.title, "count": kit.count_words, "minutes": kit.plan.total}
    return _("%(title)s: %(count)s en %(minutes)s minutos") % words
