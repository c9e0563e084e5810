"""The nightly recalibration: new difficulties on an anchored scale, and flags with their reasons."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.metrics import log_loss
from engine.normal import Array, logistic
from engine.questions import Bank, QuestionId
from engine.recalibration.difficulties import (
    Difficulties,
    Observations,
    difficulty_variance,
    fit_difficulties,
    group_effects,
    observe,
)
from engine.responses import Response

ROUNDS = 2
ANCHOR_ANSWERS = 200
ANCHOR_VARIANCE = 0.1  # only a question that was calibrated before can hold the scale
FLAG_ANSWERS = 20
LOWEST_DISCRIMINATION = 0.1
LARGEST_RESIDUAL = 4.0
FACILITY_RANGE = (0.2, 0.95)


@dataclass(frozen=True, slots=True)
class QuestionCalibration:
    """One question after recalibration.

    facility: share of right first answers. discrimination: correlation of the answer with the
    ability it was answered with, −1…1. residual: standardised surplus of wrong answers against the
    previous difficulty (z): beyond ±4 the question has changed or its key is wrong.
    flags: in words, why staff should look at it.
    """

    question: QuestionId
    difficulty: float
    difficulty_variance: float
    previous: float
    answers: int
    facility: float
    discrimination: float
    residual: float
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Recalibration:
    """All questions, with the shift that kept the scale in place and the forecasts' log loss."""

    questions: tuple[QuestionCalibration, ...]
    people: int
    answers: int
    anchor_shift: float
    log_loss_before: float
    log_loss_after: float


def recalibrate(
    bank: Bank,
    candidates: Sequence[Sequence[Response]],
    *,
    start: Array | None = None,
    author_levels: Sequence[int] | None = None,
    rounds: int = ROUNDS,
) -> Recalibration:
    """New difficulties for every question of the bank, from first answers.

    Each round replays everybody with the difficulties of the round before and fits anew; the prior
    of a question is its start value plus the effects its author level and first topic turn out to
    have. The mean of well-known questions (200 answers, calibrated before) stays where it was, so the scale does not
    drift with the population; before the first calibration the population's mean ability fixes it.
    start:   (n,) difficulty before any answer; the bank's own when not given.
    Raises   as `engine.ability.rebuild`; ValueError for columns that do not fit the bank.
    """
    origin = bank.difficulty.copy() if start is None else np.asarray(start, dtype=np.float64)
    levels = [-1] * len(bank) if author_levels is None else list(author_levels)
    if len(origin) != len(bank) or len(levels) != len(bank):
        raise ValueError("start and author_levels need one value per question")
    topics = [members[0] if members else -1 for members in bank.topics]
    first = seen = observe(bank, candidates)
    variance = bank.parameters.author_level_variance
    prior, current, shift = origin.copy(), bank, 0.0
    fitted = Difficulties(origin, np.full(len(bank), variance), np.zeros(len(bank), dtype=np.int64))
    for number in range(rounds if len(first) else 0):
        if number:
            seen = observe(current, candidates)
        fitted = fit_difficulties(seen, bank.guess, prior, variance)
        shift = _scale_shift(fitted, bank, seen)
        fitted = Difficulties(fitted.mean + shift, fitted.variance, fitted.answers)
        by_level = group_effects(fitted, origin, levels)
        prior = origin + by_level + group_effects(fitted, origin + by_level, topics)
        variance = difficulty_variance(fitted, prior, bank.parameters.author_level_variance)
        current = with_difficulties(bank, fitted)
    return Recalibration(
        questions=_calibrations(bank, first, fitted),
        people=len(candidates),
        answers=len(first),
        anchor_shift=shift,
        log_loss_before=_forecast_loss(bank, first),
        log_loss_after=_forecast_loss(current, seen),
    )


def with_difficulties(bank: Bank, fitted: Difficulties) -> Bank:
    """The same bank with other difficulties and their variances, one per question in its order, logits."""
    return Bank(
        bank.subject, bank.parameters, bank.ids, bank.topics, bank.domain, bank.loadings,
        fitted.mean, fitted.variance, bank.guess, bank.published,
    )  # fmt: skip


def _scale_shift(fitted: Difficulties, previous: Bank, seen: Observations) -> float:
    """What brings the fitted difficulties back to the scale: anchors, or else the population mean."""
    anchors = (fitted.answers >= ANCHOR_ANSWERS) & (previous.difficulty_variance <= ANCHOR_VARIANCE)
    if anchors.any():
        return float((previous.difficulty - fitted.mean)[anchors].mean())
    return -seen.level


def _forecast(bank: Bank, seen: Observations) -> Array:
    spread = seen.spread + bank.difficulty_variance[seen.row]
    logit = (seen.ability - bank.difficulty[seen.row]) / np.sqrt(1.0 + math.pi / 8.0 * spread)
    guess = bank.guess[seen.row]
    return np.asarray(guess + (1.0 - guess) * logistic(logit))


def _forecast_loss(bank: Bank, seen: Observations) -> float:
    return log_loss(_forecast(bank, seen), seen.correct) if len(seen) else math.nan


def _calibrations(bank: Bank, seen: Observations, fitted: Difficulties) -> tuple[QuestionCalibration, ...]:
    count = len(bank)
    chance = _forecast(bank, seen)
    answers = np.maximum(fitted.answers, 1)

    def total(values: Array) -> Array:
        return np.bincount(seen.row, values, count).astype(np.float64)

    facility = total(seen.correct) / answers
    surplus = total(chance - seen.correct) / np.sqrt(np.maximum(total(chance * (1 - chance)), 1e-9))
    ability_mean = total(seen.ability) / answers
    covariance = total(seen.ability * seen.correct) / answers - ability_mean * facility
    ability_variance = total(seen.ability**2) / answers - ability_mean**2
    scale = np.sqrt(np.maximum(ability_variance * facility * (1.0 - facility), 0.0))
    correlation = np.divide(covariance, scale, out=np.zeros(count), where=scale > 1e-12)
    return tuple(
        QuestionCalibration(
            question=bank.ids[row],
            difficulty=float(fitted.mean[row]),
            difficulty_variance=float(fitted.variance[row]),
            previous=float(bank.difficulty[row]),
            answers=int(fitted.answers[row]),
            facility=float(facility[row]) if fitted.answers[row] else math.nan,
            discrimination=float(correlation[row]),
            residual=float(surplus[row]),
            flags=question_flags(
                int(fitted.answers[row]), float(facility[row]), float(correlation[row]), float(surplus[row])
            ),
        )
        for row in range(count)
    )


def question_flags(answers: int, facility: float, discrimination: float, residual: float) -> tuple[str, ...]:
    """Why staff should look at a question, in words; nothing under 20 answers.

    facility: share right, 0…1, to lie in .2–.95. discrimination: correlation of outcome and ability, −1…1,
    flagged where it is below .1 by more than 1/√n. residual: standardised surplus of the forecast, flagged
    beyond ±4; positive is harder than it was.
    """
    if answers < FLAG_ANSWERS:
        return ()
    flags = []
    # A correlation near the limit is common by chance: only one clearly below it counts.
    if discrimination + 1.0 / math.sqrt(answers) < LOWEST_DISCRIMINATION:
        flags.append(f"does not tell strong from weak (discrimination {discrimination:.2f})")
    if abs(residual) > LARGEST_RESIDUAL:
        side = "harder" if residual > 0 else "easier"
        flags.append(f"much {side} than it was (z {residual:+.1f})")
    if facility < FACILITY_RANGE[0]:
        flags.append(f"hardly anybody is right ({facility:.0%})")
    if facility > FACILITY_RANGE[1]:
        flags.append(f"nearly everybody is right ({facility:.0%})")
    return tuple(flags)
