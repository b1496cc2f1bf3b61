"""The hiring pack and its sheets, the interview among them: as pages, as files, as a ZIP.

Each lies under its name in the profile's own address: ``…/global/mlops-engineer/llamada/``.
"""

import hashlib
from dataclasses import replace
from functools import cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.exports import kit as kits
from profiles.exports import pack
from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS, SHEET_FORMATS, ZIP, Busy, turn
from profiles.exports.pack import INTERVIEW, NO, SAMPLE, YES
from profiles.exports.pdf import PAPERS
from profiles.exports.sheet import file_stem
from profiles.exports.wording import WORDS
from profiles.models import Edition
from profiles.seo.meta import PageMeta, parent_crumb
from profiles.seo.social import SocialCard
from profiles.views.errors import busy
from profiles.views.profiles import copy_headers
from profiles.views.shelf import follow_shelf, profile_page

PACK, ADVERT, AGREEMENT = "carpeta", "aviso", "alineacion"
QUESTION, MINUTES, PART, PAPER = "pregunta", "minutos", "parte", "papel"
# What makes files: another release makes other ones of the same content.
MAKERS = ("profiles/exports/*.py", "templates/exports/**/*.*")
# Parts of the work sample: the candidate gets the first one, and never the second.
TASK, RUBRIC = "consigna", "pauta"
SAMPLE_PARTS = {TASK: gettext_lazy("Consigna"), RUBRIC: gettext_lazy("Pauta")}


@follow_shelf
def hiring_pack(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    path, paper = f"{page.path}{PACK}/", asked_paper(request)
    suffix = f"?{PAPER}={paper}" if PAPER in request.GET else ""
    values = {
        "meta": _meta(page, _("Carpeta de contratación"), path),
        "page": page,
        "sheets": [(page.path + name, WORDS.sheets[name]) for name in pack.possible_sheets(page)],
        "formats": SHEET_FORMATS,
        "suffix": suffix,
        "papers": [
            (name.capitalize(), with_query(path, {PAPER: name}), name == paper) for name in PAPERS
        ],
        "sizes": _sizes(page, PACK),
    }
    return render(request, "profiles/sheets/hiring_pack.html", values)


@follow_shelf
def hiring_pack_zip(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    name = f"{file_stem(PACK, page)}.zip"
    return file_response(request, page, f"{page.path}{PACK}/", name, ZIP)


@follow_shelf
def sheet(request, role_slug, name, context_slug=None):
    page, asked = profile_page(role_slug, context_slug), _asked(request)
    made, path = _sheet(page, name, asked), f"{page.path}{name}/"
    query = [(key, value) for key in (YES, NO, PART) for value in request.GET.getlist(key) if value]
    part, parts = RUBRIC if asked.rubric else TASK, SAMPLE_PARTS if name == SAMPLE else {}
    values = {
        "meta": _meta(page, made.title, path, query),
        "page": page,
        "sheet": made,
        "sizes": _sizes(page, name, query),
        "following": _following(page, name),
        "tools": tools(request, path, SHEET_FORMATS, [(PART, part)] if parts else []),
        "part_links": [
            (label, with_query(path, {PART: known}), known == part)
            for known, label in parts.items()
        ],
        "excluding": WORDS.excluding if name == ADVERT else (),
        "is_agreement": name == AGREEMENT,
    }
    return render(request, "profiles/sheets/sheet.html", values)


@follow_shelf
def sheet_document(request, role_slug, extension, name=INTERVIEW, context_slug=None):
    page, asked = profile_page(role_slug, context_slug), _asked(request)
    try:
        made = _sheet(page, name, asked)
    except kits.InvalidSelection as error:
        return _kit_page(request, kits.interview_kit(page), error)
    content = kits.interview_kit(page, asked) if extension in ROW_FORMATS else made
    file_name, chosen = f"{made.file_stem}.{extension}", KIT_FORMATS[extension]
    return file_response(request, content, f"{page.path}{name}/", file_name, chosen)


def _asked(request):
    sent = request.GET
    minutes, part = sent.get(MINUTES), sent.get(PART)
    return kits.Asked(
        [key for key in sent.getlist(QUESTION) if key],
        next((known for known in kits.LENGTHS if str(known) == minutes), kits.DEFAULT_LENGTH),
        next((known for known in kits.PARTS if str(known) == part), 0),
        *(frozenset(sent.getlist(column)) for column in (YES, NO)),
        rubric=part == RUBRIC,
    )


def _sheet(page, name, asked):
    """Return the asked sheet; raises Http404 if the profile lacks the texts for it."""
    if name != INTERVIEW and name not in pack.possible_sheets(page):
        raise Http404(_("Este perfil todavía no tiene esta hoja."))
    return pack.pack_sheet(name, page, asked)


@follow_shelf
def interview_kit(request, role_slug, context_slug=None):
    page, asked = profile_page(role_slug, context_slug), _asked(request)
    if asked.yes or asked.no:
        return _kit_of_agreement(page, asked)
    try:
        return _kit_page(request, kits.interview_kit(page, asked))
    except kits.InvalidSelection as error:
        return _kit_page(request, kits.interview_kit(page), error)


def _kit_of_agreement(page, asked):
    """Lead from the ticked agreement to the kit that asks about the traits agreed on."""
    room = kits.room_in(asked.minutes)
    items = kits.balanced_set(page, room, pack.agreed_traits(page, asked))
    query = _query(replace(asked, keys=[item.question.key for item in items]))
    response = HttpResponseRedirect(f"{with_query(f'{page.path}{INTERVIEW}/', query)}#plan")
    # Another edition has other questions.
    response.headers["Cache-Control"] = "no-store"
    return response


def _query(asked, *, is_kept=False):
    """Return the shortest query that asks for the same kit; ``is_kept``: without its questions."""
    pairs = [] if is_kept else [(QUESTION, key) for key in asked.keys]
    pairs += [(MINUTES, asked.minutes)] if asked.minutes != kits.DEFAULT_LENGTH else []
    return pairs + ([(PART, asked.part)] if asked.part else [])


def _kit_page(request, kit, error=None):
    page, asked, path = kit.page, kit.asked, f"{kit.page.path}{INTERVIEW}/"
    words = {"title": kit.title, "count": kit.count_words, "minutes": asked.minutes}
    about = _("%(title)s: %(count)s en %(minutes)s minutos") % words
    chosen = {item.question.key for item in kit.both or kit.questions}
    lengths = {minutes: f"{minutes} min" for minutes in kits.LENGTHS}
    halves = {part: _("Parte %(part)s de 2") % {"part": part} for part in kits.PARTS}
    parts = {0: _("Entera"), **halves} if len(chosen) > 1 else {}
    # Another size has the questions of the base profile only.
    shared = {question.key for question in page.whole.questions}
    elsewhere = replace(asked, keys=[key for key in asked.keys if key in shared])
    kept = {"copied": ".block-question", "copy_label": _("Copiar todas")}
    values = {
        "meta": _meta(page, kit.title, path, _query(asked), about),
        "page": page,
        "kit": kit,
        "sheet": kits.kit_sheet(kit),
        "sizes": _sizes(page, INTERVIEW, _query(elsewhere)),
        "following": _following(page, INTERVIEW),
        "choice": {"chosen": chosen, "limit": kits.MAX_QUESTIONS},
        "lengths": _links(path, asked, "minutes", lengths),
        "parts": _links(path, asked, "part", parts),
        "tools": tools(request, path, KIT_FORMATS, _query(asked, is_kept=True), **kept),
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


def _meta(page, name, path, query=(), about=""):
    """Return the head of a tool's page: search engines get the profile instead."""
    return PageMeta(
        name,
        path,
        page.document.summary,
        title=f"{name}: {page.heading}",
        parents=(parent_crumb(page), (page.facts.name, page.path)),
        indexed=False,
        card=SocialCard.of_profile(page.heading, about or name, page),
        query=urlencode(query),
    )


def tools(request, path, formats, kept, *, copied="[data-sheet]", copy_label=""):
    """Return what the form of the sheet at ``path`` offers; ``kept`` is sent with each file."""
    return {
        "stem": path.rstrip("/"),
        "formats": formats,
        "kept": kept,
        "papers": list(PAPERS),
        "paper": asked_paper(request),
        "copied": copied,
        "copy_label": copy_label or _("Copiar el texto"),
    }


def _sizes(page, name, query=()):
    """Return (size, address, whether it is this one) of a sheet in each size that is public."""
    editions = Edition.objects.for_listing().filter(role_slug=page.facts.slug)
    return [
        (
            edition.context.name if edition.context_id else _("Perfil base"),
            with_query(f"{edition.get_absolute_url()}{name}/", query),
            edition.context == page.context,
        )
        for edition in editions
    ]


def _following(page, name):
    """Return (title, address) of the sheet that follows in the hire; None after the last one."""
    possible, names = pack.possible_sheets(page), [*pack.SHEETS]
    later = (each for each in names[names.index(name) + 1 :] if each in possible)
    following = next(later, None)
    return following and (WORDS.sheets[following]["title"], f"{page.path}{following}/")


def with_query(path, query):
    return f"{path}?{urlencode(query)}" if query else path


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
