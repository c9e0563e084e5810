"""Sittings for tests: begun, answered and handed in as people do it, but in bulk."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from accounts.models import User
from exams import services as exams
from exams.models import AnswerEvent, Attempt, AttemptQuestion

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
Rule = Callable[[AttemptQuestion], bool | None]


def answer(attempt: Attempt, is_right: Rule, *, now: datetime) -> None:
    """Answer every question: True right, False wrong, None blank."""
    answers = list(attempt.questions.select_related("question_version__question__domain"))
    for row in answers:
        keys = row.question_version.key_ids
        wanted = is_right(row)
        if wanted is None:
            continue
        others = [pk for pk in row.option_order if pk not in keys]
        row.selected = list(keys) if wanted else sorted([*keys[1:], others[0]])
        row.revision, row.answered_at, row.seconds_spent = 1, now, 60
    AttemptQuestion.objects.bulk_update(answers, ["selected", "revision", "answered_at", "seconds_spent"])
    AnswerEvent.objects.bulk_create(
        AnswerEvent(
            attempt_question=row,
            revision=1,
            save_id=uuid.uuid4(),
            selected=row.selected,
            eliminated=[],
            flagged=False,
            seconds_spent=60,
            arrived_at=now,
        )
        for row in answers
        if row.revision
    )


def share(percent: int) -> Rule:
    """Right in that share of the positions, evenly spread."""
    return lambda row: (row.position * percent) % 100 < percent


def mock(
    candidate: User, is_right: Rule, *, now: datetime = START, seed: int = 1, block_id: uuid.UUID | None = None
) -> Attempt:
    attempt = exams.start_mock(candidate=candidate, now=now, rng=np.random.default_rng(seed), block_id=block_id)
    end = now + timedelta(minutes=90)
    answer(attempt, is_right, now=end)
    return exams.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=end)


def drill(
    candidate: User,
    version_ids: list[int],
    is_right: Rule,
    *,
    now: datetime = START,
    tutored: bool = False,
    block_id: uuid.UUID | None = None,
    kind: str = Attempt.Kind.DRILL,
) -> Attempt:
    attempt = exams.start_sitting(
        candidate=candidate,
        kind=kind,
        version_ids=version_ids,
        now=now,
        rng=np.random.default_rng(1),
        focus={},
        is_tutored=tutored,
        question_target=len(version_ids),
        block_id=block_id,
    )
    end = now + timedelta(minutes=20)
    answer(attempt, is_right, now=end)
    return exams.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=end)
