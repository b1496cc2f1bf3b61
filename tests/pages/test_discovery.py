"""What programs ask for: robots.txt, llms.txt, security.txt, manifest, social images."""

import struct
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders

from profiles.models import Edition
from profiles.seo.social import SocialCard
from profiles.views.http import FOREVER
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")


def test_robots_names_the_sitemap(client):
    response = client.get("/robots.txt", HTTP_HOST="localhost")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /guia-de-roles/comparar/?",
        "Disallow: /*?*pregunta=",
        "Disallow: /*?*minutos=",
        "Disallow: /*?*parte=",
        "Disallow: /*?*papel=",
        "",
        "Sitemap: http://127.0.0.1:8000/sitemap.xml",
    ]


def test_llms_lists_published_roles_by_area(client):
    make_role()
    people = make_role("people-tester", area="personas", contexts=())
    Edition.objects.filter(role=people).update(role_name="[Gente] <b>\n# y")
    make_role("hidden-role", publish=False)
    text = client.get("/llms.txt").getvalue().decode()
    lines = text.splitlines()
    assert lines[0] == "# Guía de Roles"
    heads = [line for line in lines if line.startswith("## ")]
    assert heads == ["## Método", "## Datos e IA", "## Personas"]
    listed = [line.partition("(")[2].partition(")")[0] for line in lines if ".md): " in line]
    assert listed == [
        "http://127.0.0.1:8000/guia-de-roles/perfiles/data-tester.md",
        "http://127.0.0.1:8000/guia-de-roles/perfiles/people-tester.md",
    ]
    assert r"[\[Gente\] \<b\> # y](http" in text


def test_security_txt_needs_an_address(client, settings):
    path = "/.well-known/security.txt"
    assert client.get(path).status_code == 404
    settings.CONTACT_EMAIL = "seguridad@guia.example"
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        assert client.get(path).content.decode().splitlines() == [
            "Contact: mailto:seguridad@guia.example",
            "Expires: 2027-04-30T00:00:00Z",
            "Preferred-Languages: es, en",
            "Canonical: http://127.0.0.1:8000/.well-known/security.txt",
        ]


def test_manifest_names_icons_that_exist(client):
    response = client.get("/manifest.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    icons = response.json()["icons"]
    assert [icon.get("purpose") for icon in icons] == [None, None, "maskable"]
    for icon in icons:
        file = Path(finders.find(icon["src"].removeprefix("/static/")))
        assert icon["sizes"] == "{}x{}".format(*png_size(file.read_bytes()))


def test_social_image_is_a_png_that_never_changes(client):
    card = SocialCard("Rol <b>", "Global · 1001+ personas", ((1.0, 1.4),) * 6)
    response = client.get(card.url.removeprefix("http://127.0.0.1:8000"))
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == FOREVER
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert png_size(response.content) == (1200, 630)


@pytest.mark.parametrize("name", ["#panic()", '"; #image("/etc/passwd")', "$x$ *b* _i_", "a\\b`c`"])
def test_markup_in_a_name_is_drawn_as_text(client, name):
    response = client.get(SocialCard(name).url.removeprefix("http://127.0.0.1:8000"))
    assert png_size(response.content) == (1200, 630)


@pytest.mark.parametrize("token", ["x", "WyJ4IiwiIl0:AAAA", "WyJ4IiwiIl0"])
def test_nobody_can_have_other_words_drawn(client, token):
    assert client.get(f"/social/{token}.png").status_code == 404


def png_size(content):
    assert content.startswith(b"\x89PNG")
    return struct.unpack(">II", content[16:24])
