"""How public pages travel: one final address, validators, cache rules, security headers.

Small middlewares. What a view sets itself always stands.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)
from django.middleware import common
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, has_vary_header, set_response_etag
from django.utils.http import parse_http_date_safe

from profiles.desk.content_version import ContentState
from profiles.documents.text import fold

type GetResponse = Callable[[HttpRequest], HttpResponse]

# Bytes of a request's body: a role's form or an import of an editor, the log-in of a visitor.
MAX_BODY, MAX_LOG_IN = 8 * 1024**2, 64 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD"})
PUBLIC_APPS = frozenset({"profiles", "discovery", "api"})
# A browser asks each time, by ETag, so that an edit shows at once. A cache that many share may
# answer for five minutes, and one that knows the second header (RFC 9213) in an outage as well.
PAGE_CACHE = "public, max-age=0, s-maxage=300, must-revalidate"
SHARED_PAGE_CACHE = "max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
REDIRECTS = frozenset({301, 302, 307, 308})
REDIRECT_CACHE = "public, max-age=3600"
# The address holds the content, so what it answers never changes.
FOREVER = "public, max-age=31536000, immutable"
# No address of the guide is longer, so nothing is remembered of such a path.
LONGEST = 300
REPEATED_SLASHES = re.compile("/{2,}")
# Blocks at whose borders no browser draws a space, so that none is needed there.
BLOCKS = "article|d[dlt]|details|div|form|h[1-6]|header|li|link|main|meta|nav|ol|p|section|ul"
SPACE_BEFORE_BLOCK = re.compile(rb" (?=</?(?:%b)[ >])" % BLOCKS.encode())

DEVICE_FEATURES = (
    *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "payment", "usb"),
)
SECURITY_HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DEVICE_FEATURES),
    # As SecurityMiddleware does, but for the hosts that it refuses.
    "X-Content-Type-Options": "nosniff",
}


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that Django has no setting for, also to what its own middlewares refuse."""

    def middleware(request):
        response = get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def cache_rules(get_response: GetResponse) -> GetResponse:
    """Say how long a public answer may be kept, and answer 304 where nothing changed."""

    def middleware(request):
        response = get_response(request)
        if version := request.META.get("content.version"):
            set_last_modified(response, version)
        if not request.path.startswith(f"/{settings.ADMIN_PATH}"):
            # Django takes back a session that leads nowhere and mends a token; here is neither.
            for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
                response.cookies.pop(name, None)
        _set_cache_control(request, response)
        if request.method in SAFE_METHODS and "no-store" not in response["Cache-Control"]:
            response = _conditional(request, response)
        return _without_body(response) if request.method == "HEAD" else response

    return middleware


def _set_cache_control(request: HttpRequest, response: HttpResponse) -> None:
    if response.status_code >= 400 or not _is_public(request, response):
        rule = "no-store"
    elif response.status_code in REDIRECTS:
        rule = REDIRECT_CACHE
    else:
        rule = PAGE_CACHE
        if not response.has_header("Cache-Control"):
            response.headers["CDN-Cache-Control"] = SHARED_PAGE_CACHE
        if response.get("Content-Type", "").startswith("text/html"):
            rules = reverse("discovery:speculation_rules")
            response.headers.setdefault("Speculation-Rules", f'"{rules}"')
    response.headers.setdefault("Cache-Control", rule)


def _is_public(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether every visitor gets this same answer."""
    match = request.resolver_match
    personal = response.cookies or has_vary_header(response, "Cookie")
    return bool(match and match.app_name in PUBLIC_APPS and not personal)


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return 304 or 412 where the request's conditions say so; HEAD is treated as GET."""
    if not response.has_header("ETag"):
        set_response_etag(response)
    modified = response.get("Last-Modified")
    # As nginx does: a page that is older than the visitor's was withdrawn to what it is.
    if request.headers.get("If-Modified-Since", modified) != modified:
        modified = None
    if modified is None:
        # Who has no date can keep no promise about it (RFC 9110, 13.1.4).
        request.META.pop("HTTP_IF_UNMODIFIED_SINCE", None)
    answer = get_conditional_response(
        request,
        etag=response.get("ETag"),
        last_modified=modified and parse_http_date_safe(modified),
        response=response,
    )
    # Django's 304 keeps the validators alone; another site's script also needs its permission.
    for name, value in response.headers.items():
        if name.startswith(("Access-Control-", "Cross-Origin-")):
            answer.headers.setdefault(name, value)
    return answer


def _without_body(response: HttpResponse) -> HttpResponse:
    """Keep the headers of a GET and send nothing else; gunicorn complains of each byte.

    The server closes the response; closing it here would end the request's database connection.
    """
    if response.streaming:
        response.streaming_content = ()
    else:
        response.content = b""
    return response


def method_page(get_response: GetResponse) -> GetResponse:
    """Refuse to write on a public page, and give the refusal, which Django leaves empty, a page."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html")
        return response

    middleware.process_view = _refuse_writing
    return middleware


def _refuse_writing(request: HttpRequest, *_view: object) -> HttpResponse | None:
    """Answer 405 or 413 before anybody reads what was sent: only the desk takes forms.

    Whoever has no account sends the few fields of a log-in, and nobody a file that fills a disk.
    """
    if request.method in SAFE_METHODS:
        return None
    if not request.path.startswith((f"/{settings.ADMIN_PATH}", reverse("api:start"))):
        return HttpResponseNotAllowed(sorted(SAFE_METHODS))
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    if sent > MAX_BODY or (sent > MAX_LOG_IN and not request.user.is_authenticated):
        raise RequestDataTooBig("The body is larger than any form")
    return None


def final_address(get_response: GetResponse) -> GetResponse:
    """Answer upper case, accents, repeated and missing slashes with one 301 to the final address.

    The tidy address is asked first, inside: where it redirects itself (an alias), that redirect
    is the answer, so that no visitor follows two.
    """

    def middleware(request):
        is_guide = request.path_info.startswith(reverse("profiles:home"))
        if is_guide and len(request.path_info) > LONGEST:
            raise Http404
        tidy = _tidy(request.path_info)
        if tidy == request.path_info or request.method not in SAFE_METHODS:
            return get_response(request)
        if not tidy.startswith((reverse("profiles:home"), reverse("api:start"))):
            return get_response(request)
        request.path = request.path_info = tidy
        response = get_response(request)
        # Another site's script is answered at once: it may not follow a redirect without headers.
        if response.status_code != 200 or tidy.startswith(reverse("api:start")):
            return response
        return moved_to(request, tidy)

    return middleware


class CommonMiddleware(common.CommonMiddleware):
    """Django's, which wants one of ``ALLOWED_HOSTS``, except where machines ask each other.

    A health check calls a node by its number. What those addresses answer names no host and is
    kept by nobody; every other page is refused as before.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info in settings.MACHINE_PATHS:
            return None
        return super().process_request(request)


def _tidy(path: str) -> str:
    """Return ``path`` in lower case, without accents, repeated or missing slashes.

    A file's address ends without one.
    """
    tidy = REPEATED_SLASHES.sub("/", fold(path))
    is_file = "." in tidy.rpartition("/")[2]
    return tidy if is_file or tidy.endswith("/") else f"{tidy}/"


def moved_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect for good to ``url`` with the query that was asked with."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{url}?{query}" if query else url)


def render_page(request: HttpRequest, template: str, values: dict) -> HttpResponse:
    """Render a public page."""
    response = render(request, template, values)
    response.content = _without_air(response.content)
    return response


def _without_air(html: bytes) -> bytes:
    """Return a page without the air of its templates: one part in twenty of what is sent."""
    line = b" ".join(filter(None, map(bytes.strip, html.split(b"\n"))))
    return SPACE_BEFORE_BLOCK.sub(b"", line).replace(b"</li> ", b"</li>")


def set_last_modified(response: HttpResponse, version: ContentState) -> None:
    if response.status_code == 200 and (date := version.last_modified):
        response.headers["Last-Modified"] = date


def public_values(request: HttpRequest) -> dict:
    return {
        "site_url": settings.SITE_URL,
        "cta": {"brand": settings.CTA_BRAND, "text": settings.CTA_TEXT, "url": settings.CTA_URL},
        "contact_email": settings.CONTACT_EMAIL,
    }
