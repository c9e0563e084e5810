"""Difficulties of questions from everybody's first answers."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.questions import Bank
from engine.responses import Response, sittings
from engine.state import start_state
from engine.tracker import Tracker

NEWTON_STEPS = 8


LARGEST_SHARE = 0.9  # of a posterior's precision that one answer can have brought


@dataclass(frozen=True, eq=False)
class Observations:
    """First answers of many candidates; n answers.

    row:     (n,) row in the bank. correct: (n,) 0 or 1. person: (n,) number of the candidate.
    ability: (n,) logits, what all other answers of the candidate say they brought to this question
             (h·m). spread: (n,) its variance, memory included.
    level:   logits, how far the candidates' mean ability lies above the population mean assumed,
             which is how far all difficulties are too high.
    """

    row: NDArray[np.int64]
    correct: Array
    ability: Array
    spread: Array
    person: NDArray[np.int64]
    level: float

    def __len__(self) -> int:
        return len(self.row)

    def levelled(self) -> "Observations":
        """Abilities moved so that their mean is the population mean the model starts from."""
        return dataclasses.replace(self, ability=self.ability - self.level, level=0.0)

    def among(self, kept: NDArray[np.bool_]) -> "Observations":
        """Only some of the answers."""
        return Observations(
            self.row[kept], self.correct[kept], self.ability[kept], self.spread[kept],
            self.person[kept], self.level,
        )  # fmt: skip


def observe(bank: Bank, candidates: Iterable[Iterable[Response]]) -> Observations:
    """Replay every candidate with the bank's difficulties frozen and note each first answer.

    An answer must not explain itself: its own share is divided out of the candidate's posterior.
    Raises   as `engine.ability.rebuild`.
    Source   the cavity distribution of expectation propagation, Minka (2001).
    """
    parts = [person_observations(bank, responses) for responses in candidates]
    rows = [part[0] for part in parts]
    columns = [np.concatenate([part[i] for part in parts] or [np.zeros(0)]) for i in range(1, 4)]
    return Observations(
        row=np.concatenate(rows or [np.zeros(0, dtype=np.int64)]),
        correct=columns[0],
        ability=columns[1],
        spread=columns[2] + bank.parameters.memory_variance,
        person=np.repeat(np.arange(len(parts)), [len(part) for part in rows]),
        level=_level(bank, np.array([part[4] for part in parts]).reshape(-1, 2)),
    )


def _level(bank: Bank, abilities: Array) -> float:
    """Mean surplus of global ability, from (mean, variance) pairs, undone the pull of the prior."""
    if not len(abilities):
        return 0.0
    learnt = float((1.0 - abilities[:, 1] / bank.parameters.ability_variance).mean())
    surplus = float(abilities[:, 0].mean()) - bank.parameters.start_ability
    return surplus / max(learnt, 0.2)


def person_observations(
    bank: Bank, responses: Iterable[Response]
) -> tuple[NDArray[np.int64], Array, Array, Array, tuple[float, float]]:
    """(row, correct, ability, spread) of one candidate's n first answers, and (mean, variance) of their global ability.

    ability: h·m and spread: hᵀPh as all *other* answers show them, logits and squared logits, shapes (n,).
    Raises   as `engine.ability.rebuild`.
    """
    tracker = Tracker(bank, start_state(bank.subject, bank.parameters))
    rows: list[int] = []
    notes: list[tuple[float, float, float, float, float]] = []
    for moment, members in sittings(responses):
        tracker.advance(moment)
        for response in members:
            row = bank.row(response.question)
            if response.question in tracker.memories or response.weight < 1.0:
                tracker.absorb(response)
                continue
            ability, spread = tracker.standing(row)
            rows.append(row)
            notes.append((float(response.correct), ability, spread, *tracker.absorb(response)))
        tracker.close(members)
    index = np.array(rows, dtype=np.int64)
    noted = np.array(notes, dtype=np.float64).reshape(-1, 5).T
    loadings = bank.loadings[index]
    mean = loadings @ tracker.mean
    spread_now = np.einsum("ij,ij->i", loadings @ tracker.covariance, loadings)
    cavity = _without_own_share(mean, spread_now, *noted[1:])
    return index, noted[0], *cavity, (float(tracker.mean[0]), float(tracker.covariance[0, 0]))


def _without_own_share(
    mean: Array, spread: Array, ability: Array, prior_spread: Array, step: Array, information: Array
) -> tuple[Array, Array]:
    """Mean and variance of an ability once the answer's own contribution is divided out.

    An update with step g and information I from (ability, prior_spread S) adds the precision
    I/(1 − I·S) and pulls towards ability + g/I.
    """
    precision = information / np.maximum(1.0 - information * prior_spread, 1.0 - LARGEST_SHARE)
    precision = np.minimum(precision, LARGEST_SHARE / spread)
    target = ability + step / np.maximum(information, 1e-9)
    cavity = 1.0 / (1.0 / spread - precision)
    return cavity * (mean / spread - precision * target), cavity


@dataclass(frozen=True, eq=False)
class Difficulties:
    """Fitted difficulties of n questions: mean and variance (n,), answers behind each (n,)."""

    mean: Array
    variance: Array
    answers: NDArray[np.int64]


def fit_difficulties(
    seen: Observations, guess: Array, prior_mean: Array, prior_variance: float | Array
) -> Difficulties:
    """MAP difficulty per question by Newton's method with Fisher information, abilities held fixed.

    guess, prior_mean: (n,); prior_variance: squared logits, a number or (n,).
    A question without answers keeps its prior.
    Source   Bock & Aitkin's (1981) M-step with abilities replaced by their forecast distribution.
    """
    count = len(guess)
    precision = 1.0 / np.broadcast_to(np.asarray(prior_variance, dtype=np.float64), (count,))
    shrink = 1.0 / np.sqrt(1.0 + math.pi / 8.0 * seen.spread)
    floor = guess[seen.row]
    mean = prior_mean.astype(np.float64).copy()
    information = np.zeros(count)
    for _ in range(NEWTON_STEPS):
        right = logistic(shrink * (seen.ability - mean[seen.row]))
        chance = floor + (1.0 - floor) * right
        slope = shrink * (1.0 - floor) * right * (1.0 - right)
        noise = np.maximum(chance * (1.0 - chance), 1e-6)
        pull = np.bincount(seen.row, slope * (chance - seen.correct) / noise, count)
        information = np.bincount(seen.row, slope**2 / noise, count).astype(np.float64)
        step = (pull - (mean - prior_mean) * precision) / (information + precision)
        mean += np.clip(step, -1.0, 1.0)
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    answers = np.bincount(seen.row, minlength=count)
    return Difficulties(mean, 1.0 / (information + precision), answers)


def group_effects(fitted: Difficulties, start: Array, groups: Sequence[int], *, variance: float = 0.1) -> Array:
    """What the questions of a group share beyond their start value, per question, logits.

    groups:   (n,) whole numbers, for instance author levels or topics; −1 stands for none.
    variance: of such effects before any answer; a group with few answers keeps an effect near 0.
    """
    labels = np.asarray(groups, dtype=np.int64)
    effect = np.zeros(len(labels))
    spread = fitted.variance.mean() if len(labels) else 1.0
    for label in np.unique(labels[labels >= 0]):
        members = (labels == label) & (fitted.answers > 0)
        if members.any():
            weight = 1.0 / (fitted.variance[members] + spread)
            shift = float((weight * (fitted.mean - start)[members]).sum())
            effect[labels == label] = shift / (float(weight.sum()) + 1.0 / variance)
    return effect


def difficulty_variance(fitted: Difficulties, start: Array, initial: float) -> float:
    """Variance of true difficulties around their start, squared logits, held within 0.05…`initial`.

    Source   the M-step of empirical Bayes: mean squared deviation plus posterior variance.
    """
    answered = fitted.answers > 0
    if answered.sum() < 30:
        return initial
    spread = np.square(fitted.mean - start)[answered] + fitted.variance[answered]
    return float(min(max(spread.mean(), 0.05), initial))
