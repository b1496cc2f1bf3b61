"""A recruiter's whole way: search → filter → profile → compare → kit → PDF, and nothing in it
needs JavaScript."""

import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.test_kit import tick_only


def words_of(pdf):
    """Return the text of a PDF, as another program reads it, in one line."""
    command = ["pdftotext", "-layout", pdf, "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return " ".join(text.split())


def download_pdf(page, file):
    """Save the kit's PDF as ``file`` and return it."""
    # The button shows the file in the browser's own viewer, which a headless browser has not.
    path = page.get_by_role("button", name="PDF").get_attribute("formaction")
    query = page.url.partition("?")[2].partition("#")[0]
    answer = page.request.get(f"{path}?{query}")
    assert answer.headers["content-type"] == "application/pdf"
    file.write_bytes(answer.body())
    return file


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="apt install poppler-utils")
@pytest.mark.parametrize("javascript", [True, False])
def test_recruiter_searches_compares_and_leaves_with_a_pdf(open_page, tmp_path, javascript):
    page = open_page("/guia-de-roles/", javascript=javascript, width=390)

    box = page.locator("main [name=q]")
    box.fill("mlopps engineer")
    box.press("Enter")
    expect(page.locator(".search-note--corrected")).to_contain_text("resultados de mlops engineer")

    page.get_by_role("link", name="Global", exact=True).click()
    page.wait_for_url("**contexto=global*")
    page.locator("[data-search-results]").get_by_role("link", name="MLOps Engineer").click()
    expect(page.locator("h1")).to_have_text("MLOps Engineer en Global")

    page.get_by_role("link", name="Comparar", exact=True).click()
    page.locator(".compare-offers").get_by_role("link", name="Data Engineer").click()
    expect(page.locator(".lanes")).to_have_count(6)

    own = page.get_by_role("group", name="MLOps Engineer en Global").last
    own.get_by_role("link", name="Guía de entrevista").click()
    tick_only(page, 1, 3, 4)
    page.get_by_role("button", name="Armar con estas preguntas").click()
    questions = page.locator(".block-question h3")
    expect(questions).to_have_count(3)
    expect(page.locator("#plan")).to_contain_text("3 preguntas")

    chosen = [text.partition(". ")[2] for text in questions.all_inner_texts()]
    text = words_of(download_pdf(page, tmp_path / "kit.pdf"))
    assert "MLOps Engineer en Global" in text
    assert [question for question in chosen if question not in text] == []
    assert text.count("Evalúa:") == 3
    assert page.problems == []
