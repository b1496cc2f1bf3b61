"""The hiring pack and its sheets, the interview among them: as pages, as files, as a ZIP."""

import hashlib
from dataclasses import replace
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.exports import kit as kits
from profiles.exports import pack
from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS, SHEET_FORMATS, ZIP, Busy, turn
from profiles.exports.pack import INTERVIEW, NO, RUBRIC, SAMPLE, TASK, YES
from profiles.exports.pdf import PAPERS
from profiles.exports.sheet import file_stem
from profiles.exports.wording import WORDS
from profiles.models import Edition
from profiles.seo.meta import page_meta, parent_crumb
from profiles.seo.social import SocialCard
from profiles.views.errors import busy
from profiles.views.profiles import copy_headers
from profiles.views.shelf import follow_shelf, profile_page

QUESTION, MINUTES, PART, PAPER = "pregunta", "minutos", "parte", "papel"
# What makes files: another release makes other ones of the same content.
MAKERS = ("profiles/exports/*.py", "templates/exports/**/*.*")
PARTS = {SAMPLE: ((TASK, gettext_lazy("Consigna")), (RUBRIC, gettext_lazy("Pauta")))}


@follow_shelf
def hiring_pack(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    path, paper = address("hiring_pack", page), asked_paper(request)
    suffix = f"?{PAPER}={paper}" if PAPER in request.GET else ""
    values = {
        "meta": _meta(page, _("Carpeta de contratación"), path),
        "page": page,
        "profile_url": page.path,
        "sheets": [
            (*WORDS.sheets[name], _sheet_url(page, name), _file_links(page, name, suffix))
            for name in pack.possible_sheets(page)
        ],
        "zip_url": address("hiring_pack_zip", page) + suffix,
        "papers": [
            (name.capitalize(), with_query(path, {PAPER: name}), name == paper) for name in PAPERS
        ],
        "sizes": _sizes(page, "hiring_pack"),
    }
    return render(request, "profiles/sheets/hiring_pack.html", values)


@follow_shelf
def hiring_pack_zip(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    return file_response(
        request, page, address("hiring_pack", page), f"{file_stem('carpeta', page)}.zip", ZIP
    )


@follow_shelf
def sheet(request, role_slug, name, context_slug=None):
    page = profile_page(role_slug, context_slug)
    made, path, part = _sheet(request, page, name), _sheet_url(page, name), _part(request, name)
    query = [(key, value) for key in (YES, NO, PART) for value in request.GET.getlist(key) if value]
    values = {
        "meta": replace(_meta(page, made.title, path), query=urlencode(query)),
        "sheet": made,
        "around": _surroundings(page, "sheet", query, name=name),
        "tools": tools(request, _files(page, name), [(PART, part)] if name in PARTS else []),
        "kit_url": address("interview_kit", page),
        "part_links": [
            (label, with_query(path, {PART: known}), known == part)
            for known, label in PARTS.get(name, ())
        ],
        "excluding": WORDS.excluding if name == "aviso" else (),
        "is_agreement": name == "alineacion",
    }
    return render(request, "profiles/sheets/sheet.html", values)


@follow_shelf
def sheet_document(request, role_slug, name, extension, context_slug=None):
    page = profile_page(role_slug, context_slug)
    made = _sheet(request, page, name)
    return file_response(
        request,
        made,
        _sheet_url(page, name),
        f"{made.file_stem}.{extension}",
        SHEET_FORMATS[extension],
    )


def _sheet(request, page, name):
    """Return the asked sheet; raises Http404 if the profile lacks the texts for it."""
    if name not in pack.possible_sheets(page):
        raise Http404(_("Este perfil todavía no tiene esta hoja."))
    asked = replace(_ticked(request), part=_part(request, name))
    return pack.pack_sheet(name, page, asked)


def _ticked(request):
    return pack.Asked(*(frozenset(request.GET.getlist(column)) for column in (YES, NO)))


def _part(request, name):
    asked = request.GET.get(PART)
    return asked if asked in [part for part, _label in PARTS.get(name, ())] else TASK


@follow_shelf
def interview_kit(request, role_slug, context_slug=None):
    page, asked = profile_page(role_slug, context_slug), _asked_kit(request)
    if YES in request.GET or NO in request.GET:
        return _kit_of_agreement(page, asked, _ticked(request))
    try:
        return _kit_page(request, kits.interview_kit(page, asked))
    except kits.InvalidSelection as error:
        return _kit_page(request, kits.interview_kit(page), error)


@follow_shelf
def interview_document(request, role_slug, extension, context_slug=None):
    page = profile_page(role_slug, context_slug)
    try:
        kit = kits.interview_kit(page, _asked_kit(request))
    except kits.InvalidSelection as error:
        return _kit_page(request, kits.interview_kit(page), error)
    return file_response(
        request,
        kit if extension in ROW_FORMATS else kits.kit_sheet(kit),
        address("interview_kit", page),
        f"{kit.file_stem}.{extension}",
        KIT_FORMATS[extension],
    )


def _asked_kit(request):
    minutes, part = request.GET.get(MINUTES), request.GET.get(PART)
    return kits.Request(
        [key for key in request.GET.getlist(QUESTION) if key],
        next((known for known in kits.LENGTHS if str(known) == minutes), kits.DEFAULT_LENGTH),
        next((known for known in kits.PARTS if str(known) == part), 0),
    )


def _kit_of_agreement(page, asked, ticked):
    """Lead from the ticked agreement to the kit that asks about the traits agreed on."""
    room = kits.Plan(0, asked.minutes).room
    items = kits.balanced_set(page, room, pack.agreed_traits(page, ticked))
    query = _query(replace(asked, keys=[item.question.key for item in items]))
    response = HttpResponseRedirect(f"{with_query(address('interview_kit', page), query)}#plan")
    # Another edition has other questions.
    response.headers["Cache-Control"] = "no-store"
    return response


def _query(asked, *, is_kept=False):
    """Return the shortest query that asks for the same kit; ``is_kept``: without its questions."""
    pairs = [] if is_kept else [(QUESTION, key) for key in asked.keys]
    pairs += [(MINUTES, asked.minutes)] if asked.minutes != kits.DEFAULT_LENGTH else []
    return pairs + ([(PART, asked.part)] if asked.part else [])


def _kit_page(request, kit, error=None):
    page, asked, path = kit.page, kit.request, address("interview_kit", kit.page)
    lengths = {minutes: f"{minutes} min" for minutes in kits.LENGTHS}
    halves = {part: _("Parte %(part)s de 2") % {"part": part} for part in kits.PARTS}
    parts = {0: _("Entera"), **halves} if len(kit.both or kit.questions) > 1 else {}
    files = [
        (file.label, address("interview_document", page, extension=extension))
        for extension, file in KIT_FORMATS.items()
    ]
    # Another size has the questions of the base profile only.
    shared = {question.key for question in page.whole.questions}
    elsewhere = replace(asked, keys=[key for key in asked.keys if key in shared])
    kept = {"copied": ".block-question", "copy_label": _("Copiar todas")}
    values = {
        "meta": _kit_meta(kit, path),
        "kit": kit,
        "sheet": kits.kit_sheet(kit),
        "around": _surroundings(page, "interview_kit", _query(elsewhere)),
        "choice": _choice(kit),
        "lengths": _links(path, asked, "minutes", lengths),
        "parts": _links(path, asked, "part", parts),
        "tools": tools(request, files, _query(asked, is_kept=True), **kept),
        "error": error,
    }
    return render(
        request, "profiles/sheets/interview_kit.html", values, status=400 if error else 200
    )


def _links(path, asked, name, labels):
    """Return (label, address, whether it is this one) of each value that a request may have."""
    queries = {value: _query(replace(asked, **{name: value})) for value in labels}
    own = getattr(asked, name)
    return [(labels[v], with_query(path, query), v == own) for v, query in queries.items()]


def _choice(kit):
    """Return what the list of questions shows: which are chosen, and of whom."""
    offered, base_title = kit.page.questions, _("Del perfil base")
    own_title = _("Propias de %(context)s") % {"context": kit.page.context}
    own = (own_title if kit.page.context else base_title, offered.own)
    return {
        "chosen": {item.question.key for item in kit.both or kit.questions},
        "is_default": not kit.request.keys,
        "limit": kits.MAX_QUESTIONS,
        "groups": [own, (base_title, offered.base)] if offered.base else [own],
    }


def _kit_meta(kit, path):
    words = {"title": kit.title, "count": kit.count_words, "minutes": kit.plan.total}
    about = _("%(title)s: %(count)s en %(minutes)s minutos") % words
    card = SocialCard.of_profile(kit.page.heading, about, kit.page)
    return replace(
        _meta(kit.page, kit.title, path), query=urlencode(_query(kit.request)), card=card
    )


def _meta(page, name, path):
    """Return the head of a tool's page: search engines get the profile instead."""
    return page_meta(
        name,
        path,
        title=f"{name}: {page.heading}",
        parents=(parent_crumb(page), (page.facts.name, page.path)),
        indexed=False,
        card=SocialCard.of_profile(page.heading, name, page),
    )


def _surroundings(page, view, query, **kwargs):
    """Return what stands around a sheet: its profile, its pack, the same in other sizes."""
    return {
        "profile_url": page.path,
        "pack_url": address("hiring_pack", page),
        "sizes": _sizes(page, view, query, **kwargs),
    }


def tools(request, files, kept, *, copied="[data-sheet]", copy_label=""):
    """Return what the form of a sheet offers; ``kept`` are (name, value) sent with each file."""
    return {
        "files": files,
        "kept": kept,
        "papers": list(PAPERS),
        "paper": asked_paper(request),
        "copied": copied,
        "copy_label": copy_label or _("Copiar el texto"),
    }


def _sizes(page, view, query=(), **kwargs):
    """Return (name, address, whether it is this one) for each size in which the role is public."""
    editions = Edition.objects.for_listing().filter(role_slug=page.facts.slug)
    return [
        (
            edition.context.name if edition.context_id else _("Perfil base"),
            with_query(_reverse(view, page.facts.slug, edition.context, kwargs), query),
            edition.context == page.context,
        )
        for edition in editions
    ]


def _files(page, name):
    view, more = ("sheet_document", {"name": name})
    if name == INTERVIEW:
        view, more = ("interview_document", {})
    return [
        (file.label, address(view, page, extension=extension, **more))
        for extension, file in SHEET_FORMATS.items()
    ]


def _file_links(page, name, suffix):
    links = [(label, url + suffix) for label, url in _files(page, name)]
    if name == SAMPLE:
        links.append((_("Pauta"), with_query(_sheet_url(page, name), {PART: RUBRIC})))
    return links


def _sheet_url(page, name):
    """Return the address of a sheet of the pack; the interview has its own."""
    if name == INTERVIEW:
        return address("interview_kit", page)
    return address("sheet", page, name=name)


def with_query(path, query):
    return f"{path}?{urlencode(query)}" if query else path


def address(view, page, **kwargs):
    """Return the address of something that belongs to the profile of ``page``."""
    return _reverse(view, page.facts.slug, page.context, kwargs)


def _reverse(view, role_slug, context, kwargs):
    place = {"context_slug": context.slug} if context else {}
    return reverse(f"profiles:{view}", kwargs={"role_slug": role_slug, **place, **kwargs})


def asked_paper(request):
    """Return the name of the asked paper; A4 unless it is one that is known."""
    asked = request.GET.get(PAPER)
    return asked if asked in PAPERS else next(iter(PAPERS))


def file_response(request, content, path, name, chosen):
    """Answer with ``content``, whose repr says all of it, as a file in the ``chosen`` format.

    Who has that file already gets a 304, and nothing is made; only so many are made at once.
    """
    paper = asked_paper(request)
    parts = repr((content, name, paper)).encode() + _release()
    etag = f'"{hashlib.sha256(parts).hexdigest()[:32]}"'
    if answer := get_conditional_response(request, etag=etag):
        answer.headers["ETag"] = etag
        return answer
    try:
        with turn():
            file = chosen.render(content, paper)
    except Busy:
        lead = _("Volvé a pedirlo en unos segundos: no se perdió nada de lo que elegiste.")
        return busy(request, _("Hay demasiados archivos en preparación"), lead)
    disposition = content_disposition_header(not chosen.inline, name)
    headers = {**copy_headers(path), "Content-Disposition": disposition, "ETag": etag}
    return HttpResponse(file, chosen.content_type, headers=headers)


@cache
def _release():
    found = (path for pattern in MAKERS for path in sorted(settings.BASE_DIR.glob(pattern)))
    return hashlib.sha256(b"".join(path.read_bytes() for path in found)).digest()
