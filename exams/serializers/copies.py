"""Reading a copy of answers, the file that the exam room writes: as strict as a save."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from exams.selectors.copies import is_sealed
from exams.serializers.inputs import LARGEST_NUMBER, AnswerInput, WholeNumberField
from exams.services import AnswerChange
from exams.services.copies import CopiedAnswer

LARGEST_COPY = 1_000_000


class CopyUnreadable(ValueError):
    """The file is no copy of this attempt; the message says why."""


class CopiedAnswerInput(AnswerInput):
    position = WholeNumberField(min_value=1, max_value=LARGEST_NUMBER)
    changed_at = serializers.DateTimeField()


@dataclass(frozen=True, slots=True)
class Copy:
    answers: list[CopiedAnswer]
    is_sealed: bool


def read_copy(raw: bytes, attempt_id: uuid.UUID) -> Copy:
    """The answers of a copy in the order in which they were changed. Raises CopyUnreadable."""
    try:
        copy: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise CopyUnreadable("This file is not one that the exam room wrote.") from None
    if not isinstance(copy, dict) or not isinstance(copy.get("not_handed_in"), list):
        raise CopyUnreadable("This file is not one that the exam room wrote.")
    if copy.get("attempt") != str(attempt_id):
        raise CopyUnreadable("This file belongs to another sitting.")
    read = CopiedAnswerInput(data=copy["not_handed_in"], many=True)
    if not read.is_valid():
        raise CopyUnreadable("An answer in this file cannot be read.")
    return Copy([_answer(entry) for entry in read.validated_data], is_sealed(attempt_id, copy))


def _answer(entry: dict[str, Any]) -> CopiedAnswer:
    fields = {name: value for name, value in entry.items() if name not in ("position", "changed_at")}
    return CopiedAnswer(entry["position"], entry["changed_at"], AnswerChange(**fields))
