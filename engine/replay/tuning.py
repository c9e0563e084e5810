"""The filter's pace on a given log: how fast people move there, chosen by what forecasts its train people best."""

from collections.abc import Sequence

import numpy as np

from engine.metrics import log_loss
from engine.normal import logistic
from engine.parameters import ModelParameters
from engine.recalibration.difficulties import Difficulties
from engine.replay.filter import NOTES
from engine.replay.history import Lines
from engine.replay.items import filter_notes
from engine.replay.log import ResponseLog

SWEEPS = 3
LEAST_ROWS = 1_000
LEAST_GAIN = 1e-4  # nats per answer, below which a constant stays as it is,
LEAST_EVIDENCE = 3.0  # and nats in all: a short log must not be followed into its chance
GRID: dict[str, tuple[float, ...]] = {
    "topic_variance": (0.02, 0.15, 0.4, 1.0),
    "ability_variance": (0.2, 0.6, 1.2, 2.0),
    "memory_variance": (0.02, 0.2, 0.6, 1.5),
    "topic_variance_per_answer": (0.0, 0.005, 0.02, 0.06, 0.15),
    "ability_variance_per_answer": (0.0, 0.0015, 0.006, 0.02),
    "forgetting_days": (1.0, 5.0, 20.0, 60.0, 200.0),
    "memory_gain_right": (0.0, 0.3, 0.8, 1.5),
    "memory_gain_wrong": (0.0, 0.2, 0.5, 1.0),
    "topic_gain_right": (-0.03, 0.0, 0.03, 0.08),
    "topic_gain_wrong": (-0.03, 0.0, 0.02, 0.06),
    "repeat_weight": (0.3, 1.0),
}
OF_REPEATS = frozenset({"memory_gain_right", "memory_gain_wrong", "repeat_weight"})


def tuned_parameters(
    log: ResponseLog, parts: Sequence[tuple[Lines, Difficulties]], parameters: ModelParameters
) -> ModelParameters:
    """One constant after the other, a step at a time, by the log loss of the filter alone.

    parts: people, each with difficulties that their own answers did not enter.
    """
    rows = sum(len(lines) for lines, _ in parts)
    if rows < LEAST_ROWS:
        return parameters
    needed = max(LEAST_GAIN, LEAST_EVIDENCE / rows)

    def reached(trial: ModelParameters) -> float:
        loss = 0.0
        for lines, fitted in parts:
            logit = filter_notes(log, lines, fitted, trial)[:, NOTES.index("logit")]
            guess = log.guess[lines.item] * trial.guess_factor
            loss += len(lines) * log_loss(guess + (1.0 - guess) * logistic(logit), lines.correct)
        return loss / rows

    grid = GRID if _repeats(parts) else {name: values for name, values in GRID.items() if name not in OF_REPEATS}
    best, least = parameters, reached(parameters)
    for _ in range(SWEEPS):
        before = least
        for name, values in grid.items():
            for value in _neighbours(values, getattr(best, name)):
                trial = best.replace(**{name: value})
                loss = reached(trial)
                if loss < least - needed:
                    best, least = trial, loss
        if before == least:
            break
    return best


def _neighbours(values: tuple[float, ...], value: float) -> list[float]:
    """The next smaller and the next larger value."""
    return [max((v for v in values if v < value), default=value), min((v for v in values if v > value), default=value)]


def _repeats(parts: Sequence[tuple[Lines, Difficulties]]) -> bool:
    """Whether anybody meets an item again."""
    return any(len(np.unique(np.stack([lines.user, lines.item]), axis=1).T) < len(lines) for lines, _ in parts)
