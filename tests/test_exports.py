"""Files of the guide, opened again: PDF, DOCX, CSV, Markdown and JSON."""

import csv
import io
import json
import os
import shutil
import subprocess
import zipfile

import docx
import pytest

from profiles.desk.publishing import withdraw
from profiles.documents.schema import BaseProfile, ContextProfile
from profiles.exports.csv import render_csv, safe_cell
from profiles.exports.docx import render_docx
from profiles.exports.kit import interview_kit
from profiles.exports.markdown import escape, render_markdown
from profiles.exports.pdf import render_pdf
from profiles.guide.profile_page import RESPONSIBLE_USE
from profiles.models import Archetype
from profiles.views.shelf import profile_page
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "https://guia.example/guia-de-roles/startup/data-tester/"
# Typst, Markdown, HTML and spreadsheet markup at once.
HOSTILE = '=#panic("x") *a* [b](c) $d$ <e> @f `g` \\ |h| "i"'


@pytest.fixture
def kit(role):
    return interview_kit(profile_page("data-tester", "startup"), URL)


@pytest.fixture
def hostile_kit():
    make_role("data-tester", name=HOSTILE)
    return interview_kit(profile_page("data-tester", "startup"), URL)


def pdf_text(content):
    """Return the text of a PDF as another program reads it, in one line."""
    if shutil.which("pdftotext") is None:
        reason = "pdftotext is not installed (Debian: apt install poppler-utils)."
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)
    command = ["pdftotext", "-raw", "-", "-"]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def docx_text(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def everything(kit):
    """Return what each complete format has to say."""
    texts = [kit.heading, kit.plan_words, *kit.opening, kit.rating, kit.summary, *kit.closing]
    for question in kit.questions:
        texts += [question.text, question.evaluates, *question.follow_ups]
        texts += [anchor for _rating, anchor in question.ratings if anchor]
    texts += [str(words) for pair in kit.avoided for words in pair]
    return [*texts, kit.responsible_use, kit.source_url]


def test_pdf_says_everything(kit):
    text = pdf_text(render_pdf(kit))
    missing = [words for words in everything(kit) if " ".join(words.split()) not in text]
    assert missing == []


def test_docx_says_everything(kit):
    text = docx_text(render_docx(kit))
    assert [words for words in everything(kit) if words not in text] == []


def test_markdown_says_everything(kit):
    text = render_markdown(kit).decode()
    links = {kit.source_url: f"<{kit.source_url}>"}
    wanted = [links.get(words, escape(words)) for words in everything(kit)]
    assert [words for words in wanted if words not in text] == []


def test_same_kit_is_the_same_pdf(kit):
    content = render_pdf(kit)
    assert content.startswith(b"%PDF-1.7")
    assert content == render_pdf(kit)


def test_pdf_needs_no_font_of_the_machine(kit, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/dev/null")
    command = ["pdffonts", "-"]
    if shutil.which(command[0]) is None:
        pytest.skip("pdffonts is not installed (Debian: apt install poppler-utils).")
    done = subprocess.run(command, input=render_pdf(kit), capture_output=True, check=True)
    fonts = {line.split()[0].split("+")[1] for line in done.stdout.decode().splitlines()[2:]}
    assert {font.split("-")[0] for font in fonts} == {"LibertinusSerif"}


def test_hostile_name_is_text_in_the_pdf(hostile_kit):
    assert f"{HOSTILE} en Startup" in pdf_text(render_pdf(hostile_kit))


def test_hostile_name_is_text_in_the_docx(hostile_kit):
    assert f"{HOSTILE} en Startup" in docx_text(render_docx(hostile_kit))


def test_hostile_name_is_no_formula_in_the_csv(hostile_kit):
    assert csv_rows(render_csv(hostile_kit))[1][10] == f"'{HOSTILE} en Startup"


def test_docx_is_a_whole_archive_in_spanish(kit):
    content = render_docx(kit)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    document = docx.Document(io.BytesIO(content))
    assert document.core_properties.title == "Guía de entrevista: Data Tester en Startup"
    assert document.core_properties.language == "es-AR"
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "Antes de empezar",
        "Para abrir",
        "Cómo calificar",
        "Preguntas",
        "Hoja de resumen",
        "Para cerrar",
        "Qué no preguntar",
        "Uso responsable",
    ]


def test_docx_keeps_a_question_on_one_page(kit):
    document = docx.Document(io.BytesIO(render_docx(kit)))
    scale = document.tables[0]
    assert [row.cells[0].text for row in scale.rows] == ["☐ 1", "☐ 2", "☐ 3", "☐ 4", "☐ 5"]
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in scale.rows]
    assert kept == [True] * 5


def test_csv_has_one_row_for_each_question(kit):
    content = render_csv(kit)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv_rows(content)
    assert len(rows) == 6
    assert {len(row) for row in rows} == {12}
    first = kit.questions[0]
    assert rows[1][:2] == ["1", first.text]
    assert rows[1][8:] == ["", "", kit.heading, URL]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cell_that_looks_like_a_formula_is_text(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["1001+", "1.001-"])
def test_number_keeps_the_sign_behind_it(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Un caso,=2+3,y otro", "Un caso,'=2+3,y otro"),
        ("a; =2+3", "a; '=2+3"),
        ('a,"=2+3', "a,\"'=2+3"),
        ("a\n=2+3\r@SUM(A1)\tb", "a\n'=2+3\r'@SUM(A1)\tb"),
        ("a\t=2+3 |=1+1", "a\t'=2+3 |'=1+1"),
        ('a,+HYPERLINK("http://b")', 'a,\'+HYPERLINK("http://b")'),
        ("a;-2+cmd|'/C calc'!A0", "a;'-2+cmd|'/C calc'!A0"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_another_separator_splits_it(text, safe):
    assert safe_cell(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        *("", "texto", "5", "a=b", "C++", "1–50"),
        *("de 0, -5 o más", "así:\n- guion\n- otro guion", "uno | -5 | dos", "a, b = c"),
    ],
)
def test_harmless_cell_is_left_alone(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("[a](javascript:b)", r"\[a\](javascript:b)"),
        ("<script>", r"\<script\>"),
        ("a | b", r"a \| b"),
        ("# título", r"\# título"),
        ("- ítem", r"\- ítem"),
        ("12. ítem", r"12\. ítem"),
        ("una cosa\n\n# otra | más\r\nfin", r"una cosa # otra \| más fin"),
        ("&lt;b&gt; I&D", r"\&lt;b\&gt; I&D"),
        ("Nada que escapar: 40-50 % (a), 3.5", "Nada que escapar: 40-50 % (a), 3.5"),
    ],
)
def test_markdown_escapes_what_would_be_markup(text, escaped):
    assert escape(text) == escaped


@pytest.mark.parametrize(
    ("extension", "content_type", "disposition"),
    [
        ("pdf", "application/pdf", "inline"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "attachment",
        ),
        ("csv", "text/csv; charset=utf-8", "attachment"),
        ("md", "text/markdown; charset=utf-8", "attachment"),
    ],
)
@pytest.mark.parametrize(("place", "name"), [("perfiles", "perfil-base"), ("startup", "startup")])
def test_interview_document_is_named_and_typed(
    client, role, extension, content_type, disposition, place, name
):
    path = f"/guia-de-roles/{place}/data-tester/entrevista.{extension}"
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    wanted = f'{disposition}; filename="entrevista-data-tester-{name}.{extension}"'
    assert response.headers["Content-Disposition"] == wanted
    assert response.headers["X-Robots-Tag"] == "noindex"
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Disposition"] == wanted


@pytest.mark.parametrize("path", ["entrevista.exe", "entrevista.", "entrevista.PDF.x"])
def test_unknown_format_is_not_found(client, role, path):
    assert client.get(f"/guia-de-roles/startup/data-tester/{path}").status_code == 404


def test_chosen_questions_reach_the_file(client, role):
    path = "/guia-de-roles/startup/data-tester/entrevista.csv?pregunta=base-3"
    rows = csv_rows(client.get(path).content)
    wanted = profile_page("data-tester", "startup").questions.base[3].question.text
    assert [row[1] for row in rows[1:]] == [wanted]


@pytest.mark.parametrize("place", ["perfiles", "startup"])
def test_profile_json_is_the_published_document(client, role, place):
    response = client.get(f"/guia-de-roles/{place}/data-tester.json")
    value = json.loads(response.content)
    page = profile_page("data-tester", None if place == "perfiles" else place)
    form = BaseProfile if place == "perfiles" else ContextProfile
    assert response.headers["Content-Type"] == "application/json"
    assert form.model_validate(value["profile"]) == page.document
    assert (value["base"] is None) == (place == "perfiles")
    assert value["url"].endswith(f"/guia-de-roles/{place}/data-tester/")


def test_profile_markdown_says_what_the_page_says(client, role):
    text = client.get("/guia-de-roles/startup/data-tester.md").content.decode()
    page = profile_page("data-tester", "startup")
    wanted = [page.heading, page.document.summary, *page.strengths.all, *page.red_flags.all]
    wanted += [row.target.rationale for row in page.trait_rows]
    wanted += [item.question.text for item in page.questions.all]
    wanted += [item.text for item in page.document.considerations]
    assert [words for words in wanted if escape(words) not in text] == []
    assert page.document.body in text


@pytest.mark.parametrize("extension", ["md", "json"])
def test_profile_document_links_its_page_as_the_original(client, role, extension):
    response = client.get(f"/guia-de-roles/startup/data-tester.{extension}")
    link = response.headers["Link"]
    assert link == ('<http://127.0.0.1:8000/guia-de-roles/startup/data-tester/>; rel="canonical"')


@pytest.mark.parametrize("extension", ["md", "json"])
def test_profile_document_follows_the_shelf(client, role, extension):
    make_role("hidden-role", publish=False)
    moved = client.get(f"/guia-de-roles/startup/otro-data-tester.{extension}")
    final = f"/guia-de-roles/startup/data-tester.{extension}"
    assert (moved.status_code, moved.headers["Location"]) == (301, final)
    assert client.get(f"/guia-de-roles/perfiles/hidden-role.{extension}").status_code == 404
    withdraw(role.profiles.get(context__slug="startup"))
    assert client.get(final).status_code == 410
    assert client.get("/guia-de-roles/startup/data-tester.xml").status_code == 404


def test_markdown_of_a_base_profile_holds_what_its_page_shows(client, vocabulary):
    role = make_role("whole-role", contexts=())
    edition = role.profiles.get().editions.get()
    text = client.get("/guia-de-roles/perfiles/whole-role.md").content.decode()
    expected = [
        edition.document["body"],
        *edition.document["responsibilities"],
        edition.facts["career"][0]["changes"],
        edition.facts["archetypes"]["reason"],
        "CIUO-08: 2519 Desarrolladores",
    ]
    assert [part for part in expected if part not in text] == []
    assert text.index(edition.document["body"]) < text.index("Perfil OCEAN+ Ideal")
    assert "( años)" not in text
    assert "2519 Desarrolladores (la ocupación más cercana)" in text
    assert f"- Lupa: {escape(Archetype.objects.get(slug='lupa').summary)}" in text


def test_markdown_of_a_base_profile_names_its_public_neighbours(client, vocabulary):
    make_role("public-role", contexts=())
    related = ("public-role", "neighbour-a", "neighbour-b")
    role = make_role("whole-role", contexts=(), related=related)
    facts = role.profiles.get().editions.get().facts
    text = client.get("/guia-de-roles/perfiles/whole-role.md").text
    section = text.split("### Roles relacionados")[1].split("###")[0]
    address = "http://127.0.0.1:8000/guia-de-roles/perfiles/public-role/"
    words = facts["related"][0]["difference"]
    assert section.strip() == f"- [Public Role]({address}): {words}"


@pytest.mark.parametrize("place", ["startup", "perfiles"])
def test_every_form_of_a_profile_has_the_same_responsible_use(client, role, place):
    address = f"/guia-de-roles/{place}/data-tester"
    for ending in ("/", ".md", ".json", "/entrevista/", "/entrevista.md"):
        assert str(RESPONSIBLE_USE) in client.get(address + ending).text, ending
