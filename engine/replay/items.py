"""Items of a log: difficulties from the train people's answers, as the filter saw those people."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array
from engine.parameters import ModelParameters
from engine.recalibration.difficulties import (
    Difficulties,
    Observations,
    difficulty_variance,
    fit_difficulties,
    group_effects,
)
from engine.replay.filter import NOTES, followed
from engine.replay.history import Lines
from engine.replay.log import ResponseLog

ROUNDS = 3
SKILL_VARIANCE = 0.5
WIDEST_DIFFICULTY = 2.0  # squared logits: items of an unknown log may differ a great deal
STANDING, SPREAD = NOTES.index("standing"), NOTES.index("spread")


@dataclass(frozen=True, eq=False)
class ItemFit:
    """Difficulties, the prior they came from and the answers behind them (rows of `Lines`)."""

    difficulties: Difficulties
    prior: Array
    variance: float
    seen: Observations


def filter_notes(log: ResponseLog, lines: Lines, fitted: Difficulties, parameters: ModelParameters) -> Array:
    """The filter's notes before each of n rows, user by user; see `engine.replay.filter.followed`.

    fitted: difficulties by item, from people other than these. Returns shape (n, len(NOTES)).
    """
    guess = log.guess * parameters.guess_factor
    constants = list(zip(fitted.mean.tolist(), fitted.variance.tolist(), guess.tolist(), strict=True))
    items, correct, at = lines.item.tolist(), lines.correct.tolist(), lines.at.tolist()
    bounds = [*np.flatnonzero(np.diff(lines.user, prepend=-1)).tolist(), len(lines)]
    parts = [
        followed(items[a:b], correct[a:b], at[a:b], log.item_skills, constants, parameters) for a, b in pairwise(bounds)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, len(NOTES)))


def observed(lines: Lines, notes: Array, kept: NDArray[np.bool_]) -> Observations:
    """Chosen answers with the ability the filter expected of them.

    notes: (n, len(NOTES)) of `filter_notes`. kept: (n,) which rows. No answer has a part in its own ability.
    """
    return Observations(
        row=lines.item[kept],
        correct=lines.correct[kept],
        ability=notes[kept, STANDING],
        spread=notes[kept, SPREAD],
        person=lines.user[kept],
        level=0.0,
    )


def fit_items(
    log: ResponseLog, lines: Lines, first: NDArray[np.bool_], parameters: ModelParameters, *, rounds: int = ROUNDS
) -> ItemFit:
    """Item difficulties from the rows marked `first`.

    The prior of an item is the log's mean difficulty plus what its first skill adds, so an item
    nobody has met yet is predicted by its skill.
    """
    count = len(log.item_skills)
    share = (float(lines.correct.sum()) + 1.0) / (len(lines) + 2.0)
    prior, variance = np.full(count, -np.log(share / (1.0 - share))), 1.0
    fitted = Difficulties(prior, np.full(count, variance), np.zeros(count, dtype=np.int64))
    guess = log.guess * parameters.guess_factor
    first_skill = [skills[0] if skills else -1 for skills in log.item_skills]
    for _ in range(rounds):
        seen = observed(lines, filter_notes(log, lines, fitted, parameters), first)
        rough = fit_difficulties(seen, guess, prior, variance)
        known = rough.answers > 0
        centre = float(np.average(rough.mean[known], weights=1.0 / (rough.variance + variance)[known]))
        prior = np.full(count, centre)
        prior = prior + group_effects(rough, prior, first_skill, variance=SKILL_VARIANCE)
        variance = difficulty_variance(rough, prior, WIDEST_DIFFICULTY)
        fitted = fit_difficulties(seen, guess, prior, variance)
    return ItemFit(fitted, prior, variance, seen)
