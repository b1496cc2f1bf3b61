"""The settings of gunicorn that were chosen for a reason."""

import runpy

import pytest

from tests.helpers.site import ROOT

VARIABLES = ("HOST", "PORT", "WEB_CONCURRENCY", "ACCESS_LOG", "BEHIND_PROXY")


@pytest.fixture
def conf(monkeypatch):
    """Return a function that reads the configuration under given variables."""
    for name in VARIABLES:
        # What the configuration itself sets is gone after the test too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "roleguide" / "gunicorn.conf.py"))

    return read


def test_environment_has_the_last_word(conf):
    found = conf(HOST="0.0.0.0", PORT="9000", WEB_CONCURRENCY="3", ACCESS_LOG="-")  # noqa: S104
    assert (found["bind"], found["workers"]) == ("0.0.0.0:9000", 3)
    assert found["accesslog"] == "-"


def test_settings_chosen_for_a_reason(conf):
    found = conf()
    assert found["worker_class"] == "gthread"
    assert found["threads"] >= 300  # as many visitors may send or read slowly
    assert found["forwarder_headers"] == ""  # else a SCRIPT_NAME header moves every address
    assert 0 < found["max_requests_jitter"] < found["max_requests"]
    assert found["keepalive"] > 60  # nginx keeps a connection for sixty seconds
    assert found["graceful_timeout"] < found["timeout"]
    assert found["accesslog"] is None
    assert 1 <= found["workers"] <= 8


@pytest.mark.parametrize(("behind", "trusted"), [("", ""), ("false", ""), ("true", "*")])
def test_scheme_is_told_by_a_proxy_only_if_there_is_one(conf, behind, trusted):
    found = conf(BEHIND_PROXY=behind) if behind else conf()
    assert found["forwarded_allow_ips"] == trusted
    assert found["secure_scheme_headers"] == {"X-FORWARDED-PROTO": "https"}


@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_worker_is_refused_with_one_line(conf, number):
    with pytest.raises(SystemExit, match="WEB_CONCURRENCY"):
        conf(WEB_CONCURRENCY=number)
