"""The usual body of a request, read without a framework.

Says what the serializer of that request would say, or nothing: a body that is in any way unusual is left to that, which
names the field. A test draws bodies at random and holds the two against each other.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from exams.models import Attempt, AttemptQuestion
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
    return _plain(body, _ANSWER, needed={"selected", "base_revision", "save_id"})


def plain_start(body: bytes) -> dict[str, Any] | None:
    """The fields of a correct start of a mock, or None."""
    return _plain(body, _START, needed={"kind"})


def plain_heartbeat(body: bytes) -> dict[str, Any] | None:
    """The fields of a correct heartbeat, or None."""
    return _plain(body, _HEARTBEAT, needed={"device_id"})


def plain_submit(body: bytes) -> dict[str, Any] | None:
    """The fields of a correct submit, or None."""
    read = _plain(body, _SUBMIT, needed=set())
    return None if read is None else {"only_when_time_is_up": False, **read}


def _plain(body: bytes, fields: Mapping[str, Callable[[Any], Any]], *, needed: set[str]) -> dict[str, Any] | None:
    try:
        sent = json.loads(body.decode(), parse_constant=_no_number)
        if type(sent) is not dict:
            return None
        read = {name: of(sent[name]) for name, of in fields.items() if name in sent}
    except (ValueError, RecursionError):
        return None
    return read if read.keys() >= needed else None


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


def _uuid(value: Any) -> uuid.UUID:
    if type(value) is not str:
        raise ValueError
    return uuid.UUID(value)


def _mock(value: Any) -> str:
    if value != Attempt.Kind.MOCK:
        raise ValueError
    return Attempt.Kind.MOCK.value


_ANSWER = {
    "selected": _option_ids,
    "base_revision": lambda value: _whole(value, LARGEST_NUMBER),
    "save_id": _uuid,
    "eliminated": _option_ids,
    "flagged": _true_or_false,
    "confidence": _confidence,
    "note": _note,
    "seconds_spent": lambda value: _whole(value, MOST_SECONDS),
}
_START = {"kind": _mock, "block_id": lambda value: None if value is None else _uuid(value)}
_HEARTBEAT = {"device_id": _uuid}
_SUBMIT = {"only_when_time_is_up": _true_or_false}
