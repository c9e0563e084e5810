"""What a check says: an error fails CI and keeps a question from being published, a warning asks for a look."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `check` is the short stable name of the check; file, slug and field say where."""

    weight: Weight
    check: str
    text: str
    slug: str = ""
    field: str = ""
    file: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.slug, self.field) if part)
        return f"{self.weight} [{self.check}] {place + ': ' if place else ''}{self.text}"


def error(check: str, text: str, *, slug: str = "", field: str = "", file: str = "") -> Finding:
    return Finding(Weight.ERROR, check, text, slug, field, file)


def warning(check: str, text: str, *, slug: str = "", field: str = "", file: str = "") -> Finding:
    return Finding(Weight.WARNING, check, text, slug, field, file)
