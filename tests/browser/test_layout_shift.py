"""Nothing moves under a reader's finger once the page is there."""

import pytest

PATHS = [
    "/guia-de-roles/",
    "/guia-de-roles/perfiles/",
    "/guia-de-roles/perfiles/?q=analista",
    "/guia-de-roles/perfiles/mlops-engineer/",
    "/guia-de-roles/global/mlops-engineer/",
    "/guia-de-roles/global/mlops-engineer/entrevista/",
    "/guia-de-roles/global/mlops-engineer/alineacion/",
    "/guia-de-roles/global/mlops-engineer/aviso/",
    "/guia-de-roles/comparar/?perfil=startup/mlops-engineer&perfil=global/mlops-engineer",
    "/guia-de-roles/comparar/data-engineer-o-mlops-engineer/",
]
# Where everything that is seen in the main part of a page stands, from the top; a button that a
# script adds is out of the flow.
PLACES = """[...document.querySelectorAll('main *:not(.question > .copy, .question > .copy *)')]
    .map(e => e.getBoundingClientRect())
    .filter(({ width, height }) => width > 1 && height > 1)
    .map(({ top }) => top)"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_scripts_move_nothing(open_page, path, width):
    page = open_page("about:blank", width=width)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(path)
    before = page.evaluate(PLACES)
    page.unroute("**/*.js")
    page.goto(path, wait_until="networkidle")
    assert page.evaluate(PLACES) == before
