"""Markdown that was rendered when it was published, as blocks of a sheet. Pure."""

from html.parser import HTMLParser

from profiles.exports.sheet import Block, Table

TEXTS = {"p", "li", "th", "td", "h2", "h3", "h4"}
HOLDERS = {"li", "th", "td"}


class _Reader(HTMLParser):
    """Collects paragraphs, lists and tables; emphasis and links leave their words."""

    def __init__(self):
        super().__init__()
        self.blocks: list[Block] = []
        self._text = ""
        self._items: list[str] = []
        self._rows: list[list[str]] = []
        # How many list items and cells are open: a paragraph inside one is part of it.
        self._depth = 0

    def handle_starttag(self, tag: str, _attributes: list) -> None:
        self._depth += tag in HOLDERS
        if tag == "tr":
            self._rows.append([])
        elif tag == "br":
            self._text += " "

    def handle_data(self, text: str) -> None:
        self._text += text

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in HOLDERS
        if self._depth and tag in TEXTS:
            self._text += " "
        elif tag in TEXTS:
            self._end_text(tag)
        elif tag in ("ul", "ol"):
            kind = "ordered" if tag == "ol" else "bullets"
            self.blocks.append(Block(kind, tuple(self._items)))
            self._items = []
        elif tag == "table":
            header, *rows = map(tuple, self._rows)
            table = Table(header, tuple(rows), (1,) * len(header))
            self.blocks.append(Block("table", table))
            self._rows = []

    def _end_text(self, tag: str) -> None:
        text, self._text = " ".join(self._text.split()), ""
        if tag == "li":
            self._items.append(text)
        elif tag in ("th", "td"):
            self._rows[-1].append(text)
        elif text:
            self.blocks.append(Block("paragraph" if tag == "p" else "strong", text))


def blocks_of(html: str) -> list[Block]:
    """Return the blocks of sanitised HTML: paragraphs, lists and tables."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks
