"""The chance to get one question right, for the next answer only; never for readiness."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.features import FEATURES, head_features
from engine.normal import Array
from engine.questions import Bank
from engine.recalibration import fit_difficulties, observe, with_difficulties
from engine.regression import LogisticRegression, fit_logistic
from engine.responses import Response, sittings
from engine.state import CandidateState, start_state
from engine.tracker import Tracker

LEAST_ROWS = 5_000
FOLDS = 5


@dataclass(frozen=True, eq=False)
class HeadRows:
    """What the head learns from: inputs (n, len(FEATURES)), outcome (n,), answer ids."""

    inputs: Array
    outcome: Array
    ids: tuple[Hashable, ...]


def head_rows(bank: Bank, responses: Sequence[Response]) -> HeadRows:
    """Inputs of the head just before each answer of one candidate (before its mock, for a batch).

    Raises   as `engine.ability.rebuild`.
    """
    tracker = Tracker(bank, start_state(bank.subject, bank.parameters))
    inputs: list[tuple[float, ...]] = []
    outcome: list[bool] = []
    ids: list[Hashable] = []
    for moment, members in sittings(responses):
        tracker.advance(moment)
        for response in members:
            inputs.append(head_features(tracker, bank.row(response.question)))
            outcome.append(response.correct)
            ids.append(response.id)
        tracker.sit(moment, members)
    table = np.array(inputs, dtype=np.float64).reshape(-1, len(FEATURES))
    return HeadRows(table, np.array(outcome, dtype=np.float64), tuple(ids))


def fit_head(bank: Bank, candidates: Sequence[Sequence[Response]], *, folds: int = FOLDS) -> LogisticRegression | None:
    """The head, fitted on rows whose difficulties come from other people; None under 5,000 answers.

    Each fold of candidates is replayed with difficulties fitted on the other folds, or a question's
    difficulty would already contain the answer it is to predict.
    Raises   as `engine.ability.rebuild`; NotConverged.
    """
    if sum(len(responses) for responses in candidates) < LEAST_ROWS:
        return None
    seen = observe(bank, candidates)
    member = np.arange(len(candidates)) % folds
    parts = []
    for fold in range(folds):
        kept: NDArray[np.bool_] = member[seen.person] != fold
        others = fit_difficulties(seen.among(kept), bank.guess, bank.difficulty, bank.parameters.author_level_variance)
        fitted = with_difficulties(bank, others)
        parts += [head_rows(fitted, candidates[i]) for i in range(fold, len(candidates), folds)]
    return fit_logistic(np.vstack([part.inputs for part in parts]), np.concatenate([part.outcome for part in parts]))


def answer_chance(
    bank: Bank,
    state: CandidateState,
    question: Hashable,
    *,
    now: float,
    head: LogisticRegression | None = None,
) -> float:
    """Chance that the candidate's next answer to this question is right, 0…1.

    Without a head (too few answers logged) it is p of docs/model.md alone.
    Raises   KeyError for a question the bank lacks.
    """
    tracker = Tracker(bank, state)
    tracker.advance(now)
    if head is None:
        return tracker.foresee(question)[0]
    return float(head.predict(np.array(head_features(tracker, bank.row(question))))[0])
