"""What a page tells search engines: titles, descriptions, addresses. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from profiles.profile_page import ProfilePage

TITLE_LIMIT = 60
SITE_NAME = "Guía de Roles"


class Crumb(NamedTuple):
    """A step of the breadcrumbs; the last one is the page itself."""

    name: str
    url: str


@dataclass(frozen=True)
class PageMeta:
    """The head of one page. An empty description beats a generic one."""

    title: str
    path: str
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    indexed: bool = True

    @property
    def canonical(self) -> str:
        """Return the page's absolute address, from a setting and never from the request."""
        return settings.SITE_URL + self.path


def page_meta(
    name: str, path: str, description: str = "", *, title: str = "", parents: tuple = ()
) -> PageMeta:
    """Return the head of a page called ``name``, ``parents`` between home and itself."""
    home = Crumb(SITE_NAME, reverse("profiles:home"))
    return PageMeta(
        title=title or titled(name),
        path=path,
        description=description,
        crumbs=(home, *(Crumb(*parent) for parent in parents), Crumb(name, path)),
    )


def titled(name: str, *suffixes: str) -> str:
    """Return ``name`` with the first suffix that keeps the title within 60 characters."""
    for suffix in (*suffixes, SITE_NAME):
        if len(title := f"{name} | {suffix}") <= TITLE_LIMIT:
            return title
    return name


def profile_meta(page: ProfilePage, path: str) -> PageMeta:
    """Return the head of a profile; an editor's own title and description come first."""
    if page.context is None:
        parent = (_("Perfiles"), reverse("profiles:role_list"))
        title = titled(page.facts.name, _("perfil OCEAN+ y preguntas de entrevista"))
    else:
        parent = (page.context.name, page.context.get_absolute_url())
        title = titled(page.heading, _("perfil OCEAN+ y preguntas"), _("perfil OCEAN+"))
    return page_meta(
        page.facts.name,
        path,
        page.document.seo.description or page.document.summary,
        title=page.document.seo.title or title,
        parents=(parent,),
    )
