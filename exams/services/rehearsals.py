"""Getting ready for a rehearsal, and beginning it: a mock like any other, sat as if it were the day."""

import uuid
from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from accounts.models import User
from exams.models import Attempt, Rehearsal
from exams.selectors.rehearsals import ITEMS, minutes_after
from exams.services.sittings import start_mock


def prepare_rehearsal(*, candidate: User, exam_time: time | None, ticked: Collection[str], now: datetime) -> Rehearsal:
    """Keep the exam's hour and what is ticked off until a rehearsal begins. Raises ValueError for an unknown tick."""
    if unknown := set(ticked) - set(ITEMS):
        raise ValueError(f"not on the checklist: {sorted(unknown)}")
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=candidate.pk)
        rehearsal, _ = Rehearsal.objects.update_or_create(
            candidate=candidate,
            attempt=None,
            defaults={
                "exam_time": exam_time,
                "ticked": [code for code in ITEMS if code in ticked],
                "updated_at": now,
            },
        )
    return rehearsal


def start_rehearsal(
    *,
    candidate: User,
    exam_time: time | None,
    ticked: Collection[str],
    now: datetime,
    rng: np.random.Generator,
    block_id: uuid.UUID | None = None,
) -> Attempt:
    """Begin a mock and keep with it what was prepared, and how far from the exam's hour it began.

    Raises what `prepare_rehearsal` and `start_mock` raise; then nothing has begun.
    """
    with transaction.atomic():
        rehearsal = prepare_rehearsal(candidate=candidate, exam_time=exam_time, ticked=ticked, now=now)
        attempt = start_mock(candidate=candidate, now=now, rng=rng, block_id=block_id)
        rehearsal.attempt = attempt
        if exam_time is not None:
            rehearsal.minutes_off = minutes_after(exam_time, now.astimezone(ZoneInfo(candidate.time_zone)))
        rehearsal.save(update_fields=["attempt", "minutes_off"])
    return attempt
