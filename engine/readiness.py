"""Will they pass? Probability, expected score, what would move it, and when it will be enough."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.mastery import Sample, sample_of
from engine.normal import Array, normal_cdf, normal_quantile
from engine.questions import Bank

FORECAST_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """Forecast of one exam taken now.

    probability:  chance of passing as computed, 0…1; shown is the capped one, 0.02…0.98.
    low, high:    capped; in 8 of 10 cases the figure will lie between them after one more mock.
    score_mean, score_sd, score_low, score_high: right answers of `scored_count`; the interval holds
                  90 % (5 % and 95 % quantile, whole questions).
    answers:      first meetings with a question that it rests on.
    """

    probability: float
    shown: float
    low: float
    high: float
    score_mean: float
    score_sd: float
    score_low: int
    score_high: int
    pass_score: int
    scored_count: int
    answers: int = 0


def readiness(bank: Bank, sample: Sample, *, answers: int = 0) -> Readiness:
    """Chance of passing, score interval and the range of the chance.

    Per draw μ = Σ n_a q_a, var = Σ n_a q_a(1−q_a); P = mean Φ((μ − (K − ½))/√var).
    Range: one more mock leaves σ₁² = σ²σ_e²/(σ² + σ_e²) of the posterior variance σ² of μ (σ_e² =
    mean var), so the figure will move with variance σ² − σ₁²; the real exam being harder or easier
    than the bank adds to it. Quantiles 10 % and 90 % of Φ((μ' − (K − ½))/√(σ₁² + σ_e²)).
    Source   docs/model.md; the binomial mixture is approximated by normals with continuity correction.
    """
    subject, cap = bank.subject, bank.parameters.pass_probability_cap
    expected, variance = score_moments(bank, sample)
    probability = _pass_probability(expected, variance, subject.pass_score)
    low, high = _range(bank, sample, expected, variance)
    cumulative = score_distribution(bank, sample)
    return Readiness(
        probability=probability,
        shown=min(max(probability, cap), 1.0 - cap),
        low=min(max(min(low, probability), cap), 1.0 - cap),
        high=min(max(max(high, probability), cap), 1.0 - cap),
        score_mean=float(expected.mean()),
        score_sd=math.sqrt(float(variance.mean() + expected.var())),
        score_low=int(np.searchsorted(cumulative, 0.05)),
        score_high=int(np.searchsorted(cumulative, 0.95)),
        pass_score=subject.pass_score,
        scored_count=subject.scored_count,
        answers=answers,
    )


def score_moments(bank: Bank, sample: Sample) -> tuple[Array, Array]:
    """Expected score and its binomial variance for each of k draws.

    μ = Σ n_a M_a, σ² = Σ n_a M_a (1 − M_a) over the domains a, n_a scored questions each.
    Returns  shapes (k,) and (k,): right answers, 0…scored questions, and right answers squared, ≥ 0.
    """
    counts = np.array(bank.subject.scored_counts, dtype=np.float64)
    return counts @ sample.domains, counts @ (sample.domains * (1.0 - sample.domains))


def pass_probability(bank: Bank, sample: Sample) -> float:
    """The chance of passing alone: mean over the draws of Φ((μ − (K − ½))/σ), K the pass score.

    Returns  0…1, not capped; rises with every ability.
    Source   the normal approximation of the score with its continuity correction.
    """
    expected, variance = score_moments(bank, sample)
    return _pass_probability(expected, variance, bank.subject.pass_score)


def _pass_probability(expected: Array, variance: Array, pass_score: int) -> float:
    margin = (expected - (pass_score - 0.5)) / np.sqrt(np.maximum(variance, 1e-9))
    return float(normal_cdf(margin).mean())


def score_distribution(bank: Bank, sample: Sample) -> Array:
    """P(score ≤ s) for s = 0 … scored_count: mean over the draws of Φ((s + ½ − μ)/σ).

    Returns  shape (scored_count + 1,), 0…1, never falling, the last exactly 1.
    """
    expected, variance = score_moments(bank, sample)
    steps = np.arange(bank.subject.scored_count + 1)[:, None] + 0.5
    cumulative = normal_cdf((steps - expected) / np.sqrt(np.maximum(variance, 1e-9))).mean(axis=1)
    cumulative[-1] = 1.0
    return np.asarray(cumulative)


def _range(bank: Bank, sample: Sample, expected: Array, variance: Array) -> tuple[float, float]:
    posterior, chance = float(expected.var()), float(variance.mean())
    after = posterior * chance / (posterior + chance) if posterior > 0 else 0.0
    shift = bank.parameters.exam_difficulty_sd * score_slope(bank, sample)
    move = math.sqrt(posterior - after + shift * shift)
    reach = normal_quantile(0.9)
    spread = math.sqrt(after + chance)
    centre = float(expected.mean()) - (bank.subject.pass_score - 0.5)
    ends = normal_cdf((centre + np.array([-reach, reach]) * move) / max(spread, 1e-9))
    return float(ends[0]), float(ends[1])


def score_slope(bank: Bank, sample: Sample) -> float:
    """dμ/dg = Σ n_a dM_a/dg: right answers gained per logit of global ability.

    Averaged over every fourth draw, which is exact enough. Returns one number ≥ 0.
    """
    slopes = bank.yardstick.slopes(sample.chances[:, ::4]).mean(axis=1)
    return float(np.array(bank.subject.scored_counts) @ (bank.yardstick.domain_shares @ slopes))


@dataclass(frozen=True, slots=True)
class StudyMove:
    """What some minutes on one domain would do: chance of passing and marks gained, both ≥ 0."""

    domain: str
    minutes: float
    gain: float
    marks: float


def study_moves(bank: Bank, sample: Sample, *, minutes: float = 120.0) -> tuple[StudyMove, ...]:
    """Gain in the chance of passing from studying each domain, best first.

    The domain's offset rises by `study_gain_per_hour` · hours, an assumption until it is refitted
    from what people studied and scored; the gain in marks saturates by itself near full mastery.
    Raises   ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError("minutes must not be negative")
    subject, measure = bank.subject, bank.yardstick
    shift = bank.parameters.study_gain_per_hour * minutes / 60.0
    before = pass_probability(bank, sample)
    moves = []
    for domain, code in enumerate(subject.domain_codes):
        rows = measure.domain_shares[domain] > 0
        moved = sample.domains.copy()
        moved[domain] = _domain_after(bank, sample, domain, rows, shift)
        after = pass_probability(bank, Sample(sample.abilities, sample.chances, moved, sample.topics))
        marks = subject.scored_counts[domain] * float((moved[domain] - sample.domains[domain]).mean())
        moves.append(StudyMove(code, minutes, max(0.0, after - before), marks))
    return tuple(sorted(moves, key=lambda move: (-move.gain, -move.marks, move.domain)))


def _domain_after(bank: Bank, sample: Sample, domain: int, rows: Array, shift: float) -> Array:
    """Mastery draws (k,) of one domain after its ability rose by `shift` logits."""
    measure = bank.yardstick
    guess, scale = measure.guess[rows, None], measure.shrink[rows, None]
    right = np.clip((sample.chances[rows] - guess) / (1.0 - guess), 1e-9, 1.0 - 1e-9)
    odds = right / (1.0 - right) * np.exp(scale * shift)
    return np.asarray(measure.domain_shares[domain, rows] @ (guess + (1.0 - guess) * odds / (1.0 + odds)))


@dataclass(frozen=True, slots=True)
class ReadyForecast:
    """Days from now until the chance of passing reaches a target; None means not within a year.

    low and high are the days at a gain one standard deviation above and below the expected one.
    needed_gain: logits of global ability still missing.
    """

    target: float
    days: float | None
    low: float | None
    high: float | None
    needed_gain: float


def ready_forecast(
    bank: Bank, sample: Sample, *, gain_per_day: float, gain_sd: float = 0.0, target: float = 0.8
) -> ReadyForecast:
    """When the candidate will be ready, if ability grows by gain_per_day (logits, see `daily_gain`).

    Raises   ValueError unless 0 < target < 1.
    """
    if not 0.0 < target < 1.0:
        raise ValueError("target must lie between 0 and 1")
    needed = _needed_gain(bank, sample, target)

    def days(gain: float) -> float | None:
        if needed == 0.0:
            return 0.0
        span = needed / gain if gain > 0 else math.inf
        return span if span <= FORECAST_DAYS else None

    return ReadyForecast(
        target=target,
        days=days(gain_per_day),
        low=days(gain_per_day + gain_sd),
        high=days(gain_per_day - gain_sd),
        needed_gain=needed,
    )


def _needed_gain(bank: Bank, sample: Sample, target: float) -> float:
    """Least rise of the global ability, logits, that brings the chance of passing to the target."""

    def reached(shift: float) -> float:
        abilities = sample.abilities.copy()
        abilities[:, 0] += shift
        return pass_probability(bank, sample_of(bank, abilities))

    if pass_probability(bank, sample) >= target:
        return 0.0
    low, high = 0.0, 8.0
    for _ in range(14):
        middle = (low + high) / 2.0
        low, high = (middle, high) if reached(middle) < target else (low, middle)
    return high


def daily_gain(
    bank: Bank, history: Iterable[tuple[float, float, float]], *, minutes_per_day: float
) -> tuple[float, float]:
    """Expected gain of global ability per day and its standard deviation, logits.

    Joins what the plan promises (minutes spread over all domains, ± its full size) with the slope
    of past estimates, each by its precision.
    history: (days, mean, sd) of global ability at earlier recomputes; fewer than three say nothing.
    """
    hours = minutes_per_day / 60.0
    promised = bank.parameters.study_gain_per_hour * hours / max(1, bank.subject.domain_count)
    prior_sd = max(promised, 0.002)
    points = np.array(list(history), dtype=np.float64).reshape(-1, 3)
    if len(points) < 3 or np.ptp(points[:, 0]) <= 0:
        return promised, prior_sd
    weight = 1.0 / np.maximum(points[:, 2], 1e-3) ** 2
    days = points[:, 0] - np.average(points[:, 0], weights=weight)
    precision = float((weight * days**2).sum())
    slope = float((weight * days * points[:, 1]).sum()) / precision
    joint = precision + prior_sd**-2
    return (slope * precision + promised * prior_sd**-2) / joint, joint**-0.5
