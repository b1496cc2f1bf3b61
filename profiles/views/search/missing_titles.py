"""Titles that the guide does not have: their pages, and the roles nearest to them."""

from collections import Counter
from functools import lru_cache
from textwrap import shorten
from typing import NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.models import Edition
from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.titles import NEAR
from profiles.seo.meta import DESCRIPTION_LIMIT, PageMeta, role_list_crumb, titled
from profiles.seo.social import SocialCard
from profiles.views.http import moved_to, render_page
from profiles.views.profiles import profile_url


class NearPage(NamedTuple):
    """The page of a title that the guide does not have: one for all ways of writing it."""

    title: str
    sentences: tuple[str, ...]

    @property
    def slug(self):
        return slugify(self.title)

    def get_absolute_url(self):
        return reverse("profiles:near_title", args=[self.slug])


def page_of(words, index):
    """Return the page of the near titles of these words, unless a role is called so.

    A title without a letter has no address.
    """
    rows = [row for row in index.titles[words] if row.kind == NEAR]
    if not rows or index.titles.is_called(words):
        return None
    first = min(rows, key=lambda row: row.text)
    page = NearPage(first.text, tuple(row.note for row in rows))
    return page if page.slug else None


@lru_cache(maxsize=1)
def own_pages(index):
    """Return the pages of near titles whose sentences stand on no other, by address."""
    near = {row.words for role in index.roles for row in role.titles if row.kind == NEAR}
    pages = [page for words in near if (page := page_of(words, index))]
    uses = Counter(sentence for page in pages for sentence in {*page.sentences})
    own = (page for page in pages if all(each and uses[each] == 1 for each in page.sentences))
    return sorted(own, key=lambda page: page.slug)


def near_title(request, title_slug):
    """A title that the guide does not have, with the roles nearest to it; a name redirects."""
    index = current_index()
    answer = find(title_slug.replace("-", " "), index, literal=True)
    # What says something beside its title is no title.
    is_title = answer.question.title == answer.question.text
    page = page_of(answer.question.words, index) if is_title else None
    named = [role.slug for role in index.roles if role.slug == title_slug]
    named += [name.role.slug for name in answer.names[:1] if is_title and name.is_exact]
    if not (named or page):
        raise Http404(_("No hay un puesto con ese nombre."))
    final = profile_url(named[0]) if named else page.get_absolute_url()
    if request.path != final:
        return moved_to(request, final)
    start = _("%(title)s: el puesto más cercano de la guía y en qué se diferencia.")
    text = " ".join([start % {"title": page.title}, *page.sentences])
    meta = PageMeta(
        page.title,
        final,
        shorten(text, DESCRIPTION_LIMIT, placeholder="…"),
        title=titled(_("%(title)s: qué puesto de la guía se le parece") % {"title": page.title}),
        parents=(role_list_crumb(),),
        indexed=page in own_pages(index),
        card=SocialCard(page.title, _("Todavía no está en la guía: lo más cercano.")),
    )
    values = {"meta": meta, "answer": {"nearest": with_editions(answer.nearest)}}
    return render_page(request, "profiles/near_title.html", values)


def with_editions(found):
    """Return (edition, what was found) for hits or nearest roles, as far as still public."""
    found = {each.profile.edition_id: each for each in found}
    editions = Edition.objects.for_results(list(found)).in_bulk()
    return [(editions[pk], found[pk]) for pk in found if pk in editions]
