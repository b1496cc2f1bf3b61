"""What the sheets say whatever the role, and in which order: ``fixtures/general/sheets.yaml``."""

from collections.abc import Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import yaml
from django.conf import settings

from profiles.exports.sheet import (
    Block,
    Bullets,
    Choices,
    Clip,
    Columns,
    Fields,
    Heading,
    Notes,
    PageBreak,
    Paragraph,
    Script,
    Table,
)

FILE = settings.BASE_DIR / "fixtures" / "general" / "sheets.yaml"
WORDS = SimpleNamespace(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
# What makes a block of what a layout has for it; "blocks" are there already.
KINDS = {
    "fields": Fields,
    "paragraph": Paragraph,
    "quiet": partial(Paragraph, tone="quiet"),
    "clip": Clip,
    "script": Script,
    "bullets": Bullets,
    "ordered": partial(Bullets, style="ordered"),
    "boxes": partial(Bullets, style="boxes"),
    "columns": Columns,
    "table": lambda parts: Table(*parts) if parts[1] else None,
    "choices": lambda parts: Choices(*parts) if parts[2] else None,
    "notes": partial(Notes, lines=5),
    "page_break": lambda _yes: PageBreak(),
}


def laid_out(name: str, values: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the blocks of one of the layouts with ``values``; no heading stands over nothing."""
    for entry in WORDS.layouts[name]:
        parts = {kind: _filled(part, values) for kind, part in entry.items()}
        heading = parts.pop("heading", None)
        blocks = parts.pop("blocks", ())
        blocks = [*blocks, *(KINDS[kind](part) for kind, part in parts.items() if part)]
        if heading and any(blocks):
            yield Heading(heading)
        yield from filter(None, blocks)


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    """Return a part of a layout with "$name", a value, and "%(name)s", words in a text."""
    if isinstance(part, list):
        return tuple(_filled(each, values) for each in part)
    if isinstance(part, str):
        return values[part[1:]] if part.startswith("$") else part % values
    return part
