"""What a question that is being typed may become, and the pages of titles that are missing."""

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.documents.text import fold
from profiles.models.shelf import profile_url
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


def suggestions(text, index):
    """Return up to six options (name, what it is, address) for what was typed so far.

    First those that are written as it was typed, then those that mean the same.
    """
    question = understand(text, index)
    typed, size, rows = fold(question.title), question.size, begun(question, index)
    names = ranked(rows, question) or called(question, index)
    found = [(each.row.text, _option(each.role, size, each.alias)) for each in names[:MAX_ROLES]]
    if len(names) == 1 and not size:
        role = names[0].role
        sizes = (each for each in index.contexts.values() if each.pk in role.profiles)
        found += [(typed, _option(role, each)) for each in sizes]
    pages, detail = near_titles(index), _("todavía no está: lo más cercano")
    near = [(row.text, pages.get(slugify(row.text))) for row in rows if row.kind == NEAR]
    found += [(t, (page.title, detail, page.get_absolute_url())) for t, page in near if page]
    found.sort(key=lambda pair: not fold(pair[0]).startswith(typed))
    options = {option[-1]: option for _text, option in found}.values()
    return [dict(zip(("name", "detail", "url"), each, strict=True)) for each in options][
        :MAX_OPTIONS
    ]


def _option(role, size, alias=""):
    """Return (name, what it is, address) of a role in a size, or of its base profile."""
    if size is None or size.pk not in role.profiles:
        return role.name, alias or _("perfil base"), profile_url(role.slug)
    name = _("%(role)s en %(size)s") % {"role": role.name, "size": size.name}
    return name, size.employee_range, profile_url(role.slug, size.slug)
