"""Which question next: the domain that is owed one, and inside it the question that tells most."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.ability import advance, outlook
from engine.normal import Array
from engine.parameters import SECONDS_PER_DAY
from engine.questions import Bank, QuestionId
from engine.state import CandidateState


class Purpose(StrEnum):
    DIAGNOSTIC = "diagnostic"  # find out: the answer that tells most about the score
    DRILL = "drill"  # practise: neither too easy nor too hard


class NothingToAsk(LookupError):
    """No question is left that the rules of the sitting allow."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The next question and why: chance of a right answer, information, and the domain's deficit.

    relaxed: rules given up because nothing was left under them, in that order: "exposure", "rest".
    """

    question: QuestionId
    domain: int
    probability: float
    information: float
    deficit: float
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting:
    """What was asked so far and which questions may be asked.

    served:   questions asked per domain in this sitting, shape (D,). asked: their ids, never again.
    exposure: share of all sittings a question was served in, 0…1; absent means 0.
    allowed:  ids to choose from, None for the whole published bank.
    """

    served: tuple[int, ...]
    asked: frozenset[QuestionId] = frozenset()
    exposure: Mapping[QuestionId, float] | None = None
    allowed: Collection[QuestionId] | None = None


def target_mix(bank: Bank, priorities: Sequence[float] | None, share: float) -> Array:
    """Share of questions each domain should get: (1 − share)·blueprint + share·priority.

    priorities: marks to win per domain (see `engine.mastery.Priority`), not negative; None or all
                0 leaves the blueprint. Returns shape (D,), adding up to 1.
    Raises   ValueError for a negative priority or a share outside [0, 1].
    """
    blueprint = np.array(bank.subject.domain_weights, dtype=np.float64)
    if not 0.0 <= share <= 1.0:
        raise ValueError("share must lie in [0, 1]")
    if priorities is None:
        return blueprint
    wanted = np.array(priorities, dtype=np.float64)
    if wanted.shape != blueprint.shape or np.any(wanted < 0):
        raise ValueError("priorities need one value per domain, none negative")
    if wanted.sum() <= 0:
        return blueprint
    return np.asarray((1.0 - share) * blueprint + share * wanted / wanted.sum())


def domain_deficit(mix: Array, served: Sequence[int]) -> Array:
    """Questions each domain is owed when the next one is asked: mix·(N + 1) − served, N = Σ served.

    mix: (D,) adding up to 1. served: (D,) questions so far. Returns shape (D,), questions; adds up to 1.
    """
    counts = np.array(served, dtype=np.float64)
    return np.asarray(mix * (counts.sum() + 1.0) - counts)


def next_question(
    bank: Bank,
    state: CandidateState,
    sitting: Sitting,
    *,
    purpose: Purpose,
    now: float,
    rng: np.random.Generator,
    priorities: Sequence[float] | None = None,
) -> Choice:
    """The next question of a diagnostic or a drill.

    Domain: the largest deficit among those that have a question left. Inside it, leaving out what
    was seen within 14 days or served in more than 20 % of sittings: one at random among the five
    best, by what the answer tells about the score (diagnostic) or by how near the chance of a right
    answer comes to 70 % (drill). Where nothing is left the exposure limit goes first, then the rest.
    Raises   NothingToAsk when every allowed question has been asked.
    """
    current = advance(bank, state, now)
    usable, relaxed = _usable(bank, current, sitting, now)
    share = bank.parameters.priority_share_drill if purpose is Purpose.DRILL else 0.0
    deficit = domain_deficit(target_mix(bank, priorities, share), sitting.served)
    open_domains = np.zeros(len(deficit), dtype=bool)
    open_domains[bank.domain[usable]] = True
    domain = int(np.argmax(np.where(open_domains, deficit, -np.inf)))
    rows = np.flatnonzero(usable & (bank.domain == domain))
    view = outlook(bank, current)
    if purpose is Purpose.DIAGNOSTIC:
        worth = score_information(bank, current)[rows]
    else:
        worth = -np.abs(view.probability[rows] - bank.parameters.target_success)
    best = rows[np.argsort(-worth, kind="stable")[: bank.parameters.choice_width]]
    row = int(best[rng.integers(len(best))])
    return Choice(
        question=bank.ids[row],
        domain=domain,
        probability=float(view.probability[row]),
        information=float(view.information[row]),
        deficit=float(deficit[domain]),
        relaxed=relaxed,
    )


def score_information(bank: Bank, state: CandidateState) -> Array:
    """How much each answer is expected to lower the variance of the exam score, shape (n,), ≥ 0.

    (wᵀPh)²·D²/V, with w the gradient of the expected score at the posterior mean: an answer counts
    for what it tells about the score, through every domain it is correlated with. Unit: marks².
    Source   the rank-one update of docs/model.md applied to the variance of wᵀθ.
    """
    pull = bank.loadings @ (state.covariance @ _score_gradient(bank, state))
    return np.asarray(pull**2 * outlook(bank, state).information)


def score_uncertainty(bank: Bank, state: CandidateState) -> float:
    """Standard deviation of what we believe about the expected exam score, √(wᵀPw), marks, ≥ 0.

    w as in `score_information`. It is about ability alone: the luck of one exam comes on top.
    """
    gradient = _score_gradient(bank, state)
    return math.sqrt(max(0.0, float(gradient @ state.covariance @ gradient)))


def _score_gradient(bank: Bank, state: CandidateState) -> Array:
    """Marks of the expected score per logit of each ability at the posterior mean, shape (d,)."""
    measure = bank.yardstick
    slopes = measure.slopes(measure.chances(state.mean[None, :]))[:, 0]
    counts = np.array(bank.subject.scored_counts, dtype=np.float64)
    return np.asarray((counts @ measure.domain_shares * slopes) @ measure.loadings)


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """When a diagnostic has asked enough.

    fewest, most: questions asked in any case, and never exceeded; 0 < fewest ≤ most.
    enough:       marks; between the two it goes on while `score_uncertainty` is larger.
    Source   Weiss & Kingsbury (1984): stop at a precision, within bounds on the length.
    """

    fewest: int = 20
    most: int = 30
    enough: float = 4.0

    def __post_init__(self) -> None:
        if not 0 < self.fewest <= self.most:
            raise ValueError("a diagnostic asks at least one question, and no more than its most")

    def is_met(self, bank: Bank, state: CandidateState, asked: int) -> bool:
        """Whether a sitting that asked so many and left this state behind should end.

        Never before `fewest`, always at `most`; between them where √(wᵀPw), what is not known of the expected
        score in right answers, is at most `enough`.
        """
        if asked < self.fewest:
            return False
        return asked >= self.most or score_uncertainty(bank, state) <= self.enough


def _usable(
    bank: Bank, state: CandidateState, sitting: Sitting, now: float
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Rows that may be asked, and the rules that had to be relaxed."""
    allowed = bank.published & (bank.domain >= 0)
    if sitting.allowed is not None:
        inside = set(sitting.allowed)
        allowed = allowed & np.array([identity in inside for identity in bank.ids], dtype=bool)
    allowed = allowed & np.array([identity not in sitting.asked for identity in bank.ids], dtype=bool)
    if not allowed.any():
        raise NothingToAsk("every question that may be asked has been asked")
    rested = np.ones(len(bank), dtype=bool)
    for question, memory in state.memories.items():
        row = bank.index.get(question)
        if row is not None and now - memory.last_at < bank.parameters.rest_days * SECONDS_PER_DAY:
            rested[row] = False
    exposure = sitting.exposure or {}
    limit = bank.parameters.exposure_limit
    unworn = np.array([exposure.get(identity, 0.0) <= limit for identity in bank.ids], dtype=bool)
    for mask, relaxed in (
        (allowed & rested & unworn, ()),
        (allowed & rested, ("exposure",)),
    ):
        if mask.any():
            return mask, relaxed
    return allowed, ("exposure", "rest")


def contrast_order(
    left: Sequence[QuestionId], right: Sequence[QuestionId], count: int, rng: np.random.Generator
) -> list[QuestionId]:
    """Questions for a contrast drill: both sides of a confusion pair in every two, order left to chance.

    left, right: ids whose key is the one or the other side. Returns at most `count` ids, as many
    from both sides as there are on the shorter one.
    Raises   NothingToAsk when a side has no question.
    """
    if not left or not right:
        raise NothingToAsk("a contrast drill needs questions for both sides of the pair")
    sides = [[side[i] for i in rng.permutation(len(side))] for side in (left, right)]
    order: list[QuestionId] = []
    for pair in zip(*sides, strict=False):
        first = int(rng.integers(2))
        order += [pair[first], pair[1 - first]]
    return order[:count]
