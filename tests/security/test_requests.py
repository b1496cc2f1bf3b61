"""Requests nobody sends by accident: a clear 4xx, no trace, nothing repeated that could run."""

from functools import partial
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from profiles.models import Role
from tests.factories import make_role
from tests.security.addresses import PUBLIC_VALUES, filled, is_admin, public_paths, routes
from tests.security.clock import seconds
from tests.security.dom import Page, dangers

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
GUIDE = "/guia-de-roles/"
# Every parameter that an address reads; what it does not read has its own test.
READING = [
    *((f"{GUIDE}perfiles/", name) for name in ("q", "area", "contexto", "rasgo", "pagina")),
    (f"{GUIDE}comparar/", "perfil"),
    (f"{GUIDE}perfiles/data-tester/entrevista/", "pregunta"),
    *(("/api/v1/roles/", name) for name in ("area", "limit", "cursor")),
    *(("/api/v1/profiles/", name) for name in ("role", "context")),
    *(("/api/v1/search/", name) for name in ("q", "context", "cursor")),
]
# Whatever has a list in the admin.
LISTED = [m for m in admin.site._registry if m._meta.app_label in ("profiles", "auth")]
MARKUP = "\"'><svg/onload=alert(1)>{{7*7}}"
VALUES = {
    "null": "%00",
    "null inside": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "half a character": "%C3",
    "not UTF-8": "%FF%FE",
    "overlong slash": "%C0%AF",
    "right to left": "%E2%80%AEatad",
    "zero width": "%E2%80%8B",
    "marks": "a" + "%CC%81" * 600,
    "eight kilobytes": "x" * 8_192,
    "huge number": str(2**70),
    "negative": "-1",
    "not a number": "NaN",
    "infinity": "1e999",
    "octal": "0o17",
    "arabic digits": "%D9%A3",
    "quotes": "%27%20OR%201=1--",
    "search syntax": "%22NEAR(%22a*%20AND%20)%5E%25_%5C",
    "header": "a%0D%0ASet-Cookie:%20a=b",
    "markup": quote(MARKUP),
    "path": "..%2F..%2Fetc%2Fpasswd",
    "template": "%7B%7B7*7%7D%7D%25%7B1+1%7D",
    "json": "%7B%22%24gt%22:1%7D",
}


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    return make_role()


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def is_clear(response):
    """Tell whether an answer is a page or a refusal, without innards and without our markup."""
    assert response.status_code < 500
    assert "\n" not in "".join(response.headers.values())
    content = response.getvalue().decode("utf-8", "replace")
    assert "Traceback" not in content
    if response["Content-Type"].startswith("text/html"):
        assert dangers(Page(content)) == []
        assert "<svg/onload" not in content
    else:
        assert response["X-Content-Type-Options"] == "nosniff"
    return True


@pytest.mark.parametrize(("path", "parameter"), READING)
def test_any_value_of_a_parameter_is_answered(visitor, path, parameter):
    for value in VALUES.values():
        assert is_clear(visitor.get(f"{path}?{parameter}={value}"))


@pytest.mark.parametrize("path", public_paths())
def test_address_survives_what_it_does_not_ask_for(visitor, path):
    assert is_clear(visitor.get(f"{path}?{VALUES['markup']}={VALUES['markup']}&q={VALUES['null']}"))


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "%E2%80%AE", quote(MARKUP), "x" * 8_000])
@pytest.mark.parametrize(
    "route", [r for r in routes() if not is_admin(r) and ("<" in r or r.endswith("+$"))]
)
def test_value_in_any_address_is_answered(visitor, route, value):
    if "<" in route:
        path = filled(route, dict.fromkeys(PUBLIC_VALUES, value))
    else:
        path = f"/api/v1/{value}"
    response = visitor.get(path)
    assert is_clear(response)
    assert response.status_code in (400, 404)


@pytest.mark.parametrize("number", ["0", "99", "9" * 30, "9" * 5_000, "-1", "1.5", "%D9%A1"])
def test_number_in_an_address_is_found_or_not(visitor, number):
    assert visitor.get(f"/sitemap-perfiles-{number}.xml").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2fmanage.py"),
        *("/static/..%5cmanage.py", "/static/%00", "/static/", "/static/css/", "/static/.env"),
        *("/.env", "/.git/config", "/db.sqlite3", "/guia-de-roles/..%2f..%2f.env", "/%2e%2e/.env"),
        *("/guia-de-roles/perfiles/%2e%2e/", "/guia-de-roles/perfiles%2f..%2f"),
        *("/guia-de-roles/perfiles/data%2ftester/", "/guia-de-roles\\perfiles\\", "/%5c%5cevil/"),
        *("/manage.py", "/media/x", "/staticfiles/x", "/guia-de-roles/..;/"),
        *("//evil.example/%2e%2e", "/%2f%2fevil.example", "/guia-de-roles/%2f%2fevil.example/"),
        *("/guia-de-roles/%0d%0aSet-Cookie:a=b/", "/" + "a/" * 3_000, "/?" + "a" * 8_000),
    ],
)
def test_path_leads_to_no_file_and_no_other_site(visitor, path):
    response = visitor.get(path)
    assert is_clear(response)
    if path.startswith("/?"):
        assert response["Location"] == GUIDE
    else:
        assert response.status_code in (400, 404)
        assert b"SECRET" not in response.getvalue()


@pytest.mark.parametrize("count", [1_001, 10_000])
@pytest.mark.parametrize("path", {path: None for path, _parameter in READING})
def test_thousands_of_parameters_are_refused_at_once(visitor, path, count):
    query = "&".join(f"q{n}=1" for n in range(count))
    assert seconds(lambda: visitor.get(f"{path}?{query}"), limit=0.2) < 0.2
    response = visitor.get(f"{path}?{query}")
    assert is_clear(response)
    assert response.status_code == 400 or not path.startswith("/api/v1/s")


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/html;q=0.1," * 440},
        {"Accept": ";" * 7_000},
        {"Accept-Language": "x-" * 3_500},
        {"Accept-Language": "es;q=0.1," * 800},
        {"Accept-Encoding": "gzip;q=0," * 800},
        {"Cookie": "; ".join(f"a{n}=b" for n in range(700))},
        {"Cookie": "sessionid=" + "x" * 7_000},
        {"Cookie": "sessionid=\x00; csrftoken=%00"},
        {"Cookie": '"' * 7_000},
        {"Referer": "x" * 7_000},
        {"User-Agent": MARKUP * 200},
        {"If-None-Match": '"x",' * 1_750},
        {"If-None-Match": '"' * 7_000},
        {"If-Modified-Since": "x" * 7_000},
        {"If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT"},
        {"If-Match": "*, *"},
        {"Range": "bytes=" + ",".join(f"{n}-" for n in range(900))},
        {"Range": "lines=1-2"},
        {"Content-Type": "multipart/form-data; boundary=" + "x" * 7_000},
        {"Content-Type": "text/html; charset=no-such"},
        {"Authorization": "Basic " + "A" * 7_000},
        {"X-Forwarded-For": "1.1.1.1," * 900},
        {"Origin": "null"},
    ],
)
def test_large_or_broken_header_costs_nothing(visitor, headers):
    for path in (f"{GUIDE}startup/data-tester/", "/api/v1/roles/", "/admin/"):
        response = visitor.get(path, headers=headers)
        assert seconds(partial(visitor.get, path, headers=headers), limit=0.2) < 0.2
        assert is_clear(response)
        assert response.status_code in (200, 302, 304, 400, 412)


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG", "PATCH", "x"])
@pytest.mark.parametrize("path", [GUIDE, f"{GUIDE}perfiles/", "/api/v1/roles/", "/robots.txt", "/"])
def test_odd_method_is_refused_and_repeats_nothing(visitor, path, method):
    response = visitor.generic(method, path, headers={"X-Secret": "lo-que-mando"})
    assert response.status_code == 405
    assert b"lo-que-mando" not in response.getvalue()


BODIES = {
    "bad boundary": (b"--y\r\n\r\nx", "multipart/form-data; boundary=x"),
    "no boundary": (b"x", "multipart/form-data"),
    "unknown charset": (b"a=1", "application/x-www-form-urlencoded; charset=no-such"),
    "utf-7": (b"+ADw-", "application/x-www-form-urlencoded; charset=utf-7"),
    "deep JSON": (b"[" * 20_000, "application/json"),
    "bad base64": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b" " * 50_000 + b"\r\n--x--",
        "multipart/form-data; boundary=x",
    ),
    "many parts": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 3_000 + b"--x--",
        "multipart/form-data; boundary=x",
    ),
    "many files": (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n1\r\n' * 300
        + b"--x--",
        "multipart/form-data; boundary=x",
    ),
    "null": (b"login=a%00b&password=%00", "application/x-www-form-urlencoded"),
    "lone surrogate": (b"login=%ED%A0%80&password=x", "application/x-www-form-urlencoded"),
    "long name": (b"login=" + b"x" * 100_000 + b"&password=x", "application/x-www-form-urlencoded"),
}
# What is no form at all, or too much of one; the others are forms filled in wrongly.
UNREAD = {"no boundary", "utf-7", "deep JSON", "many parts", "many files"}


@pytest.mark.parametrize("body", BODIES)
def test_broken_body_is_refused(visitor, body):
    content, kind = BODIES[body]
    answers = []
    for path in ("/admin/cuenta/ingresar/", GUIDE, "/api/v1/roles/", "/admin/login/"):
        ask = partial(visitor.generic, "POST", path, content, content_type=kind)
        assert seconds(ask, limit=0.2) < 0.2
        answers.append(ask())
    assert all(is_clear(answer) for answer in answers)
    first = 400 if body in UNREAD else 200
    assert [answer.status_code for answer in answers] == [first, 405, 405, 405]


# --- the desk ---


@pytest.fixture
def editor():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.mark.parametrize(
    "value", ["%00", "a%00b", "%ED%A0%80", str(2**70), "-1", "x" * 800, "(", "%27"]
)
def test_lists_and_choices_of_the_desk_survive_what_is_typed(editor, value):
    role = Role.objects.get(slug="data-tester")
    paths = [
        f"/admin/profiles/role/?q={value}",
        f"/admin/profiles/role/?area__id__exact={value}",
        f"/admin/profiles/profile/?p={value}&o={value}&falta={value}&revision={value}&all={value}",
        f"/admin/profiles/profile/?role__area__id__exact={value}",
        f"/admin/profiles/profile/?summary__regex={value}",
        f"/admin/profiles/edition/?published_from__gte={value}",
        f"/admin/profiles/auditentry/?event={value}&q={value}",
        f"/admin/profiles/role/{value}/change/",
        f"/admin/profiles/role/{value}/",
        f"/admin/r/{value}/{value}/",
        f"/admin/profiles/role/add/?area={value}&primary_archetype={value}&_changelist_filters={value}",
        f"/admin/profiles/profile/{role.profiles.first().pk}/comparar/?antes={value}&despues={value}",
        "/admin/autocomplete/?app_label=profiles&model_name=relatedrole&field_name=related"
        f"&term={value}&page={value}",
        f"/admin/autocomplete/?app_label={value}&model_name={value}&field_name={value}&term=",
        f"/admin/jsi18n/?{value}={value}",
        f"/admin/cuenta/ingresar/?next={value}",
    ]
    statuses = {path: editor.get(path).status_code for path in paths}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


# What nobody who chooses filters on a page asks a list for.
ODD_FILTERS = {
    "range": "x",
    "in": "",
    "exact": "{}",
    "regex": "(",
    "year__gt": str(2**70),
    "year__lt": "-1",
    "gte": "9999-12-31T23:59:59-12:00",
    "lt": "0001-01-01T00:00:00+12:00",
    "isnull": "x",
}


@pytest.mark.parametrize("model", LISTED)
def test_any_filter_in_the_address_of_a_list_is_answered(editor, model):
    url = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
    failed = {}
    for field, (lookup, value) in product(model._meta.concrete_fields, ODD_FILTERS.items()):
        query = urlencode({f"{field.name}__{lookup}": value})
        status = editor.get(f"{url}?{query}").status_code
        if status not in (200, 302, 400):
            failed[query] = status
    assert failed == {}


@pytest.mark.parametrize(
    "name", ["a\x00b.yaml", "../../a.yaml", "a" * 5_000 + ".yaml", "\u202elmay.a", ""]
)
def test_name_of_a_file_leads_nowhere(editor, name):
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    response = editor.post(
        reverse("admin:profiles_role_import"),
        head.encode() + b"slug: a\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert response.status_code in (200, 400)
    assert b"data-tester" not in response.content
