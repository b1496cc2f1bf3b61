"""What stands against each threat of SECURITY.md, and how to take it out: one entry per test.

An entry names the test, says what is gone, and gives the edits that take it out, each a text that
stands exactly once in its file. ``python -m tests.protections`` makes them in a copy, one entry at
a time, and shows that the test then fails.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Edit:
    """A text of a file and what stands in its place without the protection."""

    file: str
    old: str
    new: str

    def made(self, text: str) -> str:
        """Return ``text`` without the protection; ValueError unless ``old`` is there once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: {text.count(self.old)} times, not once: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Protection:
    """A test, with or without the parameters in brackets, and what makes it fail."""

    test: str
    gone: str
    edits: tuple[Edit, ...]

    @property
    def named(self) -> tuple[str, str]:
        """The file and the name of the test."""
        file, _, name = self.test.partition("::")
        return file, name.partition("[")[0]


def protections() -> list[Protection]:
    """Return every entry, in the order of the files and of their lines."""
    return [
        Protection(entry["test"], entry["gone"], tuple(Edit(**edit) for edit in entry["edit"]))
        for file in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["protection"]
    ]
