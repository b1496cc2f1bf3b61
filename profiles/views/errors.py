"""Error pages: what happened, in Spanish, and where to go next."""

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.question import Question
from profiles.views.http import SAFE_METHODS, moved_to
from profiles.views.search.missing_titles import with_editions

SUGGESTIONS = 4
RETRY_SECONDS = 30
BUSY_SECONDS = 5
# The database is away, takes no writes (InternalError), or has not this release's tables.
UNUSABLE = OperationalError | InterfaceError | InternalError | ProgrammingError
# The first part of the guide's addresses, as words; so much of what follows is read.
GUIDE = "guia de roles"
MAX_LETTERS = 100


def bad_request(request, exception):
    """Answer 400 or, where there was too much of it, 413.

    Django takes a session that the database cannot keep for one that somebody has ended.
    """
    reason = exception.__context__ and exception.__context__.__context__
    if isinstance(exception, SessionInterrupted) and isinstance(reason, UNUSABLE):
        return _come_back()
    too_big = isinstance(exception, RequestDataTooBig)
    template, status = ("413.html", 413) if too_big else ("400.html", 400)
    # Without the request: what is wrong with it may be what a context processor reads.
    return HttpResponse(render_to_string(template), status=status)


def page_not_found(request, exception):
    """Answer 404 with the roles that the address may mean; another name of a size redirects."""
    words = [part.replace("-", " ") for part in request.path.split("/") if part]
    index = current_index()
    named = Question(words[1], index) if words[1:] and words[0] == GUIDE else None
    is_read = request.method in SAFE_METHODS and request.path.startswith(reverse("profiles:home"))
    if is_read and named and named.size and not named.title and words[1] not in index.contexts:
        # The same address under the size's own name.
        _before, guide, _name, *rest = request.path.split("/")
        return moved_to(request, "/".join(["", guide, named.size.slug, *rest]))
    answer = find(" ".join(words[2:] or words[-1:])[:MAX_LETTERS], index)
    place = getattr(named and named.size, "pk", None)
    near = (answer.names or answer.nearest)[:SUGGESTIONS]
    found = with_editions([each.at(place) for each in near])
    values = {"suggestions": [edition for edition, _found in found]}
    return render(request, "404.html", values, status=404)


def busy(request, heading, lead):
    """Answer 503: as many visitors as may have the same costly thing made at this moment."""
    again = {"next_url": request.get_full_path(), "next_label": _("Pedirlo otra vez")}
    values = {"heading": heading, "lead": lead, **again}
    page = render_to_string("includes/plain_page.html", values)
    headers = {"Retry-After": str(BUSY_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)


def unanswered(request):
    """Answer 503 and say when to come back where the database failed, else Django's 500.

    Django calls it while it handles the exception, and has logged it.
    """
    if not isinstance(sys.exception(), UNUSABLE):
        return server_error(request)
    return _come_back()


def _come_back():
    # Without the request: its context processors may ask the database who is there.
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
