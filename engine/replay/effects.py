"""What single skills and items do beyond what all have in common: own slopes on ability, practice and time.

Small random effects on top of a logit that is already there, each group drawn towards zero as strongly
as the groups among themselves suggest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic

ROUNDS = 3
STEPS = 3
START_VARIANCE = 0.05
VARIANCE_RANGE = (1e-4, 1.0)


@dataclass(frozen=True, eq=False)
class GroupEffects:
    """coefficients: (G, k), zeros for groups not met. scale: (k,) root mean squares of the columns."""

    coefficients: Array
    scale: Array

    def logit(self, group: NDArray[np.int64], columns: Array) -> Array:
        """What the group of each of n rows adds, from columns (n, k)."""
        return np.asarray((columns / self.scale * self.coefficients[group]).sum(axis=1))


def fit_effects(group: NDArray[np.int64], groups: int, columns: Array, outcome: Array, offset: Array) -> GroupEffects:
    """Slopes per group by penalised Newton steps; their variances by empirical Bayes.

    group: (n,) 0…groups − 1. columns: (n, k), 0 where nothing is to be added. offset: (n,) the logit to
    improve on. Levels are left out: the difficulties hold them, and a level fitted on cross-fitted
    difficulties would undo the crossing.
    Source   penalised quasi-likelihood, Breslow & Clayton (1993), with one block per group.
    """
    scale = np.sqrt(np.square(columns).mean(axis=0))
    scale = np.where(scale > 1e-9, scale, 1.0)
    design = columns / scale
    size = design.shape[1]
    precision = np.full(size, 1.0 / START_VARIANCE)
    found = np.zeros((groups, size))
    met = np.bincount(group, minlength=groups) > 0
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            logit = offset + (design * found[group]).sum(axis=1)
            chance = logistic(logit)
            residual, weight = outcome - chance, chance * (1.0 - chance)
            gradient = np.stack([np.bincount(group, residual * design[:, j], groups) for j in range(size)], axis=1)
            curvature = np.empty((groups, size, size))
            for i in range(size):
                for j in range(i + 1):
                    total = np.bincount(group, weight * design[:, i] * design[:, j], groups)
                    curvature[:, i, j] = curvature[:, j, i] = total
            curvature += np.diag(precision)
            step = np.linalg.solve(curvature, (gradient - precision * found)[:, :, None])[:, :, 0]
            found += np.clip(step, -1.0, 1.0)
        doubt = np.linalg.inv(curvature[met]).diagonal(axis1=1, axis2=2)
        precision = 1.0 / np.clip((found[met] ** 2 + doubt).mean(axis=0), *VARIANCE_RANGE)
    return GroupEffects(found, scale)
