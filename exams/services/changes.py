"""A change of an answer, as the candidate's browser sends it."""

import uuid
from dataclasses import dataclass
from typing import Any

CONTENT_FIELDS = ("selected", "eliminated", "flagged", "confidence", "note", "seconds_spent")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """What a candidate changed. A field left at None stays as it is."""

    base_revision: int
    save_id: uuid.UUID
    selected: list[int] | None = None
    eliminated: list[int] | None = None
    flagged: bool | None = None
    confidence: str | None = None
    note: str | None = None
    seconds_spent: int | None = None

    def content(self) -> dict[str, Any]:
        """The fields that change, with lists of ids sorted: grading compares them as they are stored."""
        given = {name: getattr(self, name) for name in CONTENT_FIELDS}
        return {
            name: sorted(value) if isinstance(value, list) else value
            for name, value in given.items()
            if value is not None
        }
