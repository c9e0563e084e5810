"""Everything that may happen to an attempt, one noun a module. Import from here."""

from exams.services.answers import (
    AnswerConflict,
    AnswerFixed,
    AnswerIncomplete,
    AnswerInvalid,
    AnswerReceipt,
    SittingNotTutored,
    check_answer,
    save_answer,
)
from exams.services.changes import AnswerChange
from exams.services.copies import CopiedAnswer, CopyOutcome, NothingToTake, take_in_copy
from exams.services.devices import record_heartbeat
from exams.services.finishing import (
    AttemptClosed,
    AttemptNotFound,
    TimeNotUp,
    close_overdue_attempts,
    settle_attempt,
    settle_attempts_of,
    submit_attempt,
)
from exams.services.leading import AnswerMissing, SittingNotAdaptive, serve_next_question
from exams.services.papers import BankTooSmall, compose_mock
from exams.services.pauses import NotPausable, pause_attempt, resume_attempt
from exams.services.places import Place
from exams.services.regrading import regrade_version
from exams.services.rehearsals import prepare_rehearsal, start_rehearsal
from exams.services.sittings import MockAlreadyOpen, start_mock, start_sitting, start_tutorial
from exams.services.staff_changes import (
    AttemptOpen,
    AttemptVoided,
    MinutesUnfit,
    ReasonMissing,
    grant_minutes,
    grant_minutes_ahead,
    reopen_attempt,
    void_attempt,
)

__all__ = [
    "AnswerChange",
    "AnswerConflict",
    "AnswerFixed",
    "AnswerIncomplete",
    "AnswerInvalid",
    "AnswerMissing",
    "AnswerReceipt",
    "AttemptClosed",
    "AttemptNotFound",
    "AttemptOpen",
    "AttemptVoided",
    "BankTooSmall",
    "CopiedAnswer",
    "CopyOutcome",
    "MinutesUnfit",
    "MockAlreadyOpen",
    "NotPausable",
    "NothingToTake",
    "Place",
    "ReasonMissing",
    "SittingNotAdaptive",
    "SittingNotTutored",
    "TimeNotUp",
    "check_answer",
    "close_overdue_attempts",
    "compose_mock",
    "grant_minutes",
    "grant_minutes_ahead",
    "pause_attempt",
    "prepare_rehearsal",
    "record_heartbeat",
    "regrade_version",
    "reopen_attempt",
    "resume_attempt",
    "save_answer",
    "serve_next_question",
    "settle_attempt",
    "settle_attempts_of",
    "start_mock",
    "start_rehearsal",
    "start_sitting",
    "start_tutorial",
    "submit_attempt",
    "take_in_copy",
    "void_attempt",
]
