"""The files that an interview kit can be taken away as."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from profiles.exports.csv import render_csv
from profiles.exports.docx import render_docx
from profiles.exports.kit import InterviewKit
from profiles.exports.markdown import render_markdown
from profiles.exports.pdf import render_pdf


class Format(NamedTuple):
    """One file format: what people call it, how it is sent, who writes it."""

    label: str
    content_type: str
    render: Callable[[InterviewKit], bytes]
    inline: bool = False


FORMATS = {
    "pdf": Format(_("PDF para imprimir"), "application/pdf", render_pdf, inline=True),
    "docx": Format(
        _("Word para editar"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        render_docx,
    ),
    "csv": Format(_("Planilla CSV"), "text/csv; charset=utf-8", render_csv),
    "md": Format(_("Markdown"), "text/markdown; charset=utf-8", render_markdown),
}
