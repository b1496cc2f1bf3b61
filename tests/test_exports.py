"""The kit as rows, a profile in other forms, and how files are sent."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile

import pytest

from profiles.desk.publishing import withdraw
from profiles.documents.schema import BaseProfile, ContextProfile
from profiles.exports.csv import render_csv, safe_cell
from profiles.exports.formats import QUEUE
from profiles.exports.kit import interview_kit
from profiles.exports.markdown import escape
from profiles.exports.xlsx import render_xlsx
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


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode())))


def book(content):
    """Return the parts of an .xlsx by name."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def test_csv_has_one_row_for_each_question_and_each_thing_to_notice(kit):
    rows = csv_rows(render_csv(kit))
    assert {len(row) for row in rows} == {14}
    kinds = [row[0] for row in rows[1:]]
    page = kit.page
    assert kinds == [
        *["pregunta"] * len(kit.questions),
        *["fortaleza"] * len(page.strengths.all),
        *["señal de alerta"] * len(page.red_flags.all),
    ]
    first = kit.questions[0]
    assert rows[1][1:4] == ["1", first.question.text, first.evaluates]
    assert rows[1][10:] == ["", "", page.heading, URL]


def test_csv_is_utf8_with_commas_and_no_mark(kit):
    content = render_csv(kit)
    assert content.startswith("Tipo,Nº,Texto,".encode())


def test_hostile_name_is_no_formula_in_the_csv(role):
    make_role("hostile-tester", name=HOSTILE)
    kit = interview_kit(profile_page("hostile-tester", "startup"), URL)
    assert csv_rows(render_csv(kit))[1][12] == f"'{HOSTILE} en Startup"


def test_xlsx_wraps_freezes_its_header_and_lists_the_ratings(kit):
    parts = book(render_xlsx(kit))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert 'wrapText="1"' in parts["xl/styles.xml"]
    assert 'ySplit="1"' in sheet
    assert "<pane" in sheet
    validation = re.search(r"<dataValidation .*?</dataValidation>", sheet)[0]
    assert f'sqref="K2:K{len(kit.questions) + 1}"' in validation
    assert "1,2,3,4,5" in validation


def test_xlsx_has_no_formula_and_no_link(role):
    make_role("hostile-tester", name="=1+1")
    kit = interview_kit(profile_page("hostile-tester", "startup"), "http://guia.example/")
    parts = book(render_xlsx(kit))
    assert "<f>" not in parts["xl/worksheets/sheet1.xml"]
    assert "<hyperlink" not in parts["xl/worksheets/sheet1.xml"]
    assert "=1+1 en Startup" in parts["xl/sharedStrings.xml"]


def test_xlsx_says_whose_it_is(kit):
    core = book(render_xlsx(kit))["docProps/core.xml"]
    assert "<dc:creator>Guía de Roles</dc:creator>" in core
    assert "<dc:title>Guía de entrevista: Data Tester en Startup</dc:title>" in core


def test_xlsx_is_read_by_another_program(kit, tmp_path):
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (Debian: apt install libreoffice-calc).")
    (tmp_path / "kit.xlsx").write_bytes(render_xlsx(kit))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += [
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        tmp_path,
        tmp_path / "kit.xlsx",
    ]
    subprocess.run(command, check=True, capture_output=True)
    rows = csv_rows((tmp_path / "kit.csv").read_bytes())
    assert [row[2] for row in rows[1:]] == [row[2] for row in csv_rows(render_csv(kit))[1:]]


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
    ("extension", "content_type", "disposition"),
    [
        ("pdf", "application/pdf", "inline"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "attachment",
        ),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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
    assert [row[2] for row in rows[1:] if row[0] == "pregunta"] == [wanted]


FILES = ("entrevista.pdf", "entrevista.docx", "entrevista.xlsx", "aviso.pdf", "carpeta.zip")


def etag_of(client, path, **headers):
    response = client.get(f"/guia-de-roles/startup/data-tester/{path}", **headers)
    return response.status_code, response.headers["ETag"]


@pytest.mark.parametrize("path", FILES)
def test_file_that_a_visitor_has_is_not_made_again(client, role, path, monkeypatch):
    status, etag = etag_of(client, path)
    assert status == 200
    monkeypatch.setattr("profiles.views.files.turn", None)
    assert etag_of(client, path, headers={"If-None-Match": etag}) == (304, etag)


def test_other_choice_or_paper_is_another_file(client, role):
    queries = ("", "?pregunta=base-1", "?minutos=60", "?papel=carta", "?parte=1")
    assert len({etag_of(client, f"entrevista.pdf{query}") for query in queries}) == len(queries)


def test_edited_profile_is_another_file(client, role):
    before = etag_of(client, "aviso.pdf")
    editions = role.profiles.get(context__slug="startup").editions
    edited = {**editions.get().document, "summary": "Otra cosa."}
    editions.update(document=edited)
    assert etag_of(client, "aviso.pdf") != before


def test_304_may_be_kept_as_long_as_the_file(client, role):
    path = "/guia-de-roles/startup/data-tester/entrevista.pdf"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


@pytest.mark.parametrize("path", FILES)
def test_only_so_many_visitors_wait_for_a_file(client, role, path):
    """The next one is told when to come back; pages are served meanwhile."""
    with QUEUE, QUEUE, QUEUE, QUEUE, QUEUE, QUEUE:
        busy = client.get(f"/guia-de-roles/startup/data-tester/{path}")
        page = client.get("/guia-de-roles/startup/data-tester/entrevista/")
    assert (busy.status_code, page.status_code) == (503, 200)
    assert busy.headers["Retry-After"] == "5"
    assert busy.headers["Cache-Control"] == "no-store"
    assert client.get(f"/guia-de-roles/startup/data-tester/{path}").status_code == 200


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
