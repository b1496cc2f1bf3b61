"""Sheets as files, opened again: PDF, Word, Markdown; what is asked of each kind of block."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import docx
import markdown
import pytest

from profiles.documents.markdown import render_markdown as render_html
from profiles.documents.schema import Requirement
from profiles.exports.docx import render_docx
from profiles.exports.kit import interview_kit, kit_sheet
from profiles.exports.markdown import escape, render_markdown
from profiles.exports.pack import all_sheets
from profiles.exports.pdf import printable, render_pdf
from profiles.exports.prose import blocks_of
from profiles.exports.sheet import Block, Choice, Choices, Question, Sheet, Table
from profiles.views.shelf import profile_page
from tests.helpers.prepared import needs

URL = "https://guia.example/guia-de-roles/startup/data-tester/"
# Typst, Markdown, HTML and spreadsheet markup at once.
HOSTILE = '=#panic("x") *a* [b](c) $d$ <e> @f `g` \\ |h| "i"'
QUESTION = Question(
    "¿Pregunta?",
    number=1,
    label="Evalúa:",
    detail="Algo en algo",
    traits=("C",),
    follow_ups=("¿Y después?",),
    instead="¿Qué harías?",
    ratings=((1, "Ancla uno"), (2, ""), (3, "Ancla tres"), (4, ""), (5, "Ancla cinco")),
    notes="Anotá",
)
CHOICE = Choice("k", "Línea", "Nota al pie", "no")
EVERY_BLOCK = (
    Block("heading", "Título uno"),
    Block("paragraph", "Párrafo común"),
    Block("strong", "Párrafo fuerte"),
    Block("quiet", "Párrafo callado"),
    Block("clip", "Texto para pegar"),
    Block("bullets", ("Punto a", "Punto b")),
    Block("ordered", ("Paso a", "Paso b")),
    Block("ordered", ("Otro paso a", "Otro paso b")),
    Block("boxes", ("Casilla a",)),
    Block("columns", (("Lista izquierda", ("Izquierda a",)), ("Lista derecha", ("Derecha a",)))),
    Block("table", Table(("Columna a", "Columna b"), (("Celda a", ""), ("", "")), (1, 2))),
    Block("choices", Choices("Elegir", (("si", "Sí"), ("no", "No")), (CHOICE,))),
    Block("fields", ("Blanco a", "Blanco b")),
    Block("script", ("Dicho uno", "Dicho dos")),
    Block("page_break", True),
    Block("question", QUESTION),
    Block("question", Question("¿Otra?", number=2, notes="Anotá acá")),
    Block("notes", "Razones"),
)
# Every text that they show; some texts of a block say how it is shown.
TEXTS = re.findall(r"'([^']*)'", repr([block.value for block in EVERY_BLOCK]))
TEXTS = set(TEXTS) - {"", "si", "no", "k", "C"}


def make_sheet(*shown, **fields):
    head = {"title": "Hoja", "heading": "Rol", "subtitle": "Global", "lead": "Una línea."}
    own = {"blocks": shown, "source_url": URL, "file_stem": "hoja"}
    return Sheet(**(head | own | fields))


def poppler(program, content, *options):
    """Return what a program of poppler says about a PDF."""
    needs(shutil.which(program), f"{program} is not installed (Debian: apt install poppler-utils).")
    command = [program, *options]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def pdf_text(content):
    """Return the text of a PDF in one line."""
    return " ".join(poppler("pdftotext", content, "-raw", "-", "-").split())


def pdf_info(content):
    return dict(re.findall(r"(?m)^([^:]+): +(.*)$", poppler("pdfinfo", content, "-")))


def docx_text(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.fixture
def kit(role):
    return kit_sheet(interview_kit(profile_page("data-tester", "startup")))


@pytest.mark.parametrize(
    ("render", "text_of"),
    [(render_pdf, pdf_text), (render_docx, docx_text), (render_markdown, bytes.decode)],
)
def test_every_block_is_in_each_file_and_the_same_sheet_is_the_same_file(kit, render, text_of):
    text = text_of(render(make_sheet(*EVERY_BLOCK)))
    assert (len(TEXTS), {words for words in TEXTS if words not in text}) == (40, set())
    assert render(kit, "a4") == render(kit, "a4")


@pytest.mark.parametrize(
    ("paper", "size", "width"), [("a4", "595.276 x 841.89", 11906), ("carta", "612 x 792", 12240)]
)
def test_file_has_the_paper_that_was_asked_for(kit, paper, size, width):
    assert pdf_info(render_pdf(kit, paper))["Page size"].startswith(size)
    document = docx.Document(io.BytesIO(render_docx(kit, paper)))
    assert document.sections[0].page_width.twips == width


def test_pdf_is_tagged_says_what_it_is_and_needs_no_font_of_the_machine(kit, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/dev/null")
    content = render_pdf(kit)
    info = pdf_info(content)
    assert (info["Title"], info["Author"]) == (kit.name, "Guía de Roles")
    assert (info["Tagged"], b"pdfuaid" in content) == ("yes", True)
    lines = poppler("pdffonts", content, "-").splitlines()[2:]
    fonts = {line.split()[0].split("+")[1] for line in lines}
    assert {font.split("-")[0] for font in fonts} == {"LibertinusSerif"}


@pytest.mark.parametrize("text", ["a🚀🚀b", "日本語", "👩‍💻", "\u2800"])
def test_character_that_no_font_has_becomes_a_box(text):
    question = Block("question", Question(text, notes=text))
    shown = (Block("heading", text), Block("paragraph", text), question)
    assert "□" in pdf_text(render_pdf(make_sheet(*shown, heading=text, lead=text)))
    stays = "¿Qué?: «50–60 %» — I&D, naïve, Łódź, ß, Ω, ☐ ☒ → ≤ 3 €"
    assert printable(stays) == stays


def test_hostile_text_is_text_everywhere():
    head = dict.fromkeys(("heading", "title", "lead", "subtitle", "plan"), HOSTILE)
    sheet = make_sheet(Block("paragraph", HOSTILE), Block("bullets", (HOSTILE,)), **head)
    assert HOSTILE in pdf_text(render_pdf(sheet))
    assert HOSTILE in docx_text(render_docx(sheet))
    html = markdown.markdown(render_markdown(sheet).decode(), extensions=["tables"])
    assert "<em>a</em>" not in html
    assert "<e>" not in html


def test_word_document_is_whole_xml_of_mode_15_with_its_own_metadata(kit):
    archive = zipfile.ZipFile(io.BytesIO(render_docx(kit)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert [name for name in names if "thumbnail" in name or "custom" in name] == []
    for name in names:
        ElementTree.fromstring(archive.read(name))  # noqa: S314 - written by us
    settings = archive.read("word/settings.xml").decode()
    assert re.search(r'w:name="compatibilityMode"[^>]*w:val="15"', settings)
    properties = docx.Document(io.BytesIO(render_docx(kit))).core_properties
    assert (properties.title, properties.author) == (kit.name, "Guía de Roles")
    assert (properties.language, properties.last_modified_by) == ("es-AR", "Guía de Roles")
    assert properties.created == properties.modified
    assert properties.created.replace(tzinfo=None) == kit.dated.replace(microsecond=0, tzinfo=None)


def test_character_that_xml_cannot_hold_is_left_out_and_ordered_lists_begin_again_at_one():
    odd = Block("paragraph", "a\x00b\ud800c\ufffed")
    content = render_docx(make_sheet(odd, *EVERY_BLOCK))
    assert "abcd" in docx_text(content)
    document = docx.Document(io.BytesIO(content))
    numbers = {
        paragraph.text: paragraph.paragraph_format.element.pPr.numPr.numId.val
        for paragraph in document.paragraphs
        if paragraph.text.endswith("aso a")
    }
    assert len(set(numbers.values())) == 2


def test_lists_of_the_markdown_do_not_melt():
    """A second parser finds the follow-ups and the scale as two lists."""
    text = render_markdown(make_sheet(EVERY_BLOCK[-3])).decode()
    html = markdown.markdown(text)
    lists = re.findall(r"<ul>(.*?)</ul>", html, re.DOTALL)
    first = [re.findall(r"<li>(?:<p>)?(.*?)[\n<]", part)[0] for part in lists]
    assert first == ["¿Y después?", "[ ] "]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ `c` [d](e) <i> | j", r"\*a\* \_b\_ \`c\` \[d\](e) \<i\> \| j"),
        ("- ítem", r"\- ítem"),
        ("12. ítem", r"12\. ítem"),
        ("una cosa\n\n# otra | más\r\nfin", r"una cosa # otra \| más fin"),
        ("&lt;b&gt; I&D", r"\&lt;b\&gt; I&D"),
        ("Nada que escapar: 40-50 % (a), 3.5", "Nada que escapar: 40-50 % (a), 3.5"),
    ],
)
def test_markdown_escapes_what_would_be_markup(text, escaped):
    assert escape(text) == escaped


def test_markdown_of_a_task_becomes_blocks():
    text = "Uno **fuerte**.\n\n- a\n- b\n\n1. c\n\n2. d\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n"
    assert blocks_of(render_html(text)) == [
        Block("paragraph", "Uno fuerte."),
        Block("bullets", ("a", "b")),
        Block("ordered", ("c", "d")),
        Block("table", Table(("x", "y"), (("1", "2"),), (1, 1))),
    ]


@pytest.mark.parametrize(("place", "paper", "laws"), [(None, "a4", 0), ("startup", "carta", 5)])
def test_every_sheet_of_the_pack_is_one_page_but_the_kit(role, place, paper, laws):
    """Letter is shorter than A4, and a role may be regulated in many countries."""
    page = profile_page("data-tester", place)
    law = Requirement(text="Habilitación para esto. " * 3, kind="regulated", country="MX")
    asked = (*page.whole.requirements, *[law] * laws)
    page = replace(page, base=page.whole.model_copy(update={"requirements": asked}))
    pages = {
        sheet.file_stem.split("-data")[0]: int(pdf_info(render_pdf(sheet, paper))["Pages"])
        for sheet in all_sheets(page)
    }
    assert pages.pop("entrevista") <= 5
    assert set(pages.values()) == {1}
    assert len(pages) == 7
