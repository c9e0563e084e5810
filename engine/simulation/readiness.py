"""Are the chance of passing, the score interval and the domain estimates as good as they claim?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.ability import advance, rebuild
from engine.mastery import posterior_sample
from engine.metrics import (
    area_under_curve,
    brier,
    calibration_error,
    calibration_floor,
    randomised_rank,
    root_mean_square,
)
from engine.normal import Array
from engine.readiness import readiness, score_distribution
from engine.simulation.world import DAY, World, simulated_abilities, simulated_answers


@dataclass(frozen=True, eq=False)
class Trial:
    """One forecast of one simulated person after some mocks, beside what came to pass.

    mastery, mastery_sd, below_pass: per domain as estimated; true_mastery as it is. rank: of the
    score in its forecast distribution (uniform if right). later: the chance after one more mock.
    """

    mocks: int
    probability: float
    low: float
    high: float
    passed: bool
    rank: float
    mastery: Array
    below_pass: Array
    true_mastery: Array
    later: float


@dataclass(frozen=True, slots=True)
class ReadinessReport:
    """Figures over all trials after a number of mocks. covered: share of scores inside the 90 % interval
    (randomised); kept: share of chances that stayed in their range after one more mock (80 % meant)."""

    mocks: int
    people: int
    pass_rate: float
    brier: float
    calibration: float
    floor: float
    covered: float
    kept: float
    domain_rmse: float
    domain_auc: float
    domain_calibration: float
    domain_floor: float


def simulate_readiness(
    world: World, *, people: int, mocks: Iterable[int] = (1, 2, 4), rng: np.random.Generator
) -> dict[int, list[Trial]]:
    """Trials per number of mocks. Everybody sits one mock a week and the exam a week after.

    The exam draws 60 questions nobody was asked before, so a forecast cannot live off repeats.
    """
    stops = sorted(set(mocks))
    trials: dict[int, list[Trial]] = {stop: [] for stop in stops}
    for _ in range(people):
        for trial in _person(world, stops, rng):
            trials[trial.mocks].append(trial)
    return trials


def _person(world: World, stops: list[int], rng: np.random.Generator) -> list[Trial]:
    bank, shape = world.bank, world.shape
    abilities = simulated_abilities(world, rng)
    used = np.zeros(len(bank), dtype=bool)
    gain = shape.learning + shape.learning_sd * float(rng.standard_normal())
    answers, trials = [], []
    waiting: dict | None = None
    for mock in range(1, stops[-1] + 2):
        at = mock * 7 * DAY
        paper = world.paper(rng, used)
        sat = simulated_answers(world, abilities, paper, mock=mock, at=at, rng=rng)
        right = sum(response.correct for response in sat)
        answers += sat
        state = rebuild(bank, answers)
        sample = posterior_sample(bank, advance(bank, state, at + 7 * DAY), np.random.default_rng(mock))
        forecast = readiness(bank, sample)
        if waiting is not None:
            passed = right >= bank.subject.pass_score
            rank = randomised_rank(waiting.pop("cumulative"), right, rng)
            trials.append(Trial(**waiting, passed=passed, rank=rank, later=forecast.probability))
            waiting = None
        abilities[0] += gain
        if mock in stops:
            waiting = {
                "mocks": mock,
                "probability": forecast.probability,
                "low": forecast.low,
                "high": forecast.high,
                "cumulative": score_distribution(bank, sample),
                "mastery": sample.domains.mean(axis=1),
                "below_pass": (sample.domains < bank.subject.pass_fraction).mean(axis=1),
                "true_mastery": world.mastery(abilities),
            }
    return trials


def readiness_report(
    trials: Mapping[int, list[Trial]], *, pass_fraction: float, rng: np.random.Generator
) -> list[ReadinessReport]:
    """The figures of docs/model.md for each number of mocks."""
    reports = []
    for mocks, rows in trials.items():
        chance = np.array([trial.probability for trial in rows])
        passed = np.array([trial.passed for trial in rows])
        ranks = np.array([trial.rank for trial in rows])
        mastery = np.array([trial.mastery for trial in rows])
        truth = np.array([trial.true_mastery for trial in rows])
        below = np.array([trial.below_pass for trial in rows]).ravel()
        weak = (truth < pass_fraction).ravel()
        reports.append(
            ReadinessReport(
                mocks=mocks,
                people=len(rows),
                pass_rate=float(passed.mean()),
                brier=brier(chance, passed),
                calibration=calibration_error(chance, passed),
                floor=calibration_floor(chance, rng),
                covered=float(((ranks > 0.05) & (ranks < 0.95)).mean()),
                kept=float(np.mean([_capped(t.later) >= t.low and _capped(t.later) <= t.high for t in rows])),
                domain_rmse=root_mean_square(mastery - truth),
                domain_auc=area_under_curve(below, weak),
                domain_calibration=calibration_error(below, weak),
                domain_floor=calibration_floor(below, rng),
            )
        )
    return reports


def _capped(chance: float) -> float:
    return min(max(chance, 0.02), 0.98)
