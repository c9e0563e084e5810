"""How good a forecast was: discrimination, sharpness, calibration, coverage."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.normal import Array

SMALLEST_CHANCE = 1e-6


def _pair(probability: ArrayLike, outcome: ArrayLike) -> tuple[Array, Array]:
    chances = np.asarray(probability, dtype=np.float64)
    happened = np.asarray(outcome, dtype=np.float64)
    if chances.shape != happened.shape or chances.ndim != 1 or not len(chances):
        raise ValueError("probabilities and outcomes must be two equally long, non-empty columns")
    if np.any((chances < 0) | (chances > 1)) or np.any(np.isnan(chances)):
        raise ValueError("probabilities must lie in [0, 1]")
    return chances, happened


def area_under_curve(probability: ArrayLike, outcome: ArrayLike) -> float:
    """AUC: chance that a positive got the higher probability, ties counting half; 0…1.

    probability: (n,) in 0…1. outcome: (n,) 0 or 1. NaN where all outcomes are the same.
    Raises   ValueError for empty or unequal columns.
    Source   the Mann–Whitney statistic with midranks.
    """
    chances, happened = _pair(probability, outcome)
    positives = happened.sum()
    negatives = len(happened) - positives
    if positives == 0 or negatives == 0:
        return math.nan
    _, inverse, counts = np.unique(chances, return_inverse=True, return_counts=True)
    midranks = counts.cumsum() - (counts - 1) / 2.0
    ranks = midranks[inverse][happened == 1].sum()
    return float((ranks - positives * (positives + 1) / 2.0) / (positives * negatives))


def log_loss(probability: ArrayLike, outcome: ArrayLike) -> float:
    """Mean −ln of the chance given to what happened.

    probability: (n,) in 0…1, held off 0 and 1 by 1e-6. outcome: (n,) 0 or 1. Returns nats, 0…13.8.
    Raises   ValueError for empty or unequal columns.
    """
    chances, happened = _pair(probability, outcome)
    chances = np.clip(chances, SMALLEST_CHANCE, 1.0 - SMALLEST_CHANCE)
    return float(-np.where(happened == 1, np.log(chances), np.log1p(-chances)).mean())


def brier(probability: ArrayLike, outcome: ArrayLike) -> float:
    """Mean (probability − outcome)².

    probability: (n,) in 0…1. outcome: (n,) 0 or 1. Returns 0 (perfect) … 1.
    Raises   ValueError for empty or unequal columns.
    Source   Brier (1950).
    """
    chances, happened = _pair(probability, outcome)
    return float(np.square(chances - happened).mean())


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One group of forecasts: their number, mean probability and share that came true."""

    count: int
    forecast: float
    observed: float


def reliability(probability: ArrayLike, outcome: ArrayLike, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Forecasts sorted and cut into equally large groups, for a reliability plot.

    probability: (n,) in 0…1. outcome: (n,) 0 or 1. Returns min(bins, n) groups, lowest forecasts first.
    Raises   ValueError for empty or unequal columns.
    """
    chances, happened = _pair(probability, outcome)
    order = np.argsort(chances, kind="stable")
    return tuple(
        ReliabilityBin(len(part), float(chances[part].mean()), float(happened[part].mean()))
        for part in np.array_split(order, min(bins, len(order)))
    )


def calibration_error(probability: ArrayLike, outcome: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: Σ n_g·|forecast_g − observed_g| / n over equally large groups.

    probability: (n,) in 0…1. outcome: (n,) 0 or 1. Returns 0…1; of perfect forecasts `calibration_floor`, not 0.
    Raises   ValueError for empty or unequal columns.
    Source   Naeini et al. (2015), with groups of equal size.
    """
    groups = reliability(probability, outcome, bins)
    total = sum(group.count for group in groups)
    return sum(group.count * abs(group.forecast - group.observed) for group in groups) / total


def calibration_floor(probability: ArrayLike, rng: np.random.Generator, bins: int = 10, repeats: int = 50) -> float:
    """The calibration error that perfect forecasts of this number would still show, 0…1.

    Outcomes are drawn from the forecasts themselves; the mean over `repeats` draws.
    """
    chances = np.sort(np.asarray(probability, dtype=np.float64))
    drawn = rng.random((repeats, len(chances))) < chances
    return float(np.mean([calibration_error(chances, row, bins) for row in drawn]))


def root_mean_square(difference: ArrayLike) -> float:
    """√mean(difference²), any shape. Returns one number ≥ 0 in the unit given."""
    return float(np.sqrt(np.square(np.asarray(difference, dtype=np.float64)).mean()))


def randomised_rank(cumulative: Sequence[float] | NDArray[np.float64], value: int, rng: np.random.Generator) -> float:
    """Randomised probability integral transform of a whole-number outcome, 0…1.

    cumulative: P(X ≤ s) for s = 0, 1, …. Uniform if the forecast distribution is right, where
    plain quantiles of whole numbers would cover too much.
    Source   Czado, Gneiting & Held (2009), predictive model assessment for count data.
    """
    above = float(cumulative[value])
    below = float(cumulative[value - 1]) if value > 0 else 0.0
    return below + (above - below) * float(rng.random())


@dataclass(frozen=True, slots=True)
class Score:
    """One set of forecasts judged. floor: the calibration error of perfect forecasts."""

    count: int
    auc: float
    log_loss: float
    brier: float
    calibration: float
    floor: float


def score(probability: ArrayLike, outcome: ArrayLike, rng: np.random.Generator) -> Score:
    """All figures at once; for more than 20,000 forecasts the floor comes from 8 repeats instead of 50.

    probability: (n,) in 0…1. outcome: (n,) 0 or 1. rng: for the floor alone.
    Raises   ValueError for empty or unequal columns. The AUC is NaN where all outcomes are the same.
    """
    chances, happened = _pair(probability, outcome)
    repeats = 50 if len(chances) <= 20_000 else 8
    return Score(
        count=len(chances),
        auc=area_under_curve(chances, happened),
        log_loss=log_loss(chances, happened),
        brier=brier(chances, happened),
        calibration=calibration_error(chances, happened),
        floor=calibration_floor(chances, rng, repeats=repeats),
    )
