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
from profiles.exports.spreadsheet import render_csv, render_xlsx, safe_cell
from profiles.guide.profile_page import RESPONSIBLE_USE
from profiles.views.shelf import profile_page
from tests.helpers.factories import make_role
from tests.helpers.prepared import needs

pytestmark = pytest.mark.usefixtures("vocabulary")
URL = "http://127.0.0.1:8000/guia-de-roles/startup/data-tester/"
PLACE = "/guia-de-roles/startup/data-tester"
FILES = ("entrevista.pdf", "entrevista.xlsx", "aviso.docx", "carpeta.zip")


@pytest.fixture
def kit(role):
    return interview_kit(profile_page("data-tester", "startup"))


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
        *["rasgo"] * 6,
        *["fortaleza"] * len(page.strengths.all),
        *["señal de alerta"] * len(page.red_flags.all),
    ]
    assert rows[1][1:4] == ["1", first.question.text, first.evaluates]
    assert rows[1][10:] == ["", "", page.heading, URL]


def test_xlsx_wraps_freezes_its_header_lists_the_ratings_and_says_whose_it_is(kit):
    parts = book(render_xlsx(kit))
    sheet, core = parts["xl/worksheets/sheet1.xml"], parts["docProps/core.xml"]
    assert 'wrapText="1"' in parts["xl/styles.xml"]
    assert ('ySplit="1"' in sheet, "<pane" in sheet) == (True, True)
    validation = re.search(r"<dataValidation .*?</dataValidation>", sheet)[0]
    rated = f'sqref="K2:K{len(kit.questions) + 1}"'
    assert (rated in validation, "1,2,3,4,5" in validation) == (True, True)
    title = "Guía de entrevista: Data Tester en Startup"
    wanted = ("<dc:creator>Guía de Roles</dc:creator>", f"<dc:title>{title}</dc:title>")
    assert [words for words in wanted if words not in core] == []


def test_hostile_name_is_no_formula_and_no_link():
    make_role("hostile-tester", name="=1+1")
    kit = interview_kit(profile_page("hostile-tester", "startup"))
    assert csv_rows(render_csv(kit))[1][12] == "'=1+1 en Startup"
    parts = book(render_xlsx(kit))
    assert "=1+1 en Startup" in parts["xl/sharedStrings.xml"]
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert ("<f>" in sheet, "<hyperlink" in sheet) == (False, False)


@pytest.mark.processes
def test_xlsx_is_read_by_another_program(kit, tmp_path):
    needs(shutil.which("soffice"), "LibreOffice is missing (Debian: apt install libreoffice-calc).")
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
        ('a,+HYPERLINK("http://b")', 'a,\'+HYPERLINK("http://b")'),
        ("a;-2+cmd|'/C calc'!A0", "a;'-2+cmd|'/C calc'!A0"),
        # Harmless.
        *((text, text) for text in ("", "5", "a=b", "C++", "a, b = c", "de 0, -5 o más", "a\n- b")),
    ],
)
def test_no_part_of_a_cell_is_a_formula(text, safe):
    assert safe_cell(text) == safe


@pytest.mark.parametrize("path", FILES)
def test_file_that_a_visitor_has_is_not_made_again(client, role, path, monkeypatch):
    first = client.get(f"{PLACE}/{path}")
    monkeypatch.setattr("profiles.views.pack.turn", None)
    again = client.get(f"{PLACE}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    for name in ("ETag", "Cache-Control"):
        assert again.headers[name] == first.headers[name]


def test_other_choice_or_paper_is_another_file(client, kit):
    queries = ("", "?pregunta=base-1", "?minutos=60", "?papel=carta", "?parte=1")
    files = [client.get(f"{PLACE}/entrevista.pdf{query}") for query in queries]
    assert len({file.headers["ETag"] for file in files}) == len(queries)
    rows = csv_rows(client.get(f"{PLACE}/entrevista.csv?pregunta=base-3").content)
    chosen = [row[2] for row in rows if row[0] == "pregunta"]
    assert chosen == [kit.page.questions.base[3].question.text]


@pytest.mark.parametrize("path", [FILES[0], FILES[-1]])
def test_only_so_many_visitors_wait_for_a_file(client, role, path):
    """The next one is told when to come back; pages are served meanwhile."""
    with QUEUE, QUEUE, QUEUE, QUEUE, QUEUE, QUEUE:
        busy, page = client.get(f"{PLACE}/{path}"), client.get(f"{PLACE}/entrevista/")
    assert (busy.status_code, page.status_code) == (503, 200)
    assert (busy.headers["Retry-After"], busy.headers["Cache-Control"]) == ("5", "no-store")
    assert client.get(f"{PLACE}/{path}").status_code == 200


@pytest.mark.parametrize(
    "ending",
    [
        *(".md", ".json", "/entrevista/", "/entrevista.pdf", "/entrevista.csv"),
        *("/carpeta/", "/carpeta.zip", "/aviso/", "/aviso.pdf", "/decision.md"),
    ],
)
def test_what_stands_beside_a_profile_follows_it(client, role, ending):
    moved = client.get(f"/guia-de-roles/startup/otro-data-tester{ending}?papel=carta")
    final = f"{PLACE}{ending}"
    assert (moved.status_code, moved.headers["Location"].split("?")[0]) == (301, final)
    withdraw(role.profiles.get(context__slug="startup"))
    assert client.get(final).status_code == 410
    assert client.get(final.replace("startup", "perfiles")).status_code == 200


@pytest.mark.parametrize("place", ["perfiles", "startup"])
def test_profile_json_is_the_published_document(client, role, place):
    response = client.get(f"/guia-de-roles/{place}/data-tester.json")
    value = json.loads(response.content)
    address, is_base = f"/guia-de-roles/{place}/data-tester/", place == "perfiles"
    assert response.headers["Link"].endswith(f'{address}>; rel="canonical"')
    assert response.headers["Content-Type"] == "application/json"
    form = BaseProfile if is_base else ContextProfile
    document = profile_page("data-tester", None if is_base else place).document
    assert form.model_validate(value["profile"]) == document
    assert (value["base"] is None, value["url"].endswith(address)) == (is_base, True)


def test_markdown_of_a_base_profile_names_its_codes_and_its_public_neighbours(client):
    make_role("public-role", contexts=())
    related = ("public-role", "neighbour-a", "neighbour-b")
    role = make_role("whole-role", contexts=(), related=related)
    text = client.get("/guia-de-roles/perfiles/whole-role.md").text
    assert "CIUO-08: 2519 Desarrolladores (la ocupación más cercana)" in text
    address = "http://127.0.0.1:8000/guia-de-roles/perfiles/public-role/"
    words = role.editions.get().facts["related"][0]["difference"]
    section = text.split("### Roles relacionados")[1].split("###")[0]
    assert section.strip() == f"- [Public Role]({address}): {words}"


def test_every_form_of_a_profile_has_the_same_responsible_use(client, role):
    for ending in ("/", ".md", ".json", "/entrevista/", "/entrevista.md"):
        assert str(RESPONSIBLE_USE) in client.get(PLACE + ending).text, ending
