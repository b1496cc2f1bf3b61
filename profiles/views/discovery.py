"""What programs ask for: sitemaps, llms.txt, social images; whether the site is well."""

import datetime

from django.conf import settings
from django.core.cache import caches
from django.core.signing import BadSignature
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.db.utils import DatabaseError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.desk.access import is_read_only
from profiles.exports.markdown import escape
from profiles.http import FOREVER, set_last_modified
from profiles.models import Context, Edition
from profiles.seo.social import SITE_NAME, SocialCard, draw
from profiles.seo.structured_data import absolute
from profiles.views import sitemaps
from profiles.views.profiles import profile_url

TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"


def sitemap(request):
    return _stream(sitemaps.index(), XML)


def sitemap_pages(request):
    return _stream(sitemaps.pages(), XML)


def sitemap_profiles(request, number):
    if not 1 <= number <= sitemaps.file_count():
        raise Http404(_("No hay un mapa del sitio con ese número."))
    return _stream(sitemaps.profiles(number), XML)


def _stream(parts, content_type):
    """Answer with ``parts`` as they come, dated by the newest edition."""
    response = StreamingHttpResponse(parts, content_type=content_type)
    set_last_modified(response, Edition.objects.newest())
    return response


def llms(request):
    """The guide for language models: what it is and where each profile's Markdown lies."""
    return _stream(_llms_lines(), TEXT)


def _llms_lines():
    contexts = ", ".join(f"{c.slug} ({c.employee_range})" for c in Context.objects.all())
    yield f"# {SITE_NAME}\n\n"
    yield _(
        "> Qué pide cada puesto según el tamaño de la empresa: rangos OCEAN+ en una escala de 1 a "
        "5 con su razón, conductas observables y preguntas de entrevista con respuestas ancladas. "
        "Es una guía para conversar, nunca un test: no evalúa personas ni da puntajes.\n\n"
    )
    yield _("Cada rol tiene un perfil base y uno por tamaño de empresa: %s.\n") % contexts
    yield _("El de un tamaño está en %s.\n\n") % absolute("/guia-de-roles/<contexto>/<rol>.md")
    method = absolute(reverse("profiles:method"))
    yield f"## {_('Método')}\n\n- [{_('Cómo está hecha')}]({method})\n"
    area = None
    for name, slug, summary, group in _base_rows().iterator(chunk_size=sitemaps.CHUNK):
        if group != area:
            area = group
            yield f"\n## {escape(area)}\n\n"
        path = profile_url(slug, None).rstrip("/")
        yield f"- [{escape(name)}]({absolute(path)}.md): {escape(summary)}\n"


def _base_rows():
    rows = Edition.objects.published().base().order_by(F("area__order"), "area__name", "role_name")
    return rows.values_list("role_name", "role_slug", "summary", "area__name")


def security_txt(request):
    """RFC 9116; without an address to write to there is no such file."""
    if not settings.CONTACT_EMAIL:
        raise Http404
    # Always five to six months ahead, and the same for a whole month.
    expires = timezone.now().replace(day=1) + datetime.timedelta(days=180)
    lines = (
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: es, en",
        f"Canonical: {absolute(request.path)}",
    )
    return _lines(lines)


def favicon(request):
    """For readers that look at the old fixed place only."""
    return redirect(static("img/favicon.ico"))


def social_image(request, token):
    try:
        card = SocialCard.from_token(token)
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    png = caches["images"].get_or_set(token[-43:], lambda: draw(card), timeout=None)
    response = HttpResponse(png, content_type="image/png")
    response.headers["Cache-Control"] = FOREVER
    # Other sites show it: that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _lines(lines):
    return HttpResponse("\n".join([*lines, ""]), content_type=TEXT)


@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type=TEXT)


@require_safe
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
