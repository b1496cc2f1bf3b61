"""Lists of roles in a guide that is too large to show them all on one page."""

import html
import re

import pytest

from profiles.models import Role
from tests.helpers.factories import copy_editions, make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary"), pytest.mark.django_db]

AREA = "/guia-de-roles/areas/datos-e-ia/"
ARCHETYPE = "/guia-de-roles/arquetipos/lupa/"
ROW = r'(?:<th scope="row">|<div>\s*)<a (?:class="role-row__name" )?href="[^"]+">([^<]+)</a>'
NAMES = ["Data Tester", *(f"Data Tester {number}" for number in range(4))]


@pytest.fixture(scope="module", autouse=True)
def five_roles(module_rows):
    """Five roles of one area and one of another, each with its Startup profile."""
    copy_editions(make_role("data-tester"), 4)
    make_role("people-tester", area="personas")


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("profiles.views.listing.MANY", 3)
    monkeypatch.setattr("profiles.views.listing.PER_AREA", 2)
    monkeypatch.setattr("profiles.views.listing.PAGE_SIZE", 2)


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def link(html, rel):
    found = re.search(rf'<a href="([^"]+)"\s+rel="{rel}">', html)
    return found and found[1]


def groups(html):
    """Return heading → (role names, link to the others) of each group of roles."""
    sections = re.findall(r'(?s)<section class="(?:role-group|area-card)".*?</section>', html)
    return {
        re.search(r"<h[23][^>]*><a[^>]*>([^<]+)", section)[1]: (
            re.findall(r'(?:<li>|"role-row__name")[^>]+>([^<]+)</a>', section),
            re.search(r'<p><a\s+href="([^"]+)">(Ver[^<]+)', section),
        )
        for section in sections
    }


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("first", "names"), [(AREA, NAMES), (ARCHETYPE, [*NAMES, "People Tester"])]
)
def test_long_list_is_read_forth_and_back_page_by_page(client, first, names):
    seen, address, back = [], first, []
    while address:
        html = page(client, address)
        seen += re.findall(ROW, html)
        back.append(link(html, "prev"))
        address = link(html, "next")
    assert seen == names
    assert back == [None, first, f"{first}?pagina=2"]


@pytest.mark.parametrize("address", ["/guia-de-roles/", "/guia-de-roles/startup/"])
def test_groups_hold_all_roles_where_they_are_few(client, address):
    assert groups(page(client, address)) == {
        "Datos e IA": (NAMES, None),
        "Personas": (["People Tester"], None),
    }


@pytest.mark.parametrize("address", ["", "perfiles/", "perfiles/?orden=rol"])
def test_names_stand_in_the_order_of_people_and_not_of_bytes(client, address):
    make_role("small-word", name="Data de Prueba", contexts=())
    html = page(client, f"/guia-de-roles/{address}")
    assert html.index(">Data de Prueba<") < html.index(">Data Tester<")


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("address", "others"),
    [
        ("/guia-de-roles/", AREA),
        ("/guia-de-roles/startup/", "/guia-de-roles/perfiles/?area=datos-e-ia&contexto=startup"),
    ],
)
def test_groups_of_a_large_guide_lead_to_their_other_roles(client, address, others):
    found = groups(page(client, address))
    assert [names for names, _more in found.values()] == [NAMES[:2], ["People Tester"]]
    address, words = found["Datos e IA"][1].groups()
    assert (html.unescape(address), words) == (others, "Ver los 5 roles de Datos e IA")
    assert found["Personas"][1] is None
    assert client.get(others).status_code == 200


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("address", "queries"), [("/guia-de-roles/", 6), (AREA, 3), (ARCHETYPE, 3)]
)
def test_page_of_a_large_guide_costs_the_same_with_more_roles(client, costs, address, queries):
    other = Role.objects.get(slug="people-tester")
    costs(queries, lambda: page(client, address), lambda: copy_editions(other, 5))
