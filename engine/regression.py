"""Logistic regression with a ridge penalty, run to convergence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.normal import Array, logistic

ROUNDS = 100
TOLERANCE = 1e-8
CHUNK = 65_536


class NotConverged(ArithmeticError):
    """Newton's steps did not settle."""


@dataclass(frozen=True, eq=False)
class LogisticRegression:
    """Weights on inputs that are first centred and scaled; m inputs.

    centre, scale, weights: (m,). rows: how many answers it was fitted on.
    """

    centre: Array
    scale: Array
    weights: Array
    intercept: float
    rows: int

    def predict(self, inputs: Array) -> Array:
        """Probabilities (n,) for inputs (n, m). Raises ValueError for another number of inputs."""
        return logistic(self.logit(inputs))

    def logit(self, inputs: Array) -> Array:
        """Logits (n,) for inputs (n, m). Raises ValueError for another number of inputs."""
        table = np.atleast_2d(inputs)
        if table.shape[1] != len(self.weights):
            raise ValueError(f"{table.shape[1]} inputs given, {len(self.weights)} expected")
        slope = self.weights / self.scale
        return np.asarray(table @ slope + (self.intercept - float(self.centre @ slope)), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for storage as JSON; `from_dict` reads them back."""
        return {
            "centre": self.centre.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
            "rows": self.rows,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "LogisticRegression":
        columns = {name: np.array(values[name], dtype=np.float64) for name in ("centre", "scale", "weights")}
        return cls(**columns, intercept=float(values["intercept"]), rows=int(values["rows"]))


def fit_logistic(
    inputs: Array, outcome: Array, *, penalty: float = 1.0, offset: Array | None = None
) -> LogisticRegression:
    """Weights that maximise log likelihood − ½·penalty·|weights|² on standardised inputs.

    inputs:  (n, m), finite. outcome: (n,) 0 or 1. penalty ≥ 0; the intercept is not penalised.
    offset:  (n,) a logit that is already known; the weights are what comes on top of it.
    Raises   ValueError for unusable inputs, NotConverged if Newton's steps do not settle.
    Source   iteratively reweighted least squares with step halving.
    """
    table = np.asarray(inputs, dtype=np.float64)
    happened = np.asarray(outcome, dtype=np.float64)
    if table.ndim != 2 or len(table) != len(happened) or not len(table):
        raise ValueError("inputs must be a table with one row per outcome")
    if not np.isfinite(table).all():
        raise ValueError("inputs must be finite")
    centre, scale = table.mean(axis=0), table.std(axis=0)
    scale = np.where(scale > 1e-12, scale, 1.0)
    ridge = np.append(np.full(table.shape[1], max(penalty, 1e-9)), 1e-9)
    weights = np.zeros(table.shape[1] + 1)
    known = np.zeros(len(table)) if offset is None else np.asarray(offset, dtype=np.float64)
    if offset is None:
        share = min(max(float(happened.mean()), 1e-6), 1.0 - 1e-6)
        weights[-1] = np.log(share / (1.0 - share))

    def objective(trial: Array) -> tuple[float, Array, Array]:
        return _objective(table, happened, known, centre, scale, trial, ridge)

    value, gradient, curvature = objective(weights)
    for _ in range(ROUNDS):
        step = np.linalg.solve(curvature, gradient)
        reached = value
        for halving in range(30):
            trial = weights - step * 0.5**halving
            found = objective(trial)
            if found[0] <= value:
                weights, (value, gradient, curvature) = trial, found
                break
        if reached - value <= TOLERANCE * (1.0 + abs(value)):
            return LogisticRegression(centre, scale, weights[:-1], float(weights[-1]), len(table))
    raise NotConverged(f"no convergence in {ROUNDS} rounds")


def _objective(
    table: Array, outcome: Array, offset: Array, centre: Array, scale: Array, weights: Array, ridge: Array
) -> tuple[float, Array, Array]:
    """Penalised negative log likelihood with gradient and curvature, summed over slices of rows."""
    value = 0.5 * float(ridge @ weights**2)
    gradient, curvature = ridge * weights, np.diag(ridge)
    for start in range(0, len(table), CHUNK):
        part = (table[start : start + CHUNK] - centre) / scale
        part = np.hstack([part, np.ones((len(part), 1))])
        happened = outcome[start : start + CHUNK]
        logit = part @ weights + offset[start : start + CHUNK]
        value += float((np.logaddexp(0.0, logit) - happened * logit).sum())
        chance = logistic(logit)
        gradient = gradient + part.T @ (chance - happened)
        curvature = curvature + (part * (chance * (1.0 - chance))[:, None]).T @ part
    return value, gradient, curvature
