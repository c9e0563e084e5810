"""Reviews timed so that what was learned is still there on the exam day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DECAY = 0.1542  # FSRS-6 default
RECALL_GOAL = 0.9
FACTOR = 0.9 ** (-1.0 / DECAY) - 1.0
LATEST_BEFORE_EXAM = 2  # the eve is rest


@dataclass(frozen=True, slots=True)
class Memory:
    """One question's memory as `fsrs` keeps it: stability in days, day of the last review."""

    stability_days: float
    last_on: date


def recall_chance(memory: Memory, on: date) -> float:
    """Chance of recalling on a day, 0…1.

    (1 + FACTOR · days / stability)^(−DECAY), which is 0.9 when days = stability.
    Source: FSRS-6 forgetting curve.
    """
    days = max((on - memory.last_on).days, 0)
    return float((1.0 + FACTOR * days / max(memory.stability_days, 0.01)) ** -DECAY)


def review_day(memory: Memory, today: date, exam_on: date | None) -> date | None:
    """The day to ask a question again, or None if it holds until the exam.

    Without an exam day: the day recall falls to 0.9. With one: a question whose recall on the exam
    day stays at 0.9 is not asked again. One that would fall below is asked when it falls to 0.9,
    never later than two days before the exam; if its next review after that would fall before the
    exam as well, that later one is planned when the first is answered.
    """
    due = max(memory.last_on + timedelta(days=max(round(memory.stability_days), 1)), today)
    if exam_on is None:
        return due
    if exam_on <= today or recall_chance(memory, exam_on) >= RECALL_GOAL:
        return None
    return max(min(due, exam_on - timedelta(days=LATEST_BEFORE_EXAM)), today)


def reviews_due(memories: Iterable[Memory], today: date, exam_on: date | None) -> dict[date, int]:
    """Questions due per date, for `PlanInput.reviews_due`."""
    due: dict[date, int] = {}
    for memory in memories:
        on = review_day(memory, today, exam_on)
        if on is not None:
            due[on] = due.get(on, 0) + 1
    return dict(sorted(due.items()))
