"""Tables of a sitting, one noun a module. Import from here."""

from exams.models.answers import AnswerEvent, AttemptQuestion
from exams.models.attempts import (
    CLOSING_GRACE,
    SAVE_ALLOWANCE,
    Attempt,
    AttemptDevice,
    remaining_ms,
    whole_percent,
)
from exams.models.changes import AttemptChange, MinutesGrant
from exams.models.rehearsals import Rehearsal

__all__ = [
    "CLOSING_GRACE",
    "SAVE_ALLOWANCE",
    "AnswerEvent",
    "Attempt",
    "AttemptChange",
    "AttemptDevice",
    "AttemptQuestion",
    "MinutesGrant",
    "Rehearsal",
    "remaining_ms",
    "whole_percent",
]
