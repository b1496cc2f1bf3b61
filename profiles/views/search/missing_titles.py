"""What the guide offers if it lacks a job: the nearest roles, and the interview for any job."""

from collections import defaultdict
from functools import lru_cache
from textwrap import shorten
from typing import NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.exports.formats import KIT_FORMATS, ROW_FORMATS
from profiles.exports.general_kit import general_interview, general_sheet, questions_by_trait
from profiles.exports.general_kit import general_kit as read_kit
from profiles.exports.wording import WORDS
from profiles.models import Edition
from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.titles import ALIAS, NEAR
from profiles.seo.meta import PageMeta, role_list_crumb, titled
from profiles.views.http import moved_to, render_page
from profiles.views.pack import file_response, files, tools
from profiles.views.profiles import profile_url

MAX_TITLES = 600
DESCRIPTION_LIMIT = 160


class NearPage(NamedTuple):
    """The page of a title that the guide does not have: one for all ways of writing it.

    ``is_own``: its sentences stand on no other title's page.
    """

    slug: str
    title: str
    sentences: tuple[str, ...]
    is_own: bool

    def get_absolute_url(self):
        return reverse("profiles:near_title", args=[self.slug])


@lru_cache(maxsize=1)
def near_titles(index):
    """Return slug → page of every near title; several slugs of one title lead to one page."""
    same, uses, pages = defaultdict(list), defaultdict(set), {}
    for row in index.titles.rows:
        if row.kind == NEAR and not _is_called(row.words, index):
            same[row.words].append(row)
            uses[row.note].add(row.words)
    for rows in same.values():
        rows.sort(key=lambda row: (row.text, row.target.order))
        is_own = all(row.note and len(uses[row.note]) == 1 for row in rows)
        notes = tuple(row.note for row in rows if row.note)
        page = NearPage(slugify(rows[0].text), rows[0].text, notes, is_own)
        pages |= {slugify(row.text): page for row in reversed(rows)}
    return pages


def _is_called(words, index):
    """Tell whether a role is called so: then no page says that the title is missing."""
    names = (row for row in index.titles.having(words) if row.is_name)
    return any(row.words == words if row.kind == ALIAS else row.is_of(words) for row in names)


def general_document(request, extension):
    path = reverse("profiles:general_kit")
    made = general_sheet()
    content = general_interview() if extension in ROW_FORMATS else made
    return file_response(
        request, content, path, f"{made.file_stem}.{extension}", KIT_FORMATS[extension]
    )


def general_kit(request):
    kit, path = read_kit(), reverse("profiles:general_kit")
    meta = PageMeta(
        kit.title,
        path,
        _("Doce preguntas de entrevista para cualquier puesto, dos por rasgo, con anclas."),
        title=_("Entrevista general: preguntas para cualquier puesto"),
    )
    values = {
        "meta": meta,
        "kit": kit,
        "groups": questions_by_trait(),
        "rating": WORDS.rating,
        "avoided": WORDS.avoided.items(),
        "titles": _titles(),
        "tools": tools(request, files(path, KIT_FORMATS), [], copied=".general-kit__questions"),
    }
    return render_page(request, "profiles/sheets/general_kit.html", values)


def _titles():
    """Return the pages of titles that the guide lacks, by name: this is the way to them."""
    pages = {page.slug: page for page in near_titles(current_index()).values() if page.is_own}
    return sorted(pages.values(), key=lambda page: page.slug)[:MAX_TITLES]


def near_title(request, title_slug):
    """A title that the guide does not have, with the roles nearest to it; a name redirects."""
    index = current_index()
    page = near_titles(index).get(title_slug)
    answer = find(page.title if page else title_slug.replace("-", " "), index, literal=True)
    named = next((role.slug for role in index.roles if role.slug == title_slug), None)
    if (page or answer.question.title == answer.question.text) and answer.names[:1]:
        named = named or (answer.names[0].is_exact and answer.names[0].role.slug)
    if named:
        return moved_to(request, profile_url(named))
    if page is None:
        raise Http404(_("No hay un puesto con ese nombre."))
    if page.slug != title_slug:
        return moved_to(request, page.get_absolute_url())
    start = _("%(title)s: el puesto más cercano de la guía y en qué se diferencia.")
    text = " ".join([start % {"title": page.title}, *page.sentences])
    meta = PageMeta(
        page.title,
        page.get_absolute_url(),
        shorten(text, DESCRIPTION_LIMIT, placeholder="…"),
        title=titled(_("%(title)s: qué puesto de la guía se le parece") % {"title": page.title}),
        parents=(role_list_crumb(),),
        indexed=page.is_own,
    )
    shown = {"nearest": nearest_editions(answer), "near_page": None}
    values = {"meta": meta, "title": page.title, "answer": shown}
    return render_page(request, "profiles/near_title.html", values)


def nearest_editions(answer):
    """Return (base edition, why it is near) of the roles nearest to a missing title."""
    return with_editions((near.role.profiles[None].edition_id, near) for near in answer.nearest)


def page_of_nearest(nearest, index):
    """Return the page of the near title that ``nearest`` begins with, if it has one."""
    near = nearest[0][1] if nearest else None
    return near_titles(index).get(slugify(near.row.text)) if near and near.is_exact else None


def with_editions(pairs):
    """Return (edition, what was found) for (its key, what was found), as far as still public."""
    found = dict(pairs)
    editions = Edition.objects.for_results(list(found)).in_bulk()
    return [(editions[pk], found[pk]) for pk in found if pk in editions]
