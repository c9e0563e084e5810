"""What staff may do to an attempt: grant minutes, void, reopen. Each is logged as an AttemptChange with its reason."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from exams.models import Attempt, AttemptChange, AttemptQuestion, MinutesGrant
from exams.services.finishing import SCORE_FIELDS, AttemptClosed, expire, lock_attempt
from exams.services.sittings import MockAlreadyOpen
from exams.signals import attempt_finished

LONGEST_GRANT = 600


class ReasonMissing(ValueError):
    """Every change by staff says why."""


class MinutesUnfit(ValueError):
    """Minutes must be 1 to 600, and only a timed attempt takes them."""


class AttemptOpen(Exception):
    """Only an attempt that has ended can be reopened."""


class AttemptVoided(Exception):
    """The attempt is void already."""


def grant_minutes(*, attempt_id: uuid.UUID, minutes: int, reason: str, by: User | None, now: datetime) -> Attempt:
    """Move the deadline of a running attempt; the candidate's clock grows at its next word with the server.

    Raises AttemptClosed once time is up or the attempt is final: then it takes `reopen_attempt`.
    Raises AttemptNotFound, MinutesUnfit, ReasonMissing.
    """
    _refuse_unfit(minutes, reason)
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        if attempt.is_final or attempt.is_out_of_time_at(now):
            raise AttemptClosed(attempt)
        if attempt.deadline_at is None:
            raise MinutesUnfit("This sitting has no deadline.")
        before = _as_it_was(attempt, "deadline_at", "minutes_allowed")
        attempt.deadline_at += timedelta(minutes=minutes)
        attempt.minutes_allowed = (attempt.minutes_allowed or 0) + minutes
        attempt.save(update_fields=["deadline_at", "minutes_allowed"])
        _log(attempt, AttemptChange.Kind.MINUTES_GRANTED, reason, by, now, before, minutes)
    return attempt


def grant_minutes_ahead(*, candidate: User, minutes: int, reason: str, by: User | None, now: datetime) -> MinutesGrant:
    """Promise minutes for the candidate's next mock; a second promise before it adds up.

    Raises MinutesUnfit, ReasonMissing.
    """
    _refuse_unfit(minutes, reason)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=candidate.pk)
        grant = MinutesGrant.objects.filter(candidate=candidate, used_in=None).first()
        grant = grant or MinutesGrant(candidate=candidate, minutes=0)
        _refuse_unfit(grant.minutes + minutes, reason)
        grant.minutes += minutes
        grant.reason = "; ".join(filter(None, [grant.reason, reason.strip()]))[:300]
        grant.granted_by, grant.granted_at = by, now
        grant.save()
    return grant


def void_attempt(*, attempt_id: uuid.UUID, reason: str, by: User | None, now: datetime) -> Attempt:
    """Take an attempt out of everything: it has no outcome, and its answers count as evidence no more.

    Raises AttemptNotFound, AttemptVoided, ReasonMissing.
    """
    _refuse_silence(reason)
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        if attempt.status == Attempt.Status.VOIDED:
            raise AttemptVoided
        before = _as_it_was(attempt, "status", "finished_at", "score_status", "passed")
        attempt.status = Attempt.Status.VOIDED
        attempt.finished_at = attempt.finished_at or now
        if attempt.paused_ms is not None:
            # The clock runs on at this moment, so that the attempt has one again when it is reopened.
            attempt.deadline_at = now + timedelta(milliseconds=attempt.paused_ms)
        attempt.passed = attempt.paused_ms = None
        attempt.save(update_fields=["status", "finished_at", "deadline_at", "passed", "paused_ms"])
        _log(attempt, AttemptChange.Kind.VOIDED, reason, by, now, before)
        attempt_finished.send(sender=Attempt, attempt=attempt)
    return attempt


def reopen_attempt(*, attempt_id: uuid.UUID, minutes: int, reason: str, by: User | None, now: datetime) -> Attempt:
    """Let a finished attempt go on for some minutes from now (a sitting without deadline: without one again).

    Its score is taken back until it ends again. An attempt whose time is up but which nobody closed yet is closed
    first, so that the log shows both.
    Raises AttemptNotFound, AttemptOpen, MockAlreadyOpen, MinutesUnfit, ReasonMissing.
    """
    _refuse_unfit(minutes, reason)
    with transaction.atomic():
        attempt = lock_attempt(attempt_id)
        if not attempt.is_final and attempt.is_out_of_time_at(now):
            expire(attempt)
        if not attempt.is_final:
            raise AttemptOpen
        _refuse_second_open_mock(attempt)
        before = _as_it_was(attempt, "status", "finished_at", "deadline_at", "minutes_allowed", *SCORE_FIELDS)
        _continue(attempt, minutes, now)
        AttemptQuestion.objects.filter(attempt=attempt, checked_at=None).update(is_correct=None)
        _log(attempt, AttemptChange.Kind.REOPENED, reason, by, now, before, minutes)
        attempt_finished.send(sender=Attempt, attempt=attempt)
    return attempt


def _continue(attempt: Attempt, minutes: int, now: datetime) -> None:
    assert attempt.finished_at is not None, "a final attempt has an end"
    if attempt.deadline_at is not None:
        used = attempt.finished_at - attempt.started_at
        attempt.minutes_allowed = round(used / timedelta(minutes=1)) + minutes
        attempt.deadline_at = now + timedelta(minutes=minutes)
    attempt.status = Attempt.Status.IN_PROGRESS
    attempt.finished_at = None
    attempt.score_status = Attempt.ScoreStatus.STALE if attempt.score_version else Attempt.ScoreStatus.PENDING
    attempt.scored_right = attempt.scored_total = attempt.passed = None
    attempt.domain_scores = []
    attempt.save(update_fields=["status", "finished_at", "deadline_at", "minutes_allowed", *SCORE_FIELDS])


def _refuse_second_open_mock(attempt: Attempt) -> None:
    if attempt.kind != Attempt.Kind.MOCK:
        return
    # Starting a mock takes the same lock, so none can begin in between.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=attempt.candidate_id)
    running = Attempt.objects.filter(
        candidate=attempt.candidate_id, kind=Attempt.Kind.MOCK, status=Attempt.Status.IN_PROGRESS
    ).first()
    if running is not None:
        raise MockAlreadyOpen(running)


def _refuse_unfit(minutes: int, reason: str) -> None:
    if not 1 <= minutes <= LONGEST_GRANT:
        raise MinutesUnfit(f"Give 1 to {LONGEST_GRANT} minutes.")
    _refuse_silence(reason)


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why.")


def _as_it_was(attempt: Attempt, *fields: str) -> dict[str, Any]:
    values = {field: getattr(attempt, field) for field in fields}
    return {field: value.isoformat() if isinstance(value, datetime) else value for field, value in values.items()}


def _log(
    attempt: Attempt,
    kind: AttemptChange.Kind,
    reason: str,
    by: User | None,
    now: datetime,
    before: dict[str, Any],
    minutes: int | None = None,
) -> None:
    AttemptChange.objects.create(
        attempt=attempt,
        kind=kind,
        minutes=minutes,
        reason=reason.strip()[:300],
        changed_by=by,
        changed_at=now,
        before=before,
    )
