"""Due questions and mistakes: what comes back, when, and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from engine.planning.blocks import Kind
from engine.planning.days import SHORTEST_REVIEW, STEP, round_down, round_up
from engine.planning.needs import PlanInput

MINUTES_PER_REVIEW = 0.8
FEWEST_WORTH_A_BLOCK = 4
LARGEST_REVIEW_SHARE = 0.3
MINUTES_PER_MISS = 2.0
MISTAKES_MINUTES = (10, 60)
MISS_SHARE_UNKNOWN = 0.4
RETURNS_AFTER = ((2, 0.3), (10, 0.4), (30, 0.3))  # days, share of questions that come back then
QUESTIONS_PER_MINUTE: Mapping[Kind, float] = {
    Kind.READ: 0.2,
    Kind.DRILL: 0.5,
    Kind.CONTRAST_DRILL: 0.5,
    Kind.DIAGNOSTIC: 0.6,
}


class Upkeep:
    """Counts what is due while days are filled in order.

    A review block lies on every third study day at the latest: the planner places one whenever
    questions are due, and in any case on every second study day, earlier if the next cannot hold
    one. Until something has been answered there is nothing to review.
    """

    def __init__(self, asked: PlanInput) -> None:
        self.due: dict[date, float] = {}
        for on, count in asked.reviews_due.items():
            day = max(on, asked.today)
            self.due[day] = self.due.get(day, 0.0) + count
        self.pool = 0.0
        past = sorted((d for d in asked.done if d.minutes > 0), key=lambda done: done.day)
        self.answered = asked.has_answers or bool(self.due) or bool(past)
        self.days_since = 0
        for done in past:
            if done.day < asked.today:
                self.days_since = 0 if done.reviewed else self.days_since + 1
        self.reviewed_today = any(d.reviewed for d in past if d.day == asked.today)
        self.misses = float(asked.open_mistakes)
        self.from_mock = False

    def open_day(self, on: date) -> None:
        """Bring what falls due on this date, or fell due on a free day before, into the pool."""
        self.pool += sum(self.due.pop(day) for day in sorted(self.due) if day <= on)

    def review_minutes(self, free: int, next_has_room: bool, before: int | None) -> int:
        """Minutes of today's review block, 0 for none, never more than `free`.

        before: minutes of the previous plan's review today, 0 for none, None if there was no such plan. A little
        more or less due is no reason to change it.
        """
        if free < SHORTEST_REVIEW or not self.answered:
            return 0
        must = not self.reviewed_today and (self.days_since >= 1 or not next_has_room)
        fewest = {None: FEWEST_WORTH_A_BLOCK, 0: 3 * FEWEST_WORTH_A_BLOCK}.get(before, 1)
        if self.pool < fewest and not must:
            return 0
        most = max(SHORTEST_REVIEW, round_down(LARGEST_REVIEW_SHARE * free))
        wanted = max(SHORTEST_REVIEW, round_up(self.pool * MINUTES_PER_REVIEW))
        if before and abs(before - wanted) <= STEP:
            wanted = before
        return min(wanted, most)

    def review(self, minutes: int) -> int:
        """Take a review block's questions out of the pool; how many those are."""
        count = min(self.pool, minutes / MINUTES_PER_REVIEW)
        self.pool -= count
        return round(count)

    def mistakes_minutes(self, free: int) -> int:
        """Minutes for going through open mistakes, 0 for none, never more than `free`."""
        if self.misses < 1 or free < MISTAKES_MINUTES[0]:
            return 0
        wanted = round_up(self.misses * MINUTES_PER_MISS)
        return min(max(wanted, MISTAKES_MINUTES[0]), MISTAKES_MINUTES[1], round_down(free))

    def answer(self, kind: Kind, minutes: int, on: date) -> None:
        """Questions answered in a block come back later."""
        count = minutes * QUESTIONS_PER_MINUTE.get(kind, 0.0)
        if count <= 0:
            return
        self.answered = True
        for days, share in RETURNS_AFTER:
            day = on + timedelta(days=days)
            self.due[day] = self.due.get(day, 0.0) + share * count

    def close_day(self, reviewed: bool) -> None:
        self.days_since = 0 if reviewed or self.reviewed_today else self.days_since + 1
        self.reviewed_today = False


def expected_misses(asked: PlanInput) -> float:
    """Questions that a full sitting will probably show as missed."""
    weight = {domain.code: domain.weight_percent for domain in asked.domains}
    known = [(weight[topic.domain], topic.weakness) for topic in asked.topics if topic.answers]
    total = sum(share for share, _ in known)
    if total <= 0:
        return MISS_SHARE_UNKNOWN * asked.mock_questions
    weakness = sum(share * weak for share, weak in known) / total
    # Weakness 0 is 5% wrong and 100 is guessing, about 75% wrong.
    return asked.mock_questions * (0.05 + 0.7 * weakness / 100.0)
