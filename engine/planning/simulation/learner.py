"""A learner who remembers single facts. Shares nothing with the learning curve of the planner or the ability model.

A topic consists of facts. A fact is unknown or held with a stability S in days and recalled after Δ days with
probability exp(−Δ/S). Questions are asked about one fact each; who does not recall guesses.
- A recalled fact becomes more stable, the more the nearer it was to being forgotten (spacing):
  S ← S·(1.15 + GROWTH·(1 − R)).
- A fact not recalled is learned with a probability that falls with the fact's difficulty, rises with the learner's pace
  and needs its foundations: × (.35 + .65 · share of the foundations' facts recalled).
- Reading passes over facts without asking: it learns less surely, holds less long, and strengthens little.
Learners differ in pace, in what they hold at the start (overall, by domain, by topic) and in their days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FACTS_PER_TOPIC = 12
GUESS = 0.2
GROWTH = 2.5
LONGEST_STABILITY = 365.0
READ_HOLDS = 0.6  # of the stability that an answered question leaves
READ_LEARNS = 0.6
MINUTES_PER_QUESTION = 2.0
MINUTES_PER_FACT_READ = 2.5
MINUTES_PER_REVIEW = 0.8
WEIGHTS = (10, 17, 15, 28, 15, 15)
# Per domain, the foundations of each topic as positions within the domain: the shape of the shipped blueprint.
FOUNDATIONS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((), (0,), (1,), (0,), (3,), (4,), (0, 2)),
    ((), (0,), (0,), (1,), (0,), (0,), (0,), (6,), (7, 1)),
    ((), (0,), (1,), (2,), (0,), (3, 1)),
    ((), (0,), (1,), (0,), (1,), (0,), (), (6,), (6,), (7,)),
    ((), (0,), (0,), (0,), (3,), (0,), (1,), (2,)),
    ((), (0,), (0,), (), (), (4,), (4,), (1, 2, 5)),
)


@dataclass(frozen=True)
class World:
    """What there is to learn: topics in domains, with foundations; facts f belong to topic f // FACTS_PER_TOPIC."""

    domain_of: Integers
    foundations: tuple[tuple[int, ...], ...]

    @property
    def topic_count(self) -> int:
        return len(self.domain_of)

    @property
    def fact_count(self) -> int:
        return self.topic_count * FACTS_PER_TOPIC

    def facts(self, topic: int) -> Integers:
        return np.arange(topic * FACTS_PER_TOPIC, (topic + 1) * FACTS_PER_TOPIC)

    def fact_weights(self) -> Floats:
        """Share of the exam that each fact stands for, shape (facts,), summing to 1."""
        sizes = np.bincount(self.domain_of)
        shares = np.array(WEIGHTS) / sum(WEIGHTS) / sizes / FACTS_PER_TOPIC
        return np.repeat(shares[self.domain_of], FACTS_PER_TOPIC)


def heroku_world() -> World:
    """48 topics shaped like the shipped blueprint."""
    domains: list[int] = []
    foundations: list[tuple[int, ...]] = []
    for domain, topics in enumerate(FOUNDATIONS):
        first = len(domains)
        domains += [domain] * len(topics)
        foundations += [tuple(first + at for at in ground) for ground in topics]
    return World(np.array(domains, dtype=np.int64), tuple(foundations))


@dataclass(frozen=True, slots=True)
class Nature:
    """What learners have in common. start_share: facts held at the start, on average. stability_days: of a fact just
    learned from a question. spread: how much domains and topics differ within a learner; 1 is much, 0.5 little."""

    start_share: float
    stability_days: float = 14.0
    spread: float = 1.0


class Learner:
    """One learner; mutable, moved forward by studying. Days are counted from the start of study."""

    def __init__(self, world: World, nature: Nature, seed: int) -> None:
        start_share, spread = nature.start_share, nature.spread
        self.nature = nature
        rng = np.random.default_rng([seed, 1])
        self.world = world
        self.pace = float(rng.lognormal(0.0, 0.25))
        logit = np.log(start_share / (1 - start_share)) + rng.normal(0, 0.4)
        by_domain = rng.normal(0, 0.7 * spread, len(WEIGHTS))
        by_topic = rng.normal(0, 0.9 * spread, world.topic_count)
        held = 1 / (1 + np.exp(-(logit + by_domain[world.domain_of] + by_topic)))
        knows = rng.random(world.fact_count) < np.repeat(held, FACTS_PER_TOPIC)
        self.stability: Floats = np.where(knows, rng.lognormal(np.log(180), 0.6, world.fact_count), 0.0)
        self.last_day: Floats = np.zeros(world.fact_count)
        self.ease: Floats = rng.beta(4, 3, world.fact_count)

    def recall(self, day: float) -> Floats:
        """Chance of recalling each fact, shape (facts,)."""
        held = self.stability > 0
        days = np.maximum(day - self.last_day, 0.0)
        return np.where(held, np.exp(-days / np.where(held, self.stability, 1.0)), 0.0)

    def _grounds(self, recall: Floats, facts: Integers) -> Floats:
        """How well the foundations of each fact's topic carry, .35…1."""
        topics = facts // FACTS_PER_TOPIC
        carry = np.ones(len(facts))
        for topic in np.unique(topics):
            ground = self.world.foundations[topic]
            if ground:
                share = np.mean([recall[self.world.facts(below)].mean() for below in ground])
                carry[topics == topic] = 0.35 + 0.65 * share
        return carry

    def answer(self, facts: Integers, day: float, rng: np.random.Generator, *, feedback: bool) -> npt.NDArray[np.bool_]:
        """Answer one question on each of different facts; with feedback, learn from it. Shape (facts,): right?"""
        recall = self.recall(day)
        recalled = rng.random(len(facts)) < recall[facts]
        right = recalled | (rng.random(len(facts)) < GUESS)
        strong = facts[recalled]
        growth = 1.15 + GROWTH * (1 - recall[strong])
        self.stability[strong] = np.minimum(self.stability[strong] * growth, LONGEST_STABILITY)
        self.last_day[strong] = day
        if feedback:
            self._learn(facts[~recalled], recall, day, rng, sureness=1.0, stability=self.nature.stability_days)
        return right

    def read(self, facts: Integers, day: float, rng: np.random.Generator) -> None:
        """Read about different facts."""
        recall = self.recall(day)
        recalled = rng.random(len(facts)) < recall[facts]
        strong = facts[recalled]
        growth = 1.05 + 0.3 * (1 - recall[strong])
        self.stability[strong] = np.minimum(self.stability[strong] * growth, LONGEST_STABILITY)
        self.last_day[strong] = day
        self._learn(
            facts[~recalled], recall, day, rng, sureness=READ_LEARNS, stability=READ_HOLDS * self.nature.stability_days
        )

    def _learn(
        self,
        facts: Integers,
        recall: Floats,
        day: float,
        rng: np.random.Generator,
        *,
        sureness: float,
        stability: float,
    ) -> None:
        chance = np.minimum(self.ease[facts] * self.pace * sureness, 0.95) * self._grounds(recall, facts)
        learned = facts[rng.random(len(facts)) < chance]
        fresh = stability * rng.lognormal(0.0, 0.3, len(learned))
        self.stability[learned] = np.maximum(0.5 * self.stability[learned], fresh)
        self.last_day[learned] = day

    def expected_share(self, day: float) -> float:
        """Expected share of right answers in the exam on a day, 0…1."""
        recall = self.recall(day)
        return float(self.world.fact_weights() @ (recall + (1 - recall) * GUESS))


def sit_exam(learner: Learner, day: float, seed: int, counts: tuple[int, ...]) -> int:
    """Right answers in one exam; the same seed asks the same questions."""
    rng = np.random.default_rng([seed, 2])
    recall = learner.recall(day)
    right = recall + (1 - recall) * GUESS
    score = 0
    for domain, count in enumerate(counts):
        topics = np.flatnonzero(learner.world.domain_of == domain)
        facts = (topics[:, None] * FACTS_PER_TOPIC + np.arange(FACTS_PER_TOPIC)).ravel()
        asked = rng.choice(facts, count, replace=False)
        score += int((rng.random(count) < right[asked]).sum())
    return score
