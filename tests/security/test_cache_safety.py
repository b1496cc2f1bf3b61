"""Whatever one visitor sends, the next one gets the page as a fresh render gives it.

The real page cache stands before Django's real handler, as gunicorn serves them.
"""

import gzip
import io

import brotli
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse

from profiles.desk.history import keep
from profiles.views.preview import share
from roleguide.page_cache import PageCache
from tests.factories import make_role

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
PROFILE = "/guia-de-roles/startup/data-tester/"
SEARCH = "/guia-de-roles/perfiles/"
HOSTILE = "evil.example"

# What a request may carry that some software, somewhere, lets decide about an answer.
HEADERS = {
    **dict.fromkeys(
        (
            *("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_SERVER", "HTTP_X_HOST", "HTTP_X_REAL_IP"),
            *("HTTP_X_FORWARDED_FOR", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP", "HTTP_VIA"),
            *("HTTP_X_HTTP_HOST_OVERRIDE", "HTTP_X_ORIGINAL_HOST", "HTTP_CF_CONNECTING_IP"),
            *("HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT", "HTTP_FROM", "HTTP_PRAGMA"),
            *("HTTP_X_REQUESTED_WITH", "HTTP_X_CSRFTOKEN", "HTTP_X_API_VERSION", "HTTP_DNT"),
            *("HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_CHARSET", "HTTP_SAVE_DATA", "HTTP_TE"),
            *("HTTP_X_FORWARDED_PREFIX", "HTTP_X_SCRIPT_NAME", "HTTP_SCRIPT_NAME"),
            *("HTTP_PATH_INFO", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_WAP_PROFILE"),
            *("HTTP_X_AMZ_WEBSITE_REDIRECT_LOCATION", "HTTP_UPGRADE", "HTTP_EXPECT"),
        ),
        HOSTILE,
    ),
    "HTTP_FORWARDED": f"for=1.1.1.1;host={HOSTILE};proto=https",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_SCHEME": "https",
    "HTTP_X_FORWARDED_SSL": "on",
    "HTTP_X_FORWARDED_PORT": "1",
    "HTTP_X_ORIGINAL_URL": "/admin/",
    "HTTP_X_REWRITE_URL": "/admin/",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
    "HTTP_X_METHOD_OVERRIDE": "DELETE",
    "HTTP_ACCEPT": "application/json",
    "HTTP_ACCEPT_ENCODING": "gzip, br",
    "HTTP_CACHE_CONTROL": "no-cache, no-store",
    "HTTP_IF_NONE_MATCH": "*",
    "HTTP_IF_MATCH": '"x"',
    "HTTP_IF_MODIFIED_SINCE": "Sat, 01 Jan 2050 00:00:00 GMT",
    "HTTP_IF_UNMODIFIED_SINCE": "Sat, 01 Jan 2000 00:00:00 GMT",
    "HTTP_IF_RANGE": '"x"',
    "HTTP_RANGE": "bytes=0-9",
    "HTTP_COOKIE": f"theme={HOSTILE}; csrftoken={'a' * 32}; messages=x; sessionid",
    "HTTP_AUTHORIZATION": "Basic eDp4",
    "HTTP_CONTENT_TYPE": "application/x-www-form-urlencoded",
    "CONTENT_TYPE": "multipart/form-data; boundary=x",
    "wsgi.url_scheme": "https",
    "SERVER_NAME": HOSTILE,
    "SERVER_PORT": "1",
    "REMOTE_ADDR": "6.6.6.6",
    "QUERY_STRING": f"utm_source={HOSTILE}&%71=dato&Q={HOSTILE}&q%00=x&;q={HOSTILE}",
}


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    return make_role()


@pytest.fixture(scope="module")
def django(open_connection):
    """Django's handler, as the cache calls it."""
    return WSGIHandler()


class Site:
    """The cache before Django, and Django alone."""

    def __init__(self, django):
        self.django = django
        self.cache = PageCache(
            django,
            lambda: 1,
            prefix="/guia-de-roles/",
            parameters=settings.PAGE_CACHE_PARAMETERS,
            max_bytes=settings.PAGE_CACHE_BYTES,
        )

    def get(self, path, query="", *, fresh=False, body=b"", **environ):
        request = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            **environ,
        }
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=status, headers=sorted(headers))

        response = (self.django if fresh else self.cache)(request, start_response)
        answer["body"] = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        return answer


@pytest.fixture
def site(django):
    return Site(django)


@pytest.fixture(scope="module")
def clean(django):
    """The answers to a clean GET where nobody asked before, by path."""
    return {path: Site(django).get(path) for path in (PROFILE, SEARCH)}


def test_clean_page_is_what_django_renders(site, clean):
    for path, answer in clean.items():
        fresh = site.get(path, fresh=True)
        assert answer["body"] == fresh["body"]
        assert HOSTILE.encode() not in answer["body"]
        changed = {"ETag", "Vary", "Content-Length"}
        assert [pair for pair in answer["headers"] if pair[0] not in changed] == [
            pair for pair in fresh["headers"] if pair[0] not in changed
        ]


def test_there_are_enough_headers():
    assert len(HEADERS) > 50


@pytest.mark.parametrize("path", [PROFILE, SEARCH])
@pytest.mark.parametrize("header", HEADERS)
def test_header_of_one_visitor_reaches_no_other(site, clean, path, header):
    poisoned = site.get(path, **{header: HEADERS[header]})
    assert HOSTILE.encode() not in poisoned["body"] or header == "QUERY_STRING"
    assert site.get(path) == clean[path]


@pytest.mark.parametrize(
    "host", [HOSTILE, f"127.0.0.1@{HOSTILE}", "127.0.0.1:x", "a b", "\u00e9", ""]
)
def test_strange_host_is_refused_and_kept_nowhere(site, clean, host):
    refused = site.get(PROFILE, HTTP_HOST=host, SERVER_NAME=HOSTILE)
    assert refused["status"] == "400 Bad Request"
    assert len(site.cache._pages) == 0
    assert site.get(PROFILE) == clean[PROFILE]
    assert site.get(PROFILE, HTTP_HOST=host, SERVER_NAME=HOSTILE) == refused


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:65535", "LOCALHOST", "localhost."])
def test_other_spelling_of_our_host_changes_no_word(site, clean, host):
    other = site.get(PROFILE, HTTP_HOST=host)
    assert other["body"] == clean[PROFILE]["body"]
    assert site.get(PROFILE) == clean[PROFILE]


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_HOST", "HTTP_X_ORIGINAL_URL", "HTTP_FORWARDED"])
@pytest.mark.parametrize(
    "path",
    [
        *("/guia-de-roles/", "/guia-de-roles/startup/", "/guia-de-roles/metodologia/"),
        *("/guia-de-roles/novedades/feed.xml", "/guia-de-roles/perfiles/data-tester.json"),
        *("/guia-de-roles/comparar/", "/guia-de-roles/perfiles/data-tester/entrevista/"),
    ],
)
def test_canonical_addresses_come_from_the_settings_on_every_page(site, path, name):
    clean = Site(site.django).get(path)
    assert clean["status"] == "200 OK"
    assert HOSTILE.encode() not in site.get(path, **{name: HEADERS[name]})["body"]
    assert site.get(path) == clean


# --- methods, conditions, encodings ---


@pytest.mark.parametrize(
    "method", ["HEAD", "POST", "PUT", "OPTIONS", "TRACE", "GETX", "head", "PURGE"]
)
def test_other_method_before_it_leaves_the_page_alone(site, clean, method):
    first = site.get(PROFILE, REQUEST_METHOD=method)
    assert first["body"] == b"" or first["status"].startswith(("405", "403"))
    assert site.get(PROFILE) == clean[PROFILE]


def test_body_of_a_get_reaches_nobody(site, clean):
    form = b"q=" + HOSTILE.encode()
    for path in (PROFILE, SEARCH):
        kind = "application/x-www-form-urlencoded"
        site.get(path, body=form, CONTENT_TYPE=kind)
        assert site.get(path) == clean[path]


def test_part_of_a_page_is_never_kept_for_the_whole(site, clean):
    for part in ("bytes=0-9", "bytes=-1", "bytes=" + ",".join(f"{n}-{n}" for n in range(900))):
        assert site.get(PROFILE, HTTP_RANGE=part) == clean[PROFILE]


def test_304_is_only_for_the_validator_of_this_page(site, clean):
    etag = dict(clean[PROFILE]["headers"])["ETag"]
    other = dict(clean[SEARCH]["headers"])["ETag"]
    statuses = [
        site.get(path, HTTP_IF_NONE_MATCH=tag)["status"][:3]
        for path, tag in ((PROFILE, etag), (PROFILE, other), (SEARCH, etag), (SEARCH, other))
    ]
    assert statuses == ["304", "200", "200", "304"]
    assert site.get(PROFILE) == clean[PROFILE]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        *(("br", "br"), ("gzip", "gzip"), ("identity", None), ("", None), ("deflate", None)),
        *(("br;q=0", None), ("br;q=0.000", None), ("GZIP", "gzip"), ("gzip;q=1;x", "gzip")),
        *(("*", None), ("zstd, br;q=0.1", "br"), ("x" * 9_000, None), ("br\x00", None)),
    ],
)
def test_encoding_of_one_visitor_is_not_sent_to_another(site, clean, accepted, encoding):
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    answer = site.get(PROFILE, HTTP_ACCEPT_ENCODING=accepted)
    assert dict(answer["headers"]).get("Content-Encoding") == encoding
    assert unpack[encoding](answer["body"]) == clean[PROFILE]["body"]
    assert site.get(PROFILE) == clean[PROFILE]


# --- parameters ---


@pytest.mark.parametrize(
    "query",
    [
        *("contexto=startup&q=data", "q=data&contexto=startup", "q=data&q=evil&contexto=startup"),
        *("q=data&Q=evil", "q=data&q%20=evil", "%71=data", "q=data%00", "q=da+ta"),
        *("q=data;contexto=global", "q=data&pagina=1&pagina=2", "pagina=-1", "q=data#evil"),
        *("q=data&utm_source=evil", "&&q=data&&", "q", "q=%ED%A0%80", "q=%FF", "q=%u0041"),
        *(
            "rasgo=C:alta&rasgo=O:baja",
            "rasgo=O:baja&rasgo=C:alta",
            "perfil=evil",
            "q=" + "x" * 1990,
        ),
    ],
)
def test_question_is_answered_for_itself_only(site, query):
    fresh = site.get(SEARCH, query, fresh=True)
    for _visit in range(2):
        answer = site.get(SEARCH, query)
        assert (answer["status"], answer["body"]) == (fresh["status"], fresh["body"])
    assert site.get(SEARCH, "q=data")["body"] == site.get(SEARCH, "q=data", fresh=True)["body"]


@pytest.mark.parametrize("query", ["q[]=evil", "=data", "Q=evil", "utm_source=evil", "q%00=evil"])
def test_parameter_that_the_guide_does_not_know_is_none(site, clean, query):
    assert site.get(SEARCH, query) == clean[SEARCH]
    assert site.get(SEARCH) == clean[SEARCH]


@pytest.mark.parametrize(
    "path",
    [
        *("/guia-de-roles//startup/data-tester/", "/guia-de-roles/Startup/data-tester/"),
        *("/guia-de-roles/startup/data-tester", "/guia-de-roles/startup/data-tester//"),
        *("/guia-de-roles/../admin/", "/guia-de-roles/./startup/data-tester/"),
        *("/guia-de-roles/startup/data-tester/;a=b", "/guia-de-roles/startup/data-tester/x.css"),
        *("/guia-de-roles/startup/data-tester/%2e%2e/", "/guia-de-roles/startup/data-tester/\x00"),
        *("/guia-de-roles/startup\\data-tester/", "/guia-de-roles/startup/data-tester.css"),
    ],
)
def test_other_spelling_of_an_address_is_never_kept(site, clean, path):
    assert site.get(path)["status"][:3] in ("301", "404", "400")
    assert len(site.cache._pages) == 0
    assert site.get(PROFILE) == clean[PROFILE]


# --- what is not for everybody ---


@pytest.fixture
def session(db):
    """The cookie of a superuser."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return f"sessionid={client.session.session_key}"


def test_page_of_somebody_logged_in_is_not_kept(site, session, clean):
    answers = [
        site.get(PROFILE, HTTP_COOKIE=cookie) for cookie in (session, f"a=b; __Host-{session}")
    ]
    assert {answer["status"] for answer in answers} == {"200 OK"}
    assert len(site.cache._pages) == 0
    assert site.get(PROFILE) == clean[PROFILE]


@pytest.mark.parametrize("form", ["{} ", '"{}"', "a;{}", "a, {}", "\\t{}", "SessionID"])
def test_session_in_an_odd_spelling_reaches_nobody(site, session, clean, form):
    name, _, key = session.partition("=")
    site.get(PROFILE, HTTP_COOKIE=f"{form.format(name)}={key}")
    assert site.get(PROFILE) == clean[PROFILE]


def test_preview_is_not_kept_with_or_without_a_session(site, session, made_role):
    profile = made_role.profiles.get(context=None)
    version = keep(profile)
    share(version)
    shared = reverse("profiles:preview", args=[version.share_token])
    own = reverse("admin:profiles_profile_preview", args=[profile.pk])
    assert site.get(shared)["status"] == "200 OK"
    assert site.get(own, HTTP_COOKIE=session)["status"] == "200 OK"
    assert len(site.cache._pages) == 0
    assert site.get(own)["status"] == "302 Found"
    version.share_token = ""
    version.save()
    assert site.get(shared)["status"] == "404 Not Found"


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/cuenta/ingresar/", "/healthz", "/api/v1/roles/"]
)
def test_what_lies_outside_the_guide_is_not_kept(site, path):
    site.get(path), site.get(path)
    assert len(site.cache._pages) == 0


@pytest.mark.parametrize(
    "rule", ["public, no-store", "private", "no-cache", "PRIVATE, max-age=9", ""]
)
def test_answer_that_says_so_is_not_kept(rule):
    def application(environ, start_response):
        headers = [("Content-Type", "text/html"), ("Cache-Control", rule), ("ETag", '"a"')]
        start_response("200 OK", headers)
        return Answer([b"hola"])

    cache = PageCache(application, lambda: 1, prefix="/")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "127.0.0.1"}
    cache(environ, lambda *args: None)
    assert len(cache._pages) == 0


# --- memory ---


def test_hundred_thousand_addresses_take_no_more_than_their_share():
    page = b"x" * 18_000
    headers = [
        ("Content-Type", "text/html"),
        ("Cache-Control", "public, max-age=60"),
        ("ETag", '"a"'),
    ]

    def application(environ, start_response):
        start_response("200 OK", headers)
        return Answer([page])

    limit = 64 * 1024 * 1024
    cache = PageCache(application, lambda: 1, prefix="/", parameters=("q",), max_bytes=limit)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "127.0.0.1"}
    for number in range(100_000):
        cache({**environ, "QUERY_STRING": f"q={number}"}, lambda *args: None)
    assert cache.bytes <= limit
    assert cache.bytes == sum(page.size for page in cache._pages.values())
    assert cache._rendering == {}


class Answer(list):
    """A WSGI response that can be closed, as Django's are."""

    def close(self):
        pass
