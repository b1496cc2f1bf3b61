"""The head of a page: title, description, addresses, dates. Pure data."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from textwrap import shorten
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from profiles.documents.text import sentences
from profiles.guide.profile_page import ProfilePage
from profiles.seo.social import SITE_NAME, SocialCard
from profiles.seo.structured_data import absolute, breadcrumb_list, json_ld, profile_node, web_site

TITLE_LIMIT = 60
# Shorter descriptions waste the place a result page gives them; longer ones are cut.
DESCRIPTION_MINIMUM = 70
DESCRIPTION_LIMIT = 160


class Crumb(NamedTuple):
    """A step of the breadcrumbs; the last one is the page itself."""

    name: str
    url: str


@dataclass(frozen=True)
class PageMeta:
    """The head of one page. An empty description beats a generic one."""

    name: str
    path: str
    description: str = ""
    # What a result page shows; by default the name.
    title: str = ""
    # (name, address) of the steps between home and this page.
    parents: tuple[tuple[str, str], ...] = ()
    indexed: bool = True
    # Structured data about the content; the breadcrumbs come by themselves.
    entities: tuple[dict, ...] = ()
    card: SocialCard | None = None
    has_markdown: bool = False
    # What was chosen on the page: shared with its address, and no part of the canonical one.
    query: str = ""

    def __post_init__(self):
        object.__setattr__(self, "title", self.title or titled(self.name))

    @property
    def shared(self) -> str:
        """Return the absolute address that opens what the visitor sees."""
        return f"{self.canonical}?{self.query}" if self.query else self.canonical

    @property
    def canonical(self) -> str:
        return absolute(self.path)

    @property
    def markdown(self) -> str:
        return absolute(f"{self.path.rstrip('/')}.md")

    @property
    def is_home(self) -> bool:
        return self.path == reverse("profiles:home")

    @cached_property
    def crumbs(self) -> list[Crumb]:
        home = Crumb(SITE_NAME, reverse("profiles:home"))
        return [home, *(Crumb(*parent) for parent in self.parents), Crumb(self.name, self.path)]

    @property
    def image(self) -> SocialCard:
        return self.card or SocialCard(self.name, self.description)

    @property
    def json_ld(self) -> SafeString:
        if self.is_home:
            first = web_site(SITE_NAME, self.path, self.description)
        else:
            first = breadcrumb_list(self.crumbs)
        return json_ld((first, *self.entities))


def titled(name: str, *suffixes: str) -> str:
    """Return ``name`` with the first suffix that keeps the title within 60 characters."""
    return first_fitting(*(f"{name} | {suffix}" for suffix in (*suffixes, SITE_NAME)), name)


def first_fitting(*titles: str, **words: object) -> str:
    """Return the first title, with its ``words``, within 60 characters, or the last one, cut."""
    titles = [title % words for title in titles] if words else titles
    fitting = (title for title in titles if len(title) <= TITLE_LIMIT)
    return next(fitting, None) or shorten(titles[-1], TITLE_LIMIT, placeholder="…")


def latest(rows: Iterable) -> datetime.datetime | None:
    """Return when the newest of ``rows`` changed: editions or vocabulary entries."""
    moments = (getattr(row, "published_from", None) or row.updated_at for row in rows)
    return max(moments, default=None)


def described(summary: str, more: Iterable[str]) -> str:
    """Return ``summary``, and where it is too short for a result page, a sentence after it."""
    if not summary or len(summary) >= DESCRIPTION_MINIMUM:
        return summary
    candidates = (f"{summary} {sentence}" for sentence in more)
    lengths = range(DESCRIPTION_MINIMUM, DESCRIPTION_LIMIT + 1)
    return next((text for text in candidates if len(text) in lengths), summary)


def role_list_crumb() -> Crumb:
    return Crumb(_("Perfiles"), reverse("profiles:role_list"))


def parent_crumb(page: ProfilePage) -> Crumb:
    """Return the step above a profile: its context, and the list of roles for a base profile."""
    if page.context is None:
        return role_list_crumb()
    return Crumb(page.context.name, page.context.get_absolute_url())


def profile_meta(page: ProfilePage) -> PageMeta:
    """Return the head of a profile; an editor's own title and description come first."""
    seo = page.document.seo
    return PageMeta(
        page.facts.name,
        page.path,
        seo.description or described(page.document.summary, _more_sentences(page)),
        title=seo.title or profile_title(page),
        parents=(parent_crumb(page),),
        entities=(profile_node(page),),
        card=profile_card(page),
        has_markdown=True,
    )


def profile_title(page: ProfilePage) -> str:
    """Return what a searcher would type, as much of it as fits."""
    words = (
        _("perfil OCEAN+ y preguntas de entrevista"),
        _("perfil y preguntas de entrevista"),
        _("perfil y entrevista"),
        _("perfil OCEAN+"),
    )
    # A context's title is longer by its name and shares the rest with the base profile's.
    chosen = words[1:] if page.context else words
    titles = (f"{page.heading}: {suffix}" for suffix in chosen)
    return first_fitting(*titles, page.heading, _short_heading(page))


def _short_heading(page: ProfilePage) -> str:
    """Return the heading with the role's name cut, so that the context stays in the title."""
    if page.context is None:
        return page.facts.name
    excess = max(len(page.heading) - TITLE_LIMIT, 0)
    name = shorten(page.facts.name, len(page.facts.name) - excess, placeholder="…")
    return _("%(role)s en %(context)s") % {"role": name, "context": page.context}


def profile_card(page: ProfilePage) -> SocialCard:
    """Return the social image of a profile: role, context, fingerprint."""
    size = ""
    if page.context:
        words = {"context": page.context, "range": page.context.employee_range}
        size = _("%(context)s · %(range)s personas") % words
    return SocialCard.of_profile(page.facts.name, size, page)


def _more_sentences(page: ProfilePage) -> Iterator[str]:
    yield from filter(None, [getattr(page.document, "teaser", "")])
    yield from getattr(page.document, "responsibilities", ())
    yield from sentences(strip_tags(page.body_html))
