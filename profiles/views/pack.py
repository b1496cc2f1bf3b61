"""The hiring pack: what it is, each of its sheets as a page and as files, all of it as a ZIP."""

from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from profiles.exports.formats import SHEET_FORMATS, ZIP
from profiles.exports.pack import (
    INTERVIEW,
    RUBRIC,
    SAMPLE,
    TASK,
    Asked,
    pack_sheet,
    possible_sheets,
)
from profiles.exports.pdf import PAPERS
from profiles.exports.sheet import file_stem
from profiles.exports.wording import WORDS
from profiles.models import Edition
from profiles.seo.meta import page_meta, parent_crumb
from profiles.seo.social import SocialCard
from profiles.views.files import PAPER, asked_paper, file_response
from profiles.views.profiles import profile_url
from profiles.views.shelf import follow_shelf, profile_page

PART = "parte"
PARTS = {SAMPLE: ((TASK, gettext_lazy("Consigna")), (RUBRIC, gettext_lazy("Pauta")))}


@require_safe
@follow_shelf
def hiring_pack(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    path, paper = address("hiring_pack", page), asked_paper(request)
    suffix = f"?{PAPER}={paper}" if PAPER in request.GET else ""
    sheets = [
        (sheet, sheet_url(page, name), _file_links(page, name, suffix))
        for name, sheet in possible_sheets(page).items()
    ]
    values = {
        "meta": tool_meta(page, _("Carpeta de contratación"), path),
        "page": page,
        "profile_url": own_url(page),
        "sheets": sheets,
        "zip_url": address("hiring_pack_zip", page) + suffix,
        "papers": [
            (name.capitalize(), with_query(path, urlencode({PAPER: name})), name == paper)
            for name in PAPERS
        ],
        "sizes": size_links(page, "hiring_pack"),
    }
    return render(request, "profiles/hiring_pack.html", values)


@require_safe
@follow_shelf
def hiring_pack_zip(request, role_slug, context_slug=None):
    page = profile_page(role_slug, context_slug)
    source_url = settings.SITE_URL + own_url(page)
    return file_response(
        request,
        content=page,
        path=address("hiring_pack", page),
        name=f"{file_stem('carpeta', page)}.zip",
        chosen=ZIP,
        render_file=lambda paper: ZIP.render(page, source_url, paper),
    )


@require_safe
@follow_shelf
def sheet(request, role_slug, name, context_slug=None):
    page = profile_page(role_slug, context_slug)
    made, query = _sheet(request, page, name), _known(request)
    path, part = sheet_url(page, name), _part(request, name)
    values = {
        "meta": replace(tool_meta(page, made.title, path), query=query),
        "sheet": made,
        "around": surroundings(page, "sheet", query, name=name),
        "tools": tools(request, sheet_files(page, name), [(PART, part)] if name in PARTS else []),
        "kit_url": address("interview_kit", page),
        "part_links": [
            (label, with_query(path, urlencode({PART: known})), known == part)
            for known, label in PARTS.get(name, ())
        ],
        "excluding": WORDS.excluding if name == "aviso" else (),
        "is_agreement": name == "alineacion",
    }
    return render(request, "profiles/sheet.html", values)


@require_safe
@follow_shelf
def sheet_document(request, role_slug, name, extension, context_slug=None):
    page = profile_page(role_slug, context_slug)
    made, chosen = _sheet(request, page, name), SHEET_FORMATS[extension]
    return file_response(
        request,
        content=made,
        path=sheet_url(page, name),
        name=f"{made.file_stem}.{extension}",
        chosen=chosen,
        render_file=lambda paper: chosen.render(made, paper),
    )


def _sheet(request, page, name):
    """Return the asked sheet; raises Http404 if the profile lacks the texts for it."""
    if name not in possible_sheets(page):
        raise Http404(_("Este perfil todavía no tiene esta hoja."))
    return pack_sheet(name, page, settings.SITE_URL + own_url(page), _asked(request, name))


def _asked(request, name):
    yes, no = (frozenset(request.GET.getlist(column)) for column in ("si", "no"))
    return Asked(yes, no, _part(request, name))


def _part(request, name):
    known = [part for part, _label in PARTS.get(name, ((TASK, ""),))]
    asked = request.GET.get(PART)
    return asked if asked in known else known[0]


def _known(request):
    """Return what the address says of the sheet, without what only concerns its files."""
    known = ("si", "no", PART)
    pairs = [(key, value) for key in known for value in request.GET.getlist(key) if value]
    return urlencode(pairs)


def tool_meta(page, name, path):
    """Return the head of a tool's page: search engines get the profile instead."""
    parents = (parent_crumb(page), (page.facts.name, own_url(page)))
    meta = page_meta(name, path, title=f"{name}: {page.heading}", parents=parents)
    card = SocialCard.of_profile(page.heading, name, page)
    return replace(meta, indexed=False, card=card)


def surroundings(page, view, query="", **kwargs):
    """Return what stands around a sheet: its profile, its pack, the same in other sizes."""
    return {
        "profile_url": own_url(page),
        "pack_url": address("hiring_pack", page),
        "sizes": size_links(page, view, query, **kwargs),
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


def size_links(page, view, query="", **kwargs):
    """Return (name, address, whether it is this one) for each size in which the role is public."""
    editions = Edition.objects.for_listing().filter(role_slug=page.facts.slug)
    return [
        (
            edition.context.name if edition.context_id else _("Perfil base"),
            with_query(_address(view, page.facts.slug, edition.context, kwargs), query),
            edition.context == page.context,
        )
        for edition in editions
    ]


def sheet_files(page, name):
    """Return (label, address) of the files of a sheet."""
    view = "interview_document" if name == INTERVIEW else "sheet_document"
    known = {} if name == INTERVIEW else {"name": name}
    return [
        (file.label, address(view, page, extension=extension, **known))
        for extension, file in SHEET_FORMATS.items()
    ]


def _file_links(page, name, suffix):
    links = [(label, url + suffix) for label, url in sheet_files(page, name)]
    if name == SAMPLE:
        links.append((_("Pauta"), with_query(sheet_url(page, name), urlencode({PART: RUBRIC}))))
    return links


def sheet_url(page, name):
    """Return the address of a sheet of the pack; the interview has its own."""
    if name == INTERVIEW:
        return address("interview_kit", page)
    return address("sheet", page, name=name)


def with_query(path, query):
    return f"{path}?{query}" if query else path


def own_url(page):
    return profile_url(page.facts.slug, page.context.slug if page.context else None)


def address(view, page, **kwargs):
    """Return the address of something that belongs to the profile of ``page``."""
    return _address(view, page.facts.slug, page.context, kwargs)


def _address(view, role_slug, context, kwargs):
    place = {"context_slug": context.slug} if context else {}
    return reverse(f"profiles:{view}", kwargs={"role_slug": role_slug, **place, **kwargs})
