"""The headers of every answer, scored by the rules that MDN's Observatory publishes.

They are in github.com/mdn/mdn-http-observatory: src/grader/charts.js, src/analyzer/tests/.

With the settings of a site under https://, as another process reads them.
"""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from profiles.desk.history import keep
from profiles.views.preview import share
from tests.factories import make_role
from tests.security.addresses import public_paths

pytestmark = [
    pytest.mark.usefixtures("vocabulary", "open_connection"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
TARGET = 120
# What its newer versions add; the target is reached without it.
NEWER = {"COOP", "COEP"}
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
SIX_MONTHS = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
NAMES = (
    *("SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT", "SECURE_HSTS_SECONDS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SESSION_COOKIE_SECURE"),
    *("CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
)
DESK = [
    "/admin/cuenta/ingresar/",
    "/admin/",
    "/admin/profiles/profile/",
    "/admin/profiles/role/importar/",
    "/admin/auth/user/add/",
    "/admin/no-such/",
]


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    return make_role()


@pytest.fixture(scope="module")
def production():
    """The settings of a site at https://guia.example."""
    code = "import json; from roleguide import settings as s; names = %r; print(json.dumps({n: "
    code = code % (NAMES,) + "getattr(s, n) for n in names}))"
    env = {**os.environ, "SITE_URL": "https://guia.example", "SECRET_KEY": "x" * 60}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture
def https(settings, production):
    """Return a function that opens a path over HTTPS, by default as a stranger."""
    for name, value in production.items():
        setattr(settings, name, value)

    def open_path(path, client=None, **options):
        return (client or Client(raise_request_exception=False)).get(path, secure=True, **options)

    return open_path


def directives(policy: str) -> dict[str, list[str]]:
    """Return the sources of each directive of a Content-Security-Policy."""
    parts = [part.split() for part in policy.split(";") if part.split()]
    return {name: sources for name, *sources in parts}


def sources(policy: dict, name: str) -> list[str]:
    return policy.get(name, policy.get("default-src", ["*"]))


def without_nonce(found: list[str]) -> set[str]:
    """Return sources as browsers read them: a nonce or hash takes 'unsafe-inline' away."""
    safe = any(source.startswith(("'nonce-", "'sha")) for source in found)
    return set(found) - ({"'unsafe-inline'"} if safe else set())


def policy_points(policy: dict) -> int:
    """Return what a policy costs or earns: its worst part decides."""
    if not policy:
        return -25
    scripts, styles = (
        without_nonce(sources(policy, f"{kind}-src")) for kind in ("script", "style")
    )
    if scripts & {"'unsafe-inline'", "data:", *BROAD} or BROAD & set(sources(policy, "object-src")):
        return -20
    if any(s.startswith(("http:", "ftp:")) for name in policy for s in policy[name]):
        return -20
    if "'unsafe-eval'" in scripts | styles:
        return -10
    if styles & {"'unsafe-inline'", "data:", *BROAD}:
        return 0
    return 10 if policy.get("default-src") == ["'none'"] else 5


def faults(headers, cookies) -> dict[str, int]:
    """Return the points that the headers cost, by reason."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    found = {
        "policy": min(0, policy_points(policy)),
        "no HSTS": -20 * (not age),
        "HSTS under six months": -10 * bool(age and int(age[1]) < SIX_MONTHS),
        "sniffing": -5 * (headers.get("X-Content-Type-Options") != "nosniff"),
        # Ours, not theirs: both headers, for what knows only the older one.
        "framing": -20
        * (policy.get("frame-ancestors") != ["'none'"] or headers["X-Frame-Options"] != "DENY"),
        "referrer": -5 * (headers.get("Referrer-Policy") not in PRIVATE),
        "cookie without Secure": -40 * any(not cookie["secure"] for cookie in cookies),
        "cookie without HttpOnly": -30 * any(not cookie["httponly"] for cookie in cookies),
        "cookie without SameSite": -20 * any(not cookie["samesite"] for cookie in cookies),
    }
    return {reason: points for reason, points in found.items() if points}


def merits(headers) -> dict[str, int]:
    """Return the points that the headers earn, by reason.

    Five more are for a host that browsers ship in their HSTS list, which no header brings about.
    """
    policy = directives(headers.get("Content-Security-Policy", ""))
    found = {
        "policy": max(0, policy_points(policy)),
        "referrer": 5 * (headers.get("Referrer-Policy") in PRIVATE),
        "framing by policy": 5 * (policy.get("frame-ancestors") == ["'none'"]),
        "CORP": 10 * (headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site")),
        # Only its newer versions look at these two.
        "COOP": 10 * (headers.get("Cross-Origin-Opener-Policy") == "same-origin"),
        "COEP": 10 * (headers.get("Cross-Origin-Embedder-Policy") == "require-corp"),
    }
    return {reason: points for reason, points in found.items() if points}


def points(headers, cookies) -> int:
    """Return the points of an answer; merits count from 90 on, as the Observatory counts them."""
    plain = 100 + sum(faults(headers, cookies).values())
    return plain + sum(merits(headers).values()) if plain >= 90 else plain


def score(response) -> int:
    return points(response.headers, response.cookies.values())


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        ("", -25),
        ("default-src 'none'; script-src 'self' 'nonce-x'", 10),
        ("default-src 'none'; script-src 'unsafe-inline' 'nonce-x'", 10),
        ("default-src 'self'", 5),
        ("default-src 'none'; style-src 'unsafe-inline'", 0),
        ("default-src 'none'; script-src 'unsafe-eval'", -10),
        ("default-src 'none'; script-src 'unsafe-inline'", -20),
        ("default-src 'none'; script-src data:", -20),
        ("default-src 'none'; script-src https:", -20),
        ("default-src 'none'; connect-src http://a.example", -20),
        ("script-src 'self'", -20),
    ],
)
def test_policy_is_scored_by_its_worst_part(policy, points):
    assert policy_points(directives(policy)) == points


def test_every_public_answer_scores(https):
    scores = {path: score(https(path)) for path in public_paths()}
    print(f"{len(scores)} public addresses: {min(scores.values())}–{max(scores.values())}")  # noqa: T201
    assert len(scores) > 35
    assert {path: points for path, points in scores.items() if points < TARGET} == {}
    plain = {path: https(path).headers for path in ("/guia-de-roles/", "/api/v1/roles/")}
    older = {
        p: sum(n for why, n in merits(h).items() if why not in NEWER) for p, h in plain.items()
    }
    assert min(older.values()) >= TARGET - 100
    # All but the API, which other sites' pages may read, score the same.
    assert {points for path, points in scores.items() if "/api/" not in path} == {
        max(scores.values())
    }
    assert max(scores.values()) >= 150


def test_every_page_of_the_desk_scores(https):
    client = Client()
    scores = {DESK[0]: score(https(DESK[0], client))}
    client.force_login(User.objects.create_superuser("root"))
    client.cookies["__Host-sessionid"] = client.session.session_key
    scores |= {path: score(https(path, client)) for path in DESK[1:]}
    print(f"{len(scores)} pages of the desk: {min(scores.values())}")  # noqa: T201
    assert min(scores.values()) >= 150


def test_errors_and_files_score(https, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.css").write_text("p { margin: 0 }")
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = {
        200: https("/static/a.css", client),
        400: https("/guia-de-roles/perfiles/?" + "a=1&" * 1_100, client),
        403: client.post("/admin/cuenta/ingresar/", secure=True),
        404: https("/no-such", client),
        405: Client().put("/guia-de-roles/", secure=True),
    }
    answers[200].close()
    assert {status: answer.status_code for status, answer in answers.items()} == {
        status: status for status in answers
    }
    assert {status for status, answer in answers.items() if score(answer) < 150} == set()


def test_shared_preview_tells_no_other_site_and_cannot_be_framed(https, made_role):
    version = keep(made_role.profiles.get(context=None))
    share(version)
    response = https(reverse("profiles:preview", args=[version.share_token]))
    assert response["Referrer-Policy"] == "no-referrer"
    assert score(response) >= 150


def test_plain_http_is_redirected(https):
    response = Client().get("/guia-de-roles/?q=1")
    assert (response.status_code, response["Location"]) == (
        301,
        "https://testserver/guia-de-roles/?q=1",
    )


def test_policy_has_no_hole(https):
    page = https("/guia-de-roles/perfiles/")
    policy = directives(page["Content-Security-Policy"])
    (inline,) = set(re.findall(r"<script data-src[^>]*>([^<]+)</script>", page.content.decode()))
    known = b64encode(sha256(inline.encode()).digest()).decode()
    assert policy == {
        "default-src": ["'none'"],
        "script-src": ["'self'", f"'sha256-{known}'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


def test_nonce_is_new_for_each_page_and_never_stored(https):
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    client.cookies["__Host-sessionid"] = client.session.session_key
    answers = [https("/admin/profiles/profile/", client) for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", a["Content-Security-Policy"]) for a in answers]
    assert nonces[0]
    assert set(nonces[0]).isdisjoint(nonces[1])
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


def test_public_answers_set_no_cookie_and_name_no_server(https):
    answers = {path: https(path) for path in public_paths()}
    assert {path: answer.cookies for path, answer in answers.items() if answer.cookies} == {}
    telling = {"Server", "X-Powered-By", "Via", "X-Runtime", "X-Django-Version"}
    assert {name for answer in answers.values() for name in answer.headers} & telling == set()
