"""The start page: its question leads straight to a profile, its specimen is a real one."""

import re

import pytest

from profiles.models import Edition
from tests.helpers.factories import make_role, shelve

pytestmark = pytest.mark.usefixtures("vocabulary")

HOME = "/guia-de-roles/"


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("q=contador&tamano=global", "global/contador/"),
        ("q=CONTADOR", "perfiles/contador/"),
        ("q=contador+en+startup", "startup/contador/"),
        ("q=contador+en+startup&tamano=global", "global/contador/"),
        # There is no such profile: the base one says what holds in every size.
        ("q=contador&tamano=pyme", "perfiles/contador/"),
        ("q=&tamano=pyme", "pyme/"),
        ("q=analista&tamano=pyme", "perfiles/?q=analista&contexto=pyme"),
        ("q=contadro+pyme", "perfiles/?q=contadro%20pyme"),
        ("q=astronauta&tamano=gigante", "perfiles/?q=astronauta"),
        ("", "perfiles/"),
    ],
)
def test_question_leads_straight_to_the_profile(client, query, address):
    shelve("contador", "Contador", contexts=("startup", "global"))
    for name in ("Analista Alfa", "Analista Beta"):
        shelve(name.lower().replace(" ", "-"), name)
    response = client.get(f"{HOME}buscar/?{query}")
    assert (response.status_code, response.url) == (302, HOME + address)
    assert "no-store" in response["Cache-Control"]


def test_specimen_shows_every_size_and_how_an_answer_sounds(client):
    role = make_role(contexts=("startup", "pyme", "global"))
    quiet = make_role("quiet-role")
    moved = Edition.objects.get(role=role, context__slug="global")
    moved.ranges["ER"] = [4.2, 5.0]
    moved.save()
    html = client.get(HOME).text
    specimen = html.partition("<figure")[2].partition("</figure>")[0]
    assert re.findall(r'href="/guia-de-roles/([a-z]+)/data-tester/"', specimen) == [
        *("perfiles", "startup", "pyme", "global")
    ]
    assert "Involucramiento Relacional: bajo en Startup, muy alto en Global." in specimen
    question = Edition.objects.get(role=role, context=None).document["questions"][0]
    assert [text for text in question["anchors"].values() if text not in specimen] == []
    assert quiet.name not in specimen


@pytest.mark.parametrize("contexts", [(), ("pyme",)])
def test_home_without_a_role_in_both_ends_has_no_specimen(client, contexts):
    make_role(contexts=contexts)
    html = client.get(HOME).text
    assert ("<figure" in html, "Data Tester" in html) == (False, True)
