"""News: the Atom feed and the page of what was published when."""

import datetime
import re
from xml.etree import ElementTree

import pytest
import time_machine

from profiles.desk.publishing import publish, withdraw
from profiles.models import Edition
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
FEED = "/guia-de-roles/novedades/feed.xml"
NEWS = "/guia-de-roles/novedades/"
ATOM = "{http://www.w3.org/2005/Atom}"
NIGHT = datetime.datetime(2026, 11, 21, 1, tzinfo=datetime.UTC)


def feed(client):
    response = client.get(FEED, HTTP_HOST="localhost")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def entries(root, part):
    return [entry.findtext(f"{ATOM}{part}") for entry in root.iter(f"{ATOM}entry")]


def test_feed_has_full_entries_newest_first(client):
    with time_machine.travel(NIGHT, tick=False) as clock:
        role = make_role(contexts=("startup",))
        clock.shift(3600)
        publish(role.profiles.get(context__slug="startup"), reason="Cambió el mercado")
    root = feed(client)
    assert entries(root, "title") == ["Data Tester en Startup", "Data Tester"]
    entry = root.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated") == "2026-11-21T02:00:00+00:00"
    address = "http://127.0.0.1:8000/guia-de-roles/startup/data-tester/"
    assert entry.find(f"{ATOM}link").get("href") == address
    content = entry.findtext(f"{ATOM}content")
    document = Edition.objects.get(number=2).document
    parts = [document["considerations"][0]["text"], document["strengths"][0], "Cambió el mercado"]
    assert [part for part in parts if part not in content] == []


def test_feed_hides_what_is_not_public_and_its_ids_stay_where_a_role_is_renamed(client):
    role = make_role(contexts=("startup", "global"))
    make_role("hidden-role", publish=False)
    withdraw(role.profiles.get(context__slug="global"))
    assert sorted(entries(feed(client), "title")) == ["Data Tester", "Data Tester en Startup"]
    before = entries(feed(client), "id")
    role.slug = "data-examiner"
    role.save()
    assert "/data-examiner/" in client.get(FEED).text
    assert entries(feed(client), "id") == before
    assert len(set(before)) == 2


def test_news_groups_by_day_in_buenos_aires_and_role(client, django_assert_num_queries):
    with time_machine.travel(NIGHT, tick=False) as clock:
        role = make_role(contexts=("startup", "global"))
        make_role("people-tester", contexts=())
        make_role("hidden-role", publish=False)
        clock.shift(datetime.timedelta(days=1))
        publish(role.profiles.get(context__slug="global"), reason="Cambió el mercado.")
    with django_assert_num_queries(1):
        main = client.get(NEWS).text.split("<main")[1]
    assert "Hidden Role" not in main
    assert re.findall(r"<h[23]>(?:<time[^>]+>)?([^<]+)", main) == [
        *("21 de noviembre de 2026", "Data Tester"),
        *("20 de noviembre de 2026", "Data Tester", "People Tester"),
    ]
    assert re.findall(r"(Nuevo|Actualizado|perfil base|Startup|Global)[<:]", main) == [
        *("Actualizado", "Global"),
        *("Nuevo", "perfil base", "Startup"),
        *("Nuevo", "perfil base"),
    ]
    assert "Cambió el mercado." in main
