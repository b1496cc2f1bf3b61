"""What all sheets share: how a profile becomes the head of one, and what is filled in by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.documents.choices import Country
from profiles.exports.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.documents.schema import Requirement
    from profiles.exports.sheet import Block
    from profiles.guide.profile_page import ProfilePage

BY_HAND = ""
APPLICATION = gettext_lazy("Candidatura Nº")
PAGE_FIELDS = (APPLICATION, gettext_lazy("Fecha"), gettext_lazy("Entrevista"))


def file_stem(name: str, page: ProfilePage) -> str:
    """Return the name of a file about the profile of ``page`` without its ending."""
    return f"{name}-{page.facts.slug}-{page.context.slug if page.context else 'perfil-base'}"


def size_words(page: ProfilePage) -> str:
    """Return "Global · 1001+ personas", or the name of the base profile."""
    if page.context is None:
        return _("Perfil base")
    people = _("%(range)s personas") % {"range": page.context.employee_range}
    return f"{page.context.name} · {people}"


def requirement_words(item: Requirement) -> str:
    """Return a requirement with the country in which it is one."""
    return f"{item.text} ({Country(item.country).label})" if item.country else item.text


def page_sheet(
    page: ProfilePage,
    *,
    title: str,
    file_name: str,
    blocks: Iterable[Block],
    source_url: str,
    **more,
) -> Sheet:
    """Return a sheet about the profile of ``page``; ``more`` replaces fields of its head."""
    head = {
        "heading": page.heading,
        "subtitle": f"{size_words(page)} · {page.area.name}",
        "lead": page.document.summary,
        "ranges": page.ranges,
        "critical": page.critical,
        "running_field": str(APPLICATION),
        "reviewed_on": page.document.reviewed_on,
        **more,
    }
    return Sheet(
        title=title,
        blocks=tuple(blocks),
        source_url=source_url,
        file_stem=file_stem(file_name, page),
        dated=page.published_from,
        **head,
    )
