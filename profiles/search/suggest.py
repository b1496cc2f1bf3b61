"""What a question that is being typed may become, and the pages of titles that are missing."""

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.documents.text import fold
from profiles.search.find import begun, called, ranked
from profiles.search.question import understand
from profiles.search.titles import ALIAS, NEAR

# A role that is found alone is offered in its sizes, too.
MAX_OPTIONS, MAX_ROLES = 6, 4


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
        names = index.titles.having(row.words) if row.kind == NEAR else ()
        # What a role is called needs no page that says it is missing.
        is_name = any(
            name.words == row.words if name.kind == ALIAS else name.is_of(row.words)
            for name in names
            if name.is_name
        )
        if row.kind == NEAR and not is_name:
            same[row.words].append(row)
            uses[row.note].add(row.words)
    for rows in same.values():
        rows.sort(key=lambda row: (row.text, row.target.order))
        is_own = all(row.note and len(uses[row.note]) == 1 for row in rows)
        sentences = tuple(row.note for row in rows if row.note)
        page = NearPage(slugify(rows[0].text), rows[0].text, sentences, is_own)
        pages |= {slugify(row.text): page for row in reversed(rows)}
    return pages


def suggestions(text, index):
    """Return up to six options (name, what it is, address) for what was typed so far.

    First those that are written as it was typed, then those that mean the same.
    """
    question = understand(text, index)
    typed, size, rows = fold(question.title), question.size, begun(question, index)
    names = ranked(rows, question) or called(question, index)
    options = []
    for found in names[:MAX_ROLES]:
        known = size if size and size.pk in found.role.profiles else None
        options.append((found.row.text, _option(found.role, known, found.alias)))
    if len(names) == 1 and not size:
        sizes = (each for each in index.contexts.values() if each.pk in names[0].role.profiles)
        options += [(typed, _option(names[0].role, each)) for each in sizes]
    detail = _("todavía no está: lo más cercano")
    for row in rows:
        if row.kind == NEAR and (page := near_titles(index).get(slugify(row.text))):
            option = {"name": page.title, "detail": detail, "url": page.get_absolute_url()}
            options.append((row.text, option))
    options.sort(key=lambda option: not fold(option[0]).startswith(typed))
    return list({option["url"]: option for _text, option in options}.values())[:MAX_OPTIONS]


def _option(role, size, alias=""):
    if size is None:
        url = reverse("profiles:role_detail", args=[role.slug])
        return {"name": role.name, "detail": alias or _("perfil base"), "url": url}
    url = reverse("profiles:role_in_context", args=[size.slug, role.slug])
    name = _("%(role)s en %(size)s") % {"role": role.name, "size": size.name}
    return {"name": name, "detail": size.employee_range, "url": url}
