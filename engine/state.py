"""What is kept of one candidate, and its form as JSON."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.normal import Array
from engine.parameters import ModelParameters
from engine.subject import Subject

STATE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """What a candidate remembers of one question, in logits on top of their ability."""

    mean: float
    variance: float
    attempts: int
    wins: int
    last_correct: bool
    last_at: float


@dataclass(frozen=True, eq=False)
class CandidateState:
    """Posterior of one candidate. d = subject.size abilities: global, domains, topics.

    mean:        (d,) logits. covariance: (d, d) squared logits, positive definite.
    at:          the moment the state speaks of, seconds; None before the first answer.
    answers, wins:          all answers; first_answers: first meetings with a question only.
    slow_average, fast_average: moving averages of outcomes, 0…1.
    domain_answers, topic_answers: first meetings per domain and topic.
    topic_attempts, topic_wins, topic_average, topic_at: every answer per topic, with the moment
    of the last one (None if there is none).
    memories:    per question met.
    """

    mean: Array
    covariance: Array
    at: float | None
    answers: int
    wins: int
    first_answers: int
    slow_average: float
    fast_average: float
    domain_answers: tuple[int, ...]
    topic_answers: tuple[int, ...]
    topic_attempts: tuple[int, ...]
    topic_wins: tuple[int, ...]
    topic_average: tuple[float, ...]
    topic_at: tuple[float | None, ...]
    memories: Mapping[Hashable, Memory] = field(default_factory=lambda: MappingProxyType({}))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for storage as JSON; exact, so `from_dict` gives the same state back."""
        lower = np.tril_indices(len(self.mean))
        values: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        values.update({name: list(getattr(self, name)) for name in _LISTS})
        values["format"] = STATE_FORMAT
        values["mean"] = self.mean.tolist()
        values["covariance"] = self.covariance[lower].tolist()
        values["memories"] = [
            [question, m.mean, m.variance, m.attempts, m.wins, m.last_correct, m.last_at]
            for question, m in self.memories.items()
        ]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "CandidateState":
        """Raises ValueError when the values were stored by another format of this class."""
        if values.get("format") != STATE_FORMAT:
            raise ValueError(f"a stored state of format {values.get('format')!r} must be rebuilt")
        size = len(values["mean"])
        covariance = np.zeros((size, size))
        covariance[np.tril_indices(size)] = values["covariance"]
        covariance += np.tril(covariance, -1).T
        fields: dict[str, Any] = {name: values[name] for name in _PLAIN}
        fields.update({name: tuple(values[name]) for name in _LISTS})
        return cls(
            mean=np.array(values["mean"], dtype=np.float64),
            covariance=covariance,
            memories=MappingProxyType({row[0]: Memory(*row[1:]) for row in values["memories"]}),
            **fields,
        )


_PLAIN = ("at", "answers", "wins", "first_answers", "slow_average", "fast_average")
_LISTS = (
    "domain_answers", "topic_answers", "topic_attempts", "topic_wins", "topic_average", "topic_at",
)  # fmt: skip


def start_variances(subject: Subject, parameters: ModelParameters) -> Array:
    """Prior variance of each ability: v_g once, v_d per domain, v_t per topic.

    Returns  shape (d,), squared logits, positive.
    """
    return np.repeat(
        [parameters.ability_variance, parameters.domain_variance, parameters.topic_variance],
        [1, subject.domain_count, subject.topic_count],
    )


def start_state(subject: Subject, parameters: ModelParameters) -> CandidateState:
    """A candidate of whom nothing is known: the population.

    Mean (m₀, 0, …, 0) and a diagonal covariance of `start_variances`, logits; no answers, no moment yet.
    """
    mean = np.zeros(subject.size)
    mean[0] = parameters.start_ability
    topics = subject.topic_count
    return CandidateState(
        mean=mean,
        covariance=np.diag(start_variances(subject, parameters)),
        at=None,
        answers=0,
        wins=0,
        first_answers=0,
        slow_average=0.5,
        fast_average=0.5,
        domain_answers=(0,) * subject.domain_count,
        topic_answers=(0,) * topics,
        topic_attempts=(0,) * topics,
        topic_wins=(0,) * topics,
        topic_average=(0.5,) * topics,
        topic_at=(None,) * topics,
    )
