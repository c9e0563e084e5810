"""The usual body of a save, read without a framework.

Says what `AnswerInput` would say, or nothing: a body that is in any way unusual is left to that, which names the field.
A test draws bodies at random and holds the two against each other.
"""

import json
import uuid
from typing import Any

from exams.models import AttemptQuestion
from exams.serializers.inputs import (
    LARGEST_NUMBER,
    LARGEST_OPTION_ID,
    LONGEST_NOTE,
    MOST_OPTIONS,
    MOST_SECONDS,
)

_CONFIDENCES = frozenset({"", *AttemptQuestion.Confidence.values})


def plain_answer(body: bytes) -> dict[str, Any] | None:
    """The fields of a complete and correct save, or None."""
    try:
        sent = json.loads(body.decode(), parse_constant=_no_number)
        if type(sent) is not dict:
            return None
        read = {name: of(sent[name]) for name, of in _FIELDS.items() if name in sent}
    except (ValueError, RecursionError):
        return None
    return read if read.keys() >= _NEEDED else None


def _no_number(constant: str) -> None:
    raise ValueError(constant)


def _whole(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError
    return value


def _option_ids(value: Any) -> list[int]:
    if type(value) is not list or len(value) > MOST_OPTIONS:
        raise ValueError
    return [_whole(one, LARGEST_OPTION_ID) for one in value]


def _true_or_false(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError
    return value


def _confidence(value: Any) -> str:
    if type(value) is not str or value not in _CONFIDENCES:
        raise ValueError
    return value


def _note(value: Any) -> str:
    # Encoding refuses halves of surrogate pairs; PostgreSQL keeps no NUL.
    if type(value) is not str or len(value.encode()) > LONGEST_NOTE or "\0" in value:
        raise ValueError
    return value


def _save_id(value: Any) -> uuid.UUID:
    if type(value) is not str:
        raise ValueError
    return uuid.UUID(value)


_NEEDED = {"selected", "base_revision", "save_id"}
_FIELDS = {
    "selected": _option_ids,
    "base_revision": lambda value: _whole(value, LARGEST_NUMBER),
    "save_id": _save_id,
    "eliminated": _option_ids,
    "flagged": _true_or_false,
    "confidence": _confidence,
    "note": _note,
    "seconds_spent": lambda value: _whole(value, MOST_SECONDS),
}
