"""Fit on the train people, predict every answer of the test people before its outcome is seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.metrics import Score, score
from engine.normal import Array
from engine.parameters import REPLAY, ModelParameters
from engine.replay.head import FOLDS, LogHead, fit_log_head
from engine.replay.history import History, Lines, lines_of
from engine.replay.inputs import Basis, filter_chances, fit_without, inputs_of, train_inputs
from engine.replay.items import ItemFit, fit_items
from engine.replay.log import ResponseLog
from engine.replay.tuning import tuned_parameters

LEAST_ROWS = 5_000  # train rows for a head
LEAST_PEOPLE = 2 * FOLDS
TUNING_ROWS = 8_000
HEAD_ROWS = 200_000  # about as many train rows teach the head; more would only take memory
AT_ONCE = 100_000  # test rows
SEED = 0  # of the trees' random choices: the same log gives the same predictions


@dataclass(frozen=True, eq=False)
class Replay:
    """rows: numbers of the test rows, in input order; probability: beside them.

    basis: difficulties and the filter's pace, as fitted. head: None where the log has too few train answers
    for one. microseconds: per test response.
    """

    rows: NDArray[np.int64]
    probability: Array
    score: Score
    microseconds: float
    basis: Basis
    head: LogHead | None


def replay(
    log: ResponseLog,
    *,
    rng: np.random.Generator,
    parameters: ModelParameters = REPLAY,
    clock: Callable[[], float] = time.process_time,
) -> Replay:
    """Predictions for all test rows. Difficulties, pace and head see train rows only.

    rng: for the calibration floor. clock: seconds, only to report the speed (processor time).
    Raises   ValueError for a log without train or without test rows.
    """
    if not log.test.any() or log.test.all():
        raise ValueError("a log needs train rows to fit on and test rows to predict")
    tested = np.array([bool(log.test[rows[0]]) for rows in log.rows_of], dtype=np.bool_)
    basis, head = fit_log(log, np.flatnonzero(~tested), parameters)
    started = clock()
    chances = np.empty(len(log))
    for users in _groups_of(log, np.flatnonzero(tested)):
        lines = lines_of(log, users)
        if head is None:
            chances[lines.row] = filter_chances(basis, lines)
        else:
            chances[lines.row] = head.predict(inputs_of(basis, lines, History(lines)))
    spent = clock() - started
    rows = np.flatnonzero(log.test)
    return Replay(
        rows=rows,
        probability=chances[rows],
        score=score(chances[rows], log.correct[rows], rng),
        microseconds=1e6 * spent / len(rows),
        basis=basis,
        head=head,
    )


def predicted_rows(found: Replay) -> list[tuple[int, float]]:
    """(row, p) pairs for the output file; row counts the data rows of the input from 0."""
    return list(zip(found.rows.tolist(), found.probability.tolist(), strict=True))


def fit_log(
    log: ResponseLog, users: NDArray[np.int64], parameters: ModelParameters = REPLAY
) -> tuple[Basis, LogHead | None]:
    """Everything that is learnt from the given users: difficulties, pace, kinship, head.

    users: (u,) numbers in the log, in the order their rows are laid out. The head is None under 5,000 answers
    or ten people; then p is the filter's own.
    """
    lines = lines_of(log, users)
    past = History(lines)
    first = past.by_item.tries() == 0
    fit = fit_items(log, lines, first, parameters)
    tuned = tuned_parameters(log, _tuning_parts(log, lines, fit, parameters), parameters)
    if tuned is not parameters:
        fit = fit_items(log, lines, first, tuned)
    if len(lines) > HEAD_ROWS:
        lines = lines.among(lines.user <= lines.user[HEAD_ROWS])
        past = History(lines)
    basis, known = train_inputs(log, lines, past, fit, tuned)
    if len(lines) < LEAST_ROWS or len(users) < LEAST_PEOPLE:
        return basis, None
    rng = np.random.default_rng(SEED)
    return basis, fit_log_head(known, lines.correct, lines.user % FOLDS, groups=basis.groups, rng=rng)


def _groups_of(log: ResponseLog, users: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Users in groups of about AT_ONCE rows, so that a long log takes no more memory than a short one."""
    rows = np.cumsum([len(log.rows_of[user]) for user in users.tolist()])
    return np.split(users, np.flatnonzero(np.diff(rows // AT_ONCE)) + 1)


def _tuning_parts(log: ResponseLog, lines: Lines, fit: ItemFit, parameters: ModelParameters) -> list:
    """Whole people of about TUNING_ROWS rows, fold by fold, each fold with the difficulties of the others."""
    some = lines.user <= lines.user[min(TUNING_ROWS, len(lines) - 1)]
    parts = [
        (lines.among((lines.user % FOLDS == number) & some), fit_without(log, fit, number, parameters))
        for number in range(FOLDS)
    ]
    return [part for part in parts if len(part[0])]
