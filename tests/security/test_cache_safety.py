"""Whatever one visitor sends, the next one gets the page as a fresh render gives it.

The real page cache stands before Django's real handler, as gunicorn serves them.
"""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse

from profiles.desk.content_version import ContentState
from profiles.desk.history import keep
from profiles.views.preview import share
from roleguide.page_cache import PageCache
from tests.helpers.edge import Visitor

pytestmark = pytest.mark.usefixtures("vocabulary", "made_role")
PROFILE = "/guia-de-roles/startup/data-tester/"
SEARCH = "/guia-de-roles/perfiles/"
HOSTILE = "evil.example"

# What a request may carry that some software, somewhere, lets decide about an answer.
NAMES = """
X_FORWARDED_HOST X_FORWARDED_SERVER X_HOST X_REAL_IP X_FORWARDED_FOR VIA X_ORIGINAL_HOST REFERER
ORIGIN USER_AGENT PRAGMA TE X_REQUESTED_WITH X_CSRFTOKEN ACCEPT_LANGUAGE ACCEPT_CHARSET SAVE_DATA
UPGRADE X_FORWARDED_PREFIX X_SCRIPT_NAME SCRIPT_NAME PATH_INFO REMOTE_USER FORWARDED
"""
HEADERS = {
    **{f"HTTP_{name}": HOSTILE for name in NAMES.split()},
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_PORT": "1",
    "HTTP_X_ORIGINAL_URL": "/admin/",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
    "HTTP_ACCEPT": "application/json",
    "HTTP_CACHE_CONTROL": "no-cache, no-store",
    "HTTP_ACCEPT_ENCODING": "gzip, br",
    "HTTP_AUTHORIZATION": "Basic eDp4",
    "HTTP_IF_NONE_MATCH": "*",
    "HTTP_IF_MATCH": '"x"',
    "HTTP_IF_MODIFIED_SINCE": "Sat, 01 Jan 2050 00:00:00 GMT",
    "HTTP_IF_UNMODIFIED_SINCE": "Sat, 01 Jan 2000 00:00:00 GMT",
    "HTTP_RANGE": "bytes=0-9",
    "HTTP_COOKIE": f"theme={HOSTILE}; csrftoken={'a' * 32}; messages=x; sessionid",
    "CONTENT_TYPE": "multipart/form-data; boundary=x",
    "wsgi.url_scheme": "https",
    "SERVER_NAME": HOSTILE,
    "REMOTE_ADDR": "6.6.6.6",
    "QUERY_STRING": f"utm_source={HOSTILE}&%71=dato&Q={HOSTILE}&q%00=x&;q={HOSTILE}",
}


@pytest.fixture(scope="module")
def django(open_connection):
    """Django's handler, as the cache calls it."""
    return WSGIHandler()


def cached(django):
    """Return a visitor of the cache before Django."""
    return Visitor(PageCache(django, lambda: ContentState(1, None), **settings.PAGE_CACHE))


@pytest.fixture
def site(django):
    return cached(django)


@pytest.fixture(scope="module")
def clean(django):
    """The answers to a clean GET where nobody asked before, by path."""
    return {path: cached(django).get(path) for path in (PROFILE, SEARCH)}


def test_clean_page_is_what_django_renders(django, clean):
    for path, answer in clean.items():
        fresh = Visitor(django).get(path)
        assert answer["body"] == fresh["body"]
        changed = {name for name, _ in answer["headers"].items() ^ fresh["headers"].items()}
        assert changed <= {"ETag", "Vary", "Content-Length"}


# Other values of the same, and what else decides about an answer.
ODD = [
    *(("HTTP_HOST", host) for host in ("127.0.0.1:1", "LOCALHOST")),
    *(("REQUEST_METHOD", method) for method in ("HEAD", "POST", "TRACE", "head")),
    ("HTTP_RANGE", "bytes=" + ",".join(f"{n}-{n}" for n in range(900))),
    *(("HTTP_ACCEPT_ENCODING", value) for value in ("br;q=0.000", "x" * 9_000, "br\x00")),
]


def test_header_of_one_visitor_reaches_no_other(django, clean):
    for header, value in [*HEADERS.items(), *ODD]:
        path = SEARCH if header == "QUERY_STRING" else PROFILE
        site = cached(django)
        poisoned = site.get(path, environ={header: value})
        assert HOSTILE.encode() not in poisoned["body"] or header == "QUERY_STRING", header
        assert site.get(path) == clean[path], header


@pytest.mark.parametrize("host", [HOSTILE, f"127.0.0.1@{HOSTILE}", "127.0.0.1:x", "\u00e9", ""])
def test_strange_host_is_refused_and_kept_nowhere(site, clean, host):
    assert site.get(PROFILE) == clean[PROFILE]
    refused = site.get(PROFILE, environ={"SERVER_NAME": HOSTILE}, host=host)
    assert (refused["status"], len(site.cache._pages)) == ("400 Bad Request", 1)
    assert site.get(PROFILE) == clean[PROFILE]


QUESTIONS = (
    *("contexto=startup&q=data", "q=data&contexto=startup", "q=data&q=evil&contexto=startup"),
    *("q=data&Q=evil", "q=data&q%20=evil", "%71=data", "q=data%00", "q=da+ta"),
    *("q=data;contexto=global", "q=data&pagina=1&pagina=2", "pagina=-1", "q=data#evil"),
    *("q=data&utm_source=evil", "&&q=data&&", "q", "q=%ED%A0%80", "q=%FF", "q=" + "x" * 1990),
)


def test_question_is_answered_for_itself_only(django, site):
    for query in QUESTIONS * 2:
        answer, fresh = site.get(SEARCH, query), Visitor(django).get(SEARCH, query)
        assert (answer["status"], answer["body"]) == (fresh["status"], fresh["body"]), query


@pytest.fixture
def session(db):
    """The cookie of a superuser."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return f"sessionid={client.session.session_key}"


def test_page_of_somebody_logged_in_is_not_kept(site, session, clean):
    for form in ("{}", "a=b; __Host-{}", " {}", "a;{}", "a, {}", "\t{}"):
        assert site.get(PROFILE, cookie=form.format(session))["status"] == "200 OK"
        assert len(site.cache._pages) == 0, form
    assert site.get(PROFILE) == clean[PROFILE]


def test_preview_is_not_kept_with_or_without_a_session(site, session, made_role):
    profile = made_role.profiles.get(context=None)
    version = keep(profile)
    share(version)
    shared = reverse("profiles:preview", args=[version.share_token])
    own = reverse("admin:profiles_profile_preview", args=[profile.pk])
    assert site.get(shared)["status"] == "200 OK"
    assert site.get(own, cookie=session)["status"] == "200 OK"
    assert len(site.cache._pages) == 0
    assert site.get(own)["status"] == "302 Found"
    version.share_token = ""
    version.save()
    assert site.get(shared)["status"] == "404 Not Found"
