"""What is learnt on top of the filter: a regression, effects of single skills and items, and boosted trees.

Each stage takes the logit of the one before as given and is drawn towards adding nothing, so that a short
log is left with the filter's own forecast.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.regression import LogisticRegression, fit_logistic
from engine.replay.effects import GroupEffects, fit_effects
from engine.replay.trees import Boosted, boost

FOLDS = 5
PENALTIES = (10.0, 100.0, 1_000.0, 10_000.0)
CHOOSING_ROWS = 24_000  # on which the penalty is chosen
CHOOSING_FOLDS = 3
SUREST = 1e-4  # nobody is surer than this of an answer
LEAST_GAIN = 1e-4  # nats per answer of people held out, below which effects are left out
TREE_ROWS = 150_000  # more than this many rows tell the trees little that is new
MOST_TREES = 120


@dataclass(frozen=True, eq=False)
class Known:
    """n rows as the head sees them.

    offset: (n,) the filter's logit. inputs: (n, m). skills, items: (n,) numbers of their group; skill_columns,
    item_columns: what the effects of a group have slopes on.
    """

    offset: Array
    inputs: Array
    skills: NDArray[np.int64]
    items: NDArray[np.int64]
    skill_columns: Array
    item_columns: Array

    def among(self, kept: NDArray[np.bool_] | slice) -> "Known":
        return Known(
            self.offset[kept], self.inputs[kept], self.skills[kept], self.items[kept],
            self.skill_columns[kept], self.item_columns[kept],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.offset)


@dataclass(frozen=True, eq=False)
class LogHead:
    """The stages on top of the filter; an effect that did not serve people held out is None.

    penalty: of the regression, as chosen.
    """

    regression: LogisticRegression
    skills: GroupEffects | None
    items: GroupEffects | None
    trees: Boosted
    penalty: float

    def predict(self, known: Known) -> Array:
        """Chance of a right answer, shape (n,)."""
        logit = known.offset + self.regression.logit(known.inputs)
        if self.skills is not None:
            logit = logit + self.skills.logit(known.skills, known.skill_columns)
        if self.items is not None:
            logit = logit + self.items.logit(known.items, known.item_columns)
        return np.clip(logistic(logit + self.trees.surplus(_with_logit(known, logit))), SUREST, 1.0 - SUREST)


def _with_logit(known: Known, logit: Array) -> Array:
    return np.column_stack([known.inputs, logit])


def fit_log_head(
    known: Known, outcome: Array, fold: NDArray[np.int64], *, groups: tuple[int, int], rng: np.random.Generator
) -> LogHead:
    """All stages from the train rows; whatever has to be chosen is chosen on people held out.

    fold: (n,) 0…FOLDS − 1, the same for all rows of a person. groups: numbers of skill groups and items.
    """
    penalty = _penalty(known, outcome, fold)
    regression = fit_logistic(known.inputs, outcome, penalty=penalty, offset=known.offset)
    logit = known.offset + regression.logit(known.inputs)
    skills, logit = _effects(known.skills, groups[0], known.skill_columns, outcome, logit, fold)
    items, logit = _effects(known.items, groups[1], known.item_columns, outcome, logit, fold)
    trees = _fit_trees(_with_logit(known, logit), outcome, logit, fold, rng)
    return LogHead(regression, skills, items, trees, penalty)


def _penalty(known: Known, outcome: Array, fold: NDArray[np.int64]) -> float:
    """The penalty that serves people held out best."""
    some = slice(0, CHOOSING_ROWS)
    known, outcome, fold = known.among(some), outcome[some], fold[some]
    losses = np.zeros(len(PENALTIES))
    for number in range(CHOOSING_FOLDS):
        held = fold == number
        for place, value in enumerate(PENALTIES):
            fit = fit_logistic(known.inputs[~held], outcome[~held], penalty=value, offset=known.offset[~held])
            losses[place] += held.sum() * _loss(known.offset[held] + fit.logit(known.inputs[held]), outcome[held])
    return PENALTIES[int(losses.argmin())]


def _effects(
    group: NDArray[np.int64], groups: int, columns: Array, outcome: Array, logit: Array, fold: NDArray[np.int64]
) -> tuple[GroupEffects | None, Array]:
    """Effects if they serve people held out, and the logit with each fold's effects from the other folds."""
    crossed = logit.copy()
    for number in range(FOLDS):
        own = fold == number
        fit = fit_effects(group[~own], groups, columns[~own], outcome[~own], logit[~own])
        crossed[own] += fit.logit(group[own], columns[own])
    if _loss(crossed, outcome) >= _loss(logit, outcome) - LEAST_GAIN:
        return None, logit
    return fit_effects(group, groups, columns, outcome, logit), crossed


def _fit_trees(
    inputs: Array, outcome: Array, logit: Array, fold: NDArray[np.int64], rng: np.random.Generator
) -> Boosted:
    kept = np.sort(rng.permutation(len(inputs))[:TREE_ROWS])
    inputs, outcome, logit, fold = inputs[kept], outcome[kept], logit[kept], fold[kept]
    _, number = boost(inputs, outcome, logit, judging=fold == 0, rounds=MOST_TREES, rng=rng)
    return boost(inputs, outcome, logit, judging=None, rounds=number, rng=rng)[0]


def _loss(logit: Array, outcome: Array) -> float:
    return float((np.logaddexp(0.0, logit) - outcome * logit).mean())
