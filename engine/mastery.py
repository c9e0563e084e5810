"""How weak, and how sure: mastery, weakness, confidence, label and study priority."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.normal import Array, expected_shortfall
from engine.questions import Bank
from engine.state import CandidateState
from engine.yardstick import standard_draws


class Label(StrEnum):
    WEAK = "weak"
    STRONG = "strong"
    UNCLEAR = "unclear"  # not enough evidence yet


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws from one candidate's posterior and what they would score; k draws.

    abilities: (k, d) logits. chances: (m, k) on the m questions of the bank's yardstick.
    domains:   (D, k), topics: (T, k), expected share of right answers, 0…1.
    """

    abilities: Array
    chances: Array
    domains: Array
    topics: Array


def posterior_sample(bank: Bank, state: CandidateState, rng: np.random.Generator) -> Sample:
    """`parameters.draws` antithetic draws and their mastery. The same rng seed, the same sample.

    Raises   ValueError when the state belongs to another subject.
    """
    if len(state.mean) != bank.subject.size:
        raise ValueError("the state was built for another subject: rebuild it")
    normals = standard_draws(rng, bank.parameters.draws, bank.subject.size)
    factor = np.linalg.cholesky(state.covariance)
    return sample_of(bank, state.mean + normals @ factor.T)


def sample_of(bank: Bank, abilities: Array) -> Sample:
    """What given abilities would score on the published bank.

    M = shares · p, p = c + (1 − c)·σ(k(h·θ − b)), k = (1 + πv_b/8)^−½; memories of single questions are left out.
    abilities: (k, d) logits, one row a draw.
    Returns  chances (m, k) of the m published questions, domains (D, k) and topics (T, k), all 0…1.
    """
    measure = bank.yardstick
    chances = measure.chances(abilities)
    return Sample(
        abilities=abilities,
        chances=chances,
        domains=measure.domain_shares @ chances,
        topics=measure.topic_shares @ chances,
    )


@dataclass(frozen=True, slots=True)
class Priority:
    """Marks to win by study, with its arithmetic: marks = weight · scored questions · expected gap.

    gap:          target − mean mastery, not below 0; in 0…1. target: pass mark + margin.
    expected_gap: E[(target − M)⁺] ≥ gap; what uncertainty adds to it is `uncertainty_gap`.
    weight:       share of the exam, 0…1. marks: scored questions of the exam to be won.
    """

    marks: float
    gap: float
    expected_gap: float
    weight: float
    target: float

    @property
    def uncertainty_gap(self) -> float:
        return self.expected_gap - self.gap

    @property
    def uncertainty_factor(self) -> float | None:
        """expected_gap / gap, ≥ 1; None where there is no gap to multiply."""
        return self.expected_gap / self.gap if self.gap > 0 else None


@dataclass(frozen=True, slots=True)
class Mastery:
    """Where a candidate stands on one domain or topic.

    mean, low, high: expected share of right answers on its published bank and its 5 % and 95 %
                     quantiles, 0…1. sd: posterior standard deviation.
    weakness:   0 (95 % expected) … 100 (guessing); weakness_low, weakness_high from the quantiles.
    confidence: 0 (know only the population) … 100.
    below_pass: P(mastery < pass mark). answers: first meetings with a question behind it.
    """

    code: str
    mean: float
    sd: float
    low: float
    high: float
    weakness: float
    weakness_low: float
    weakness_high: float
    confidence: float
    below_pass: float
    label: Label
    answers: int
    priority: Priority


def weakness(mastery: Array | float, guess: Array | float, expert: float = 0.95) -> Array:
    """100·clip((expert − mastery)/(expert − guess), 0, 1): 0 = expert, 100 = guessing.

    mastery, guess: shares in 0…1 of a common shape. Returns that shape, 0…100.
    Raises   ValueError unless every guess level lies below expert.
    """
    floor = np.asarray(guess, dtype=np.float64)
    if np.any(floor >= expert):
        raise ValueError("guess levels must lie below the expert's mastery")
    return np.asarray(100.0 * np.clip((expert - np.asarray(mastery)) / (expert - floor), 0.0, 1.0))


def domain_mastery(bank: Bank, state: CandidateState, sample: Sample) -> tuple[Mastery, ...]:
    """One `Mastery` per domain, in the subject's order.

    sample: draws of `posterior_sample`. Mean, sd and quantiles are those of the draws; weakness
    100·clip((.95 − M)/(.95 − c), 0, 1); confidence 100·(1 − sd/sd before any answer), 0…100; priority
    scored questions · E[(T − M)⁺], T = pass mark + margin.
    """
    subject, measure = bank.subject, bank.yardstick
    return _masteries(
        bank,
        subject.domain_codes,
        sample.domains,
        measure.domain_guess,
        measure.start_spread[0],
        np.array(subject.scored_counts, dtype=np.float64),
        state.domain_answers,
    )


def topic_mastery(bank: Bank, state: CandidateState, sample: Sample) -> tuple[Mastery, ...]:
    """One `Mastery` per topic, in the subject's order.

    A topic's marks are those of its domain, split by the number of published questions.
    """
    subject, measure = bank.subject, bank.yardstick
    return _masteries(
        bank,
        subject.topic_codes,
        sample.topics,
        measure.topic_guess,
        measure.start_spread[1],
        measure.topic_marks,
        state.topic_answers,
    )


def _masteries(
    bank: Bank,
    codes: tuple[str, ...],
    drawn: Array,
    guess: Array,
    start_spread: Array,
    marks: Array,
    answers: tuple[int, ...],
) -> tuple[Mastery, ...]:
    if not codes:
        return ()
    parameters, subject = bank.parameters, bank.subject
    mean, sd = drawn.mean(axis=1), drawn.std(axis=1)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=1)
    target = min(subject.pass_fraction + parameters.target_margin, parameters.expert_mastery)
    shortfall = expected_shortfall(mean, sd, target)
    confidence = 100.0 * np.clip(1.0 - sd / start_spread, 0.0, 1.0)
    below = (drawn < subject.pass_fraction).mean(axis=1)
    weak = [weakness(share, guess, parameters.expert_mastery) for share in (mean, high, low)]
    return tuple(
        Mastery(
            code=code,
            mean=float(mean[i]),
            sd=float(sd[i]),
            low=float(low[i]),
            high=float(high[i]),
            weakness=float(weak[0][i]),
            weakness_low=float(weak[1][i]),
            weakness_high=float(weak[2][i]),
            confidence=float(confidence[i]),
            below_pass=float(below[i]),
            label=mastery_label(bank, float(below[i]), answers[i]),
            answers=answers[i],
            priority=Priority(
                marks=float(marks[i] * shortfall[i]),
                gap=max(0.0, target - float(mean[i])),
                expected_gap=float(shortfall[i]),
                weight=float(marks[i]) / subject.scored_count,
                target=target,
            ),
        )
        for i, code in enumerate(codes)
    )


def mastery_label(bank: Bank, below_pass: float, answers: int) -> Label:
    """Weak if surely below the pass mark, strong if surely above, else unclear.

    below_pass: P(mastery < pass mark), 0…1. Too few answers are always unclear.
    """
    certainty = bank.parameters.label_certainty
    if answers < bank.parameters.label_answers:
        return Label.UNCLEAR
    if below_pass >= certainty:
        return Label.WEAK
    return Label.STRONG if below_pass <= 1.0 - certainty else Label.UNCLEAR
