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
from profiles.exports.formats import QUEUE
from profiles.exports.kit import interview_kit
from profiles.exports.markdown import escape
from profiles.exports.spreadsheet import render_csv, render_xlsx, safe_cell
from profiles.guide.profile_page import RESPONSIBLE_USE
from profiles.models import Archetype
from profiles.views.shelf import profile_page
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "https://guia.example/guia-de-roles/startup/data-tester/"
PLACE = "/guia-de-roles/startup/data-tester"
# Typst, Markdown, HTML and spreadsheet markup at once.
HOSTILE = '=#panic("x") *a* [b](c) $d$ <e> @f `g` \\ |h| "i"'


@pytest.fixture
def kit(role):
    return interview_kit(profile_page("data-tester", "startup"), URL)


def hostile_kit(name, url=URL):
    make_role("hostile-tester", name=name)
    return interview_kit(profile_page("hostile-tester", "startup"), url)


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode())))


def book(content):
    """Return the parts of an .xlsx by name."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def test_csv_has_one_row_for_each_question_and_each_thing_to_notice(kit):
    content, page, first = render_csv(kit), kit.page, kit.questions[0]
    assert content.startswith("Tipo,Nº,Texto,".encode())
    rows = csv_rows(content)
    assert {len(row) for row in rows} == {14}
    assert [row[0] for row in rows[1:]] == [
        *["pregunta"] * len(kit.questions),
        *["fortaleza"] * len(page.strengths.all),
        *["señal de alerta"] * len(page.red_flags.all),
    ]
    assert rows[1][1:4] == ["1", first.question.text, first.evaluates]
    assert rows[1][10:] == ["", "", page.heading, URL]


def test_hostile_name_is_no_formula_in_the_csv(vocabulary, db):
    assert csv_rows(render_csv(hostile_kit(HOSTILE)))[1][12] == f"'{HOSTILE} en Startup"


def test_xlsx_wraps_freezes_its_header_lists_the_ratings_and_says_whose_it_is(kit):
    parts = book(render_xlsx(kit))
    sheet, core = parts["xl/worksheets/sheet1.xml"], parts["docProps/core.xml"]
    assert 'wrapText="1"' in parts["xl/styles.xml"]
    assert 'ySplit="1"' in sheet
    assert "<pane" in sheet
    validation = re.search(r"<dataValidation .*?</dataValidation>", sheet)[0]
    assert f'sqref="K2:K{len(kit.questions) + 1}"' in validation
    assert "1,2,3,4,5" in validation
    assert "<dc:creator>Guía de Roles</dc:creator>" in core
    assert "<dc:title>Guía de entrevista: Data Tester en Startup</dc:title>" in core


def test_xlsx_has_no_formula_and_no_link(vocabulary, db):
    parts = book(render_xlsx(hostile_kit("=1+1", "http://guia.example/")))
    assert "<f>" not in parts["xl/worksheets/sheet1.xml"]
    assert "<hyperlink" not in parts["xl/worksheets/sheet1.xml"]
    assert "=1+1 en Startup" in parts["xl/sharedStrings.xml"]


def test_xlsx_is_read_by_another_program(kit, tmp_path):
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (Debian: apt install libreoffice-calc).")
    (tmp_path / "kit.xlsx").write_bytes(render_xlsx(kit))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "kit.xlsx"], check=True, capture_output=True)
    rows = csv_rows((tmp_path / "kit.csv").read_bytes())
    assert [row[2] for row in rows[1:]] == [row[2] for row in csv_rows(render_csv(kit))[1:]]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        *((f"{start}1+1", f"'{start}1+1") for start in "=+-@\t\r"),
        *(("1001+", "'1001+"), ("1.001-", "'1.001-")),
        # Where another separator splits a cell.
        ("Un caso,=2+3,y otro", "Un caso,'=2+3,y otro"),
        ("a; =2+3", "a; '=2+3"),
        ('a,"=2+3', "a,\"'=2+3"),
        ("a\n=2+3\r@SUM(A1)\tb", "a\n'=2+3\r'@SUM(A1)\tb"),
        ("a\t=2+3 |=1+1", "a\t'=2+3 |'=1+1"),
        ('a,+HYPERLINK("http://b")', 'a,\'+HYPERLINK("http://b")'),
        ("a;-2+cmd|'/C calc'!A0", "a;'-2+cmd|'/C calc'!A0"),
        # Harmless.
        *((text, text) for text in ("", "texto", "5", "a=b", "C++", "1–50", "a, b = c")),
        *((text, text) for text in ("de 0, -5 o más", "así:\n- guion\n- otro", "uno | -5 | dos")),
    ],
)
def test_no_part_of_a_cell_is_a_formula(text, safe):
    assert safe_cell(text) == safe


OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("extension", "content_type", "disposition"),
    [
        ("pdf", "application/pdf", "inline"),
        ("docx", f"{OFFICE}.wordprocessingml.document", "attachment"),
        ("xlsx", f"{OFFICE}.spreadsheetml.sheet", "attachment"),
        ("csv", "text/csv; charset=utf-8", "attachment"),
        ("md", "text/markdown; charset=utf-8", "attachment"),
    ],
)
def test_interview_document_is_named_and_typed(client, role, extension, content_type, disposition):
    for place, name in (("perfiles", "perfil-base"), ("startup", "startup")):
        path = f"/guia-de-roles/{place}/data-tester/entrevista.{extension}"
        response, head = client.get(path), client.head(path)
        assert (response.status_code, head.status_code, head.content) == (200, 200, b"")
        assert response.headers["Content-Type"] == content_type
        wanted = f'{disposition}; filename="entrevista-data-tester-{name}.{extension}"'
        assert response.headers["Content-Disposition"] == wanted
        assert head.headers["Content-Disposition"] == wanted
        assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("ending", ["/entrevista.exe", "/entrevista.", "/entrevista.PDF.x", ".xml"])
def test_unknown_format_is_not_found(client, role, ending):
    assert client.get(f"{PLACE}{ending}").status_code == 404


def test_chosen_questions_reach_the_file(client, role):
    rows = csv_rows(client.get(f"{PLACE}/entrevista.csv?pregunta=base-3").content)
    wanted = profile_page("data-tester", "startup").questions.base[3].question.text
    assert [row[2] for row in rows[1:] if row[0] == "pregunta"] == [wanted]


FILES = ("entrevista.pdf", "entrevista.xlsx", "aviso.docx", "carpeta.zip")


def etag_of(client, path, **headers):
    response = client.get(f"{PLACE}/{path}", **headers)
    return response.status_code, response.headers["ETag"]


@pytest.mark.parametrize("path", FILES)
def test_file_that_a_visitor_has_is_not_made_again(client, role, path, monkeypatch):
    first = client.get(f"{PLACE}/{path}")
    monkeypatch.setattr("profiles.views.pack.turn", None)
    again = client.get(f"{PLACE}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    for name in ("ETag", "Cache-Control"):
        assert again.headers[name] == first.headers[name]


def test_other_choice_or_paper_is_another_file(client, role):
    queries = ("", "?pregunta=base-1", "?minutos=60", "?papel=carta", "?parte=1")
    assert len({etag_of(client, f"entrevista.pdf{query}") for query in queries}) == len(queries)


def test_edited_profile_is_another_file(client, role):
    before = etag_of(client, "aviso.pdf")
    editions = role.profiles.get(context__slug="startup").editions
    editions.update(document={**editions.get().document, "summary": "Otra cosa."})
    assert etag_of(client, "aviso.pdf") != before


@pytest.mark.parametrize("path", FILES)
def test_only_so_many_visitors_wait_for_a_file(client, role, path):
    """The next one is told when to come back; pages are served meanwhile."""
    with QUEUE, QUEUE, QUEUE, QUEUE, QUEUE, QUEUE:
        busy, page = client.get(f"{PLACE}/{path}"), client.get(f"{PLACE}/entrevista/")
    assert (busy.status_code, page.status_code) == (503, 200)
    assert busy.headers["Retry-After"] == "5"
    assert busy.headers["Cache-Control"] == "no-store"
    assert client.get(f"{PLACE}/{path}").status_code == 200


@pytest.mark.parametrize(
    "ending",
    [
        *(".md", ".json", "/entrevista/", "/entrevista.pdf", "/entrevista.csv"),
        *("/carpeta/", "/carpeta.zip", "/aviso/", "/aviso.pdf", "/decision.md"),
    ],
)
def test_what_stands_beside_a_profile_follows_it(client, role, ending):
    make_role("hidden-role", publish=False)
    moved = client.get(f"/guia-de-roles/startup/otro-data-tester{ending}?papel=carta")
    final = f"{PLACE}{ending}"
    assert (moved.status_code, moved.headers["Location"].split("?")[0]) == (301, final)
    assert client.get(f"/guia-de-roles/perfiles/hidden-role{ending}").status_code == 404
    withdraw(role.profiles.get(context__slug="startup"))
    assert client.get(final).status_code == 410
    assert client.get(final.replace("startup", "perfiles")).status_code == 200


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
    text = client.get(f"{PLACE}.md").text
    page = profile_page("data-tester", "startup")
    wanted = [page.heading, page.document.summary, *page.strengths.all, *page.red_flags.all]
    wanted += [row.target.rationale for row in page.trait_rows]
    wanted += [item.question.text for item in page.questions.all]
    wanted += [item.text for item in page.document.considerations]
    assert [words for words in wanted if escape(words) not in text] == []
    assert page.document.body in text


@pytest.mark.parametrize("extension", ["md", "json"])
def test_profile_document_links_its_page_as_the_original(client, role, extension):
    response = client.get(f"{PLACE}.{extension}")
    assert response.headers["Link"] == f'<http://127.0.0.1:8000{PLACE}/>; rel="canonical"'


def test_markdown_of_a_base_profile_holds_what_its_page_shows(client, vocabulary, db):
    make_role("public-role", contexts=())
    related = ("public-role", "neighbour-a", "neighbour-b")
    role = make_role("whole-role", contexts=(), related=related)
    edition = role.profiles.get().editions.get()
    text = client.get("/guia-de-roles/perfiles/whole-role.md").text
    expected = [
        edition.document["body"],
        *edition.document["responsibilities"],
        edition.facts["career"][0]["changes"],
        edition.facts["archetypes"]["reason"],
        "CIUO-08: 2519 Desarrolladores (la ocupación más cercana)",
        f"- Lupa: {escape(Archetype.objects.get(slug='lupa').summary)}",
    ]
    assert [part for part in expected if part not in text] == []
    assert text.index(edition.document["body"]) < text.index("Perfil OCEAN+ Ideal")
    assert "( años)" not in text
    # Of its neighbours, those that are public.
    section = text.split("### Roles relacionados")[1].split("###")[0]
    address = "http://127.0.0.1:8000/guia-de-roles/perfiles/public-role/"
    words = edition.facts["related"][0]["difference"]
    assert section.strip() == f"- [Public Role]({address}): {words}"


@pytest.mark.parametrize("place", ["startup", "perfiles"])
def test_every_form_of_a_profile_has_the_same_responsible_use(client, role, place):
    address = f"/guia-de-roles/{place}/data-tester"
    for ending in ("/", ".md", ".json", "/entrevista/", "/entrevista.md"):
        assert str(RESPONSIBLE_USE) in client.get(address + ending).text, ending
