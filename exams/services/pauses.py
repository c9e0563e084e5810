"""Pausing practice. The clock stands still until its candidate carries on; a mock is never paused."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from exams.models import Attempt
from exams.services.finishing import AttemptClosed, lock_attempt


class NotPausable(Exception):
    """A mock, or a sitting without a clock, which can be left at any time."""


def pause_attempt(*, attempt_id: uuid.UUID, candidate: User, now: datetime) -> Attempt:
    """Stop the clock of a timed drill or review; pausing again changes nothing.

    Raises AttemptNotFound, AttemptClosed, NotPausable.
    """
    with transaction.atomic():
        attempt = lock_attempt(attempt_id, candidate)
        if attempt.paused_ms is not None:
            return attempt
        if attempt.is_final or attempt.is_out_of_time_at(now):
            raise AttemptClosed(attempt)
        if not attempt.is_pausable:
            raise NotPausable
        attempt.paused_ms = attempt.remaining_ms_at(now)
        attempt.deadline_at = None
        attempt.save(update_fields=["paused_ms", "deadline_at"])
    return attempt


def resume_attempt(*, attempt_id: uuid.UUID, candidate: User, now: datetime) -> Attempt:
    """Let the clock of a paused attempt run on from where it stood; one that is not paused stays as it is.

    Raises AttemptNotFound.
    """
    with transaction.atomic():
        attempt = lock_attempt(attempt_id, candidate)
        if attempt.paused_ms is not None:
            attempt.deadline_at = now + timedelta(milliseconds=attempt.paused_ms)
            attempt.paused_ms = None
            attempt.save(update_fields=["paused_ms", "deadline_at"])
    return attempt
