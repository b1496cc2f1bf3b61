"""The headers of every answer, under the settings of a site at https://."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from profiles.desk.history import keep
from profiles.views.preview import share
from tests.helpers.site import settings_with
from tests.security.addresses import public_paths

pytestmark = pytest.mark.usefixtures("vocabulary", "made_role", "open_connection")
# What MDN's Observatory gives 150 points for (its src/grader/charts.js), and both ways to forbid
# framing, for what knows only the older one.
HEADERS = {
    "Strict-Transport-Security": {"max-age=31536000; includeSubDomains; preload"},
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"strict-origin-when-cross-origin", "same-origin", "no-referrer"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Embedder-Policy": {"require-corp"},
}
POLICY = {"default-src": ["'none'"], "frame-ancestors": ["'none'"], "base-uri": ["'none'"]}
UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
NAMES = (
    *("SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT", "SECURE_HSTS_SECONDS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SESSION_COOKIE_SECURE"),
    *("CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
)
DESK = ("", "profiles/profile/", "profiles/role/importar/", "auth/user/add/", "no-such/")


@pytest.fixture
def https(settings):
    """Return a function that opens a path over HTTPS, by default as a stranger."""
    found = settings_with(SITE_URL="https://guia.example")
    for name in NAMES:
        setattr(settings, name, found[name])

    def open_path(path, client=None, **options):
        return (client or Client(raise_request_exception=False)).get(path, secure=True, **options)

    return open_path


def directives(policy: str) -> dict[str, list[str]]:
    """Return the sources of each directive of a Content-Security-Policy."""
    parts = [part.split() for part in policy.split(";") if part.split()]
    return {name: sources for name, *sources in parts}


def weak(headers, cookies=()) -> list[str]:
    """Return what an answer lacks for a browser to keep it safe."""
    found = [name for name, allowed in HEADERS.items() if headers.get(name) not in allowed]
    policy = directives(headers.get("Content-Security-Policy", ""))
    found += [name for name, sources in POLICY.items() if policy.get(name) != sources]
    for name in ("script-src", "style-src", "connect-src", "form-action"):
        found += [f"{name} {source}" for source in UNSAFE & set(policy.get(name, ["*"]))]
    for cookie in cookies:
        found += [flag for flag in ("secure", "httponly", "samesite") if not cookie[flag]]
    return found


def weak_response(response):
    return weak(response.headers, response.cookies.values())


def test_every_public_answer_is_strict_sets_no_cookie_and_names_no_server(https):
    answers = {path: https(path) for path in public_paths()}
    found = {path: set(weak_response(answer)) for path, answer in answers.items()}
    assert len(found) > 35
    # Other sites' pages may read the API.
    open_to_others = {"Cross-Origin-Resource-Policy"}
    strict = {path: open_to_others if path.startswith("/api/") else set() for path in found}
    assert found == strict
    assert {path: answer.cookies for path, answer in answers.items() if answer.cookies} == {}
    telling = {"Server", "X-Powered-By", "Via", "X-Runtime", "X-Django-Version"}
    assert {name for answer in answers.values() for name in answer.headers} & telling == set()


def test_every_page_of_the_desk_is_strict(https):
    client = Client()
    found = {"log-in": weak_response(https("/admin/cuenta/ingresar/", client))}
    client.force_login(User.objects.create_superuser("root"))
    client.cookies["__Host-sessionid"] = client.session.session_key
    found |= {path: weak_response(https(f"/admin/{path}", client)) for path in DESK}
    refused = Client(enforce_csrf_checks=True).post("/admin/cuenta/ingresar/", secure=True)
    assert (refused.status_code, weak_response(refused)) == (403, [])
    assert {path: weaknesses for path, weaknesses in found.items() if weaknesses} == {}


def test_shared_preview_tells_no_other_site_and_cannot_be_framed(https, made_role):
    version = keep(made_role.profiles.get(context=None))
    share(version)
    response = https(reverse("profiles:preview", args=[version.share_token]))
    assert response["Referrer-Policy"] == "no-referrer"
    assert weak_response(response) == []


def test_policy_has_no_hole(https):
    page = https("/guia-de-roles/perfiles/")
    policy = directives(page["Content-Security-Policy"])
    (inline,) = set(re.findall(r"<script data-src[^>]*>([^<]+)</script>", page.text))
    known = b64encode(sha256(inline.encode()).digest()).decode()
    assert policy == {
        **POLICY,
        **{f"{name}-src": ["'self'"] for name in ("style", "font", "connect", "manifest")},
        "script-src": ["'self'", f"'sha256-{known}'"],
        "img-src": ["'self'", "data:"],
        "form-action": ["'self'"],
    }
