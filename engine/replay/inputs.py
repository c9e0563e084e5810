"""The inputs of the head for every row: the filter's notes, the item, and what had happened before."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.parameters import SECONDS_PER_DAY, ModelParameters
from engine.recalibration.difficulties import Difficulties, fit_difficulties
from engine.replay.filter import NOTES
from engine.replay.head import FOLDS, Known
from engine.replay.history import History, Lines
from engine.replay.items import ItemFit, filter_notes
from engine.replay.kinship import Kinship, fit_kinship, kin_surplus
from engine.replay.log import ResponseLog

SKILL_SLOPES = ("log skill answers", "log wins − log answers on skill", "last outcome on skill", "kin")
MOST_DAYS = 36_500.0  # from the middle of a log; what lies further away is no real moment
ITEM_SLOPES = ("logit", "item seen", "log item answers", "last outcome on item", "calendar")


@dataclass(frozen=True, eq=False)
class Basis:
    """What a log's forecasts rest on, from train rows alone. skill_group: per item its combination of skills."""

    log: ResponseLog
    fit: ItemFit
    parameters: ModelParameters
    kinship: Kinship
    skill_group: NDArray[np.int64]

    @cached_property
    def noon(self) -> float:
        """The middle of the log's time, seconds: calendar days count from it."""
        return float(self.log.at.mean())

    @property
    def groups(self) -> tuple[int, int]:
        """Numbers of combinations of skills and of items."""
        return int(self.skill_group.max(initial=-1)) + 1, len(self.log.item_skills)


def skill_groups(log: ResponseLog) -> NDArray[np.int64]:
    """Per item the number of its combination of skills."""
    numbers: dict[tuple[int, ...], int] = {}
    found = [numbers.setdefault(tuple(sorted(skills)), len(numbers)) for skills in log.item_skills]
    return np.array(found, dtype=np.int64)


def fit_without(log: ResponseLog, fit: ItemFit, fold: int, parameters: ModelParameters) -> Difficulties:
    """Difficulties from all folds of people but one."""
    others = fit.seen.among(fit.seen.person % FOLDS != fold)
    return fit_difficulties(others, log.guess * parameters.guess_factor, fit.prior, fit.variance)


def train_inputs(
    log: ResponseLog, lines: Lines, past: History, fit: ItemFit, parameters: ModelParameters
) -> tuple[Basis, Known]:
    """What forecasts rest on, and what the head learns from: each fold of people with difficulties and
    kinship fitted on the other folds."""
    fold = lines.user % FOLDS
    notes, items = np.empty((len(lines), len(NOTES))), np.empty((3, len(lines)))
    for number in range(FOLDS):
        own = fold == number
        fitted = fit_without(log, fit, number, parameters)
        part = lines.among(own)
        notes[own] = filter_notes(log, part, fitted, parameters)
        items[:, own] = _items(fitted, part)
    surplus = _surplus(log, lines, notes, items[0], parameters)
    kin = np.zeros(len(lines))
    for number in range(FOLDS if log.skill_count else 0):
        own = fold == number
        others = fit_kinship(lines.among(~own), surplus[~own], log.skill_count)
        kin[own] = kin_surplus(lines.among(own), surplus[own], others)
    basis = Basis(log, fit, parameters, fit_kinship(lines, surplus, log.skill_count), skill_groups(log))
    return basis, _known(basis, lines, past, notes, items, kin)


def inputs_of(basis: Basis, lines: Lines, past: History) -> Known:
    """What the head predicts from, for people who were not fitted on; one row of inputs for each of n lines."""
    fitted = basis.fit.difficulties
    notes = filter_notes(basis.log, lines, fitted, basis.parameters)
    items = _items(fitted, lines)
    surplus = _surplus(basis.log, lines, notes, items[0], basis.parameters)
    return _known(basis, lines, past, notes, items, kin_surplus(lines, surplus, basis.kinship))


def filter_chances(basis: Basis, lines: Lines) -> Array:
    """The filter's own forecasts, where there is no head: c + (1 − c)·σ(kη), shape (n,), in c…1."""
    logit = filter_notes(basis.log, lines, basis.fit.difficulties, basis.parameters)[:, NOTES.index("logit")]
    guess = basis.log.guess[lines.item] * basis.parameters.guess_factor
    return np.asarray(guess + (1.0 - guess) * logistic(logit))


def _items(fitted: Difficulties, lines: Lines) -> Array:
    return np.stack([fitted.mean[lines.item], fitted.variance[lines.item], fitted.answers[lines.item]])


def _surplus(log: ResponseLog, lines: Lines, notes: Array, difficulty: Array, parameters: ModelParameters) -> Array:
    """Outcome − what global ability and difficulty alone make one expect."""
    named = dict(zip(NOTES, notes.T, strict=True))
    guess = log.guess[lines.item] * parameters.guess_factor
    return np.asarray(lines.correct - guess - (1.0 - guess) * logistic(named["ability"] - named["shrink"] * difficulty))


def _known(basis: Basis, lines: Lines, past: History, notes: Array, items: Array, kin: Array) -> Known:
    difficulty, uncertainty, answers = items
    guess = basis.log.guess[lines.item] * basis.parameters.guess_factor
    columns = past.columns() | dict(zip(NOTES, notes.T, strict=True)) | {"kin": kin}
    columns["calendar"] = np.clip((lines.at - basis.noon) / SECONDS_PER_DAY, -MOST_DAYS, MOST_DAYS)
    chance = np.clip(guess + (1.0 - guess) * logistic(columns["logit"]), 1e-6, 1.0 - 1e-6)
    columns |= {
        "easiness": -difficulty,
        "doubt of difficulty": uncertainty,
        "log answers behind item": np.log1p(answers),
        "easiness of skill": -basis.fit.prior[lines.item],
        "logit × log answers": columns["logit"] * columns["log answers"] / 5.0,
    }
    return Known(
        offset=np.log(chance / (1.0 - chance)),
        inputs=np.column_stack(list(columns.values())),
        skills=basis.skill_group[lines.item],
        items=lines.item,
        skill_columns=np.column_stack([columns[name] for name in SKILL_SLOPES]),
        item_columns=np.column_stack([columns[name] for name in ITEM_SLOPES]),
    )
