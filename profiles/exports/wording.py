"""What the sheets say whatever the role, and in which order: ``fixtures/general/sheets.yaml``."""

import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import yaml
from django.conf import settings

from profiles.exports.sheet import Block, Choices, Table

FILE = settings.BASE_DIR / "fixtures" / "general" / "sheets.yaml"
WORDS = SimpleNamespace(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
SHAPES = {"table": Table, "choices": Choices}
# A name that ends in a stop ends the sentence, too: "Generalista de RR. HH.".
DOUBLE_STOP = re.compile(r"(?<=\w\.)\.(?!\.)")


def laid_out(name: str, values: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the blocks of one of the layouts with ``values``; no heading stands over nothing."""
    for entry in WORDS.layouts[name]:
        parts = {kind: _filled(part, values) for kind, part in entry.items()}
        heading = parts.pop("heading", None)
        blocks = [block for kind, part in parts.items() for block in _blocks(kind, part)]
        if heading and blocks:
            yield Block("heading", heading)
        yield from blocks


def _blocks(kind: str, part: Any) -> list[Block]:
    if kind == "blocks":
        return part
    if kind == "questions":
        return [Block("question", question) for question in part]
    value = SHAPES[kind](*part) if kind in SHAPES else part
    return [Block(kind, value)] if getattr(value, "rows", value) else []


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    """Return a part of a layout with "$name", a value, and "%(name)s", words in a text."""
    if isinstance(part, list):
        return tuple(_filled(each, values) for each in part)
    if isinstance(part, str):
        return values[part[1:]] if part.startswith("$") else DOUBLE_STOP.sub("", part % values)
    return part
