"""Logistic regression on sparse columns, by Newton's method with conjugate gradients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.regression import NotConverged


@dataclass(frozen=True, eq=False)
class SparseTable:
    """n rows, m columns as (row, column, value) triples."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Array
    shape: tuple[int, int]

    def times(self, weights: Array) -> Array:
        return np.asarray(np.bincount(self.row, self.value * weights[self.column], self.shape[0]), dtype=np.float64)

    def transposed_times(self, values: Array) -> Array:
        return np.asarray(np.bincount(self.column, self.value * values[self.row], self.shape[1]), dtype=np.float64)

    def squared_transposed_times(self, values: Array) -> Array:
        return np.asarray(np.bincount(self.column, self.value**2 * values[self.row], self.shape[1]), dtype=np.float64)

    def only(self, kept: NDArray[np.bool_]) -> "SparseTable":
        number = np.cumsum(kept) - 1
        inside = kept[self.row]
        return SparseTable(
            number[self.row[inside]], self.column[inside], self.value[inside], (int(kept.sum()), self.shape[1])
        )


def fit_sparse(table: SparseTable, outcome: Array, *, penalty: float = 1.0) -> Array:
    """Weights minimising log loss + ½·penalty·|w|²; the gradient falls below 1e-6 of its start.

    Raises   NotConverged after 100 Newton steps: a baseline that has not converged is no baseline.
    """
    weights = np.zeros(table.shape[1])
    first = 0.0
    for _ in range(100):
        logit = table.times(weights)
        chance = logistic(logit)
        gradient = table.transposed_times(chance - outcome) + penalty * weights
        size = float(np.linalg.norm(gradient))
        first = first or size
        if size <= 1e-6 * first:
            return weights
        curvature = chance * (1.0 - chance)
        diagonal = table.squared_transposed_times(curvature) + penalty
        step = _conjugate_gradient(table, curvature, diagonal, gradient, penalty)
        value = _value(logit, outcome, weights, penalty)
        scale = 1.0
        while scale > 1e-6:
            trial = weights - scale * step
            if _value(table.times(trial), outcome, trial, penalty) <= value - 1e-4 * scale * float(gradient @ step):
                break
            scale /= 2.0
        else:
            if size <= 1e-4 * first:
                return weights
            raise NotConverged("no descent")
        weights = trial
    raise NotConverged("100 Newton steps were not enough")


def _value(logit: Array, outcome: Array, weights: Array, penalty: float) -> float:
    return float((np.logaddexp(0.0, logit) - outcome * logit).sum() + 0.5 * penalty * weights @ weights)


def _conjugate_gradient(
    table: SparseTable, curvature: Array, diagonal: Array, gradient: Array, penalty: float
) -> Array:
    """Approximate solution of (XᵀWX + penalty)·step = gradient, preconditioned by the diagonal."""
    step, residual = np.zeros_like(gradient), gradient.copy()
    scaled = residual / diagonal
    direction, product = scaled.copy(), float(residual @ scaled)
    goal = 1e-3 * float(np.linalg.norm(gradient))
    for _ in range(200):
        moved = table.transposed_times(curvature * table.times(direction)) + penalty * direction
        length = product / float(direction @ moved)
        step += length * direction
        residual -= length * moved
        if np.linalg.norm(residual) <= goal:
            break
        scaled = residual / diagonal
        renewed = float(residual @ scaled)
        direction = scaled + renewed / product * direction
        product = renewed
    return step
