"""Logistic regression on counts of successes and failures: Best-LR and PFA."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.sparse import SparseTable, fit_sparse
from engine.metrics import log_loss
from engine.normal import Array, logistic
from engine.replay import ResponseLog

PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)

Triples = list[tuple[int, int, float]]


def best_lr(log: ResponseLog) -> Array:
    """Items, skills, and logarithmic counts of wins and attempts: in all, per skill and per item.

    Source   Gervet et al. (2020), "When is deep learning the best approach to knowledge tracing?"
    """
    items, skills = len(log.item_skills), log.skill_count
    skill_at, item_count_at, skill_count_at = items, items + skills, 3 * items + skills
    total_at = skill_count_at + 2 * skills
    triples: Triples = []
    for rows in log.rows_of:
        tries: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        every = [0.0, 0.0]
        for row, item, correct in _walk(log, rows):
            members = log.item_skills[item]
            triples += [(row, item, 1.0), (row, total_at + 2, 1.0)]
            triples += [(row, skill_at + skill, 1.0) for skill in members]
            triples += [(row, total_at + k, np.log1p(every[k])) for k in (0, 1)]
            for place, key in [
                (item_count_at + 2 * item, item),
                *((skill_count_at + 2 * skill, items + skill) for skill in members),
            ]:
                counts = tries[key]
                if counts[0]:
                    triples += [(row, place + k, np.log1p(counts[k])) for k in (0, 1) if counts[k]]
                counts[0] += 1.0
                counts[1] += correct
            every[0] += 1.0
            every[1] += correct
    return _fitted(log, triples, total_at + 3)


def pfa(log: ResponseLog) -> Array:
    """Performance factors analysis: per skill a level and a weight for past wins and past failures.

    Source   Pavlik, Cen & Koedinger (2009).
    """
    skills = log.skill_count
    triples: Triples = []
    for rows in log.rows_of:
        tries: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row, item, correct in _walk(log, rows):
            triples.append((row, 3 * skills, 1.0))
            for skill in log.item_skills[item]:
                counts = tries[skill]
                triples.append((row, skill, 1.0))
                triples += [(row, skills + 2 * skill + k, counts[k]) for k in (0, 1) if counts[k]]
                counts[int(correct)] += 1.0
    return _fitted(log, triples, 3 * skills + 1)


def _walk(log: ResponseLog, rows: NDArray[np.int64]) -> zip:
    return zip(rows.tolist(), log.item[rows].tolist(), log.correct[rows].tolist(), strict=True)


def _fitted(log: ResponseLog, triples: Triples, columns: int) -> Array:
    """Chances for the test rows; the penalty is chosen on every fifth train person, held out."""
    row, column, value = (np.array(part) for part in zip(*triples, strict=True))
    table = SparseTable(row, column, value.astype(np.float64), (len(log), columns))
    outcome = log.correct.astype(np.float64)
    train = ~log.test
    held = train & (log.user % 5 == 0)

    def held_out_loss(penalty: float) -> float:
        weights = fit_sparse(table.only(train & ~held), outcome[train & ~held], penalty=penalty)
        return log_loss(logistic(table.only(held).times(weights)), outcome[held])

    penalty = min(PENALTIES, key=held_out_loss)
    weights = fit_sparse(table.only(train), outcome[train], penalty=penalty)
    return logistic(table.only(log.test).times(weights))
