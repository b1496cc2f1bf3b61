"""What a question that is being typed may become, and the pages of titles that are missing."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.documents.text import fold
from profiles.search.find import begun, called, ranked
from profiles.search.question import understand
from profiles.search.titles import ALIAS, NAME, NEAR

MAX_OPTIONS = 6
DESCRIPTION_LIMIT = 160
# A role that is found alone is offered in its sizes, too.
MAX_ROLES = 4


@dataclass(frozen=True)
class NearPage:
    """The page of a title that the guide does not have: one for all ways of writing it."""

    slug: str
    title: str
    sentences: tuple[str, ...]
    # Its sentences stand on no other title's page.
    is_own: bool

    @property
    def description(self):
        """Return what a result page says of it: 70 to 160 letters."""
        start = _("%(title)s: el puesto más cercano de la guía y en qué se diferencia.")
        text = " ".join([start % {"title": self.title}, *self.sentences])
        return shorten(text, DESCRIPTION_LIMIT, placeholder="…")

    def get_absolute_url(self):
        return reverse("profiles:near_title", args=[self.slug])


@lru_cache(maxsize=1)
def near_titles(index):
    """Return slug → page of every near title; several slugs of one title lead to one page."""
    same, uses = defaultdict(list), defaultdict(set)
    for row in index.titles.rows:
        if row.kind == NEAR and not _is_name(row, index):
            same[row.words].append(row)
            uses[row.note].add(row.words)
    pages = {}
    for rows in same.values():
        rows = sorted(rows, key=lambda row: (row.text, row.target.order))
        sentences = tuple(row.note for row in rows if row.note)
        is_own = len(sentences) == len(rows) and all(len(uses[note]) == 1 for note in sentences)
        page = NearPage(slugify(rows[0].text), rows[0].text, sentences, is_own)
        pages |= {slugify(row.text): page for row in reversed(rows)}
    return pages


def _is_name(title, index):
    """Tell whether a role is called so: then no page says that it is missing."""
    return any(
        len(row.words) == len(title.words) or (row.kind == NAME and row.is_of(title.words))
        for row in index.titles.having(title.words)
        if row.kind <= ALIAS
    )


def suggestions(text, index):
    """Return up to six options (name, what it is, address) for what was typed so far.

    First those that are written as it was typed, then those that mean the same.
    """
    question = understand(text, index)
    typed, size, rows = fold(question.title), question.size, begun(question, index)
    names = ranked([row for row in rows if row.kind <= ALIAS], question)
    names = names or called(index.titles.having(question.words), question, index)
    options = []
    for found in names[:MAX_ROLES]:
        is_typed = fold(found.row.text).startswith(typed)
        known = size if size and size.pk in found.role.profiles else None
        options.append((is_typed, _option(found.role, known)))
    if len(names) == 1 and not size:
        role = names[0].role
        sizes = [each for each in index.contexts.values() if each.pk in role.profiles]
        options += [(True, _option(role, each)) for each in sizes]
    detail = _("todavía no está: lo más cercano")
    for row in rows:
        if row.kind == NEAR and (page := near_titles(index).get(slugify(row.text))):
            option = {"name": page.title, "detail": detail, "url": page.get_absolute_url()}
            options.append((fold(row.text).startswith(typed), option))
    options.sort(key=lambda option: not option[0])
    return list({option["url"]: option for _is_typed, option in options}.values())[:MAX_OPTIONS]


def _option(role, size):
    if size is None:
        url = reverse("profiles:role_detail", args=[role.slug])
        return {"name": role.name, "detail": _("perfil base"), "url": url}
    url = reverse("profiles:role_in_context", args=[size.slug, role.slug])
    name = _("%(role)s en %(size)s") % {"role": role.name, "size": size.name}
    return {"name": name, "detail": size.employee_range, "url": url}
