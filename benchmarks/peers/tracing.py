"""Bayesian knowledge tracing: per skill known or not known, with learning, guess and slip."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array
from engine.replay import ResponseLog

ROUNDS = 40


def bkt(log: ResponseLog) -> Array:
    """Standard BKT without forgetting, fitted per skill by expectation maximisation.

    A row with several skills gets the mean of their chances; one without gets the train mean.
    Source   Corbett & Anderson (1995); Baum–Welch for the fit.
    """
    base = float(log.correct[~log.test].mean())
    total, parts = np.zeros(len(log)), np.zeros(len(log))
    for sequences in _sequences(log).values():
        train = [rows for rows in sequences if not log.test[rows[0]]]
        test = [rows for rows in sequences if log.test[rows[0]]]
        if not test:
            continue
        parameters = _fit(_padded(log, train)) if train else np.array([0.4, 0.1, 0.2, 0.1])
        outcomes = _padded(log, test)
        chances = _forward(outcomes, parameters)[0]
        for row, rows in zip(chances, test, strict=True):
            total[rows] += row[: len(rows)]
            parts[rows] += 1.0
    chances = np.where(parts > 0, total / np.maximum(parts, 1.0), base)
    return np.asarray(chances[log.test])


def _sequences(log: ResponseLog) -> dict[int, list[NDArray[np.int64]]]:
    found: dict[int, list[NDArray[np.int64]]] = defaultdict(list)
    for rows in log.rows_of:
        own: dict[int, list[int]] = defaultdict(list)
        for row, item in zip(rows.tolist(), log.item[rows].tolist(), strict=True):
            for skill in log.item_skills[item]:
                own[skill].append(row)
        for skill, members in own.items():
            found[skill].append(np.array(members))
    return found


def _padded(log: ResponseLog, sequences: list[NDArray[np.int64]]) -> Array:
    """Outcomes (sequences, longest), NaN after the end."""
    table = np.full((len(sequences), max(len(rows) for rows in sequences)), np.nan)
    for number, rows in enumerate(sequences):
        table[number, : len(rows)] = log.correct[rows]
    return table


def _forward(outcomes: Array, parameters: Array) -> tuple[Array, Array, Array]:
    """(chance of a right answer, known before, known after the answer), each (s, t)."""
    start, learn, guess, slip = parameters
    known = np.full(len(outcomes), start)
    chances, before, after = (np.empty_like(outcomes) for _ in range(3))
    for step in range(outcomes.shape[1]):
        seen = outcomes[:, step]
        before[:, step] = known
        chances[:, step] = known * (1 - slip) + (1 - known) * guess
        likely_known = np.where(seen == 1, 1 - slip, slip)
        likely_not = np.where(seen == 1, guess, 1 - guess)
        filtered = known * likely_known / (known * likely_known + (1 - known) * likely_not)
        filtered = np.where(np.isnan(seen), known, filtered)
        after[:, step] = filtered
        known = filtered + (1 - filtered) * learn
    return chances, before, after


def _fit(outcomes: Array) -> Array:
    parameters = np.array([0.4, 0.1, 0.2, 0.1])
    here = ~np.isnan(outcomes)
    for _ in range(ROUNDS):
        smooth, moved, could = _smoothed(outcomes, parameters)
        right = np.where(here, outcomes, 0.0)
        knew, not_knew = (smooth * here).sum(), ((1 - smooth) * here).sum()
        renewed = np.array(
            [
                smooth[:, 0].mean(),
                moved / max(could, 1e-9),
                ((1 - smooth) * right).sum() / max(not_knew, 1e-9),
                (smooth * (1 - right) * here).sum() / max(knew, 1e-9),
            ]
        )
        renewed = np.clip(renewed, [0.01, 0.001, 0.01, 0.01], [0.99, 0.5, 0.5, 0.4])
        if np.abs(renewed - parameters).max() < 1e-5:
            return renewed
        parameters = renewed
    return parameters


def _smoothed(outcomes: Array, parameters: Array) -> tuple[Array, float, float]:
    """P(known at each step | all answers), expected transitions and expected chances for one."""
    learn = parameters[1]
    _, before, after = _forward(outcomes, parameters)
    smooth = after.copy()
    moved = could = 0.0
    for step in range(outcomes.shape[1] - 2, -1, -1):
        ahead = np.maximum(before[:, step + 1], 1e-12)
        there = smooth[:, step + 1]
        present = ~np.isnan(outcomes[:, step + 1])
        # Once known stays known: not knowing later means not knowing now.
        from_known = after[:, step] / ahead * there
        learnt = (1 - after[:, step]) * learn / ahead * there
        smooth[:, step] = np.where(present, from_known, after[:, step])
        moved += float(learnt[present].sum())
        could += float((1 - from_known)[present].sum())
    return smooth, moved, could
