"""The hiring pack: its addresses, what each sheet says, and what it must never say."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from django.urls import resolve

from profiles.documents.schema import Requirement
from profiles.documents.text import fold
from profiles.documents.validators import RESERVED_CONTEXT_SLUGS
from profiles.exports.formats import KIT_FORMATS
from profiles.exports.kit import balanced_set
from profiles.exports.pack import (
    CHAT_LIMIT,
    INTERVIEW,
    SHEETS,
    Asked,
    agreed_traits,
    all_sheets,
    chat_text,
    pack_sheet,
)
from profiles.exports.wording import WORDS
from profiles.views.shelf import profile_page
from tests.helpers.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
PLACE = "/guia-de-roles/startup/data-tester"
NAMES = [name for name in SHEETS if name != INTERVIEW]


@pytest.fixture
def page(role):
    return profile_page("data-tester", "startup")


def words_of(sheet):
    return repr((sheet.heading, sheet.lead, sheet.blocks))


def missing(wanted, text):
    return [words for words in wanted if words not in text]


def test_pack_shows_every_sheet_in_order_with_its_purpose_and_files(client, role):
    html = client.get(f"{PLACE}/carpeta/?papel=carta").text
    found = re.findall(rf'<h2><a href="{PLACE}/([a-z]+)/">', html)
    assert found == list(SHEETS)
    assert missing([WORDS.sheets[name]["purpose"] for name in SHEETS], html) == []
    files = [f"{name}.{extension}" for name in SHEETS for extension in ("pdf", "docx", "md")]
    links = [f'href="{PLACE}/{file}?papel=carta"' for file in (*files, "carpeta.zip")]
    assert missing(links, html) == []


@pytest.mark.parametrize(
    ("name", "extension"),
    [*((INTERVIEW, extension) for extension in KIT_FORMATS), *((name, "md") for name in NAMES)],
)
def test_sheet_is_a_named_file_and_a_page_that_are_not_indexed(client, role, name, extension):
    page, path = client.get(f"{PLACE}/{name}/"), f"{PLACE}/{name}.{extension}"
    assert '<meta name="robots" content="noindex">' in page.text
    assert re.search(r'rel="canonical" href="([^"]+)"', page.text)[1].endswith(f"{PLACE}/{name}/")
    file, head = client.get(path), client.head(path)
    assert (file.status_code, head.headers) == (200, file.headers)
    assert file.headers["Content-Type"] == KIT_FORMATS[extension].content_type
    stem = f"{name}-consigna" if name == "muestra" else name
    wanted = f'filename="{stem}-data-tester-startup.{extension}"'
    place = "inline" if extension == "pdf" else "attachment"
    assert file.headers["Content-Disposition"] == f"{place}; {wanted}"
    assert file.headers["X-Robots-Tag"] == "noindex"
    assert file.headers["Link"].endswith(f'{PLACE}/{name}/>; rel="canonical"')


def test_zip_holds_every_sheet_in_the_order_of_the_hire(client, role):
    response = client.get(f"{PLACE}/carpeta.zip")
    assert response.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    names = [name.replace("-data-tester-startup", "") for name in archive.namelist()]
    assert (len(names), names[-1]) == (25, "Excel/entrevista.xlsx")
    ends = names[:3] + names[-4:-1]
    files = ("PDF/{}.pdf", "Word/{}.docx", "Markdown/{}.md")
    assert ends == [file.format(name) for name in ("1-alineacion", "8-decision") for file in files]
    assert client.get(f"{PLACE}/carpeta.zip").content == response.content


def test_sheet_without_its_texts_is_neither_offered_nor_there(client, role):
    """An edition of before the form grew has no call, no sample, no references."""
    edition = role.profiles.get(context=None).editions.get()
    gone = {"screening": [], "work_sample": None, "references": [], "requirements": []}
    role.profiles.get(context=None).editions.update(document={**edition.document, **gone})
    html = client.get(f"{PLACE}/carpeta/").text
    for name in ("llamada", "muestra", "referencias"):
        assert f"{PLACE}/{name}" not in html
        assert client.get(f"{PLACE}/{name}.pdf").status_code == 404
    following = re.compile(r"Sigue:\s+<a href=\"([^\"]+)\"")
    leads = {name: following.findall(client.get(f"{PLACE}/{name}/").text) for name in SHEETS}
    assert leads["alineacion"] == [f"{PLACE}/aviso/"]
    assert leads["aviso"] == [f"{PLACE}/entrevista/"]
    assert leads["decision"] == []
    role.profiles.get(context=None).editions.update(document={**edition.document, "questions": []})
    assert client.get("/guia-de-roles/perfiles/data-tester/entrevista/").status_code == 200
    for name in ("alineacion.pdf", "carpeta.zip"):
        assert client.get(f"{PLACE}/{name}").status_code == 200


def test_role_that_is_called_like_a_sheet_keeps_its_page(client, vocabulary):
    assert {*SHEETS, "carpeta"} <= RESERVED_CONTEXT_SLUGS
    assert resolve("/guia-de-roles/perfiles/carpeta/").url_name == "role_detail"
    make_role("aviso", contexts=("startup",))
    for ending in ("", "carpeta/"):
        assert client.get(f"/guia-de-roles/startup/aviso/{ending}").status_code == 200


def ticked(client, query=""):
    html = client.get(f"{PLACE}/alineacion/{query}").text
    return re.findall(r'name="(si|no)" value="(\w+)"\s+checked', html)


def test_agreement_keeps_its_ticks_in_the_address_and_in_its_files(client, page, queries):
    html = client.get(f"{PLACE}/alineacion/").text
    assert queries(client.get, f"{PLACE}/alineacion/") == 3
    first, second, *_rest = re.findall(r'name="si" value="(\w+)"\s+>', html)
    asked = f"?si={first}&no={second}"
    assert {("si", first), ("no", second)} <= set(ticked(client, asked))
    markdown = client.get(f"{PLACE}/alineacion.md{asked}").text
    assert markdown.count("☒") == client.get(f"{PLACE}/alineacion.md").text.count("☒") + 2


def test_requirement_starts_where_the_profile_puts_it(client, page):
    """What must be there on the first day is ticked so; who asks for the hire may differ."""
    marks = ticked(client)
    assert [column for column, _key in marks] == ["si"] * len(page.whole.requirements)
    assert ("no", marks[0][1]) in ticked(client, f"?no={marks[0][1]}")
    # The key of a line that was changed since.
    assert ticked(client, "?si=0123ab") == marks


def test_kit_is_chosen_by_the_traits_that_were_agreed_on(client, page, monkeypatch):
    response = client.get(f"{PLACE}/entrevista/?si=C&si=0123ab&minutos=30")
    assert response.status_code == 302
    items = balanced_set(page, 3, agreed_traits(page, Asked(yes=frozenset({"C"}))))
    query = "&".join(f"pregunta={item.question.key}" for item in items)
    assert response.headers["Location"] == f"{PLACE}/entrevista/?{query}&minutos=30#plan"
    assert response.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr("profiles.guide.profile_page.ProfilePage.critical", ["O", "C", "E"])
    assert agreed_traits(page, Asked(no=frozenset({"O"}))) == ["C", "E"]
    assert agreed_traits(page, Asked(yes=frozenset({"E"}), no=frozenset({"O"}))) == ["E"]


@pytest.mark.parametrize("place", [None, "startup"])
def test_advert_says_what_is_done_needed_and_hard_and_asks_for_no_trait(role, place):
    """A range describes a job; as a requirement it would turn people away for what they are."""
    page = profile_page("data-tester", place)
    sheet = pack_sheet("aviso", page)
    text = words_of(sheet)
    wanted = [*page.whole.responsibilities, page.honest, page.whole.summary]
    # What a size says is told of one company, which is not the reader's.
    assert (page.document.summary in text) is (place is None)
    wanted += [item.text for item in page.whole.requirements]
    wanted += ["Pago: de ____ a ____", "Lugar", "Modalidad"]
    assert missing(wanted, text) == []
    assert sheet.ranges is None
    for row in page.trait_rows:
        never = (row.trait.name, row.range, row.target.rationale)
        assert missing(never, text) == list(never)


def test_advert_fits_a_chat(page):
    assert missing([page.whole.summary, "Pago: de ____ a ____"], chat_text(page)) == []
    longest = {"responsibilities": ("x" * 199 + ".",) * 7}
    longest |= {"honest": "y" * 240, "summary": "z" * 160}
    whole = page.whole.model_copy(update=longest)
    assert len(chat_text(replace(page, base=whole))) <= CHAT_LIMIT


def test_name_that_ends_in_a_stop_ends_its_sentence_with_it(page):
    named = replace(page, facts=page.facts.model_copy(update={"name": "Generalista de RR. HH."}))
    said = " ".join(map(words_of, all_sheets(named)))
    assert "postulación a Generalista de RR. HH. ¿" in said
    assert ".." not in said


def test_law_of_one_country_is_asked_for_only_in_it(page):
    """Who hires in Puebla advertises no Brazilian licence, and ticks none."""
    law = Requirement(text="NR-10.", kind="regulated", country="BR")
    page = replace(page, base=page.whole.model_copy(update={"requirements": (law,)}))
    said = {name: [block.value for block in pack_sheet(name, page).blocks] for name in NAMES}
    for name in ("aviso", "llamada"):
        heading = said[name][said[name].index(["NR-10 (Brasil)."]) - 1]
        assert heading.startswith("Según el país")
    assert "NR-10" not in chat_text(page)
    assert [row.chosen for row in said["alineacion"][-5].rows] == [""]


@pytest.mark.parametrize(
    "text",
    [
        *("Buscamos gente joven y dinámica", "Edad: hasta 35 años", "Excelente presencia"),
        *("Señorita para recepción", "Inglés nativo", "Preferentemente sin hijos"),
        *("Disponibilidad absoluta", "Enviar CV con foto", "solo varones", "sexo femenino"),
        *("Que viva cerca de la oficina", "Sin antecedentes ni Veraz", "Persona sana"),
    ],
)
def test_word_that_keeps_people_away_is_known(text):
    assert any(re.search(word["pattern"], fold(text)) for word in WORDS.excluding)


def test_candidate_never_gets_the_rubric(client, page):
    sample = page.whole.work_sample
    rubric = [*sample.observe, *(anchor for _rating, anchor in sample.anchors.rated())]
    rubric += [page.document.work_sample_shift, "No la entregues"]
    task = client.get(f"{PLACE}/muestra.md").text
    assert missing(rubric, task) == rubric
    assert sample.ai in task
    assert missing(rubric, client.get(f"{PLACE}/muestra.md?parte=pauta").text) == []


def test_decision_begins_with_each_ones_marks_and_no_sheet_sums(page):
    sheet = pack_sheet("decision", page)
    first = next(value for kind, value in sheet.blocks if kind == "table")
    assert first.header[1:] == ("Entrevista 1", "Entrevista 2", "Evidencia: qué dijo o hizo")
    assert {row[1:] for row in first.rows} == {("", "", "")}
    assert "razones, en palabras que la persona podria leer" in fold(words_of(sheet))
    said = " ".join(fold(words_of(sheet)) for sheet in all_sheets(page))
    assert [word for word in ("promedio", "puntaje", "ranking") if word in said] == []


def test_shared_sheet_says_what_it_is_and_opens_the_same(client, role):
    html = client.get(f"{PLACE}/muestra/?parte=pauta&papel=carta").text
    shared = re.search(r'property="og:url" content="([^"]+)"', html)[1]
    assert shared.endswith("/muestra/?parte=pauta")
    alt = re.search(r'property="og:image:alt" content="([^"]+)"', html)[1]
    assert "Pauta de la muestra de trabajo" in alt


def test_every_part_about_the_hire_is_in_the_pack(page):
    base = page.whole
    wanted = [
        *(question.text for question in base.screening),
        *(*base.references, *base.responsibilities, *base.work_sample.observe),
        *(requirement.text for requirement in base.requirements),
        *(item.text for item in page.document.considerations),
        *(base.levels.junior.five, *page.document.outcomes.days_90, *page.document.outcomes.year),
    ]
    said = " ".join(map(words_of, all_sheets(page)))
    assert missing([text.rstrip(".") for text in wanted], said) == []
