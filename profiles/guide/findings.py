"""What a rule says of a document. Pure."""

from dataclasses import dataclass
from enum import StrEnum


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
