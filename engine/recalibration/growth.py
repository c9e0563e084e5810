"""How much people gain from mock to mock: a Bayesian estimate that is worth something from few people on.

A mock that goes better than the answers before it made one expect speaks for growth. How loudly depends on
how far growth would have moved the expectation, and on how much a score varies anyway.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.parameters import DEFAULTS
from engine.questions import Bank
from engine.responses import Response, sittings
from engine.state import start_state
from engine.tracker import Tracker

PERSON_SD = 0.10  # how much the gain per mock differs between people, logits
POPULATION_SD = 0.10  # of its mean between exams and populations, before any answer
TRIAL_GAIN = 0.1
LEAST_ANSWERS = 10  # new questions in a mock that is to say something


@dataclass(frozen=True, slots=True)
class GrowthEvidence:
    """One person's scores against their forecasts: information about the gain per mock (per squared logit)
    and pull (information · estimate)."""

    information: float
    pull: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Mean gain per mock of a population, logits, its posterior standard deviation, and the people behind it."""

    mean: float
    sd: float
    people: int


def growth_evidence(bank: Bank, responses: Iterable[Response], *, around: float = 0.0) -> GrowthEvidence:
    """What one candidate's later mocks say about their gain per mock.

    For mock k with score y, forecast E and variance V at the gain `around` (logits), and s = dE/d(gain): information
    Σ s²/V, pull Σ s(y − E)/V + around · information, over new questions only.
    Raises   as `engine.ability.rebuild`.
    Source   one generalised least squares step on the forecast errors of a Kalman filter.
    """
    parameters = bank.parameters
    start = start_state(bank.subject, parameters)
    banks = [
        bank.with_parameters(parameters.replace(ability_gain_per_batch=gain)) for gain in (around, around + TRIAL_GAIN)
    ]
    plain, grown = (Tracker(one, start) for one in banks)
    information = pull = 0.0
    for moment, members in sittings(responses):
        plain.advance(moment)
        grown.advance(moment)
        fresh = [one for one in members if one.question not in plain.memories and one.weight == 1.0]
        if plain.answers and members[0].batch is not None and len(fresh) >= LEAST_ANSWERS:
            expected, variance = plain.expected_score([one.question for one in fresh])
            moved = (grown.expected_score([one.question for one in fresh])[0] - expected) / TRIAL_GAIN
            information += moved * moved / variance
            pull += moved * (sum(one.correct for one in fresh) - expected) / variance
        plain.sit(moment, members)
        grown.sit(moment, members)
    return GrowthEvidence(information, pull + around * information)


def population_growth(evidence: Sequence[GrowthEvidence], *, expected: float = 0.0) -> Growth:
    """Mean gain per mock from any number of people; without any it is what was expected.

    Source   the normal hierarchical model with known variances (Gelman et al., Bayesian Data Analysis, ch. 5).
    """
    precision, weighted, people = POPULATION_SD**-2, expected * POPULATION_SD**-2, 0
    for one in evidence:
        if one.information > 0.0:
            weight = 1.0 / (1.0 / one.information + PERSON_SD**2)
            precision += weight
            weighted += weight * one.pull / one.information
            people += 1
    return Growth(weighted / precision, precision**-0.5, people)


def fit_growth(bank: Bank, candidates: Sequence[Sequence[Response]], *, rounds: int = 2) -> Growth:
    """Mean gain per mock of these candidates, expected to be that of `DEFAULTS` before any answer: a set fitted
    from the same people yesterday must not count as news.

    The second round looks at the scores from the gain that the first one found.
    Raises   as `engine.ability.rebuild`.
    """
    expected = DEFAULTS.ability_gain_per_batch
    found = Growth(expected, POPULATION_SD, 0)
    for _ in range(rounds):
        evidence = [growth_evidence(bank, responses, around=found.mean) for responses in candidates]
        found = population_growth(evidence, expected=expected)
    return found
