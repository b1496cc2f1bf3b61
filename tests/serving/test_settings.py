"""What the environment makes of the settings, of Django and of gunicorn."""

from functools import partial

import pytest
from django.http.request import split_domain_port, validate_host

from tests.helpers.site import KEY, ROOT, settings_with

SERVER = "gunicorn.conf.py"
conf = partial(settings_with, file=SERVER)


@pytest.mark.parametrize(
    ("site_url", "prefix"), [("http://127.0.0.1:8000", ""), ("https://guia.example", "__Host-")]
)
def test_https_ties_cookies_to_the_host_and_asks_the_second_factor(site_url, prefix):
    found = settings_with(SITE_URL=site_url)
    names = (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"])
    assert names == (f"{prefix}sessionid", f"{prefix}csrftoken")
    assert found["SESSION_COOKIE_SECURE"] == found["REQUIRE_SECOND_FACTOR"] == bool(prefix)
    for given, is_asked in [("", bool(prefix)), ("ON", True), ("0", False)]:
        found = settings_with(SITE_URL=site_url, REQUIRE_SECOND_FACTOR=given)
        assert found["REQUIRE_SECOND_FACTOR"] is is_asked


def test_sqlite_waits_for_a_writer_and_survives_a_power_cut():
    options = settings_with()["DATABASES"]["default"]["OPTIONS"]
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
    assert options == {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}


@pytest.mark.parametrize("path", ["panel", "/panel/", "panel/"])
def test_admin_path_is_a_folder_however_it_is_written(path):
    assert settings_with(ADMIN_PATH=path)["ADMIN_PATH"] == "panel/"


def test_postgresql_is_given_up_in_two_seconds_and_its_hosts_are_left_to_libpq():
    url = "postgres://guide:cl%2Fa%3Fve@one:5432,two:5433/guide?target_session_attrs=read-write"
    database = settings_with(DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("one,two", "5432,5433")
    assert (database["PASSWORD"], database["CONN_MAX_AGE"]) == ("cl/a?ve", 0)
    options = {"target_session_attrs": "read-write", "connect_timeout": 2, "tcp_user_timeout": 3000}
    assert options.items() <= database["OPTIONS"].items()
    assert "-c lock_timeout=20s" in database["OPTIONS"]["options"]


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9123"}, "http://127.0.0.1:9123"),
        ({"PORT": "9123", "HOST": "localhost"}, "http://localhost:9123"),
        ({"PORT": "9123", "HOST": "::1"}, "http://[::1]:9123"),
        ({"PORT": "9123", "HOST": "127.0.0.2"}, "http://127.0.0.2:9123"),
        ({"PORT": "9123", "HOST": "0.0.0.0"}, "http://127.0.0.1:9123"),  # noqa: S104
        ({"PORT": "9123", "SITE_URL": "https://guia.example/"}, "https://guia.example"),
        ({"SITE_URL": "https://Guía.ñandú.example"}, "https://xn--gua-sma.xn--and-6ma2c.example"),
    ],
)
def test_canonical_address_follows_where_the_site_is(variables, address):
    found = settings_with(**variables)
    assert found["SITE_URL"] == address
    host, _port = split_domain_port(address.partition("//")[2])
    assert validate_host(host, found["ALLOWED_HOSTS"])


@pytest.mark.parametrize(
    "variables",
    [
        *({"SECRET_KEY": key} for key in ("", "a", KEY[:49], "a" * 60, " " * 60)),
        *({"SECRET_KEY_FALLBACKS": keys} for keys in ("a", f"{KEY},a", "b" * 60)),
        *({name: "treu"} for name in ("REQUIRE_SECOND_FACTOR", "BEHIND_PROXY", "DEBUG")),
        *({"BACKUPS_KEPT": number} for number in ("-1", "0", "catorce")),
        *({"SITE_URL": url} for url in ("", "https://", "guia.example", "ftp://guia.example")),
        *({"SITE_URL": url} for url in ("http://guia.example", "https://a@guia.example")),
        *({"SITE_URL": f"https://{host}"} for host in ("guia.example/guia", "guia.example:999999")),
        *({"SITE_URL": f"https://{host}"} for host in ("guia..example", "[::1", "?")),
        {"SITE_URL": "https://guia.example", "DEBUG": "true"},
        *({"DATABASE_URL": f"postgres://guide:{word}/b?c@db:5432/guide"} for word in ("a", "12")),
        *({"file": SERVER, "WEB_CONCURRENCY": number} for number in ("0", "-1")),
        {"file": SERVER, "BEHIND_PROXY": "treu"},
    ],
)
def test_unsafe_setting_is_refused_with_one_line(variables):
    with pytest.raises(SystemExit) as refused:
        settings_with(**variables)
    assert "\n" not in refused.value.code
    assert refused.value.code.startswith(list(variables)[-1])


def test_backup_setting_that_is_left_empty_is_the_default():
    found = settings_with(BACKUP_FOLDER="", BACKUPS_KEPT="")
    assert (found["BACKUP_FOLDER"], found["BACKUPS_KEPT"]) == (ROOT / "backups", 14)


def test_what_was_signed_with_the_former_key_stays_valid():
    found = settings_with(SECRET_KEY_FALLBACKS=f"{KEY},{KEY[::-1]}")
    assert found["SECRET_KEY_FALLBACKS"] == [KEY, KEY[::-1]]


def test_settings_chosen_for_a_reason_and_the_environment_has_the_last_word():
    found = conf()
    assert found["worker_class"] == "gthread"
    assert found["threads"] >= 300  # as many visitors may send or read slowly
    assert found["forwarder_headers"] == ""  # else a SCRIPT_NAME header moves every address
    assert 0 < found["max_requests_jitter"] < found["max_requests"]
    assert found["keepalive"] > 60  # nginx keeps a connection for sixty seconds
    assert found["graceful_timeout"] < found["timeout"]
    assert found["accesslog"] is None
    assert 1 <= found["workers"] <= 8
    told = conf(HOST="0.0.0.0", PORT="9000", WEB_CONCURRENCY="3", ACCESS_LOG="-")  # noqa: S104
    assert (told["bind"], told["workers"], told["accesslog"]) == ("0.0.0.0:9000", 3, "-")


@pytest.mark.parametrize("variables", [{}, {"BEHIND_PROXY": "false"}, {"BEHIND_PROXY": "true"}])
def test_scheme_is_told_by_a_proxy_only_if_there_is_one(variables):
    found = conf(**variables)
    assert found["forwarded_allow_ips"] == ("*" if "true" in variables.values() else "")
    assert found["secure_scheme_headers"] == {"X-FORWARDED-PROTO": "https"}
