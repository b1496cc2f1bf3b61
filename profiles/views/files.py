"""Sheets as files: named, conditional, and only so many made at once."""

import hashlib
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from profiles.exports.formats import Busy, turn
from profiles.exports.pdf import PAPERS
from profiles.views.documents import copy_headers
from profiles.views.errors import busy

PAPER = "papel"
MAKERS = ("profiles/exports/*.py", "templates/exports/**/*.typ", "templates/exports/**/*.xml")


def asked_paper(request):
    """Return the name of the asked paper; A4 unless it is one that is known."""
    asked = request.GET.get(PAPER)
    return asked if asked in PAPERS else next(iter(PAPERS))


def file_response(request, *, content, path, name, chosen, render_file):
    """Answer with a file that is made of ``content``, a value whose repr says all of it.

    Who has that file already gets a 304, and nothing is made.
    """
    paper = asked_paper(request)
    etag = _etag(content, name, paper)
    if answer := get_conditional_response(request, etag=etag):
        answer.headers["ETag"] = etag
        return answer
    try:
        with turn():
            file = render_file(paper)
    except Busy:
        lead = _("Volvé a pedirlo en unos segundos: no se perdió nada de lo que elegiste.")
        return busy(request, _("Hay demasiados archivos en preparación"), lead)
    headers = copy_headers(path)
    headers["Content-Disposition"] = content_disposition_header(not chosen.inline, name)
    return HttpResponse(file, chosen.content_type, headers=headers | {"ETag": etag})


def _etag(content, name, paper):
    parts = repr((content, name, paper)).encode() + _release()
    return f'"{hashlib.sha256(parts).hexdigest()[:32]}"'


@cache
def _release():
    """Return a digest of what makes files: another release makes other ones of the same content."""
    found = (path for pattern in MAKERS for path in sorted(settings.BASE_DIR.glob(pattern)))
    return hashlib.sha256(b"".join(path.read_bytes() for path in found)).digest()
