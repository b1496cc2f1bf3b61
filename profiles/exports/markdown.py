"""A sheet as Markdown (CommonMark and tables), for wikis, issue trackers and plain reading."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from profiles.exports.sheet import BOX, TICKED, Block, Sheet

# What means something anywhere in a line, and what does so only at its beginning.
INLINE = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;))")
LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([#+=.)-])")
LINE_BREAK = re.compile(r"\s*[\n\r]\s*")
BLANK = "______"
MARKS = {"plain": "-", "boxes": "- [ ]"}


def render_markdown(sheet: Sheet, _paper: str = "") -> bytes:
    """Return the sheet as UTF-8 Markdown."""
    lines = [f"# {escape(sheet.title)}: {escape(sheet.heading)}", "", escape(sheet.subtitle), ""]
    if sheet.lead:
        lines += [f"*{escape(sheet.lead)}*", ""]
    lines += [line for text in (sheet.plan, sheet.plan_note) if text for line in (escape(text), "")]
    for block in sheet.blocks:
        lines += [*WRITERS[block.kind](block), ""]
    lines += [f"{escape(sheet.origin)}: <{sheet.source_url}>", ""]
    return "\n".join(lines).encode()


def escape(text: object) -> str:
    """Return ``text`` in one line, so that Markdown shows it as it is."""
    line = LINE_BREAK.sub(" ", str(text))
    return LINE_START.sub(r"\1\\\2", INLINE.sub(r"\\\1", line))


def bullets(lines: Iterable[object]) -> list[str]:
    """Return a list and the blank line after it."""
    return [*(f"- {escape(line)}" for line in lines), ""]


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return a table and the blank line after it; cells are escaped."""
    names = [escape(name) for name in header]
    lines = [_cells(names), _cells(["---"] * len(names))]
    return [*lines, *(_cells(escape(cell) for cell in row) for row in rows), ""]


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraph(block: Block) -> list[str]:
    text = escape(block.text)
    return [f"**{text}**" if block.tone == "strong" else text]


def _bullets(block: Block) -> list[str]:
    if block.style == "ordered":
        return [f"{number}. {escape(item)}" for number, item in enumerate(block.items, start=1)]
    return [f"{MARKS[block.style]} {escape(item)}" for item in block.items]


def _columns(block: Block) -> list[str]:
    lines = []
    for title, items in block.lists:
        lines += [f"**{escape(title)}**", "", *(f"- [ ] {escape(item)}" for item in items), ""]
    return lines[:-1]


def _choices(block: Block) -> list[str]:
    header = [block.title, *(label for _name, label in block.columns)]
    rows = [
        [f"{row.text} {row.note}".strip(), *(TICKED if ticked else BOX for *_, ticked in boxes)]
        for row, boxes in block.boxed
    ]
    return [f"## {escape(block.title)}", "", *table(header, rows)[:-1]]


def _script(block: Block) -> list[str]:
    return ["\n>\n".join(f"> {escape(paragraph)}" for paragraph in block.paragraphs)]


def _question(block: Block) -> list[str]:
    number = f"{block.number}. " if block.number else ""
    lines = [f"### {number}{escape(block.text)}", ""]
    if block.detail:
        lines += [f"**{escape(block.label)}** {escape(block.detail)}", ""]
    if block.follow_ups:
        lines += [f"{_('Repreguntas:')}", "", *bullets(block.follow_ups)]
    if block.instead:
        lines += [f"{_('Si nunca lo vivió:')} {escape(block.instead)}", ""]
    if block.ratings:
        scale = [f"- [ ] **{number}** {escape(text)}".rstrip() for number, text in block.ratings]
        lines += [f"{_('Calificación, un solo número:')}", "", *scale, ""]
    return [*lines, f"{escape(block.notes)}:", "", BLANK]


WRITERS = {
    "heading": lambda block: [f"## {escape(block.text)}"],
    "paragraph": _paragraph,
    "clip": lambda block: [escape(block.text)],
    "bullets": _bullets,
    "columns": _columns,
    "table": lambda block: table(block.header, block.rows)[:-1],
    "choices": _choices,
    "fields": lambda block: [" · ".join(f"{escape(name)}: {BLANK}" for name in block.names)],
    "script": _script,
    "question": _question,
    "notes": lambda block: [f"{escape(block.label)}:", "", BLANK],
    "page_break": lambda block: ["---"],
}
