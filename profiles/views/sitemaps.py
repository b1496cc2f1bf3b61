"""Sitemaps: an index and two files, written while they are read.

A file may hold 50,000 addresses: all of ESCO has 15,000 profiles, of 3,000 roles.
"""

import datetime
from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse

from profiles.guide.pairs import pairs
from profiles.models import Archetype, Area, Context, Edition, Page, Trait
from profiles.search.index import current_index
from profiles.seo.meta import latest
from profiles.seo.structured_data import absolute
from profiles.views.pages import METHOD_SLUG
from profiles.views.profiles import profile_url
from profiles.views.search.missing_titles import own_pages

CHUNK = 2_000
START = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def index() -> Iterator[str]:
    yield f"{START}<sitemapindex {NAMESPACE}>\n"
    yield _entry("sitemap", reverse("discovery:sitemap_pages"), Edition.objects.newest())
    yield _entry("sitemap", reverse("discovery:sitemap_profiles"))
    yield "</sitemapindex>\n"


def pages() -> Iterator[str]:
    """Yield the sitemap of everything that is not a profile."""
    newest = Edition.objects.newest()
    names = ("profiles:home", "profiles:role_list", "profiles:compare", "discovery:news")
    lists = [(reverse(name), newest) for name in names]
    lists.append((reverse("profiles:general_kit"), None))
    lists += [(page.get_absolute_url(), newest) for page in own_pages(current_index())]
    lists += [
        (pair.url, latest([pair.one, pair.other])) for pair in pairs(Edition.objects.for_pairs())
    ]
    yield from _file([*lists, *_trait_and_archetype_pages(), *_area_and_context_pages()])


def _trait_and_archetype_pages() -> Iterator[tuple]:
    for model, list_name in ((Trait, "trait_list"), (Archetype, "archetype_list")):
        rows = list(model.objects.only("slug", "updated_at"))
        newest = max((row.updated_at for row in rows), default=None)
        yield reverse(f"profiles:{list_name}"), newest
        yield from ((row.get_absolute_url(), row.updated_at) for row in rows)
    for page in Page.objects.only("slug", "updated_at").filter(slug=METHOD_SLUG):
        yield reverse("profiles:method"), page.updated_at


def _area_and_context_pages() -> Iterator[tuple]:
    """A page that lists roles changes with its own text and with each role published there."""
    for model, column in ((Area, "area"), (Context, "context")):
        published = Edition.objects.published().order_by().values_list(column)
        newest = dict(published.annotate(newest=Max("published_from")))
        for row in model.objects.only("slug", "updated_at"):
            yield row.get_absolute_url(), max(row.updated_at, newest.get(row.pk, row.updated_at))


def profiles() -> Iterator[str]:
    """Yield the sitemap of the published profiles."""
    yield from _file(_profile_addresses())


def _profile_addresses() -> Iterator[tuple]:
    family = Edition.objects.published().filter(role=OuterRef("role")).order_by()
    sizes = family.exclude(context=None).values("role")
    newest = sizes.annotate(newest=Max("published_from")).values("newest")
    base = family.base().values("published_from")[:1]
    rows = (
        Edition.objects.published()
        .order_by("pk")
        .annotate(base_from=Subquery(base), sizes_from=Subquery(newest))
        .values_list("role_slug", "context__slug", "published_from", "base_from", "sizes_from")
    )
    for role, context, own, inherited, newest_size in rows.iterator(CHUNK):
        # A context's page also shows its base profile, so it changes with either.
        yield profile_url(role, context), max(own, inherited or own)
        if context is None and newest_size:
            yield reverse("profiles:context_shift", args=[role]), max(own, newest_size)


def _file(addresses) -> Iterator[str]:
    yield f"{START}<urlset {NAMESPACE}>\n"
    for path, modified in addresses:
        yield _entry("url", path, modified)
    yield "</urlset>\n"


def _entry(tag: str, path: str, modified: datetime.datetime | None = None) -> str:
    date = f"<lastmod>{modified.isoformat(timespec='seconds')}</lastmod>" if modified else ""
    return f"<{tag}><loc>{escape(absolute(path))}</loc>{date}</{tag}>\n"
