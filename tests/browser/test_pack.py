"""The hiring pack on screen: what is ticked and typed, with and without JavaScript."""

import pytest

PACK = "/guia-de-roles/global/mlops-engineer/carpeta/"
AGREEMENT = "/guia-de-roles/global/mlops-engineer/alineacion/"
ADVERT = "/guia-de-roles/global/mlops-engineer/aviso/"


@pytest.mark.parametrize(("javascript", "width"), [(True, 390), (False, 1280)])
def test_pack_is_reached_from_the_profile_and_taken_whole(open_page, javascript, width):
    page = open_page("/guia-de-roles/global/mlops-engineer/", javascript=javascript, width=width)
    page.get_by_role("link", name="Carpeta de contratación").click()
    assert page.url.endswith(PACK)
    with page.expect_download() as download:
        page.get_by_role("link", name="Bajar la carpeta entera (ZIP)").click()
    assert download.value.suggested_filename == "carpeta-mlops-engineer-global.zip"
    assert page.problems == []


def test_ticks_of_the_agreement_follow_into_the_address(open_page):
    page = open_page(AGREEMENT)
    box = page.get_by_role("checkbox", name="De acuerdo").first
    box.check()
    page.wait_for_url("**/alineacion/?si=*")
    page.get_by_role("checkbox", name="A discutir").first.check()
    assert not box.is_checked()
    page.reload()
    assert page.get_by_role("checkbox", name="A discutir").first.is_checked()
    assert page.problems == []


@pytest.mark.parametrize("javascript", [True, False])
def test_agreement_leads_to_the_kit_of_its_traits(open_page, javascript):
    page = open_page(AGREEMENT, javascript=javascript)
    traits = page.locator("h2:text('Rasgos críticos') + ul")
    traits.get_by_role("checkbox", name="De acuerdo").first.check()
    page.get_by_role("button", name="Armar la entrevista con los rasgos acordados").click()
    page.wait_for_url("**/entrevista/?pregunta=*#plan")
    assert page.locator(".block-question").count() == 5


def test_without_javascript_the_ticks_are_kept_by_a_button(open_page):
    page = open_page(AGREEMENT, javascript=False)
    page.get_by_role("checkbox", name="A discutir").first.check()
    page.get_by_role("button", name="Guardar las marcas en la dirección").click()
    assert "no=" in page.url
    assert page.get_by_role("checkbox", name="A discutir").first.is_checked()


@pytest.mark.parametrize("javascript", [True, False])
def test_advert_warns_of_words_that_keep_people_away_and_sends_nothing(open_page, javascript):
    page, asked = open_page(ADVERT, javascript=javascript), []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("palabras que dejan gente afuera").click()
    patterns = page.locator("[data-pattern]:visible")
    assert patterns.count() > 10
    area = page.get_by_label("Pegá acá lo que le sumes al aviso")
    assert area.is_visible() is javascript
    if javascript:
        area.fill("Buscamos señorita joven y dinámica, con disponibilidad absoluta")
        status = page.locator("[data-advert-status]")
        status.filter(has_text="«señorita»").wait_for()
        assert ("«joven»" in status.inner_text(), patterns.count()) == (True, 3)
        area.fill("Pago de 900 a 1.200 por mes")
        assert status.inner_text() == "Sin palabras de la lista."
    assert ([url for url in asked if "/static/" not in url], page.problems) == ([], [])
