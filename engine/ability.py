"""The candidate's ability: predict an answer, learn from it, forget with time.

The loop over answers lives in `Tracker`, which is mutable for speed and private to one call;
everything outside passes frozen `CandidateState` values.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.parameters import SECONDS_PER_DAY
from engine.questions import Bank, QuestionId
from engine.responses import Response, sittings
from engine.state import CandidateState, Memory, start_state
from engine.tracker import Tracker


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected of one answer before its outcome (or its batch's) was known.

    probability: 0…1. first: whether the question was new to the candidate.
    """

    response: Any
    question: QuestionId
    probability: float
    correct: bool
    at: float
    first: bool


def rebuild(bank: Bank, responses: Iterable[Response]) -> CandidateState:
    """A candidate's state from all of their answers.

    Deterministic, whatever the order of the input; each answer id counts once. Answers are taken in
    order of time, a submitted mock as a whole. The state speaks of the moment of the last answer:
    `advance` carries it on.
    Raises   KeyError for a question the bank lacks, ValueError for contradicting answers.
    Source   docs/model.md; assumed-density filtering after Glickman (1999) and Weng & Lin (2011).
    """
    tracker = Tracker(bank, start_state(bank.subject, bank.parameters))
    for moment, members in sittings(responses):
        tracker.sit(moment, members)
    return tracker.state()


def predictions(bank: Bank, responses: Iterable[Response]) -> list[Prediction]:
    """What the model expected of each answer before it knew it, in order of time.

    All answers of one batch are predicted before any of them counts.
    Raises   as `rebuild`.
    """
    tracker = Tracker(bank, start_state(bank.subject, bank.parameters))
    foreseen: list[Prediction] = []
    for moment, members in sittings(responses):
        tracker.advance(moment)
        for response in members:
            probability, first = tracker.foresee(response.question)
            foreseen.append(
                Prediction(response.id, response.question, probability, response.correct, response.at, first)
            )
        tracker.sit(moment, members)
    return foreseen


def update(bank: Bank, state: CandidateState, response: Response) -> CandidateState:
    """The state after one more answer, for sittings led question by question.

    Not guarded against the same answer twice: `rebuild` is what stored results come from.
    Raises   KeyError for a question the bank lacks, ValueError for an answer older than the state.
    """
    if state.at is not None and response.at < state.at:
        raise ValueError(f"response {response.id!r} is older than the state: rebuild instead")
    tracker = Tracker(bank, state)
    tracker.sit(response.at, [response])
    return tracker.state()


def advance(bank: Bank, state: CandidateState, now: float) -> CandidateState:
    """The state carried on to `now` (seconds) without an answer.

    Topics fall back by ρ = exp(−Δ/60 days): mean ρ·mean, variance ρ²v + (1−ρ²)v₀, covariance with
    the rest × ρ; the global ability gains .0005 variance per day, at most 60 days' worth.
    Unchanged before the first answer or for a moment that is not later.
    """
    tracker = Tracker(bank, state)
    tracker.advance(now)
    return tracker.state()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Every question of a bank in the eyes of one candidate; arrays of shape (n,).

    probability: chance of a right answer, guess…1.
    information: Fisher information of the answer about ability, per squared logit, ≥ 0.
    """

    probability: Array
    information: Array


def outlook(bank: Bank, state: CandidateState, *, memory: bool = True) -> Outlook:
    """Chance of a right answer and information D²/V for all n questions at once.

    η = h·m + u − b, S = hᵀPh + v_u + v_b, k = (1 + πS/8)^−½, s = σ(kη), p = c + (1−c)s,
    D = k(1−c)s(1−s), V = p(1−p).
    memory:  False leaves out what is remembered of single questions (u = 0).
    Source   Birnbaum (1968) with MacKay's (1992) probit approximation of the averaged logistic.
    """
    chance = bank.parameters
    logit = bank.loadings @ state.mean - bank.difficulty
    spread = np.einsum("ij,ij->i", bank.loadings @ state.covariance, bank.loadings)
    spread += bank.difficulty_variance
    if memory:
        remembered, uncertainty = _memories(bank, state)
        logit = logit + remembered
        spread = spread + uncertainty
    shrink = 1.0 / np.sqrt(1.0 + math.pi * spread / 8.0)
    right = logistic(shrink * logit, chance.logit_limit)
    probability = bank.guess + (1.0 - bank.guess) * right
    slope = shrink * (1.0 - bank.guess) * right * (1.0 - right)
    variance = np.maximum(probability * (1.0 - probability), chance.outcome_variance_floor)
    return Outlook(probability, slope**2 / variance)


def _memories(bank: Bank, state: CandidateState) -> tuple[Array, Array]:
    """Remembered logits and their variance per question, carried on to the state's moment."""
    parameters = bank.parameters
    mean = np.zeros(len(bank))
    variance = np.full(len(bank), parameters.memory_variance)
    for question, memory in state.memories.items():
        row = bank.index.get(question)
        if row is not None and state.at is not None:
            mean[row], variance[row] = faded(memory, state.at, bank)
    return mean, variance


def faded(memory: Memory, now: float, bank: Bank) -> tuple[float, float]:
    """A memory at `now` (seconds): it fades like a topic does.

    mean·ρ and ρ²v + (1 − ρ²)v₀ with ρ = exp(−Δ/60 days); unchanged for a moment that is not later.
    Returns  (mean, variance), logits and squared logits.
    """
    days = max(0.0, now - memory.last_at) / SECONDS_PER_DAY
    kept = math.exp(-days / bank.parameters.forgetting_days)
    start = bank.parameters.memory_variance
    return memory.mean * kept, kept * kept * memory.variance + (1.0 - kept * kept) * start


def item_information(
    ability: float, difficulty: Array, guess: Array, slope: Array | float = 1.0
) -> NDArray[np.float64]:
    """Fisher information of questions with known parameters at a known ability.

    I = [a(1−c)s(1−s)]² / [p(1−p)], s = σ(a(ability − b)), p = c + (1−c)s.
    ability:    logits, usually −4…4. difficulty, guess, slope: shape (n,); the model's own slope is 1.
    Returns     shape (n,), per squared logit, in [0, a²/4].
    Raises      ValueError if a guess level lies outside [0, 1) or a slope is not positive.
    Source      Birnbaum (1968), three-parameter logistic.
    """
    guess, slope = np.asarray(guess, dtype=np.float64), np.asarray(slope, dtype=np.float64)
    if np.any((guess < 0) | (guess >= 1)):
        raise ValueError("guess levels must lie in [0, 1)")
    if np.any(slope <= 0):
        raise ValueError("slopes must be positive")
    right = logistic(slope * (ability - np.asarray(difficulty, dtype=np.float64)))
    probability = guess + (1.0 - guess) * right
    steepness = slope * (1.0 - guess) * right * (1.0 - right)
    return np.asarray(steepness**2 / (probability * (1.0 - probability)))
