"""Fit on the train people, predict every answer of the test people before its outcome is seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.head import FOLDS, LEAST_ROWS
from engine.metrics import Score, score
from engine.normal import Array
from engine.parameters import REPLAY, ModelParameters
from engine.recalibration.difficulties import (
    Difficulties,
    Observations,
    difficulty_variance,
    fit_difficulties,
    group_effects,
)
from engine.regression import LogisticRegression, fit_logistic
from engine.replay.log import ResponseLog
from engine.replay.people import log_observations, people, person_forecasts

ROUNDS = 2
SKILL_VARIANCE = 0.5
WIDEST_DIFFICULTY = 2.0  # squared logits: items of an unknown log may differ a great deal


@dataclass(frozen=True, eq=False)
class Replay:
    """rows: numbers of the test rows, in input order; probability: beside them.

    head: None where the log has too few train answers for one. microseconds: per test response.
    """

    rows: NDArray[np.int64]
    probability: Array
    score: Score
    microseconds: float
    difficulties: Difficulties
    head: LogisticRegression | None


def replay(
    log: ResponseLog,
    *,
    rng: np.random.Generator,
    parameters: ModelParameters = REPLAY,
    clock: Callable[[], float] = time.process_time,
) -> Replay:
    """Predictions for all test rows. Difficulties and head see train rows only.

    rng: for the calibration floor. clock: seconds, only to report the speed (processor time).
    Raises   ValueError for a log without train or without test rows.
    """
    if not log.test.any() or log.test.all():
        raise ValueError("a log needs train rows to fit on and test rows to predict")
    tested = np.array([bool(log.test[rows[0]]) for rows in log.rows_of], dtype=np.bool_)
    train, test = np.flatnonzero(~tested), np.flatnonzero(tested)
    fit = fit_log_difficulties(log, train, parameters)
    head = fit_log_head(log, train, fit, parameters)
    started = clock()
    chances = np.empty(len(log))
    for one in people(log, test, fit.difficulties, parameters):
        plain, inputs = person_forecasts(one, head is not None)
        chances[one.rows] = head.predict(inputs) if head is not None else plain
    spent = clock() - started
    rows = np.flatnonzero(log.test)
    return Replay(
        rows=rows,
        probability=chances[rows],
        score=score(chances[rows], log.correct[rows], rng),
        microseconds=1e6 * spent / len(rows),
        difficulties=fit.difficulties,
        head=head,
    )


def predicted_rows(found: Replay) -> list[tuple[int, float]]:
    """(row, p) pairs for the output file; row counts the data rows of the input from 0."""
    return list(zip(found.rows.tolist(), found.probability.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class LogFit:
    """Item difficulties of a log with the prior they came from and the observations behind them."""

    difficulties: Difficulties
    prior: Array
    variance: float
    seen: Observations


def fit_log_difficulties(log: ResponseLog, users: NDArray[np.int64], parameters: ModelParameters) -> LogFit:
    """Item difficulties from the users' first answers.

    The prior of an item is the log's mean difficulty plus what its first skill adds, so an item
    nobody has met yet is predicted by its skill. Abilities are moved so that their mean is the
    population mean the model starts from.
    """
    count = len(log.item_skills)
    rows = np.concatenate([log.rows_of[user] for user in users.tolist()])
    share = min(max(float(log.correct[rows].mean()), 0.01), 0.99)
    prior, variance = np.full(count, -np.log(share / (1.0 - share))), 1.0
    fitted = Difficulties(prior, np.full(count, variance), np.zeros(count, dtype=np.int64))
    guess = log.guess * parameters.guess_factor
    first_skill = [skills[0] if skills else -1 for skills in log.item_skills]
    for _ in range(ROUNDS):
        seen = log_observations(log, users, fitted, parameters).levelled()
        rough = fit_difficulties(seen, guess, prior, variance)
        centre = float(np.average(rough.mean, weights=1.0 / (rough.variance + variance)))
        prior = np.full(count, centre)
        prior = prior + group_effects(rough, prior, first_skill, variance=SKILL_VARIANCE)
        variance = difficulty_variance(rough, prior, WIDEST_DIFFICULTY)
        fitted = fit_difficulties(seen, guess, prior, variance)
    return LogFit(fitted, prior, variance, seen)


def fit_log_head(
    log: ResponseLog, users: NDArray[np.int64], fit: LogFit, parameters: ModelParameters
) -> LogisticRegression | None:
    """The head of docs/model.md, each fold of users replayed with difficulties of the other folds."""
    if sum(len(log.rows_of[user]) for user in users.tolist()) < LEAST_ROWS or len(users) < FOLDS:
        return None
    guess = log.guess * parameters.guess_factor
    member = np.arange(len(users)) % FOLDS
    inputs, outcome = [], []
    for fold in range(FOLDS):
        others = fit.seen.among(member[fit.seen.person] != fold)
        fitted = fit_difficulties(others, guess, fit.prior, fit.variance)
        for one in people(log, users[member == fold], fitted, parameters):
            inputs.append(person_forecasts(one, True)[1])
            outcome.append(log.correct[one.rows])
    return fit_logistic(np.vstack(inputs), np.concatenate(outcome).astype(np.float64))
