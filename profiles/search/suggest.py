"""What a question that is being typed may become, and the pages of titles that are missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from profiles.documents.text import fold
from profiles.search.find import begun, ranked
from profiles.search.question import understand
from profiles.search.titles import NAME

if TYPE_CHECKING:
    from profiles.search.index import Index
    from profiles.search.titles import Title

MAX_OPTIONS = 6
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
    def description(self) -> str:
        return next(iter(self.sentences), "")

    def get_absolute_url(self) -> str:
        return reverse("profiles:near_title", args=[self.slug])

    def option(self) -> dict[str, str]:
        """Return the page as a suggestion."""
        detail = _("todavía no está: lo más cercano")
        return {"name": self.title, "detail": detail, "url": self.get_absolute_url()}


@lru_cache(maxsize=1)
def near_titles(index: Index) -> dict[str, NearPage]:
    """Return slug → page of every near title; several slugs of one title lead to one page."""
    same: defaultdict[frozenset, list[Title]] = defaultdict(list)
    uses = defaultdict(set)
    for row in index.near.rows:
        words = list(row.words)
        own = (name for name in index.names.called(words) if name.kind == NAME)
        # What a role is called needs no page that says it is missing.
        if not index.names.exact(words) and not any(own):
            same[frozenset(row.words)].append(row)
            uses[row.note].add(frozenset(row.words))
    pages = {}
    for rows in same.values():
        rows = sorted(rows, key=lambda row: (row.text, index.roles[row.target].order))
        sentences = tuple(row.note for row in rows if row.note)
        is_own = len(sentences) == len(rows) and all(len(uses[note]) == 1 for note in sentences)
        page = NearPage(slugify(rows[0].text), rows[0].text, sentences, is_own)
        pages |= {slugify(row.text): page for row in reversed(rows)}
    return pages


def suggestions(text: str, index: Index) -> list[dict[str, str]]:
    """Return up to six options (name, what it is, address) for what was typed so far.

    First those that are written as it was typed, then those that mean the same.
    """
    question = understand(text, index)
    typed, size = fold(question.title), question.size
    rows = begun(question, index.names) or index.names.called(question.words)
    roles = [
        (found.role, fold(found.alias or found.role.name).startswith(typed))
        for found in ranked(rows, question, index)
    ]
    options = [
        (is_typed, _role_option(role, size if size and size.pk in role.profiles else None))
        for role, is_typed in roles[:MAX_ROLES]
    ]
    if len(roles) == 1 and not size:
        sizes = [each for each in index.contexts.values() if each.pk in roles[0][0].profiles]
        options += [(True, _role_option(roles[0][0], each)) for each in sizes]
    pages = near_titles(index)
    for row in begun(question, index.near):
        if page := pages.get(slugify(row.text)):
            options.append((fold(row.text).startswith(typed), page.option()))
    options.sort(key=lambda option: not option[0])
    return list({option["url"]: option for _is_typed, option in options}.values())[:MAX_OPTIONS]


def _role_option(role, size=None) -> dict[str, str]:
    if size is None:
        url = reverse("profiles:role_detail", args=[role.slug])
        return {"name": role.name, "detail": _("perfil base"), "url": url}
    url = reverse("profiles:role_in_context", args=[size.slug, role.slug])
    name = _("%(role)s en %(size)s") % {"role": role.name, "size": size.name}
    return {"name": name, "detail": size.employee_range, "url": url}
