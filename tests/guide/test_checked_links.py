"""The rule of links: each inside the guide leads to a page that there is."""

import pytest

from profiles.desk.readiness import desk_places
from profiles.guide.checks import Places, check_role
from profiles.guide.findings import Finding
from tests.guide.test_checks import at, broken


def linking(address):
    """Return the factory's role with a link to ``address`` in its base text."""
    return broken(at("base.body", lambda text: f"{text[:-1]} [acá]({address})."))


PLACES = Places(
    profiles=frozenset({(None, "data-tester"), ("global", "data-tester"), (None, "alone")}),
    contexts=frozenset({"global"}),
    areas=frozenset({"datos-e-ia"}),
    traits=frozenset({"apertura"}),
    archetypes=frozenset({"lupa"}),
)


GUIDE = "/guia-de-roles/"


@pytest.mark.parametrize(
    "address",
    [
        *(GUIDE, f"{GUIDE}perfiles/data-tester/", f"{GUIDE}perfiles/data-tester.md"),
        f"{GUIDE}perfiles/data-tester/entrevista/#pregunta",
        *(
            f"{GUIDE}perfiles/data-tester/entrevista.pdf",
            f"{GUIDE}perfiles/data-tester/por-tamano/",
        ),
        *(f"{GUIDE}global/data-tester/", f"{GUIDE}global/", f"{GUIDE}areas/datos-e-ia/"),
        *(f"{GUIDE}rasgos/", f"{GUIDE}arquetipos/lupa/", "https://example.com/cualquiera/"),
    ],
)
def test_link_that_leads_somewhere_is_accepted(address):
    assert check_role(linking(address), PLACES) == check_role(linking(address))


@pytest.mark.parametrize(
    "address",
    [
        *(f"{GUIDE}perfiles/data-taster/", f"{GUIDE}perfiles/data-tester/otra/"),
        *(f"{GUIDE}perfiles/data-tester/entrevista.foo", f"{GUIDE}perfiles/alone/por-tamano/"),
        *(f"{GUIDE}global/alone/", f"{GUIDE}vista-previa/abc/", f"{GUIDE}pyme/data-tester/"),
        *(f"{GUIDE}areas/", f"{GUIDE}rasgos/apertura/mas/", "/admin/"),
    ],
)
def test_dead_link_blocks(address):
    expected = Finding("base.body", f"el enlace «{address}» no lleva a ninguna página")
    assert expected in check_role(linking(address), PLACES)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("startup/data-tester/entrevista.pdf", True),
        ("startup/otro-data-tester/", True),
        ("global/data-tester/", False),
        ("perfiles/data-tester.foo", False),
        ("startup/data-tester/por-tamano/", False),
    ],
)
def test_link_is_known_where_its_page_answers(role, client, address, leads):
    address = f"/guia-de-roles/{address}"
    assert desk_places().knows(address) is leads
    assert (client.get(address, follow=True).status_code == 200) is leads
