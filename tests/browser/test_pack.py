"""The hiring pack on screen: what is ticked and typed, with and without JavaScript."""

import pytest

PACK = "/guia-de-roles/global/mlops-engineer/carpeta/"
AGREEMENT = "/guia-de-roles/global/mlops-engineer/alineacion/"
ADVERT = "/guia-de-roles/global/mlops-engineer/aviso/"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("javascript", [True, False])
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
    other = page.get_by_role("checkbox", name="A discutir").first
    other.check()
    assert not box.is_checked()
    address = page.url
    page.goto("/guia-de-roles/")
    page.goto(address)
    assert page.get_by_role("checkbox", name="A discutir").first.is_checked()
    assert page.problems == []


@pytest.mark.parametrize("javascript", [True, False])
def test_agreement_leads_to_the_kit_of_its_traits(open_page, javascript):
    page = open_page(AGREEMENT, javascript=javascript)
    traits = page.locator("h2", has_text="Rasgos críticos").locator(
        "xpath=following-sibling::ul[1]"
    )
    traits.get_by_role("checkbox", name="De acuerdo").first.check()
    page.get_by_role("button", name="Armar la entrevista con los rasgos acordados").click()
    page.wait_for_url("**/entrevista/?pregunta=*")
    assert page.locator(".block-question").count() == 5
    assert page.url.endswith("#plan")


def test_without_javascript_the_ticks_are_kept_by_a_button(open_page):
    page = open_page(AGREEMENT, javascript=False)
    page.get_by_role("checkbox", name="A discutir").first.check()
    page.get_by_role("button", name="Guardar las marcas en la dirección").click()
    assert "no=" in page.url
    assert page.get_by_role("checkbox", name="A discutir").first.is_checked()


def test_advert_warns_of_words_that_keep_people_away_and_sends_nothing(open_page):
    page = open_page(ADVERT)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("palabras que dejan gente afuera").click()
    area = page.get_by_label("Pegá acá lo que le sumes al aviso")
    area.fill("Buscamos señorita joven y dinámica, con disponibilidad absoluta")
    status = page.locator("[data-advert-status]")
    status.filter(has_text="«señorita»").wait_for()
    assert "«joven»" in status.inner_text()
    assert page.locator("[data-pattern]:visible").count() == 3
    area.fill("Pago de 900 a 1.200 por mes")
    assert status.inner_text() == "Sin palabras de la lista."
    area.fill("")
    assert page.locator("[data-pattern]:visible").count() > 10
    assert [url for url in asked if "/static/" not in url] == []
    assert page.problems == []


def test_without_javascript_the_words_are_a_list_to_read(open_page):
    page = open_page(ADVERT, javascript=False)
    page.get_by_text("palabras que dejan gente afuera").click()
    assert not page.locator("textarea").is_visible()
    assert page.locator("[data-pattern]:visible").count() > 10
