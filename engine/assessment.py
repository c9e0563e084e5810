"""Everything people see about one candidate, in one call.

Two states are rebuilt from the same answers. The forecast of the exam believes only questions never met before. What
somebody knows of each domain and topic by now follows practice as well, because that is what the next hour of study is
chosen by. After mocks alone the two are one.
"""

from collections.abc import Iterable, Sequence
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
    """Mastery per domain and topic, readiness, and the state and posterior sample that readiness comes from."""

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
    known = list(responses)
    state = rebuild(bank, known)
    current = advance(bank, state, now)
    sample = posterior_sample(bank, current, np.random.default_rng(seed))
    domains, topics = study_mastery(bank, known, now=now, seed=seed)
    return Assessment(
        state=current,
        domains=domains,
        topics=topics,
        readiness=readiness(bank, sample, answers=current.first_answers),
        sample=sample,
    )


def study_mastery(
    bank: Bank, responses: Sequence[Response], *, now: float, seed: int = 0
) -> tuple[tuple[Mastery, ...], tuple[Mastery, ...]]:
    """Where somebody stands by now on each domain and topic, practice included: what study is chosen by.

    Raises   as `engine.ability.rebuild`.
    """
    following = bank.following
    return masteries(following, rebuild(following, responses), now=now, seed=seed)


def masteries(
    bank: Bank, state: CandidateState, *, now: float, seed: int = 0
) -> tuple[tuple[Mastery, ...], tuple[Mastery, ...]]:
    """Domains and topics of a state, carried on to `now` (seconds), each in the subject's order.

    The same state, moment and seed give the same figures.
    Raises   ValueError for a state that was built for another subject.
    """
    current = advance(bank, state, now)
    sample = posterior_sample(bank, current, np.random.default_rng(seed))
    return domain_mastery(bank, current, sample), topic_mastery(bank, current, sample)
