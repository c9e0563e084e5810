"""Sittings to test with. Time stands where `NOW` says unless a test moves it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import User
from exams import services
from exams.models import Attempt, AttemptQuestion
from tests.bank import TestBank


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def mock(bank: TestBank, candidate: User, now: datetime, rng: np.random.Generator) -> Attempt:
    """A mock that the candidate began ten minutes ago."""
    return services.start_mock(candidate=candidate, now=now - timedelta(minutes=10), rng=rng)


@pytest.fixture
def start_drill(bank: TestBank, candidate: User, now: datetime, rng: np.random.Generator) -> Callable[..., Attempt]:
    """Begins a drill on the first questions of the bank."""

    def start(count: int = 4, **options: Any) -> Attempt:
        versions = [question.current_version_id for question in bank.questions[:count]]
        settings: dict[str, Any] = {
            "candidate": candidate,
            "kind": Attempt.Kind.DRILL,
            "version_ids": versions,
            "now": now,
            "rng": rng,
            "focus": {},
            "is_tutored": False,
            "question_target": count,
        }
        return services.start_sitting(**{**settings, **options})

    return start


def keys_of(answer: AttemptQuestion) -> list[int]:
    return list(answer.question_version.key_ids)


def wrong_of(answer: AttemptQuestion) -> list[int]:
    """As many options as asked for, none of them a key."""
    keys = set(answer.question_version.key_ids)
    return sorted(option for option in answer.option_order if option not in keys)[: answer.select_count]


def save(
    attempt: Attempt, position: int, selected: list[int], now: datetime, base_revision: int = 0, **more: Any
) -> services.AnswerReceipt:
    """Save a change that says every field, unless told to leave some out."""
    whole: dict[str, Any] = {
        "save_id": uuid4(),
        "eliminated": [],
        "flagged": False,
        "confidence": "",
        "note": "",
        "seconds_spent": 0,
    }
    change = services.AnswerChange(selected=selected, base_revision=base_revision, **{**whole, **more})
    return services.save_answer(
        attempt_id=attempt.pk, candidate=attempt.candidate, position=position, change=change, now=now
    )


def answer_right(attempt: Attempt, count: int, now: datetime) -> None:
    """Answer the first `count` scored questions right."""
    scored = attempt.questions.filter(is_pilot=False).select_related("question_version")
    for answer in scored.order_by("position")[:count]:
        save(attempt, answer.position, keys_of(answer), now)
