"""What a simulated learner does with minutes, whoever chose them: reading, drills, reviews, mistakes, full sittings.

The desk remembers which facts were asked, when and how it went, as any study tool would: reviews take what was
answered longest ago for how often it was right (doubling spaces), mistakes what was missed and not seen since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from engine.planning.simulation.learner import (
    FACTS_PER_TOPIC,
    MINUTES_PER_FACT_READ,
    MINUTES_PER_QUESTION,
    MINUTES_PER_REVIEW,
    Integers,
    Learner,
)

Heard = Callable[[Integers, "np.ndarray[tuple[int], np.dtype[np.bool_]]", float, bool], object]
FIRST_SPACE = 2.0  # days until a question comes back; doubles with each right answer in a row
ODDS_OF_FIVE_MINUTES = 5.0


@dataclass
class Desk:
    """One learner at work. `heard` is told every answer: (facts, right, day, whether it was a full sitting)."""

    learner: Learner
    rng: np.random.Generator
    heard: Heard | None = None
    missed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        count = self.learner.world.fact_count
        self.asked_on = np.full(count, -1.0)
        self.streak = np.zeros(count)
        self.read_topics: set[int] = set()
        self.read_at = np.zeros(self.learner.world.topic_count, dtype=np.int64)

    def _ask(self, facts: Integers, day: float, *, feedback: bool = True, sitting: bool = False) -> None:
        if not len(facts):
            return
        right = self.learner.answer(facts, day, self.rng, feedback=feedback)
        self.asked_on[facts] = day
        self.streak[facts] = np.where(right, self.streak[facts] + 1, 0)
        wrong = {int(fact) for fact in facts[~right]}
        self.missed = (self.missed - {int(fact) for fact in facts}) | (wrong if sitting else set())
        if self.heard is not None:
            self.heard(facts, right, day, sitting)

    def _count(self, minutes: float, each: float) -> int:
        """Whole pieces that fit, the rest by chance, so that short blocks lose nothing."""
        whole, rest = divmod(minutes, each)
        return int(whole) + int(self.rng.random() < rest / each)

    def read(self, topic: int, minutes: float, day: float) -> None:
        facts = self.learner.world.facts(topic)
        count = self._count(minutes, MINUTES_PER_FACT_READ)
        order = (self.read_at[topic] + np.arange(min(count, FACTS_PER_TOPIC))) % FACTS_PER_TOPIC
        self.read_at[topic] = (self.read_at[topic] + count) % FACTS_PER_TOPIC
        self.learner.read(facts[order], day, self.rng)
        self.read_topics.add(topic)

    def drill(self, topic: int, minutes: float, day: float) -> None:
        facts = self.learner.world.facts(topic)
        count = self._count(minutes, MINUTES_PER_QUESTION)
        while count > 0:
            asked = self.rng.permutation(facts)[: min(count, FACTS_PER_TOPIC)]
            self._ask(asked, day)
            count -= len(asked)

    def mixed(self, minutes: float, day: float) -> None:
        count = self._count(minutes, MINUTES_PER_QUESTION)
        facts = self.rng.permutation(self.learner.world.fact_count)[:count]
        self._ask(facts, day)

    def due(self, day: float) -> Integers:
        """Facts asked before whose space has passed, the most overdue first."""
        space = FIRST_SPACE * 2.0 ** np.minimum(self.streak, 6)
        late = np.where(self.asked_on >= 0, (day - self.asked_on) / space, 0.0)
        order = np.argsort(-late, kind="stable")
        return order[late[order] >= 1.0]

    def due_days(self, day: float) -> dict[int, int]:
        """Questions falling due per day from now on."""
        asked = self.asked_on >= 0
        space = FIRST_SPACE * 2.0 ** np.minimum(self.streak[asked], 6)
        days = np.maximum(np.ceil(self.asked_on[asked] + space), day).astype(int)
        values, counts = np.unique(days, return_counts=True)
        return dict(zip(values.tolist(), counts.tolist(), strict=True))

    def review(self, minutes: float, day: float) -> None:
        count = self._count(minutes, MINUTES_PER_REVIEW)
        facts = self.due(day)[:count]
        if len(facts) < count:
            others = np.flatnonzero((self.asked_on >= 0) & (self.asked_on < day))
            others = np.setdiff1d(others, facts)
            facts = np.concatenate([facts, self.rng.permutation(others)[: count - len(facts)]])
        self._ask(facts.astype(np.int64), day)

    def go_through_mistakes(self, minutes: float, day: float) -> None:
        count = self._count(minutes, MINUTES_PER_QUESTION)
        facts = np.array(sorted(self.missed), dtype=np.int64)
        facts = self.rng.permutation(facts)[:count]
        self._ask(facts, day)
        if count > len(facts):
            self.review((count - len(facts)) * MINUTES_PER_QUESTION, day)

    def sit(self, counts: tuple[int, ...], day: float) -> None:
        """A full sitting: no feedback until it is over; misses wait to be gone through."""
        world = self.learner.world
        chosen = []
        for domain, count in enumerate(counts):
            topics = np.flatnonzero(world.domain_of == domain)
            facts = (topics[:, None] * FACTS_PER_TOPIC + np.arange(FACTS_PER_TOPIC)).ravel()
            chosen.append(self.rng.permutation(facts)[:count])
        self._ask(np.concatenate(chosen), day, feedback=False, sitting=True)
