"""Error pages: what happened, in Spanish, and where to go next."""

import sys
from difflib import get_close_matches

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error

from profiles.models import Edition

SUGGESTIONS = 4
# Enough for every role of a guide; a larger one suggests from its first names only.
MAX_NAMES = 2000
RETRY_SECONDS = 30


def bad_request(request, exception):
    """Answer 400 or, where there was too much of it, 413."""
    too_big = isinstance(exception, RequestDataTooBig)
    template, status = ("413.html", 413) if too_big else ("400.html", 400)
    # Without the request: what is wrong with it may be what a context processor reads.
    return HttpResponse(render_to_string(template), status=status)


def page_not_found(request, exception):
    """Answer 404 with the roles whose address looks like the one asked for, the likest first."""
    wanted = request.path.rstrip("/").rpartition("/")[2].lower()
    slugs = Edition.objects.published().base().values_list("role_slug", flat=True)[:MAX_NAMES]
    close = get_close_matches(wanted, list(slugs), SUGGESTIONS, cutoff=0.5)
    roles = Edition.objects.for_listing().base().filter(role_slug__in=close)
    suggestions = sorted(roles, key=lambda edition: close.index(edition.role_slug))
    return render(request, "404.html", {"suggestions": suggestions}, status=404)


def unanswered(request):
    """Answer 503 and say when to come back where the database failed, else Django's 500.

    Django calls it while it handles the exception, and has logged it.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return server_error(request)
    # Without the request: its context processors may ask the database who is there.
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
