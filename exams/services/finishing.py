"""How an attempt ends: submitted by the candidate, or expired at its deadline, and graded in the same transaction.

Whoever looks at an attempt settles it first (`settle_attempt`), so that it reads the same whether or not the sweep
has come by. Every transition holds `FOR NO KEY UPDATE` on the attempt, as every save does.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from exams.models import CLOSING_GRACE, Attempt, AttemptQuestion
from exams.selectors import domain_scores_of, exactly_the_keys
from exams.services.one_grading import grade_in_one_statement
from exams.signals import attempt_finished

log = structlog.get_logger(__name__)

SCORE_FIELDS = ("score_status", "score_version", "scored_right", "scored_total", "passed", "domain_scores")


class AttemptNotFound(LookupError):
    """There is no such attempt, or it is somebody else's."""


class AttemptClosed(Exception):
    """The attempt takes no more answers: it is final, or its time is up."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(f"{attempt.pk} is closed")
        self.attempt = attempt

    @property
    def finished_at(self) -> datetime | None:
        """When it ended; the deadline while it only waits to be closed."""
        return self.attempt.finished_at or self.attempt.deadline_at


class TimeNotUp(Exception):
    """A browser believed that time was up, and it is not: extra minutes, or a wrong clock."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(f"{attempt.pk} has time left")
        self.attempt = attempt


# NO KEY UPDATE: rows that point to the attempt can still be inserted meanwhile.
_LOCK_OWN = "SELECT * FROM exams_attempt WHERE id = %s AND candidate_id = %s FOR NO KEY UPDATE"


def lock_attempt(attempt_id: uuid.UUID, candidate: User | None = None, *, skip_locked: bool = False) -> Attempt:
    """The attempt, locked until the transaction ends. Raises AttemptNotFound."""
    if candidate is not None and not skip_locked and connection.vendor == "postgresql":
        # Putting this query together takes the ORM longer than all the rest of a submit.
        for own in Attempt.objects.raw(_LOCK_OWN, [attempt_id, candidate.pk]):
            return own
        raise AttemptNotFound(attempt_id)
    rows = Attempt.objects.select_for_update(no_key=True, skip_locked=skip_locked, of=("self",))
    rows = rows.select_related("blueprint").filter(pk=attempt_id)
    if candidate is not None:
        rows = rows.filter(candidate=candidate)
    attempt = rows.first()
    if attempt is None:
        raise AttemptNotFound(attempt_id)
    return attempt


def submit_attempt(
    *, attempt_id: uuid.UUID, candidate: User, now: datetime, only_when_time_is_up: bool = False
) -> Attempt:
    """Close and grade the attempt; a second call changes nothing and returns the same.

    A submit that arrives after the deadline counts as made at the deadline; after the grace the attempt has expired.
    Raises AttemptNotFound; TimeNotUp when `only_when_time_is_up` and time remains.
    """
    with transaction.atomic():
        attempt = lock_attempt(attempt_id, candidate)
        if attempt.is_final:
            return attempt
        if only_when_time_is_up and not attempt.is_out_of_time_at(now):
            raise TimeNotUp(attempt)
        if attempt.paused_ms is not None:
            # Handed in from a page that knew of no pause: the clock ran on at this moment.
            attempt.deadline_at = now + timedelta(milliseconds=attempt.paused_ms)
        if attempt.is_overdue_at(now):
            expire(attempt)
        else:
            finish(attempt, Attempt.Status.SUBMITTED, min(now, attempt.deadline_at or now))
        return attempt


def settle_attempt(attempt: Attempt, now: datetime) -> Attempt:
    """The attempt as it stands now: one that is overdue is closed as expired before anybody reads it."""
    if not attempt.is_overdue_at(now):
        return attempt
    with transaction.atomic():
        locked = lock_attempt(attempt.pk)
        if locked.is_overdue_at(now):
            expire(locked)
    return locked


def settle_attempts_of(candidate: User, now: datetime) -> int:
    """Close this candidate's overdue attempts; how many there were. Call before reading several attempts."""
    return _close(_overdue(now).filter(candidate=candidate), now, skip_locked=False)


def close_overdue_attempts(now: datetime, limit: int = 500) -> int:
    """The sweep: close what is past deadline and grace, oldest first; how many were closed.

    Attempts that somebody else is settling at this moment are left to them. One that fails is logged and left for
    the next sweep, the others go on.
    """
    return _close(_overdue(now).order_by("deadline_at")[:limit], now, skip_locked=True)


def _overdue(now: datetime) -> QuerySet[Attempt]:
    return Attempt.objects.filter(status=Attempt.Status.IN_PROGRESS, deadline_at__lt=now - CLOSING_GRACE)


def _close(attempts: QuerySet[Attempt], now: datetime, *, skip_locked: bool) -> int:
    closed = 0
    for attempt_id in list(attempts.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                attempt = lock_attempt(attempt_id, skip_locked=skip_locked)
                if attempt.is_overdue_at(now):
                    expire(attempt)
                    closed += 1
        except AttemptNotFound:
            continue
        except Exception:
            if not skip_locked:
                raise
            log.exception("attempt_not_closed", attempt=str(attempt_id))
    return closed


def expire(attempt: Attempt) -> None:
    """Close a locked attempt at its deadline."""
    assert attempt.deadline_at is not None, "an untimed attempt never expires"
    finish(attempt, Attempt.Status.EXPIRED, attempt.deadline_at)


def finish(attempt: Attempt, status: Attempt.Status, finished_at: datetime) -> None:
    """The one final transition: grade a locked attempt that is in progress, store the outcome, tell listeners."""
    if connection.vendor == "postgresql":
        domain_scores = grade_in_one_statement(attempt.pk)
    else:
        AttemptQuestion.objects.filter(attempt=attempt).update(is_correct=exactly_the_keys())
        domain_scores = domain_scores_of([attempt.pk])[attempt.pk]
    attempt.status = status
    attempt.finished_at = finished_at
    set_score(attempt, domain_scores)
    changed = Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.IN_PROGRESS).update(
        status=status,
        finished_at=finished_at,
        deadline_at=attempt.deadline_at,
        paused_ms=None,
        **{name: getattr(attempt, name) for name in SCORE_FIELDS},
    )
    attempt.paused_ms = None
    if changed != 1:
        raise RuntimeError(f"attempt {attempt.pk} was finished by somebody who did not lock it")
    attempt_finished.send(sender=Attempt, attempt=attempt)


def set_score(attempt: Attempt, domain_scores: list[dict[str, Any]]) -> None:
    """Put the sums over domains and what follows from them into `SCORE_FIELDS`; the caller stores them."""
    attempt.domain_scores = domain_scores
    attempt.scored_right = sum(score["right"] for score in domain_scores)
    attempt.scored_total = sum(score["total"] for score in domain_scores)
    is_mock = attempt.kind == Attempt.Kind.MOCK
    attempt.passed = attempt.scored_right >= (attempt.pass_count or 0) if is_mock else None
    attempt.score_status = Attempt.ScoreStatus.DONE
    attempt.score_version += 1
