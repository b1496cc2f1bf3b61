"""What a rule says of a document, and the rules about numbers that all parts share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from enum import StrEnum

from profiles.documents.text import word_count


class Severity(StrEnum):
    """Errors block publication, warnings inform."""

    ERROR = "error"
    WARNING = "aviso"


@dataclass(frozen=True)
class Finding:
    """One thing a rule found: ``path`` is the place in the document (``base.targets.O.low``)."""

    path: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity}: {self.path}: {self.message}"


def word_limits(text: str, limits: tuple[int, int], path: str) -> Iterator[Finding]:
    """Yield what is wrong with the number of words of ``text``; an empty one is missing."""
    count, (low, high) = word_count(text), limits
    if not text:
        yield Finding(path, "falta")
    elif not low <= count <= high:
        yield Finding(path, f"tiene {count} palabras; van de {low} a {high}")


def item_limits(items: Sized, limits: tuple[int, int], path: str) -> Iterator[Finding]:
    """Yield what is wrong with the number of ``items``."""
    low, high = limits
    if not low <= len(items) <= high:
        wanted = f"van {low}" if low == high else f"van de {low} a {high}"
        yield Finding(path, f"tiene {len(items)}; {wanted}")
