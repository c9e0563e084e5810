"""Everything people see about one candidate, in one call."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.ability import advance, rebuild
from engine.mastery import Mastery, Sample, domain_mastery, posterior_sample, topic_mastery
from engine.questions import Bank
from engine.readiness import Readiness, readiness
from engine.responses import Response
from engine.state import CandidateState


@dataclass(frozen=True, eq=False)
class Assessment:
    """State, mastery per domain and topic, readiness, and the posterior sample they come from."""

    state: CandidateState
    domains: tuple[Mastery, ...]
    topics: tuple[Mastery, ...]
    readiness: Readiness
    sample: Sample


def assess(bank: Bank, responses: Iterable[Response], *, now: float, seed: int = 0) -> Assessment:
    """Rebuild a candidate from all answers and say where they stand at `now` (seconds).

    The same answers, moment and seed give the same assessment, whatever the order of the answers.
    Raises   as `engine.ability.rebuild`.
    """
    return assess_state(bank, rebuild(bank, responses), now=now, seed=seed)


def assess_state(bank: Bank, state: CandidateState, *, now: float, seed: int = 0) -> Assessment:
    """The same from a stored state, for the nightly refresh: no answer is read again."""
    current = advance(bank, state, now)
    sample = posterior_sample(bank, current, np.random.default_rng(seed))
    return Assessment(
        state=current,
        domains=domain_mastery(bank, current, sample),
        topics=topic_mastery(bank, current, sample),
        readiness=readiness(bank, sample, answers=current.first_answers),
        sample=sample,
    )
