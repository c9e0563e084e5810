"""The review queue: when a question comes back, so that it is remembered on exam day.

A card of the FSRS scheduler per candidate and question. Fuzzing is off: the same answers give the
same schedule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler

DESIRED_RECALL = 0.9
SLOW_FACTOR = 1.5  # of the time a question should take
EXAM_GAP = timedelta(days=1)  # the last review lies at least a day before the exam


@dataclass(frozen=True, slots=True)
class Recall:
    """One answer seen as an attempt to remember.

    at: an aware moment. sure: False when the candidate guessed or was unsure. seconds, expected
    seconds: time taken and the time a question should take.
    """

    at: datetime
    correct: bool
    sure: bool = True
    seconds: float | None = None
    expected_seconds: float = 105.0


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """When the question is due, its stability (days until recall falls to 90 %) and the recall
    expected on exam day if it is not reviewed again, 0…1 (None without an exam day)."""

    due_at: datetime
    stability: float
    exam_recall: float | None


def recall_rating(recall: Recall) -> Rating:
    """Wrong → Again; right but unsure or slow (over 1.5 times the expected seconds) → Hard; right → Good."""
    if not recall.correct:
        return Rating.Again
    slow = recall.seconds is not None and recall.seconds > SLOW_FACTOR * recall.expected_seconds
    return Rating.Hard if slow or not recall.sure else Rating.Good


def review_plan(recalls: Iterable[Recall], *, exam_at: datetime | None = None) -> ReviewPlan:
    """When a question comes back, from every answer to it.

    With an exam ahead, a review that would fall after it is brought forward to the day before when
    recall on exam day would otherwise be below 90 %.
    Raises   ValueError without answers or for moments without a time zone.
    Source   FSRS-6 (Ye et al. 2022–2025) by way of the `fsrs` package.
    """
    ordered = sorted(recalls, key=lambda recall: recall.at)
    if not ordered:
        raise ValueError("a review is planned from at least one answer")
    if any(recall.at.tzinfo is None for recall in ordered):
        raise ValueError("answers need a time zone")
    scheduler = Scheduler(
        desired_retention=DESIRED_RECALL,
        enable_fuzzing=False,
        learning_steps=(),
        relearning_steps=(),
    )
    card = Card(card_id=1, due=ordered[0].at.astimezone(UTC))
    for recall in ordered:
        card, _ = scheduler.review_card(card, recall_rating(recall), recall.at.astimezone(UTC))
    due, exam_recall = card.due, None
    if exam_at is not None:
        exam_recall = scheduler.get_card_retrievability(card, exam_at.astimezone(UTC))
        latest = exam_at.astimezone(UTC) - EXAM_GAP
        if due > latest and exam_recall < DESIRED_RECALL:
            due = max(latest, ordered[-1].at.astimezone(UTC) + EXAM_GAP)
    return ReviewPlan(due, float(card.stability or 0.0), exam_recall)
