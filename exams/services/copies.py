"""Taking in a copy: answers that never reached the server, handed in later as the file that the exam room wrote."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from exams.models import SAVE_ALLOWANCE, Attempt
from exams.services.answers import AnswerFixed, save_answer
from exams.services.changes import AnswerChange
from exams.services.finishing import AttemptNotFound, lock_attempt, submit_attempt
from exams.services.staff_changes import AttemptOpen, reopen_attempt

MINUTES_TO_TAKE_IN = 1


@dataclass(frozen=True, slots=True)
class CopiedAnswer:
    """One change in a copy. changed_at: by the room's clock, which follows the server's."""

    position: int
    changed_at: datetime
    change: AnswerChange


@dataclass(frozen=True, slots=True)
class CopyOutcome:
    """Positions whose answer was taken from the copy; too late: changed after the end; newer: we had a later answer."""

    attempt: Attempt
    taken: list[int] = field(default_factory=list)
    too_late: list[int] = field(default_factory=list)
    newer: list[int] = field(default_factory=list)


class NothingToTake(Exception):
    """Every answer of the copy is there already, came after the end, or was changed again since."""

    def __init__(self, outcome: CopyOutcome) -> None:
        super().__init__("nothing to take")
        self.outcome = outcome


def take_in_copy(
    *, attempt_id: uuid.UUID, answers: Sequence[CopiedAnswer], reason: str, by: User | None, now: datetime
) -> CopyOutcome:
    """Let an ended attempt have the answers of its copy: reopen it, save them in order, hand it in again; or nothing.

    The reopening is logged with the reason. What was changed after the end stays out, and so does what was changed
    again on the server since: nothing is overwritten in silence.
    Raises AttemptNotFound, AttemptOpen, NothingToTake, AnswerInvalid, and what `reopen_attempt` raises.
    """
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        if not attempt.is_final or attempt.finished_at is None:
            raise AttemptOpen
        outcome = CopyOutcome(attempt)
        end, revisions = attempt.finished_at + SAVE_ALLOWANCE, _revisions(attempt)
        fitting = [answer for answer in answers if _fits(answer, end, revisions, outcome)]
        if not fitting:
            raise NothingToTake(outcome)
        reopen_attempt(
            attempt_id=attempt_id, minutes=MINUTES_TO_TAKE_IN, reason=f"Copy taken in: {reason}", by=by, now=now
        )
        for answer in fitting:
            _take(attempt, answer, now, outcome)
        finished = submit_attempt(attempt_id=attempt_id, candidate=attempt.candidate, now=now)
        return replace(outcome, attempt=finished)


def _revisions(attempt: Attempt) -> dict[int, int]:
    return dict(attempt.questions.values_list("position", "revision"))


def _fits(answer: CopiedAnswer, end: datetime, revisions: dict[int, int], outcome: CopyOutcome) -> bool:
    if answer.position not in revisions:
        raise AttemptNotFound(answer.position)
    if answer.changed_at > end:
        outcome.too_late.append(answer.position)
    elif answer.change.base_revision < revisions[answer.position]:
        outcome.newer.append(answer.position)
    else:
        return True
    return False


def _take(attempt: Attempt, answer: CopiedAnswer, now: datetime, outcome: CopyOutcome) -> None:
    # Two entries of one question in a copy build on the same revision: the second follows the first.
    revision = attempt.questions.values_list("revision", flat=True).get(position=answer.position)
    change = replace(answer.change, base_revision=revision)
    try:
        save_answer(
            attempt_id=attempt.pk, candidate=attempt.candidate, position=answer.position, change=change, now=now
        )
    except AnswerFixed:
        outcome.newer.append(answer.position)
    else:
        outcome.taken.append(answer.position)
