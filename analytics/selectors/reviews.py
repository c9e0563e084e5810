"""What is to be recalled, and when: one `fsrs` card per question that once went wrong or was unsure.

A question that was right at once, sure and quick needs no card: the estimates hold it. Cards are worked out from the
answers alone, so nothing is stored and nothing can be lost.
"""

import zoneinfo
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from fsrs import Card, Rating, Scheduler

from analytics.selectors.mistakes import DAYS_TO_LEAVE
from engine.planning.recall import Memory, recall_chance, review_day
from exams.models import AttemptQuestion
from exams.selectors import EvidenceRow

# Twice the pace of the exam.
SLOW_SECONDS = 210
UNSURE = (AttemptQuestion.Confidence.GUESS, AttemptQuestion.Confidence.UNSURE)


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """The memory of one question and the day to ask it again; None: it holds until the exam.

    right_days: on how many days it was right since it was last wrong.
    """

    question_id: int
    memory: Memory
    due_on: date | None
    right_days: int = 0

    @property
    def is_memorised(self) -> bool:
        """Its own wording may be what is remembered: recall asks in other words."""
        return self.right_days >= DAYS_TO_LEAVE

    def is_due(self, today: date) -> bool:
        return self.due_on is not None and self.due_on <= today

    def recall_chance(self, today: date) -> float:
        return recall_chance(self.memory, today)


def rating_of(row: EvidenceRow) -> Rating:
    """Wrong → Again; right, but unsure or slow → Hard; right → Good."""
    if not row.is_correct:
        return Rating.Again
    return Rating.Hard if row.confidence in UNSURE or row.seconds_spent > SLOW_SECONDS else Rating.Good


def review_cards(
    rows: Iterable[EvidenceRow], *, time_zone: str, today: date, exam_on: date | None
) -> dict[int, ReviewCard]:
    """Cards by question id. Two answers on one day count as one review, the first: cramming is not memory.

    An answer to a question that stood for another is a review of both.
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    cards: dict[int, Card] = {}
    last_on: dict[int, date] = {}
    right_days: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row.happened_at, row.attempt_question_id)):
        rating, day = rating_of(row), row.happened_at.astimezone(zone).date()
        for question_id in _asked_for(row, rating, cards):
            if last_on.get(question_id) == day and rating is not Rating.Again:
                continue
            cards[question_id] = _reviewed(cards.get(question_id) or Card(card_id=1), rating, row.happened_at)
            last_on[question_id] = day
            right_days[question_id] = 0 if rating is Rating.Again else right_days.get(question_id, 0) + 1
    memories = {pk: Memory(card.stability or 0.1, last_on[pk]) for pk, card in cards.items()}
    return {
        pk: ReviewCard(pk, memory, review_day(memory, today, exam_on), right_days[pk])
        for pk, memory in memories.items()
    }


def _asked_for(row: EvidenceRow, rating: Rating, cards: Container[int]) -> list[int]:
    """Whose memory an answer tells of: its own, where there is or comes a card, and the one it stood for."""
    if not row.answered or row.is_pilot:
        return []
    own = [row.question_id] if row.question_id in cards or rating is not Rating.Good else []
    return own if row.stands_for_id is None or row.stands_for_id not in cards else [*own, row.stands_for_id]


def reviews_per_day(cards: Iterable[ReviewCard]) -> dict[str, int]:
    """How many fall due on each ISO date, in order."""
    due: dict[date, int] = {}
    for card in cards:
        if card.due_on is not None:
            due[card.due_on] = due.get(card.due_on, 0) + 1
    return {day.isoformat(): count for day, count in sorted(due.items())}


def unsure_questions(rows: Iterable[EvidenceRow]) -> list[int]:
    """Questions whose last answer was right, but not sure: worth a second look as much as a miss."""
    last: dict[int, EvidenceRow] = {}
    for row in sorted(rows, key=lambda row: (row.happened_at, row.attempt_question_id)):
        if row.answered and not row.is_pilot:
            last[row.question_id] = row
    return [pk for pk, row in last.items() if row.is_correct and row.confidence in UNSURE]


@cache
def _scheduler() -> Scheduler:
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _reviewed(card: Card, rating: Rating, at: datetime) -> Card:
    return _scheduler().review_card(card, rating, review_datetime=at)[0]
