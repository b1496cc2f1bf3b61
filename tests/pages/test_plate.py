"""The plate: all roles of one size on one scale, in the order that is asked for."""

import re

import pytest

from profiles.models import Edition
from tests.helpers.factories import copy_editions, make_role, shelve

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary"), pytest.mark.django_db]

URL = "/guia-de-roles/perfiles/"


@pytest.fixture(scope="module", autouse=True)
def three_roles(module_rows):
    """Roles that differ in Openness; two are equals there, in sums that floats tell apart."""
    for slug, name, area, openness in (
        ("alfa", "Alfa", "personas", [2.8, 3.8]),
        ("beta", "Beta", "datos-e-ia", [4.1, 4.9]),
        ("gamma", "Gamma", "datos-e-ia", [3.0, 3.6]),
    ):
        shelve(slug, name, area=area, contexts=("startup",))
        for edition in Edition.objects.filter(role_slug=slug):
            edition.ranges["O"] = openness if edition.context_id is None else [1.0, 2.0]
            edition.critical = ["O"] if slug == "beta" else []
            edition.save()


def main(client, query=""):
    return client.get(URL + query).text.partition("<main")[2].partition("</main>")[0]


def rows(html):
    return re.findall(r'<th scope="row"><a href="([^"]+)">', html)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["beta", "gamma", "alfa"]),
        ("?orden=rol", ["alfa", "beta", "gamma"]),
        ("?orden=O", ["beta", "alfa", "gamma"]),
        ("?orden=-O", ["alfa", "gamma", "beta"]),
        ("?orden=O&area=datos-e-ia", ["beta", "gamma"]),
        ("?orden=-O&rasgo=O:moderada", ["alfa", "gamma"]),
    ],
)
def test_rows_come_in_the_order_asked_for(client, query, names):
    assert rows(main(client, query)) == [f"{URL}{name}/" for name in names]


def test_size_shows_its_profiles_in_every_order(client):
    html = main(client, "?contexto=startup&orden=O")
    assert rows(html) == [f"/guia-de-roles/startup/{name}/" for name in ("alfa", "beta", "gamma")]
    assert f'href="{URL}?contexto=startup&amp;orden=-O"' in html
    assert 'aria-label="muy baja, 1,0–2,0"' in html


@pytest.mark.parametrize(
    ("query", "sorting"),
    [
        ("", []),
        ("?orden=O", ["descending"]),
        ("?orden=-O", ["ascending"]),
        ("?orden=rol", ["ascending"]),
    ],
)
def test_sorted_head_says_so_and_turns_around(client, query, sorting):
    html = main(client, query)
    assert re.findall(r'aria-sort="(\w+)"', html) == sorting
    assert f'href="{URL}?orden={"-O" if query == "?orden=O" else "O"}"' in html


def test_large_guide_is_shown_page_by_page(client, monkeypatch):
    monkeypatch.setattr("profiles.views.listing.PLATE_SIZE", 2)
    copy_editions(make_role("delta", contexts=()), 2)
    html = main(client, "?orden=rol&pagina=2")
    assert len(rows(html)) == 2
    assert re.findall(r'href="([^"]+)"\s+rel="(\w+)"', html) == [
        (f"{URL}?orden=rol&amp;pagina=1", "prev"),
        (f"{URL}?orden=rol&amp;pagina=3", "next"),
    ]
    assert "6 perfiles" in html
