"""The interview kit as a Word document that a recruiter can edit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
from django.utils.translation import gettext as _
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document
    from docx.table import Table, _Row
    from docx.text.paragraph import Paragraph

    from profiles.exports.kit import InterviewKit, KitQuestion

ACCENT = RGBColor(0x0B, 0x54, 0x59)
INK = RGBColor(0x1B, 0x23, 0x28)
QUIET = RGBColor(0x49, 0x52, 0x58)
TEXT_WIDTH = Cm(17)
BLANK = "____________"


def render_docx(kit: InterviewKit) -> bytes:
    """Return the kit as a .docx: A4, headings that make an outline, rows that do not split."""
    document = docx.Document()
    _set_up(document, kit)
    _add_opening(document, kit)
    document.add_heading(_("Cómo calificar"), 1)
    document.add_paragraph(kit.rating)
    document.add_heading(_("Preguntas"), 1).paragraph_format.page_break_before = True
    for question in kit.questions:
        _add_question(document, kit, question)
    _add_summary(document, kit)
    _add_ending(document, kit)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Document, kit: InterviewKit) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    _style(document, "Normal", "Calibri", 10.5, INK)
    _style(document, "Title", "Georgia", 22, INK)
    _style(document, "Heading 1", "Georgia", 14, ACCENT)
    _style(document, "Heading 2", "Georgia", 11.5, INK)
    properties = document.core_properties
    properties.title = f"{_('Guía de entrevista')}: {kit.heading}"
    properties.author, properties.comments, properties.language = "Guía de Roles", "", "es-AR"
    _add_footer(section.footer.paragraphs[0], kit)


def _style(document: Document, name: str, font: str, size: float, colour: RGBColor) -> None:
    style = document.styles[name]
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), colour
    style.paragraph_format.space_after = Pt(5)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        # A theme font would win over the one named here.
        fonts.attrib.pop(qn(script), None)
    fonts.set(qn("w:hAnsi"), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "es-AR")
    style.element.rPr.append(language)


def _add_footer(paragraph: Paragraph, kit: InterviewKit) -> None:
    paragraph.add_run(f"{kit.source_url}  ·  {_('página')} ").font.size = Pt(8)
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _add_opening(document: Document, kit: InterviewKit) -> None:
    document.add_paragraph(kit.heading, "Title")
    _add_quiet(document, f"{kit.context_label} · {kit.page.area.name}")
    document.add_paragraph(kit.page.document.summary).runs[0].italic = True
    document.add_paragraph().add_run(kit.plan_words).bold = True
    names = (_("Candidatura Nº"), _("Fecha"), _("Entrevista"))
    document.add_paragraph("   ".join(f"{name} {BLANK}" for name in names))
    document.add_heading(_("Antes de empezar"), 1)
    _add_list(document, kit.before)
    document.add_heading(_("Para abrir"), 1)
    for paragraph in kit.opening:
        document.add_paragraph(paragraph).paragraph_format.left_indent = Cm(0.6)


def _add_question(document: Document, kit: InterviewKit, question: KitQuestion) -> None:
    document.add_heading(f"{question.number}. {question.text}", 2)
    minutes = _("%(minutes)s minutos") % {"minutes": kit.plan.each}
    note = _add_quiet(document, f"{_('Evalúa:')} {question.evaluates} · {minutes}")
    note.paragraph_format.keep_with_next = True
    for paragraph in _add_list(document, question.follow_ups):
        paragraph.paragraph_format.keep_with_next = True
    rows = [[f"☐ {rating}", anchor] for rating, anchor in question.ratings]
    scale = _add_table(document, rows, [Cm(1.5), TEXT_WIDTH - Cm(1.5)])
    _keep_together(scale.rows)
    notes = _add_table(document, [[_("Notas: lo que dijo, no la impresión")]], [TEXT_WIDTH])
    notes.rows[0].height = Cm(2.6)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _add_summary(document: Document, kit: InterviewKit) -> None:
    document.add_heading(_("Hoja de resumen"), 1).paragraph_format.page_break_before = True
    document.add_paragraph(kit.summary)
    header = [_("Nº"), _("Qué evalúa"), _("Persona A"), _("Persona B")]
    rows = [[str(question.number), question.evaluates, "", ""] for question in kit.questions]
    rows = [header, *rows, ["", _("Promedio, a mano"), "", ""]]
    _add_table(document, rows, [Cm(1), Cm(11), Cm(2.5), Cm(2.5)], header=True)


def _add_ending(document: Document, kit: InterviewKit) -> None:
    document.add_heading(_("Para cerrar"), 1)
    _add_list(document, kit.closing, "List Number")
    document.add_heading(_("Qué no preguntar"), 1)
    header = [_("Tema"), _("Por qué, y qué hacer en su lugar")]
    rows = [header, *([str(cell) for cell in row] for row in kit.avoided)]
    _add_table(document, rows, [Cm(6), Cm(11)], header=True)
    document.add_heading(_("Uso responsable"), 1)
    document.add_paragraph(kit.responsible_use)
    _add_quiet(document, f"{_('Perfil de origen')}: {kit.source_url}")


def _add_quiet(document: Document, text: str) -> Paragraph:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9.5), QUIET
    return paragraph


def _add_list(document: Document, lines: Iterable[str], style="List Bullet") -> list[Paragraph]:
    return [document.add_paragraph(line, style) for line in lines]


def _add_table(
    document: Document, rows: Sequence[Sequence[str]], widths: Sequence[Cm], *, header=False
) -> Table:
    table = document.add_table(len(rows), len(widths), "Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, texts in zip(table.rows, rows, strict=True):
        _add_row_property(row, "w:cantSplit")
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width, cell.text = width, text
            cell.paragraphs[0].paragraph_format.space_after = Pt(3)
    if header:
        _add_row_property(table.rows[0], "w:tblHeader")
        for cell in table.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = True
    return table


def _add_row_property(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _keep_together(rows: Iterable[_Row]) -> None:
    """Keep a question on one page: each row stays with what follows it."""
    for row in rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
