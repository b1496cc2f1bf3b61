"""The optional ping to search engines."""

import json
import urllib.error
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
PROFILE = "http://127.0.0.1:8000/guia-de-roles/perfiles/data-tester/"


@pytest.fixture
def sent(monkeypatch, settings):
    """Return the messages that would have left the machine."""
    settings.INDEXNOW_KEY = "a1b2c3d4"
    messages = []

    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

    def urlopen(request, timeout):
        messages.append((request.full_url, json.loads(request.data)))
        return Answer()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return messages


def run(*arguments):
    output = StringIO()
    call_command("ping_indexnow", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_ping_names_what_was_published_lately(sent):
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False):
        make_role("old-role", contexts=())
    make_role(contexts=())
    assert run() == [PROFILE, "1 direcciones."]
    assert sent == [
        (
            "https://api.indexnow.org/indexnow",
            {
                "host": "127.0.0.1:8000",
                "key": "a1b2c3d4",
                "keyLocation": "http://127.0.0.1:8000/a1b2c3d4.txt",
                "urlList": [PROFILE],
            },
        )
    ]


def test_dry_run_and_no_news_send_nothing(sent):
    assert run() == ["0 direcciones."]
    make_role(contexts=())
    assert run("--dry-run") == [PROFILE, "1 direcciones."]
    assert sent == []


def test_ping_needs_a_key(settings):
    settings.INDEXNOW_KEY = ""
    with pytest.raises(CommandError, match="Falta la variable INDEXNOW_KEY"):
        run()


def test_unreachable_engine_is_said(sent, monkeypatch):
    def refuse(request, timeout):
        raise urllib.error.URLError("refused")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    make_role(contexts=())
    with pytest.raises(CommandError, match="IndexNow no recibió el aviso"):
        run()
