"""What programs ask for: sitemaps, llms.txt, images, health; and the news, as a page and a feed."""

import datetime
from itertools import groupby

from django.conf import settings
from django.core.cache import caches
from django.core.signing import BadSignature
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.desk.access import is_read_only
from profiles.desk.content_version import current_version
from profiles.documents.text import fold
from profiles.models import Context, Edition
from profiles.seo.meta import PageMeta
from profiles.seo.social import SocialCard, draw
from profiles.views import sitemaps
from profiles.views.http import FOREVER, render_page, set_last_modified

TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


def sitemap(request):
    return _stream(sitemaps.index(), XML)


def sitemap_pages(request):
    return _stream(sitemaps.pages(), XML)


def sitemap_profiles(request):
    return _stream(sitemaps.profiles(), XML)


def _stream(parts, content_type):
    """Answer with ``parts`` as they come, dated by what is public."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    set_last_modified(response, current_version())
    return response


def llms(request):
    """The guide for language models: what it is and where each profile's Markdown lies."""
    bases = (
        Edition.objects.published().base().values("role_name", "role_slug", "summary", "area__name")
    )
    roles = bases.order_by("area__order", "area__name", "role_name")
    values = {"contexts": Context.objects.all(), "roles": roles}
    response = render(request, "discovery/llms.txt", values, content_type=TEXT)
    set_last_modified(response, current_version())
    return response


def security_txt(request):
    """RFC 9116; without an address to write to there is no such file."""
    if not settings.CONTACT_EMAIL:
        raise Http404
    # Always five to six months ahead, and the same for a whole month.
    expires = timezone.now().replace(day=1) + datetime.timedelta(days=180)
    return render(request, "discovery/security.txt", {"expires": expires}, content_type=TEXT)


def icon(request, file):
    """For what looks at the old fixed places only: feed readers, the home screen of an iPhone."""
    return redirect(static(f"img/{file}"))


def social_image(request, token):
    try:
        card = SocialCard.from_token(token)
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    kept, key = caches["images"], token[-43:]
    png = kept.get(key)
    if not isinstance(png, bytes):
        png = draw(card)
        kept.set(key, png, timeout=None)
    response = HttpResponse(png, content_type="image/png")
    response.headers["Cache-Control"] = FOREVER
    # Other sites show it: that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type=TEXT)


def readyz(request):
    """The database answers, takes writes and has all migrations."""
    try:
        if is_read_only():
            raise DatabaseError
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pending = None
    if pending == []:
        return HttpResponse("ready\n", content_type=TEXT)
    reason = "database\n" if pending is None else "migrations\n"
    return HttpResponse(reason, status=503, content_type=TEXT)


FEED_LENGTH, NEWS_LENGTH = 30, 300


def news(request):
    newest = Edition.objects.for_listing().order_by("-published_from", "-pk")
    # JSON that nobody reads here takes a third of the time.
    editions = list(newest.defer("ranges", "critical", "summary", "teaser")[: NEWS_LENGTH + 1])
    meta = PageMeta(
        _("Novedades"),
        request.path,
        _("Perfiles nuevos y actualizados de la guía, día por día, del último al primero."),
        title=_("Novedades: perfiles nuevos y actualizados | Guía de Roles"),
    )
    is_cut = len(editions) > NEWS_LENGTH
    values = {"meta": meta, "days": news_by_day(editions[:NEWS_LENGTH]), "is_cut": is_cut}
    return render_page(request, "pages/news.html", values)


def news_by_day(editions):
    """Return (date, new base editions, [(role, [(kind, editions)], reasons)]), newest first.

    A role whose profiles are all new has nothing more to tell than its name.
    """
    days = groupby(editions, key=lambda edition: timezone.localdate(edition.published_from))
    return [(day, *_by_role(group)) for day, group in days]


def _by_role(editions):
    """Return the new roles, and the news of others, by name; the base profile comes first."""

    def place(edition):
        size = (edition.context.order, edition.context.name) if edition.context_id else (-1, "")
        return fold(edition.role_name), edition.role_slug, edition.number > 1, size

    roles = groupby(sorted(editions, key=place), key=lambda edition: edition.role_slug)
    found = [list(own) for _slug, own in roles]
    new = [own[0] for own in found if own[0].context_id is None and not any(map(_is_change, own))]
    return new, [
        (
            own[0].role_name,
            [(name, list(group)) for name, group in groupby(own, key=kind)],
            list(dict.fromkeys(edition.reason for edition in own if edition.reason)),
        )
        for own in found
        if own[0] not in new
    ]


def _is_change(edition):
    return edition.number > 1 or edition.reason


def kind(edition):
    return _("Actualizado") if edition.number > 1 else _("Nuevo")


def feed(request):
    """The last profiles that were published, each as it is public now, with its whole text."""
    published = Edition.objects.published().select_related("context")
    editions = published.order_by("-published_from", "-pk")[:FEED_LENGTH]
    entries = [(edition, kind(edition)) for edition in editions]
    updated = entries[0][0].published_from if entries else timezone.now()
    values = {"entries": entries, "updated": updated}
    return render(request, "discovery/feed.xml", values, content_type=ATOM)
