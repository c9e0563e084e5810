"""The comparison: the same learners, the same days missed, equal minutes, different deciders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.planning.simulation.desk import Desk
from engine.planning.simulation.learner import Learner, Nature, World, heroku_world, sit_exam
from engine.planning.simulation.policies import COUNTS, PlainFollower, PlanFollower, Policy, world_bank
from engine.questions import Bank

PASS_SCORE = 44
MISSED_SHARE = 0.15
HALVED_SHARE = 0.1
SALTS = {Policy.PLAN: 10, Policy.WEIGHT: 11, Policy.RANDOM: 12, Policy.WEIGHT_KIT: 13}


@dataclass(frozen=True, slots=True)
class Setting:
    """Who studies for how long. minutes: Monday first."""

    nature: Nature
    weeks: int
    minutes: tuple[int, ...] = (60, 60, 0, 60, 60, 150, 60)


@dataclass(frozen=True, slots=True)
class Trial:
    """One learner under one policy: expected percent on the exam day, right answers, minutes studied."""

    seed: int
    policy: Policy
    start_percent: float
    expected_percent: float
    score: int
    minutes: float

    @property
    def passed(self) -> bool:
        return self.score >= PASS_SCORE


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan against one other policy over n learners; 95% intervals of paired differences."""

    other: Policy
    n: int
    pass_rate: float
    other_pass_rate: float
    pass_gain: tuple[float, float, float]
    percent: float
    other_percent: float
    percent_gain: tuple[float, float, float]


@cache
def study_ground() -> tuple[World, Bank]:
    """The world that is learned, and its questions as the ability model knows them."""
    world = heroku_world()
    return world, world_bank(world)


def simulate_study(setting: Setting, seeds: Sequence[int]) -> list[Trial]:
    """All policies for each learner (one seed each). The same seed gives the same trials.

    The plan goes first; the others get, day by day, exactly the minutes it used.
    """
    return [trial for seed in seeds for trial in _learner(setting, seed)]


def _learner(setting: Setting, seed: int) -> list[Trial]:
    world, bank = study_ground()
    exam_day = setting.weeks * 7
    shares = study_shares(exam_day, seed)
    trials = []
    budget: dict[int, float] = {}
    sat: set[int] = set()
    for policy in Policy:
        learner = Learner(world, setting.nature, seed)
        start = 100 * learner.expected_share(0.0)
        desk = Desk(learner, np.random.default_rng([seed, SALTS[policy]]))
        if policy == Policy.PLAN:
            budget, sat = follow_plan(PlanFollower(desk, bank, setting.minutes, exam_day, seed), shares)
        else:
            plain = PlainFollower(desk, policy, frozenset(sat))
            for day, minutes in budget.items():
                plain.study(day, minutes)
        score = sit_exam(learner, float(exam_day), seed, COUNTS)
        expected = 100 * learner.expected_share(float(exam_day))
        trials.append(Trial(seed, policy, start, expected, score, sum(budget.values())))
    return trials


def study_shares(exam_day: int, seed: int) -> list[float]:
    """What share of each day's study happens: some days are missed, some cut in half."""
    luck = np.random.default_rng([seed, 4]).random(exam_day)
    return [0.0 if x < MISSED_SHARE else 0.5 if x < MISSED_SHARE + HALVED_SHARE else 1.0 for x in luck]


def follow_plan(follower: PlanFollower, shares: Sequence[float]) -> tuple[dict[int, float], set[int]]:
    """Study day by day; the minutes spent on each day, and the days of full sittings."""
    budget: dict[int, float] = {}
    sat: set[int] = set()
    missed = False
    for day, share in enumerate(shares):
        if share == 0.0:
            missed = True
            continue
        mock_before = follower.last_mock
        spent = follower.study(day, share, replan=missed)
        missed = share < 1.0
        if spent:
            budget[day] = spent
        if follower.last_mock != mock_before:
            sat.add(day)
    return budget, sat


def compare(trials: Sequence[Trial], other: Policy) -> Comparison:
    """The plan against another policy on the same learners."""
    mine = {trial.seed: trial for trial in trials if trial.policy == Policy.PLAN}
    theirs = {trial.seed: trial for trial in trials if trial.policy == other}
    seeds = sorted(mine.keys() & theirs.keys())
    passed = np.array([[mine[seed].passed, theirs[seed].passed] for seed in seeds], dtype=float)
    percent = np.array([[mine[s].expected_percent, theirs[s].expected_percent] for s in seeds])
    return Comparison(
        other=other,
        n=len(seeds),
        pass_rate=float(passed[:, 0].mean()),
        other_pass_rate=float(passed[:, 1].mean()),
        pass_gain=_interval(passed[:, 0] - passed[:, 1]),
        percent=float(percent[:, 0].mean()),
        other_percent=float(percent[:, 1].mean()),
        percent_gain=_interval(percent[:, 0] - percent[:, 1]),
    )


def _interval(differences: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float, float]:
    """Mean and its 95% interval."""
    mean = float(differences.mean())
    half = 1.96 * float(differences.std(ddof=1)) / math.sqrt(len(differences)) if len(differences) > 1 else math.inf
    return mean, mean - half, mean + half
