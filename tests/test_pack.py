"""The hiring pack: its addresses, what each sheet says, and what it must never say."""

import io
import re
import zipfile

import pytest
from django.urls import resolve

from profiles.desk.publishing import withdraw
from profiles.documents.text import fold
from profiles.documents.validators import RESERVED_CONTEXT_SLUGS
from profiles.exports.advert import CHAT_LIMIT, chat_text
from profiles.exports.kit import balanced_set
from profiles.exports.pack import (
    INTERVIEW,
    SHEETS,
    Asked,
    agreed_traits,
    all_sheets,
    pack_sheet,
)
from profiles.exports.wording import WORDS
from profiles.views.shelf import profile_page
from tests.factories import make_role, make_role_document

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "https://guia.example/guia-de-roles/startup/data-tester/"
PLACE = "/guia-de-roles/startup/data-tester"
NAMES = [name for name in SHEETS if name != INTERVIEW]


@pytest.fixture
def page(role):
    return profile_page("data-tester", "startup")


def words_of(sheet):
    return repr(sheet.blocks)


def test_pack_shows_every_sheet_in_order_with_its_purpose_and_files(client, role):
    html = client.get(f"{PLACE}/carpeta/").text
    found = re.findall(rf'<h2><a href="{PLACE}/([a-z]+)/">', html)
    assert found == list(SHEETS)
    assert [sheet for sheet in SHEETS.values() if str(sheet.purpose) not in html] == []
    for name in SHEETS:
        for extension in ("pdf", "docx", "md"):
            assert f'href="{PLACE}/{name}.{extension}"' in html
    assert f'href="{PLACE}/carpeta.zip"' in html


def test_paper_of_the_pack_is_the_paper_of_its_files(client, role):
    html = client.get(f"{PLACE}/carpeta/?papel=carta").text
    assert f'href="{PLACE}/aviso.pdf?papel=carta"' in html
    assert f'href="{PLACE}/carpeta.zip?papel=carta"' in html


@pytest.mark.parametrize("place", ["perfiles", "startup"])
@pytest.mark.parametrize("name", [*NAMES, "carpeta"])
def test_sheet_is_a_page_that_is_not_indexed(client, role, place, name):
    response = client.get(f"/guia-de-roles/{place}/data-tester/{name}/")
    assert response.status_code == 200
    assert '<meta name="robots" content="noindex">' in response.text
    canonical = re.search(r'rel="canonical" href="([^"]+)"', response.text)[1]
    assert canonical.endswith(f"/guia-de-roles/{place}/data-tester/{name}/")
    assert response.text.count("<h1") == 1


@pytest.mark.parametrize("extension", ["pdf", "docx", "md"])
@pytest.mark.parametrize("name", NAMES)
def test_sheet_is_a_file_with_a_readable_name(client, role, name, extension):
    response = client.get(f"{PLACE}/{name}.{extension}")
    assert response.status_code == 200
    part = "-consigna" if name == "muestra" else ""
    file = f'filename="{name}{part}-data-tester-startup.{extension}"'
    assert response.headers["Content-Disposition"].endswith(file)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Link"].endswith(f'{PLACE}/{name}/>; rel="canonical"')


def test_zip_holds_every_sheet_in_the_order_of_the_hire(client, role):
    response = client.get(f"{PLACE}/carpeta.zip")
    assert response.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    names = archive.namelist()
    stems = [name for name in names if name.startswith("PDF/")]
    assert stems == [
        f"PDF/{number}-{stem}-data-tester-startup.pdf"
        for number, stem in enumerate(
            (
                *("alineacion", "aviso", "llamada", "entrevista", "muestra-consigna"),
                *("muestra-pauta", "referencias", "decision"),
            ),
            start=1,
        )
    ]
    for folder, extension in (("Word", "docx"), ("Markdown", "md")):
        files = [
            name.replace("PDF/", f"{folder}/").replace(".pdf", f".{extension}") for name in stems
        ]
        assert set(files) <= set(names)
    assert "Excel/entrevista-data-tester-startup.xlsx" in names
    assert archive.read(stems[0]).startswith(b"%PDF")
    assert client.get(f"{PLACE}/carpeta.zip").content == response.content


@pytest.mark.parametrize(
    "ending", ["carpeta/", "carpeta.zip", "aviso/", "aviso.pdf", "decision.md"]
)
def test_pack_follows_the_profile(client, role, ending):
    make_role("hidden-role", publish=False)
    moved = client.get(f"/guia-de-roles/startup/otro-data-tester/{ending}?papel=carta")
    final = f"{PLACE}/{ending}?papel=carta"
    assert (moved.status_code, moved.headers["Location"]) == (301, final)
    assert client.get(f"/guia-de-roles/perfiles/hidden-role/{ending}").status_code == 404
    withdraw(role.profiles.get(context__slug="startup"))
    assert client.get(f"{PLACE}/{ending}").status_code == 410


def without_parts(slug, **changes):
    document = make_role_document(slug)
    base = document.base.model_copy(update=changes)
    return document.model_copy(update={"base": base})


def test_sheet_without_its_texts_is_neither_offered_nor_there(client, role):
    """An edition of before the form grew has no call, no sample, no references."""
    edition = role.profiles.get(context=None).editions.get()
    missing = {"screening": [], "work_sample": None, "references": [], "requirements": []}
    role.profiles.get(context=None).editions.update(document={**edition.document, **missing})
    html = client.get(f"{PLACE}/carpeta/").text
    for name in ("llamada", "muestra", "referencias"):
        assert f"{PLACE}/{name}" not in html
        assert client.get(f"{PLACE}/{name}/").status_code == 404
        assert client.get(f"{PLACE}/{name}.pdf").status_code == 404
    for name in ("alineacion", "aviso", "decision"):
        assert client.get(f"{PLACE}/{name}.pdf").status_code == 200
    assert client.get(f"{PLACE}/carpeta.zip").status_code == 200


@pytest.mark.parametrize("slug", ["carpeta", "aviso", "entrevista"])
def test_role_that_is_called_like_a_sheet_keeps_its_page(client, vocabulary, slug):
    make_role(slug, contexts=("startup",))
    for place in ("perfiles", "startup"):
        assert client.get(f"/guia-de-roles/{place}/{slug}/").status_code == 200
        assert client.get(f"/guia-de-roles/{place}/{slug}/carpeta/").status_code == 200


def test_no_context_may_be_called_like_a_sheet():
    assert {*SHEETS, "carpeta"} <= RESERVED_CONTEXT_SLUGS
    assert resolve("/guia-de-roles/perfiles/carpeta/").url_name == "role_detail"


def test_agreement_asks_about_outcomes_traits_size_and_requirements(page):
    text = words_of(pack_sheet("alineacion", page, URL))
    wanted = [item.rstrip(".") for _when, items in page.outcomes for item in items]
    wanted += [item.text for item in page.document.considerations]
    wanted += [item.text for item in page.whole.requirements]
    assert [words for words in wanted if words not in text] == []


def ticked(html):
    return re.findall(r'name="(si|no)" value="(\w+)"\s+checked', html)


def test_agreement_keeps_its_ticks_in_the_address(client, page):
    html = client.get(f"{PLACE}/alineacion/").text
    first, second, *_rest = re.findall(r'name="si" value="(\w+)"\s+>', html)
    asked = f"{PLACE}/alineacion/?si={first}&no={second}"
    marks = ticked(client.get(asked).text)
    assert ("si", first) in marks
    assert ("no", second) in marks
    markdown = client.get(asked.replace("/?", ".md?")).text
    assert markdown.count("☒") == client.get(f"{PLACE}/alineacion.md").text.count("☒") + 2


def test_ticks_of_the_agreement_are_sent_with_its_files(client, role):
    html = client.get(f"{PLACE}/alineacion/").text
    boxes = re.findall(r'<input type="checkbox"[^>]*>', html)
    assert len(boxes) > 10
    assert [box for box in boxes if 'form="hoja"' not in box] == []
    assert f'formaction="{PLACE}/alineacion.pdf"' in html


def test_line_that_was_changed_loses_its_tick(client, page):
    html = client.get(f"{PLACE}/alineacion/?si=0123ab").text
    assert [mark for mark in ticked(html) if mark[1] == "0123ab"] == []


def test_requirement_starts_where_the_profile_puts_it(client, page):
    """What must be there on the first day is ticked so; who asks for the hire may differ."""
    html = client.get(f"{PLACE}/alineacion/").text
    marks = ticked(html)
    assert [column for column, _key in marks] == ["si"] * len(page.whole.requirements)
    key = marks[0][1]
    assert ("no", key) in ticked(client.get(f"{PLACE}/alineacion/?no={key}").text)


def test_kit_is_chosen_by_the_traits_that_were_agreed_on(client, role):
    page = profile_page("data-tester", "startup")
    response = client.get(f"{PLACE}/entrevista/?si=C&si=0123ab&minutos=30")
    assert response.status_code == 302
    items = balanced_set(page, 3, agreed_traits(page, Asked(frozenset({"C"}))))
    query = "&".join(f"pregunta={item.question.key}" for item in items)
    assert response.headers["Location"] == f"{PLACE}/entrevista/?{query}&minutos=30#plan"
    assert response.headers["Cache-Control"] == "no-store"


def test_disputed_trait_is_not_asked_for(page, monkeypatch):
    monkeypatch.setattr("profiles.guide.profile_page.ProfilePage.critical", ["O", "C", "E"])
    assert agreed_traits(page, Asked()) == ["O", "C", "E"]
    assert agreed_traits(page, Asked(no=frozenset({"O"}))) == ["C", "E"]
    assert agreed_traits(page, Asked(yes=frozenset({"E"}), no=frozenset({"O"}))) == ["E"]


def test_advert_says_what_is_done_needed_and_hard(page):
    text = words_of(pack_sheet("aviso", page, URL))
    wanted = [*page.whole.responsibilities, page.document.honest]
    wanted += [item.text for item in page.whole.requirements]
    assert [words for words in wanted if words not in text] == []


def test_advert_has_blanks_for_pay_place_and_modality(page):
    text = words_of(pack_sheet("aviso", page, URL))
    assert all(blank in text for blank in ("Pago: de ____ a ____", "Lugar", "Modalidad"))


@pytest.mark.parametrize("place", [None, "startup"])
def test_advert_asks_for_no_trait(role, place):
    """A range describes a job; as a requirement it would turn people away for what they are."""
    page = profile_page("data-tester", place)
    text = f"{words_of(pack_sheet('aviso', page, URL))} {pack_sheet('aviso', page, URL).lead}"
    assert pack_sheet("aviso", page, URL).ranges is None
    for row in page.trait_rows:
        assert row.trait.name not in text
        assert row.range not in text
        assert row.target.rationale not in text


def test_advert_fits_a_chat(page):
    text = chat_text(page)
    assert len(text) <= CHAT_LIMIT
    assert page.document.summary in text
    assert "Pago: de ____ a ____" in text


def test_advert_of_the_longest_texts_fits_a_chat(page):
    long = page.whole.model_copy(update={"responsibilities": ("x" * 199 + ".",) * 7})
    page.__dict__.pop("heading", None)
    whole = page.__class__(
        **{
            **vars_of(page),
            "base": long,
            "document": page.document.model_copy(
                update={"honest": "y" * 240, "summary": "z" * 160}
            ),
        },
    )
    assert len(chat_text(whole)) <= CHAT_LIMIT


def vars_of(page):
    return {name: getattr(page, name) for name in page.__dataclass_fields__}


@pytest.mark.parametrize(
    "text",
    [
        *("Buscamos gente joven y dinámica", "Edad: hasta 35 años", "Excelente presencia"),
        *("Señorita para recepción", "Inglés nativo", "Preferentemente sin hijos"),
        *("Disponibilidad absoluta", "Enviar CV con foto", "solo varones", "sexo femenino"),
        *("Que viva cerca de la oficina", "Sin antecedentes ni Veraz", "Persona sana"),
        *("Nacionalidad argentina", "Estado civil soltero", "entre 25 y 40 años"),
    ],
)
def test_word_that_keeps_people_away_is_known(text):
    assert [word for word in WORDS.excluding if re.search(word["pattern"], fold(text))] != []


@pytest.mark.parametrize(
    "text",
    [
        "Pago de 900 a 1.200 por mes, tres días en la oficina de Rosario",
        "Cinco años de experiencia en liquidación de sueldos",
        "Turnos rotativos de ocho horas con dos francos por semana",
        "Manejo de planillas y de inglés para leer contratos",
        "Tablas dinámicas, control de edad mínima y foto de cada entrega",
    ],
)
def test_plain_words_are_left_alone(text):
    assert [word for word in WORDS.excluding if re.search(word["pattern"], fold(text))] == []


def test_advert_of_the_guide_has_none_of_those_words(page):
    text = fold(f"{words_of(pack_sheet('aviso', page, URL))} {chat_text(page)}")
    sheet = text.replace(fold("edad ni estado civil"), "").replace("foto, ", "")
    assert [word["word"] for word in WORDS.excluding if re.search(word["pattern"], sheet)] == []


def test_what_is_added_to_an_advert_is_no_field_of_a_form(client, role):
    html = client.get(f"{PLACE}/aviso/").text
    area = re.search(r"<textarea[^>]*>", html)[0]
    assert "name=" not in area
    assert "form=" not in area


def test_call_has_three_questions_and_what_to_listen_for(page):
    text = words_of(pack_sheet("llamada", page, URL))
    wanted = [words for item in page.whole.screening for words in (item.text, item.listen_for)]
    assert [words for words in [*wanted, page.document.honest] if words not in text] == []


def test_candidate_never_gets_the_rubric(client, page):
    sample = page.whole.work_sample
    rubric = [*sample.observe, *(anchor for _rating, anchor in sample.anchors.rated())]
    rubric.append(page.document.work_sample_shift)
    task = client.get(f"{PLACE}/muestra.md").text
    assert [words for words in rubric if words in task] == []
    assert sample.ai in task
    sheet = client.get(f"{PLACE}/muestra.md?parte=pauta").text
    assert [words for words in rubric if words not in sheet] == []
    assert "No la entregues" in sheet


def test_references_are_asked_about_facts(page):
    text = words_of(pack_sheet("referencias", page, URL))
    assert [words for words in page.whole.references if words not in text] == []


def test_decision_begins_with_each_ones_marks_and_sums_nothing(page):
    sheet = pack_sheet("decision", page, URL)
    first = next(block for block in sheet.blocks if block.kind == "table")
    assert first.header[1:] == ("Entrevista 1", "Entrevista 2", "Evidencia: qué dijo o hizo")
    assert {row[1:] for row in first.rows} == {("", "", "")}
    text = fold(words_of(sheet))
    assert "razones, en palabras que la persona podria leer" in text
    assert [word for word in ("promedio", "total", "puntaje", "ranking") if word in text] == []


def test_no_sheet_of_the_pack_has_a_sum(page):
    text = " ".join(fold(words_of(sheet)) for sheet in all_sheets(page, URL))
    assert [word for word in ("promedio", "puntaje", "ranking") if word in text] == []


def test_shared_sheet_says_what_it_is_and_opens_the_same(client, role):
    html = client.get(f"{PLACE}/muestra/?parte=pauta&papel=carta").text
    shared = re.search(r'property="og:url" content="([^"]+)"', html)[1]
    assert shared.endswith("/muestra/?parte=pauta")
    alt = re.search(r'property="og:image:alt" content="([^"]+)"', html)[1]
    assert "Pauta de la muestra de trabajo" in alt


def test_pack_costs_the_same_queries_whatever_is_asked(client, role, django_assert_num_queries):
    for ending in ("carpeta/", "alineacion/?si=C", "aviso/", "muestra/?parte=pauta"):
        with django_assert_num_queries(3):
            client.get(f"{PLACE}/{ending}")


@pytest.mark.parametrize("name", ["aviso", "muestra"])
def test_unknown_part_or_paper_is_the_usual_one(client, role, name):
    usual = client.get(f"{PLACE}/{name}.md").content
    assert client.get(f"{PLACE}/{name}.md?parte=x&papel=%00").content == usual


HIRE = (
    *("levels", "outcomes", "screening", "honest", "work_sample"),
    *("references", "requirements", "responsibilities"),
)


def texts_in(value, path=()):
    """Yield (path, text) of every text of a form."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from texts_in(part, (*path, name))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_in(part, path)


@pytest.mark.parametrize("name", HIRE)
def test_every_text_about_the_hire_is_in_the_pack(role, name):
    """A part of the form that the pack forgets is found here."""
    page = profile_page("data-tester")
    document = page.document.model_dump(mode="json")
    said = " ".join(f"{words_of(sheet)} {sheet.heading}" for sheet in all_sheets(page, URL))
    skipped = {"kind", "country", "scope"}
    found = [(path, text.rstrip(".")) for path, text in texts_in(document[name]) if text]
    assert len(found) > 0
    assert [text for path, text in found if text not in said and not skipped & set(path)] == []
