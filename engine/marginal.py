"""Marginal maximum likelihood for a complete table of right and wrong: Rasch and two-parameter logistic.

For item analysis of anybody's marks and as a check against published parameters; the adaptive model
itself has slope 1 throughout.
"""

from dataclasses import dataclass

import numpy as np

from engine.normal import Array, logistic
from engine.regression import NotConverged

QUADRATURE = 61
STEPS = 2_000
TOLERANCE = 1e-9
SLOPE_RANGE = (0.05, 6.0)


@dataclass(frozen=True, eq=False)
class ItemFit:
    """slope (items,) and difficulty (items,) in logits for ability N(0, 1); log_likelihood of the table."""

    slope: Array
    difficulty: Array
    log_likelihood: float


def fit_items(outcomes: Array, *, equal_slopes: bool = False, slope: float | None = None) -> ItemFit:
    """P(right) = σ(a(θ − b)), θ ~ N(0, 1), fitted by expectation maximisation.

    outcomes: (people, items), 0 or 1, complete. equal_slopes: one slope for all items (Rasch).
    slope:    a fixed slope for all items instead of a fitted one.
    Raises   ValueError for an incomplete table or an item that everybody got right or wrong,
             NotConverged.
    Source   Bock & Aitkin (1981), Psychometrika 46.
    """
    table = np.asarray(outcomes, dtype=np.float64)
    if table.ndim != 2 or not np.isin(table, (0.0, 1.0)).all():
        raise ValueError("outcomes must be a complete table of 0 and 1")
    if np.any((table.mean(axis=0) == 0) | (table.mean(axis=0) == 1)):
        raise ValueError("an item that everybody got right or wrong has no parameters")
    patterns, found = np.unique(table, axis=0, return_counts=True)
    counts = found.astype(np.float64)
    nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE)
    prior = np.log(weights / weights.sum())
    share = table.mean(axis=0)
    intercept = np.log(share / (1.0 - share))
    slopes = np.full(table.shape[1], 1.0 if slope is None else slope)
    reached = -np.inf
    for _ in range(STEPS):
        likelihood, expected, right = _expectation(patterns, counts, nodes, prior, slopes, intercept)
        if likelihood - reached < TOLERANCE * abs(likelihood) / 100.0:
            return ItemFit(slopes, -intercept / slopes, likelihood)
        reached = likelihood
        slopes, intercept = _maximisation(
            nodes, expected, right, slopes, intercept, equal_slopes, fixed=slope is not None
        )
    raise NotConverged(f"no convergence in {STEPS} steps")


def _expectation(
    patterns: Array, counts: Array, nodes: Array, prior: Array, slopes: Array, intercept: Array
) -> tuple[float, Array, Array]:
    """Log likelihood; expected people per node (nodes,) and right answers per node and item."""
    logit = nodes[:, None] * slopes + intercept
    joint = patterns @ logit.T - np.logaddexp(0.0, logit).sum(axis=1) + prior
    largest = joint.max(axis=1, keepdims=True)
    marginal = largest[:, 0] + np.log(np.exp(joint - largest).sum(axis=1))
    posterior = np.exp(joint - marginal[:, None]) * counts[:, None]
    return float(counts @ marginal), posterior.sum(axis=0), posterior.T @ patterns


def _maximisation(
    nodes: Array,
    expected: Array,
    right: Array,
    slopes: Array,
    intercept: Array,
    equal: bool,
    *,
    fixed: bool,
) -> tuple[Array, Array]:
    """A few Newton steps of a weighted logistic regression on the nodes, per item."""
    for _ in range(3):
        chance = logistic(nodes[:, None] * slopes + intercept)
        surplus = right - expected[:, None] * chance
        weight = expected[:, None] * chance * (1.0 - chance)
        by_intercept, by_slope = surplus.sum(axis=0), (nodes[:, None] * surplus).sum(axis=0)
        w0, w1 = weight.sum(axis=0), (nodes[:, None] * weight).sum(axis=0)
        w2 = (nodes[:, None] ** 2 * weight).sum(axis=0)
        if fixed:
            intercept = intercept + by_intercept / w0
        elif equal:
            # The common slope after the intercepts are profiled out.
            step = (by_slope - w1 * by_intercept / w0).sum() / (w2 - w1**2 / w0).sum()
            intercept = intercept + (by_intercept - w1 * step) / w0
            slopes = np.clip(slopes + step, *SLOPE_RANGE)
        else:
            determinant = w0 * w2 - w1**2
            intercept = intercept + (w2 * by_intercept - w1 * by_slope) / determinant
            slopes = np.clip(slopes + (w0 * by_slope - w1 * by_intercept) / determinant, *SLOPE_RANGE)
    return slopes, intercept
