"""What the environment makes of the settings: the databases, and what is optional."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.http.request import validate_host

from tests.site import ROOT

POSTGRESQL = "postgres://guide:clave@db.internal:5432/guide"
SHOW = """
import json
from roleguide import settings
print(json.dumps({name: getattr(settings, name, None) for name in %r}))
"""


def settings_of(*names, folder=None, **variables):
    """Return settings (or the error's last line) as a process with these variables has them."""
    known = {
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": "sqlite:///:memory:",
        "PATH": os.environ["PATH"],
    }
    env = {**known, "PYTHONPATH": str(folder or ""), **variables}
    command = [sys.executable, "-c", SHOW % (names,)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else done.stderr.splitlines()[-1]


def test_sqlite_waits_for_a_writer_and_survives_a_power_cut(tmp_path):
    found = settings_of("DATABASES", DATABASE_URL=f"sqlite:///{tmp_path / 'a.sqlite3'}")
    assert found["DATABASES"]["default"]["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    }


def test_site_on_ipv6_answers_under_its_own_name():
    hosts = settings_of("ALLOWED_HOSTS", SITE_URL="http://[::1]:8123")["ALLOWED_HOSTS"]
    assert validate_host("[::1]", hosts)


@pytest.mark.parametrize("path", ["panel", "/panel/", "panel/"])
def test_admin_path_is_a_folder_however_it_is_written(path):
    assert settings_of("ADMIN_PATH", ADMIN_PATH=path)["ADMIN_PATH"] == "panel/"


@pytest.mark.django_db
def test_the_connection_has_the_settings():
    if connection.vendor == "postgresql":
        assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
        assert connection.get_connection_params()["connect_timeout"] == 2
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (2,)
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (20_000,)


def test_postgresql_is_asked_whether_it_lives_and_given_up_in_two_seconds():
    database = settings_of("DATABASES", DATABASE_URL=POSTGRESQL)["DATABASES"]["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    options = database["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (2, 3000)


def test_what_the_address_says_of_postgresql_stands():
    url = f"{POSTGRESQL}?connect_timeout=1&sslmode=require"
    options = settings_of("DATABASES", DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (1, "require")


def test_without_variables_there_is_no_copy_no_shared_cache_no_count():
    names = ("DATABASES", "DATABASE_ROUTERS", "CACHES", "METRICS_TOKEN")
    found = settings_of(*names)
    assert list(found["DATABASES"]) == ["default"]
    assert [found[name] for name in names[1:]] == [None, None, ""]


def test_copy_differs_from_the_primary_in_its_address_alone():
    found = settings_of(
        "DATABASES",
        "DATABASE_ROUTERS",
        DATABASE_URL=POSTGRESQL,
        REPLICA_URL="postgres://guide:clave@copy.internal:5433/guide",
    )
    primary, copy = found["DATABASES"]["default"], found["DATABASES"]["replica"]
    changed = {name for name in copy if copy[name] != primary.get(name)}
    assert (changed, copy["HOST"], copy["PORT"]) == (
        {"HOST", "PORT", "TEST"},
        "copy.internal",
        5433,
    )
    assert found["DATABASE_ROUTERS"] == ["roleguide.replica.PublicReads"]


def test_what_the_address_of_the_copy_says_adds_to_the_patience_of_the_primary():
    copy = "postgres://guide:clave@copy.internal:5433/guide?sslmode=require"
    found = settings_of("DATABASES", DATABASE_URL=POSTGRESQL, REPLICA_URL=copy)["DATABASES"]
    primary = found["default"]["OPTIONS"]
    assert found["replica"]["OPTIONS"] == {**primary, "sslmode": "require"}
    assert primary["connect_timeout"] == 2


def test_shared_cache_is_never_waited_for():
    cache = settings_of("CACHES", CACHE_URL="redis://cache:6379/0")["CACHES"]["default"]
    assert cache["BACKEND"] == "roleguide.shared_cache.SharedCache"
    assert cache["LOCATION"] == "redis://cache:6379/0"
    assert max(cache["OPTIONS"].values()) <= 0.3


def test_sessions_are_not_in_the_cache():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


SENTRY = "https://key@sentry.example/1"


def test_sentry_without_its_package_refuses_to_start(tmp_path):
    (tmp_path / "sentry_sdk.py").write_text("raise ImportError")
    found = settings_of("SENTRY_DSN", SENTRY_DSN=SENTRY, folder=tmp_path)
    assert found.endswith("SENTRY_DSN needs the package sentry-sdk.")


def test_sentry_is_told_nothing_about_persons(tmp_path):
    (tmp_path / "sentry_sdk.py").write_text("def init(**options):\n    print(options, flush=True)")
    command = [sys.executable, "-c", "import roleguide.settings"]
    env = {"SECRET_KEY": "x" * 60, "SENTRY_DSN": SENTRY, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "'send_default_pii': False" in done.stdout
    assert "'max_request_body_size': 'never'" in done.stdout
    assert "'include_local_variables': False" in done.stdout
