"""Saving an answer, and fixing one in a tutored sitting.

The path of a save: lock the attempt, refuse what came too late, compare-and-set on the answer's revision, append the
event, commit. Only then may anybody say “saved”. It touches the database alone. On PostgreSQL the accepted case is
one statement (`one_statement`); every refusal and SQLite go the long way in `save_answer`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from exams.models import AnswerEvent, Attempt, AttemptQuestion
from exams.services.changes import CONTENT_FIELDS, AnswerChange
from exams.services.finishing import AttemptClosed, AttemptNotFound, expire
from exams.services.one_statement import save_in_one_statement
from exams.signals import answer_checked


class AnswerConflict(Exception):
    """The answer has moved on since the revision that this change was made from."""

    def __init__(self, answer: AttemptQuestion) -> None:
        super().__init__(f"{answer} is at revision {answer.revision}")
        self.answer = answer


class AnswerFixed(Exception):
    """The answer was checked, its rationale is known: it can no longer change."""


class AnswerIncomplete(Exception):
    """An answer with fewer options than the question asks for cannot be checked."""

    def __init__(self, answer: AttemptQuestion) -> None:
        super().__init__(f"Choose {answer.select_count} before you check this answer.")


class SittingNotTutored(Exception):
    """Only tutored sittings show a rationale before they end."""


class AnswerInvalid(ValueError):
    """The change does not fit the question; `field` says which part of it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class AnswerReceipt:
    """The change is stored for good, as this revision; with what the clock needs to know of the attempt."""

    revision: int
    status: str
    deadline_at: datetime | None


def save_answer(
    *, attempt_id: uuid.UUID, candidate: User, position: int, change: AnswerChange, now: datetime
) -> AnswerReceipt:
    """Store one change of an answer; `now` is when the request arrived.

    A change whose save_id is stored already gives the same receipt, also after the end of the attempt.
    Raises AttemptNotFound, AttemptClosed, AnswerInvalid, AnswerConflict (with the stored answer), AnswerFixed.
    """
    if connection.vendor == "postgresql":
        accepted = save_in_one_statement(attempt_id, candidate.pk, position, change, now)
        if accepted is not None:
            return AnswerReceipt(accepted.revision, Attempt.Status.IN_PROGRESS, accepted.deadline_at)
    with transaction.atomic():
        answer = _lock_answer(attempt_id, candidate, position)
        attempt = answer.attempt
        is_open = attempt.accepts_saves_at(now)
        if is_open:
            _refuse_misfit(answer, change)
            if _fits(answer, change) and _changed(answer, change, now):
                return AnswerReceipt(change.base_revision + 1, attempt.status, attempt.deadline_at)
        elif attempt.is_overdue_at(now):
            expire(attempt)
        # Read anew: another save may have won while this one waited for the lock.
        stored = _stored(answer, change)
        was_old = is_open and stored.saved_as is None and stored.revision != answer.revision
        if was_old and _fits(stored, change) and _changed(stored, change, now):
            return AnswerReceipt(change.base_revision + 1, attempt.status, attempt.deadline_at)
    if stored.saved_as is not None:
        return AnswerReceipt(stored.saved_as, attempt.status, attempt.deadline_at)
    if not is_open:
        raise AttemptClosed(attempt)
    if stored.revision == change.base_revision:
        raise AnswerFixed
    raise AnswerConflict(stored)


def check_answer(*, attempt_id: uuid.UUID, candidate: User, position: int, now: datetime) -> AttemptQuestion:
    """Fix the answer of a tutored sitting, mark it and tell listeners; checking again changes nothing.

    Raises AttemptNotFound, SittingNotTutored, AttemptClosed, AnswerIncomplete.
    """
    with transaction.atomic():
        answer = _lock_answer(attempt_id, candidate, position)
        # The joined answer may be older than the lock.
        answer.refresh_from_db(from_queryset=AttemptQuestion.objects.select_related("attempt", "question_version"))
        if not answer.attempt.is_tutored:
            raise SittingNotTutored
        if answer.checked_at is not None:
            return answer
        if not answer.attempt.accepts_saves_at(now):
            raise AttemptClosed(answer.attempt)
        if len(answer.selected) != answer.select_count:
            raise AnswerIncomplete(answer)
        answer.checked_at = now
        answer.is_correct = answer.selected == answer.question_version.key_ids
        answer.save(update_fields=["checked_at", "is_correct"])
        answer.attempt.checked_version += 1
        answer.attempt.save(update_fields=["checked_version"])
        answer_checked.send(sender=Attempt, attempt=answer.attempt)
    return answer


def _lock_answer(attempt_id: uuid.UUID, candidate: User, position: int) -> AttemptQuestion:
    """The answer with its attempt. Only the attempt is locked: it guards all of its answers.

    The attempt is as fresh as the lock; the answer may be as old as the start of the statement.
    """
    try:
        return (
            AttemptQuestion.objects.select_related("attempt")
            .select_for_update(no_key=True, of=("attempt",))
            .get(attempt_id=attempt_id, attempt__candidate=candidate, position=position)
        )
    except AttemptQuestion.DoesNotExist:
        raise AttemptNotFound(attempt_id) from None


def _refuse_misfit(answer: AttemptQuestion, change: AnswerChange) -> None:
    """Raise AnswerInvalid for what this question cannot take. All that is asked here never changes in an attempt."""
    for field, ids in (("selected", change.selected), ("eliminated", change.eliminated)):
        if ids is None:
            continue
        if len(set(ids)) != len(ids):
            raise AnswerInvalid(field, "An option is named twice.")
        if not set(ids) <= set(answer.option_order):
            raise AnswerInvalid(field, "Not every id is an option of this question.")
    if change.selected is not None and len(change.selected) > answer.select_count:
        raise AnswerInvalid("selected", f"Choose {answer.select_count}, not {len(change.selected)}.")


def _fits(answer: AttemptQuestion, change: AnswerChange) -> bool:
    """Whether the change was made from this very revision, and leaves alone what a check has fixed."""
    changes_choice = change.selected is not None and sorted(change.selected) != answer.selected
    return answer.revision == change.base_revision and not (answer.checked_at is not None and changes_choice)


def _same_save(change: AnswerChange) -> QuerySet[AnswerEvent]:
    return AnswerEvent.objects.filter(attempt_question=OuterRef("pk"), save_id=change.save_id)


def _stored(answer: AttemptQuestion, change: AnswerChange) -> Any:
    """The answer as it is now, with `saved_as`: the revision that this very save was stored as, if it was."""
    saved_as = Subquery(_same_save(change).values("revision"))
    stored = AttemptQuestion.objects.annotate(saved_as=saved_as).get(pk=answer.pk)
    stored.attempt = answer.attempt
    return stored


def _changed(answer: AttemptQuestion, change: AnswerChange, now: datetime) -> bool:
    """Compare-and-set and log: whether the answer stood at the base revision and now carries the change."""
    content = change.content()
    rows = AttemptQuestion.objects.filter(~Exists(_same_save(change)), pk=answer.pk, revision=change.base_revision)
    if answer.attempt.is_tutored and change.selected is not None:
        rows = rows.filter(Q(checked_at__isnull=True) | Q(selected=content["selected"]))
    if not rows.update(revision=change.base_revision + 1, answered_at=now, **content):
        return False
    AnswerEvent.objects.create(
        attempt_question=answer,
        revision=change.base_revision + 1,
        save_id=change.save_id,
        arrived_at=now,
        **{name: content.get(name, getattr(answer, name)) for name in CONTENT_FIELDS},
    )
    return True
