"""What was published when: a page of news, and the same as an Atom feed."""

from itertools import groupby
from typing import NamedTuple

from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.http import render_page
from profiles.models import Edition
from profiles.seo.meta import latest, page_meta
from profiles.seo.social import SITE_NAME
from profiles.seo.structured_data import absolute

FEED_LENGTH, NEWS_LENGTH = 30, 150


def news(request):
    editions = list(Edition.objects.for_listing().order_by("-published_from", "-pk")[:NEWS_LENGTH])
    meta = page_meta(
        _("Novedades"),
        request.path,
        _("Perfiles nuevos y actualizados de la guía, del último al primero, con el porqué."),
        title=_("Novedades: perfiles nuevos y actualizados | Guía de Roles"),
        modified=latest(editions),
    )
    values = {"meta": meta, "days": news_by_day(editions)}
    return render_page(request, "pages/news.html", values)


class RoleNews(NamedTuple):
    """The editions of one role that were published on one day, the base profile first."""

    name: str
    editions: list[Edition]

    @property
    def kinds(self) -> list[tuple[str, list[Edition]]]:
        """Return ("Nuevo", first editions) and ("Actualizado", the others), none empty."""
        groups: dict[str, list[Edition]] = {}
        for edition in sorted(self.editions, key=lambda edition: edition.number > 1):
            groups.setdefault(kind(edition), []).append(edition)
        return list(groups.items())

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(edition.reason for edition in self.editions if edition.reason))


def kind(edition: Edition) -> str:
    """Say whether an edition is its profile's first."""
    return _("Actualizado") if edition.number > 1 else _("Nuevo")


def news_by_day(editions: list[Edition]) -> list[tuple]:
    """Return (date, [RoleNews]) pairs of ``editions``, which come newest first."""
    days = groupby(editions, key=lambda edition: timezone.localdate(edition.published_from))
    return [(day, _by_role(list(group))) for day, group in days]


def _by_role(editions: list[Edition]) -> list[RoleNews]:
    ordered = sorted(editions, key=lambda edition: (edition.role_name, edition.role_slug))
    groups = groupby(ordered, key=lambda edition: (edition.role_slug, edition.role_name))
    return [RoleNews(name, sorted(group, key=_by_size)) for (_slug, name), group in groups]


def _by_size(edition: Edition) -> int:
    return edition.context.order if edition.context_id else -1


class FullAtomFeed(Atom1Feed):
    """Atom with the whole text of each entry, so that a reader need not visit."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class NewsFeed(Feed):
    """The last profiles that were published, each as it is public now."""

    feed_type = FullAtomFeed
    language = "es-AR"
    title = gettext_lazy("Guía de Roles: novedades")
    subtitle = gettext_lazy("Perfiles nuevos y actualizados, con su texto completo.")
    author_name = SITE_NAME

    def link(self):
        return absolute(reverse("discovery:news"))

    def feed_url(self):
        return absolute(reverse("discovery:feed"))

    def feed_guid(self):
        return self.feed_url()

    def items(self):
        published = Edition.objects.published().select_related("context")
        return published.order_by("-published_from", "-pk")[:FEED_LENGTH]

    def item_title(self, item):
        if item.context_id is None:
            return item.role_name
        names = {"role": item.role_name, "context": item.context.name}
        return _("%(role)s en %(context)s") % names

    def item_description(self, item):
        # Atom calls a summary HTML.
        return escape(item.summary)

    def item_link(self, item):
        return absolute(item.get_absolute_url())

    def item_guid(self, item):
        # A renamed role's address changes, and what was read once is not new again.
        return f"{self.feed_url()}#perfil-{item.profile_id}-edicion-{item.number}"

    def item_categories(self, item):
        return [kind(item)]

    def item_author_name(self, item):
        return item.author_name or None

    def item_pubdate(self, item):
        return item.published_from

    def item_updateddate(self, item):
        return item.published_from

    def item_extra_kwargs(self, item):
        values = {"edition": item, "kind": kind(item)}
        return {"content": render_to_string("includes/feed_entry.html", values)}
