"""What programs ask for: robots.txt, llms.txt, security.txt, social images, sitemaps, the feed."""

import re
import struct
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.templatetags.static import static

from profiles.desk.publishing import publish, withdraw
from profiles.models import Area, Edition
from profiles.seo.social import SocialCard
from profiles.views.http import FOREVER
from tests.helpers.factories import copy_editions, make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]
SITE = "http://127.0.0.1:8000"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = "/guia-de-roles/novedades/feed.xml"
NEWS = "/guia-de-roles/novedades/"
ATOM = "{http://www.w3.org/2005/Atom}"
NIGHT = datetime(2026, 11, 21, 1, tzinfo=UTC)


def test_robots_names_the_sitemap(client):
    response = client.get("/robots.txt", HTTP_HOST="localhost")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    closed = ("guia-de-roles/comparar/?", "*?*pregunta=", "*?*minutos=", "*?*parte=", "*?*papel=")
    assert response.text.splitlines() == [
        *("User-agent: *", *(f"Disallow: /{path}" for path in closed)),
        *("", "Sitemap: http://127.0.0.1:8000/sitemap.xml"),
    ]


@pytest.mark.parametrize("file", ["favicon.ico", "apple-touch-icon.png"])
def test_icons_are_found_at_their_fixed_places(client, file):
    assert client.get(f"/{file}").url == static(f"img/{file}")


def test_llms_lists_published_roles_by_area(client):
    make_role()
    people = make_role("people-tester", area="personas", contexts=())
    Edition.objects.filter(role=people).update(role_name="[Gente] <b>\n# y")
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
        contact, expires, *_rest, canonical = client.get(path).text.splitlines()
    assert contact == "Contact: mailto:seguridad@guia.example"
    assert expires == "Expires: 2027-04-30T00:00:00Z"
    assert canonical == f"Canonical: {SITE}{path}"


@pytest.mark.parametrize(
    "name", ["Rol <b>", "#panic()", '"; #image("/etc/passwd")', "$x$ *b* a\\`c`"]
)
def test_social_image_is_a_png_that_never_changes_and_draws_markup_as_text(client, name):
    card = SocialCard(name, "Global · 1001+ personas", ((1.0, 1.4),) * 6)
    response = client.get(card.url.removeprefix("http://127.0.0.1:8000"))
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == FOREVER
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)


@pytest.mark.parametrize("damage", ["!!!", "gARLAS4x", "gAROLg==", ""])
def test_damaged_image_is_drawn_anew(client, damage):
    address = SocialCard("Rol", "Global").url.removeprefix(SITE)
    drawn = client.get(address).content
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shared_images SET value = %s", [damage])
    assert client.get(address).content == drawn


@pytest.mark.parametrize("token", ["x", "WyJ4IiwiIl0:AAAA", "WyJ4IiwiIl0"])
def test_nobody_can_have_other_words_drawn(client, token):
    assert client.get(f"/social/{token}.png").status_code == 404


def entries(client, path):
    """Return path → lastmod of a sitemap."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    entry = r"<loc>([^<]+)</loc>(?:<lastmod>([^<]+)</lastmod>)?"
    pairs = re.findall(entry, response.getvalue().decode())
    return {url.removeprefix(SITE): date for url, date in pairs}


def test_public_profiles_are_listed_with_their_true_date(client):
    with time_machine.travel(NOON, tick=False) as clock:
        role = make_role(contexts=("startup", "global", "pyme"))
        withdraw(role.profiles.get(context__slug="pyme"))
        other = make_role("later-role", publish=False, contexts=())
        publish(other.profiles.get(), at=datetime(2099, 1, 1, tzinfo=UTC))
        clock.shift(3600)
        publish(role.profiles.get(context__slug="global"))
    first, later = "2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+00:00"
    assert entries(client, "/sitemap-perfiles-1.xml") == {
        "/guia-de-roles/perfiles/data-tester/": first,
        "/guia-de-roles/perfiles/data-tester/por-tamano/": later,
        "/guia-de-roles/startup/data-tester/": first,
        "/guia-de-roles/global/data-tester/": later,
    }


def test_shared_pages_are_listed(client):
    make_role()
    paths = entries(client, "/sitemap-paginas.xml")
    assert len(paths) == 4 + 1 + 6 + 1 + 8 + 1 + Area.objects.count() + 4 + 1 + 3
    some = ("", "novedades/", "rasgos/apertura/", "areas/datos-e-ia/", "metodologia/")
    assert {f"/guia-de-roles/{path}" for path in some} < set(paths)


def test_index_names_files_that_answer_at_one_cost(client, costs):
    role, path = make_role(), "/sitemap-perfiles-1.xml"
    paths = list(entries(client, "/sitemap.xml"))
    assert paths == ["/sitemap-paginas.xml", path]
    assert all(entries(client, path) for path in paths)
    costs(3, lambda: client.get(path).getvalue(), lambda: copy_editions(role, 3))


def feed(client):
    response = client.get(FEED, HTTP_HOST="localhost")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def in_feed(root, part):
    return [entry.findtext(f"{ATOM}{part}") for entry in root.iter(f"{ATOM}entry")]


def test_feed_has_full_entries_newest_first(client):
    with time_machine.travel(NIGHT, tick=False) as clock:
        role = make_role(contexts=("startup",))
        clock.shift(3600)
        publish(role.profiles.get(context__slug="startup"), reason="Cambió el mercado")
    root = feed(client)
    assert in_feed(root, "title") == ["Data Tester en Startup", "Data Tester"]
    entry = root.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated") == "2026-11-21T02:00:00+00:00"
    address = "http://127.0.0.1:8000/guia-de-roles/startup/data-tester/"
    assert entry.find(f"{ATOM}link").get("href") == address
    content = entry.findtext(f"{ATOM}content")
    document = Edition.objects.get(number=2).document
    parts = [document["considerations"][0]["text"], document["strengths"][0], "Cambió el mercado"]
    assert [part for part in parts if part not in content] == []


def test_feed_hides_what_was_withdrawn_and_its_ids_stay_where_a_role_is_renamed(client):
    role = make_role(contexts=("startup", "global"))
    withdraw(role.profiles.get(context__slug="global"))
    assert sorted(in_feed(feed(client), "title")) == ["Data Tester", "Data Tester en Startup"]
    before = in_feed(feed(client), "id")
    role.slug = "data-examiner"
    role.save()
    assert "/data-examiner/" in client.get(FEED).text
    assert in_feed(feed(client), "id") == before
    assert len(set(before)) == 2


def test_news_groups_by_day_in_buenos_aires_and_role(client, django_assert_num_queries):
    with time_machine.travel(NIGHT, tick=False) as clock:
        role = make_role(contexts=("startup", "global"))
        make_role("people-tester", contexts=())
        clock.shift(timedelta(days=1))
        publish(role.profiles.get(context__slug="global"), reason="Cambió el mercado.")
    with django_assert_num_queries(1):
        main = client.get(NEWS).text.split("<main")[1]
    assert re.findall(r"<h[23]>(?:<time[^>]+>)?([^<]+)", main) == [
        *("21 de noviembre de 2026", "Data Tester"),
        "20 de noviembre de 2026",
    ]
    assert re.findall(r"(Nuevo|Actualizado|perfil base|Startup|Global)[<:]", main) == [
        *("Actualizado", "Global"),
    ]
    new = main.split("Puestos nuevos")[1].split("</ul>")[0]
    assert re.findall(r">([^<]+)</a>", new) == ["Data Tester", "People Tester"]
    assert "Cambió el mercado." in main
