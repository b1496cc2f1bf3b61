"""Markdown that was rendered when it was published, as blocks of a sheet. Pure."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from profiles.exports.sheet import Block, Table

LISTS = {"ul": "bullets", "ol": "ordered"}
# Sanitised HTML is XML but for these, and for what XML 1.0 has no place for.
NO_XML = re.compile("<br>|&nbsp;|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def blocks_of(html: str) -> list[Block]:
    """Return the blocks of sanitised HTML; emphasis and links leave their words."""
    whole = f"<div>{NO_XML.sub(' ', html)}</div>"
    return list(_blocks(ElementTree.fromstring(whole)))  # noqa: S314 - what nh3 wrote


def _blocks(parent: ElementTree.Element) -> Iterator[Block]:
    yield from _loose(parent.text)
    for part in parent:
        if part.tag in LISTS:
            yield Block(LISTS[part.tag], tuple(map(_text, part)))
        elif part.tag == "table":
            if rows := [tuple(map(_text, row)) for row in part.iter("tr")]:
                yield Block("table", Table(rows[0], tuple(rows[1:]), (1,) * len(rows[0])))
        elif part.tag == "blockquote":
            yield from _blocks(part)
        elif text := _text(part):
            yield Block("strong" if part.tag.startswith("h") else "paragraph", text)
        yield from _loose(part.tail)


def _loose(text: str | None) -> Iterator[Block]:
    """Yield what lies between two elements, if there is anything."""
    if words := " ".join((text or "").split()):
        yield Block("paragraph", words)


def _text(part: ElementTree.Element) -> str:
    return " ".join("".join(part.itertext()).split())
