"""Elo: one rating per person, per person and skill, and per item, with a fading step."""

from collections import defaultdict

import numpy as np

from engine.metrics import log_loss
from engine.normal import Array
from engine.replay import ResponseLog


def elo(log: ResponseLog) -> Array:
    """Ratings with step a/(1 + b·n); a and b chosen on the train people, items frozen for the test.

    Source   Pelánek (2016), "Applications of the Elo rating system in adaptive educational systems".
    """
    train = ~log.test
    best = min(
        ((a, b) for a in (0.4, 0.8, 1.2, 1.8) for b in (0.02, 0.05, 0.1, 0.2)),
        key=lambda steps: log_loss(_chances(log, *steps)[train], log.correct[train]),
    )
    return _chances(log, *best)[log.test]


def _chances(log: ResponseLog, start: float, fading: float) -> Array:
    """One-step-ahead chances for every row; train people come first so that items are known."""
    items = [[0.0, 0.0] for _ in log.item_skills]
    chances = np.zeros(len(log))
    for rows in sorted(log.rows_of, key=lambda rows: bool(log.test[rows[0]])):
        frozen = bool(log.test[rows[0]])
        person = [0.0, 0.0]
        skilled: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        columns = (rows.tolist(), log.item[rows].tolist(), log.correct[rows].tolist())
        for row, number, correct in zip(*columns, strict=True):
            members = log.item_skills[number]
            item = items[number]
            own = [skilled[skill] for skill in members]
            share = 1.0 / len(own) if own else 0.0
            logit = person[0] + share * sum(rating[0] for rating in own) - item[0]
            chance = 1.0 / (1.0 + np.exp(-logit))
            chances[row] = chance
            for rating in (person, *own):
                rating[0] += start / (1.0 + fading * rating[1]) * (correct - chance)
                rating[1] += 1.0
            if not frozen:
                item[0] -= start / (1.0 + fading * item[1]) * (correct - chance)
                item[1] += 1.0
    return chances
