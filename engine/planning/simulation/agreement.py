"""Do the estimates of topics and domains agree with what a simulated learner knows, week after week?

The same answers are read twice: by the parameters that readiness is forecast with, and by those that follow practice.
The learner studies by the plan, or by weight alone in the same frame: there no estimate has a hand in what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.ability import rebuild
from engine.assessment import masteries
from engine.mastery import Mastery
from engine.planning.simulation.book import SECONDS, AnswerBook
from engine.planning.simulation.desk import Desk
from engine.planning.simulation.learner import FACTS_PER_TOPIC, GUESS, Floats, Learner
from engine.planning.simulation.policies import PlainFollower, PlanFollower, Policy
from engine.planning.simulation.trial import SALTS, Setting, follow_plan, study_ground, study_shares


@dataclass(frozen=True, slots=True)
class Agreement:
    """One learner on one day, one parameter set. correlation: within the learner, −1…1; error: root mean square of
    estimate − truth; bias: its mean; both in shares of right answers, 0…1. part: topics or domains."""

    policy: Policy
    day: int
    follows: bool
    part: str
    correlation: float
    error: float
    bias: float


class Watch:
    """Looks at what is known and what has been answered on some days. `look` goes before each day's study."""

    def __init__(self, learner: Learner, book: AnswerBook, days: Sequence[int]) -> None:
        self.learner, self.book = learner, book
        self.days = sorted(days, reverse=True)
        self.seen: list[tuple[int, Floats, int]] = []

    def look(self, day: int) -> None:
        while self.days and self.days[-1] <= day:
            mark = self.days.pop()
            recall = self.learner.recall(float(mark))
            truth = (recall + (1 - recall) * GUESS).reshape(-1, FACTS_PER_TOPIC).mean(axis=1)
            self.seen.append((mark, truth, len(self.book.responses)))


class _WatchedPlan(PlanFollower):
    watch: Watch

    def study(self, day: int, share: float, replan: bool) -> float:
        self.watch.look(day)
        return super().study(day, share, replan)


def measure_agreement(setting: Setting, seeds: Sequence[int], days: Sequence[int]) -> list[Agreement]:
    """Every learner on each of the days, by both policies and both parameter sets."""
    return [found for seed in seeds for found in _learner(setting, seed, days)]


def _learner(setting: Setting, seed: int, days: Sequence[int]) -> list[Agreement]:
    world, bank = study_ground()
    exam_day = setting.weeks * 7
    desk = Desk(Learner(world, setting.nature, seed), np.random.default_rng([seed, SALTS[Policy.PLAN]]))
    follower = _WatchedPlan(desk, bank, setting.minutes, exam_day, seed)
    follower.watch = Watch(desk.learner, follower.book, days)
    budget, sat = follow_plan(follower, study_shares(exam_day, seed))
    follower.watch.look(exam_day)
    found = _compared(follower.watch, Policy.PLAN, seed)

    desk = Desk(Learner(world, setting.nature, seed), np.random.default_rng([seed, SALTS[Policy.WEIGHT_KIT]]))
    book = AnswerBook(world.fact_count)
    desk.heard = book.note
    watch = Watch(desk.learner, book, days)
    plain = PlainFollower(desk, Policy.WEIGHT_KIT, frozenset(sat))
    for day, minutes in budget.items():
        watch.look(day)
        plain.study(day, minutes)
    watch.look(exam_day)
    return found + _compared(watch, Policy.WEIGHT_KIT, seed)


def _compared(watch: Watch, policy: Policy, seed: int) -> list[Agreement]:
    world, bank = study_ground()
    inside = np.eye(int(world.domain_of.max()) + 1)[world.domain_of].T
    inside /= inside.sum(axis=1, keepdims=True)
    found = []
    for day, truth, count in watch.seen:
        for follows in (False, True):
            read = bank.following if follows else bank
            state = rebuild(read, watch.book.responses[:count])
            domains, topics = masteries(read, state, now=day * SECONDS, seed=seed)
            found.append(_agreement(policy, day, follows, "topics", topics, truth))
            found.append(_agreement(policy, day, follows, "domains", domains, inside @ truth))
    return found


def _agreement(
    policy: Policy, day: int, follows: bool, part: str, masteries: Sequence[Mastery], truth: Floats
) -> Agreement:
    estimate = np.array([mastery.mean for mastery in masteries])
    off = estimate - truth
    correlation = float(np.corrcoef(estimate, truth)[0, 1])
    return Agreement(policy, day, follows, part, correlation, float(np.sqrt((off**2).mean())), float(off.mean()))
