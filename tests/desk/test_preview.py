"""Previews: the public page built from the desk, for editors and by link."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from profiles.desk.history import keep, record
from profiles.desk.publishing import publish, withdraw
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.models import Profile
from profiles.views.preview import share, shared_until
from tests.desk.forms import form_values

DRAFT = True
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
BANNER = "Vista previa: todavía no es público y puede cambiar."


@pytest.fixture
def startup(base):
    keep(base)
    return base.role.profiles.get(context__slug="startup")


def url(name, profile):
    return reverse(f"admin:profiles_profile_{name}", args=[profile.pk])


def link_to(profile):
    version = keep(profile)
    share(version)
    return version, reverse("profiles:preview", args=[version.share_token])


def main_of(response):
    """Return the page's own content."""
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]


@pytest.mark.parametrize("kind", ["base", "startup"])
def test_preview_is_the_page_that_publishing_would_make(admin_client, base, startup, kind):
    publish(base)
    publish(startup)
    profile = {"base": base, "startup": startup}[kind]
    preview = main_of(admin_client.get(url("preview", profile)))
    without, banners = re.subn(r'<p class="preview-banner".*?</p>\s*', "", preview, flags=re.DOTALL)
    assert (banners, BANNER in preview) == (1, True)
    assert without == main_of(admin_client.get(profile.get_absolute_url()))


def test_preview_shows_what_is_typed_and_saves_nothing(admin_client, base):
    values = form_values(admin_client, base)
    values |= {"summary": "Lo que estoy escribiendo.", "strengths-0-text": "Una fuerza nueva."}
    versions = base.versions.count()
    html = admin_client.post(url("preview", base), values).content.decode()
    assert "Lo que estoy escribiendo." in html
    assert "Una fuerza nueva." in html
    fresh = Profile.objects.get(pk=base.pk)
    assert (fresh.summary, fresh.versions.count()) == (base.summary, versions)
    assert not base.strengths.filter(text="Una fuerza nueva.").exists()


def test_preview_says_what_is_wrong_with_the_form(admin_client, base):
    values = {**form_values(admin_client, base), "summary": "x" * 200}
    html = admin_client.post(url("preview", base), values).content.decode()
    assert "Todavía no se puede mostrar" in html
    assert BANNER not in html


def test_link_shows_its_version_whatever_is_written_later(client, base):
    _version, path = link_to(base)
    Profile.objects.filter(pk=base.pk).update(summary="Escrito después.")
    record(base)
    html = client.get(path).content.decode()
    assert base.summary in html
    assert "Escrito después." not in html


def test_preview_is_neither_kept_nor_indexed_nor_told(client, base):
    _version, path = link_to(base)
    response = client.get(path)
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_link_ends_after_seven_days(client, base):
    with time_machine.travel(NOW, tick=False) as clock:
        version, path = link_to(base)
        assert shared_until(version) == NOW + datetime.timedelta(days=7)
        clock.shift(datetime.timedelta(days=7, seconds=-1))
        assert client.get(path).status_code == 200
        clock.shift(2)
        assert client.get(path).status_code == 404
        assert shared_until(version) is None


def altered(token):
    signed = bytes.fromhex(token).decode()
    number, _dot, rest = signed.partition(".")
    return f"{int(number) + 1}.{rest}".encode().hex()


@pytest.mark.parametrize(
    "change",
    [altered, lambda token: token[:-2], lambda token: "zz", lambda token: "ff", str.upper],
)
def test_altered_link_opens_nothing(client, base, startup, change):
    version, _path = link_to(base)
    share(keep(startup))
    path = reverse("profiles:preview", args=[change(version.share_token)])
    expected = 301 if change is str.upper else 404
    assert client.get(path).status_code == expected


def test_revoked_link_opens_nothing(client, admin_client, base):
    version, path = link_to(base)
    values = {"version": version.number, "revoke": 1}
    admin_client.post(url("share", base), values)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("end", [withdraw, lambda startup: startup.delete()])
def test_link_dies_with_what_it_shows(client, base, startup, end):
    _version, path = link_to(startup)
    assert client.get(path).status_code == 200
    end(startup)
    assert client.get(path).status_code == 404


def test_markdown_is_shown_as_publishing_renders_it(admin_client):
    path = reverse("admin:profiles_profile_markdown")
    text = "**Hola** <script>alert(1)</script> [x](javascript:alert(1))\n1) uno"
    html = admin_client.post(path, {"text": text}).content.decode()
    assert "<strong>Hola</strong>" in html
    assert "<li>uno</li>" in html
    assert ("<script" in html, "javascript:" in html) == (False, False)


@pytest.mark.parametrize("text", ["[" * 500, "x" * (MAX_PAGE_MARKDOWN + 1), "![foto](a.png)"])
def test_markdown_that_is_slow_long_or_would_vanish_is_refused(admin_client, text):
    path = reverse("admin:profiles_profile_markdown")
    assert admin_client.post(path, {"text": text}).status_code == 400
