"""Sitemaps: complete, true, and as small in memory as one row."""

import datetime
import re

import pytest
import time_machine

from profiles.desk.publishing import publish, withdraw
from profiles.models import Area
from tests.helpers.factories import copy_editions, make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]
SITE = "http://127.0.0.1:8000"
NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


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
        publish(other.profiles.get(), at=datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC))
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


def test_area_changes_with_its_text_and_with_its_roles(client):
    Area.objects.update(updated_at=NOON)
    with time_machine.travel(NOON + datetime.timedelta(hours=1), tick=False):
        make_role(area="personas")
    dates = entries(client, "/sitemap-paginas.xml")
    assert dates["/guia-de-roles/areas/personas/"] == "2026-11-20T13:00:00+00:00"
    assert dates["/guia-de-roles/areas/datos-e-ia/"] == "2026-11-20T12:00:00+00:00"


def test_index_names_files_that_answer(client):
    make_role()
    paths = list(entries(client, "/sitemap.xml"))
    assert paths == ["/sitemap-paginas.xml", "/sitemap-perfiles-1.xml"]
    assert all(entries(client, path) for path in paths)


def test_cost_does_not_grow_with_the_guide(client, costs):
    role, path = make_role(), "/sitemap-perfiles-1.xml"
    costs(2, lambda: client.get(path).getvalue(), lambda: copy_editions(role, 3))
