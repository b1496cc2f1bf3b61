"""What a rule says of a document. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors block publication, warnings inform."""

    ERROR = "error"
    WARNING = "aviso"


@dataclass(frozen=True)
class Finding:
    """One thing a rule found: ``path`` is the place in the document (``base.targets.O.low``).

    ``others`` are other places that the message is about.
    """

    path: str
    message: str
    severity: Severity = Severity.ERROR
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ": ".join([self.severity, self.path, self.message, *self.others])
