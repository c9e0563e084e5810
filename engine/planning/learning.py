"""The learning curve that minutes are weighed by.

A topic has r marks still to win. After e effective minutes of study there remain

    r / (1 + e / HALF_MINUTES),

so the first HALF_MINUTES win half of it and every further minute wins less. This is the power law
that a mixture of facts, each learned exponentially at its own pace, adds up to. Best use of a total is
then minutes + HALF_MINUTES proportional to √r. Nightly, effective minutes fade by
exp(−1 / FORGETTING_DAYS), and r drifts towards what it would be if the topic were left alone for good.
A topic studied a day or two ago teaches less than after a pause (spacing). These are planning assumptions,
stated in docs/planning.md; what a candidate really learned, their answers measure, and it comes back as
new needs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.planning.blocks import Kind
from engine.planning.needs import PlanInput

Floats = npt.NDArray[np.float64]

HALF_MINUTES = 120.0  # minutes that win half of what a topic still holds
FORGETTING_DAYS = 60.0
GUESSING_GAP = 0.55  # target mastery (.80) less guessing (.25)
LEFT_ALONE = 0.25  # share of the way to guessing that a topic left alone goes
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


def marks_won(marks: float, minutes: float, after: float = 0.0) -> float:
    """Marks that `minutes` win on a topic that held `marks` before `after` effective minutes.

    marks/(1 + after/H) − marks/(1 + (after + minutes)/H): 0 at 0 minutes, rising, never above `marks`.
    """
    return marks / (1.0 + after / HALF_MINUTES) - marks / (1.0 + (after + minutes) / HALF_MINUTES)


def worthwhile_minutes(marks: float) -> float:
    """Minutes until a further hour would win less than WORTH_WHILE marks, never negative."""
    return max(0.0, math.sqrt(60.0 * marks * HALF_MINUTES / WORTH_WHILE) - HALF_MINUTES)


def best_minutes(marks: Floats, minutes: float) -> Floats:
    """Minutes per topic that win most marks in all (water-filling).

    marks:   marks to win per topic, shape (n,), not negative.
    minutes: total to share out.
    Returns  shape (n,), not negative, summing to `minutes` if any marks are positive, else zeros. The marginal
             gain is the same wherever minutes are given, and nowhere else higher.
    """
    given = np.zeros_like(marks)
    order = np.argsort(-marks, kind="stable")
    roots = np.sqrt(marks[order][marks[order] > 0])
    if not len(roots) or minutes <= 0:
        return given
    counts = np.arange(1, len(roots) + 1)
    scale = (minutes + counts * HALF_MINUTES) / np.cumsum(roots)
    last = int(np.nonzero(scale * roots > HALF_MINUTES)[0][-1])
    given[order[: last + 1]] = scale[last] * roots[: last + 1] - HALF_MINUTES
    return given


def topic_weights(asked: PlanInput) -> dict[str, float]:
    """Marks of 100 that one topic of each domain stands for, by domain code."""
    size = Counter(topic.domain for topic in asked.topics)
    return {d.code: d.weight_percent / size[d.code] for d in asked.domains if size[d.code]}


class Progress:
    """The planner's expectation of every topic, moved forward day by day as blocks are placed.

    marks:   marks to win without any study in this plan, shape (n,).
    studied: effective minutes, faded, shape (n,).
    """

    def __init__(self, asked: PlanInput) -> None:
        topics = asked.topics
        weight = topic_weights(asked)
        self.index = {topic.code: at for at, topic in enumerate(topics)}
        # What is left was measured after some minutes already: without them there would have been more.
        self.studied: Floats = np.array([max(t.studied_minutes, t.unmeasured_minutes) for t in topics], float)
        measured = self.studied - np.array([t.unmeasured_minutes for t in topics], float)
        self.marks: Floats = np.array([t.marks_to_win for t in topics], float) * (1.0 + measured / HALF_MINUTES)
        guessing = np.array([weight[t.domain] * GUESSING_GAP for t in topics], float)
        self.left_alone: Floats = self.marks + LEFT_ALONE * np.maximum(guessing - self.marks, 0.0)
        never = asked.today.toordinal() - 1000
        self.seen_on: Floats = np.array([t.studied_on.toordinal() if t.studied_on else never for t in topics], float)

    def _remaining(self) -> Floats:
        return self.marks / (1.0 + self.studied / HALF_MINUTES)

    def pass_day(self) -> None:
        """One night of forgetting."""
        self.marks -= math.expm1(-1.0 / FORGETTING_DAYS) * (self.left_alone - self.marks)
        self.studied *= math.exp(-1.0 / FORGETTING_DAYS)

    def gain(self, minutes: int, on: date) -> Floats:
        """Marks that a block of `minutes` on each topic would win today, shape (n,)."""
        days = np.maximum(on.toordinal() - self.seen_on, 0.0)
        spacing = 1.0 - 0.6 * np.exp(-np.maximum(days - 1.0, 0.0) / 2.0)
        more = self.marks / (1.0 + (self.studied + minutes) / HALF_MINUTES)
        return spacing * (self._remaining() - more)

    def study(self, topic: str, minutes: int, kind: Kind, on: date) -> None:
        """Move the expectation for one topic by one block on it."""
        at = self.index.get(topic)
        if at is None:
            return
        self.studied[at] += SPEED.get(kind, 1.0) * minutes
        self.seen_on[at] = on.toordinal()

    def spread(self, minutes: int, kind: Kind) -> None:
        """Move all topics by a mixed block, shared out by the marks still to win."""
        remaining = self._remaining()
        total = float(remaining.sum())
        if total > 0:
            self.studied += SPEED.get(kind, 1.0) * minutes * remaining / total

    @property
    def to_win(self) -> float:
        """Marks still to win in all."""
        return float(self._remaining().sum())

    @property
    def expected_gain(self) -> float:
        """Marks won by the plan so far, against not studying at all."""
        return float((self.marks - self._remaining()).sum())


def spread_gain(asked: PlanInput, minutes: int, kind: Kind) -> float:
    """Marks that one mixed block would win today."""
    progress = Progress(asked)
    before = progress.to_win
    progress.spread(minutes, kind)
    return before - progress.to_win


def topic_targets(asked: PlanInput, minutes: float) -> dict[str, float]:
    """Minutes per domain that need alone would ask for, of `minutes` spent on topics."""
    if not asked.topics:
        return {}
    totals = dict.fromkeys((topic.domain for topic in asked.topics), 0.0)
    marks = np.array([topic.marks_to_win for topic in asked.topics], float)
    for topic, amount in zip(asked.topics, best_minutes(marks, minutes), strict=True):
        totals[topic.domain] += float(amount)
    return totals
