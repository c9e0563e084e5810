"""The learning curve that minutes are weighed by.

Each topic has marks still to win, r. Studying it for m minutes at speed s leaves

    r · exp(−s·m / MINUTES_TO_LEARN),

so every further minute wins less. Between blocks r drifts back towards what it would be if the
topic were forgotten, c, by 1 − exp(−days / FORGETTING_DAYS) of the difference. A topic studied a
day or two ago teaches less than after a pause (spacing). These are planning assumptions, stated in
docs/planning.md; what a candidate really learned is measured by their answers and comes back as
new needs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.planning.blocks import Kind
from engine.planning.needs import PlanInput

Floats = npt.NDArray[np.float64]

MINUTES_TO_LEARN = 75.0  # minutes that win 63% of what a topic still holds
FORGETTING_DAYS = 60.0
FORGOTTEN_GAP = 0.55  # target mastery (.80) less guessing (.25)
WORTH_WHILE = 0.1  # marks an hour; below this a topic needs no more time
SPEED: Mapping[Kind, float] = {
    Kind.READ: 1.0,
    Kind.DRILL: 1.0,
    Kind.CONTRAST_DRILL: 1.3,
    Kind.LAB: 0.8,
    Kind.MISTAKES: 1.0,
    Kind.REVIEW: 0.8,
    Kind.DIAGNOSTIC: 0.4,
    Kind.MOCK: 0.4,
    Kind.REHEARSAL: 0.4,
}


def marks_won(marks: float, minutes: float, speed: float = 1.0) -> float:
    """Marks that `minutes` of study win where `marks` are still to win.

    marks·(1 − exp(−speed·minutes / MINUTES_TO_LEARN)): 0 at 0 minutes, rising, never above `marks`.
    """
    return marks * -math.expm1(-speed * minutes / MINUTES_TO_LEARN)


def worthwhile_minutes(marks: float, minutes_given: float = 0.0) -> float:
    """Minutes until a further hour would win less than WORTH_WHILE marks, never negative."""
    rate = marks * 60.0 / (MINUTES_TO_LEARN * WORTH_WHILE)
    return max(0.0, MINUTES_TO_LEARN * math.log(rate) - minutes_given) if rate > 1 else 0.0


def best_minutes(marks: Floats, minutes: float) -> Floats:
    """Minutes per topic that win most marks in all (water-filling).

    marks:   marks to win per topic, shape (n,), not negative.
    minutes: total to share out.
    Returns  shape (n,), not negative, summing to `minutes` if any marks are positive, else zeros.
             The optimum of Σ r·(1 − exp(−m/τ)) has the same marginal gain wherever m > 0.
    """
    given = np.zeros_like(marks)
    order = np.argsort(-marks, kind="stable")
    ranked = np.log(marks[order][marks[order] > 0])
    if not len(ranked) or minutes <= 0:
        return given
    counts = np.arange(1, len(ranked) + 1)
    levels = (np.cumsum(ranked) - minutes / MINUTES_TO_LEARN) / counts
    last = int(np.nonzero(ranked > levels)[0][-1])
    given[order[: last + 1]] = MINUTES_TO_LEARN * (ranked[: last + 1] - levels[last])
    return given


class Progress:
    """The planner's expectation of every topic, moved forward day by day as blocks are placed."""

    def __init__(self, asked: PlanInput) -> None:
        topics = asked.topics
        weight = {domain.code: domain.weight_percent for domain in asked.domains}
        size: dict[str, int] = {}
        for topic in topics:
            size[topic.domain] = size.get(topic.domain, 0) + 1
        self.index = {topic.code: at for at, topic in enumerate(topics)}
        self.marks: Floats = np.array(
            [t.marks_to_win * math.exp(-t.unmeasured_minutes / MINUTES_TO_LEARN) for t in topics]
        )
        self.forgotten: Floats = np.maximum(
            np.array([weight[t.domain] / size[t.domain] * FORGOTTEN_GAP for t in topics]),
            self.marks,
        )
        self.minutes: Floats = np.zeros(len(topics))
        self.untouched: Floats = self.marks.copy()
        never = asked.today.toordinal() - 1000
        self.seen_on: Floats = np.array(
            [t.studied_on.toordinal() if t.studied_on else never for t in topics], dtype=float
        )

    def pass_day(self) -> None:
        """One night of forgetting, with and without the plan."""
        drift = -math.expm1(-1.0 / FORGETTING_DAYS)
        self.marks += drift * (self.forgotten - self.marks)
        self.untouched += drift * (self.forgotten - self.untouched)

    def gain(self, minutes: int, on: date) -> Floats:
        """Marks that a block of `minutes` on each topic would win today, shape (n,)."""
        days = np.maximum(on.toordinal() - self.seen_on, 0.0)
        spacing = 1.0 - 0.6 * np.exp(-np.maximum(days - 1.0, 0.0) / 2.0)
        return self.marks * spacing * -math.expm1(-minutes / MINUTES_TO_LEARN)

    def study(self, topic: str, minutes: int, kind: Kind, on: date) -> None:
        """Move the expectation for one topic by one block on it."""
        at = self.index.get(topic)
        if at is None:
            return
        self.marks[at] *= math.exp(-SPEED.get(kind, 1.0) * minutes / MINUTES_TO_LEARN)
        self.minutes[at] += minutes
        self.seen_on[at] = on.toordinal()

    def spread(self, minutes: int, kind: Kind) -> None:
        """Move all topics by a mixed block, shared out by the marks still to win."""
        total = float(self.marks.sum())
        if total > 0:
            share = self.marks / total
            speed = SPEED.get(kind, 1.0)
            self.marks *= np.exp(-speed * minutes * share / MINUTES_TO_LEARN)

    @property
    def expected_gain(self) -> float:
        """Marks won by the plan so far, against not studying at all."""
        return float((self.untouched - self.marks).sum())


def spread_gain(asked: PlanInput, minutes: int, kind: Kind) -> float:
    """Marks that one mixed block would win today."""
    progress = Progress(asked)
    before = float(progress.marks.sum())
    progress.spread(minutes, kind)
    return before - float(progress.marks.sum())


def topic_targets(asked: PlanInput, minutes: float) -> dict[str, float]:
    """Minutes per domain that need alone would ask for, of `minutes` spent on topics."""
    if not asked.topics:
        return {}
    shared = best_minutes(Progress(asked).marks, minutes)
    return _by_domain([topic.domain for topic in asked.topics], shared)


def _by_domain(domains: Sequence[str], minutes: Floats) -> dict[str, float]:
    totals: dict[str, float] = {}
    for domain, amount in zip(domains, minutes, strict=True):
        totals[domain] = totals.get(domain, 0.0) + float(amount)
    return totals
