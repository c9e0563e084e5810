"""What mastery is measured on: the published bank, domain by domain and topic by topic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.normal import Array
from engine.parameters import ModelParameters
from engine.state import start_state
from engine.subject import Subject


@dataclass(frozen=True, eq=False)
class Yardstick:
    """m questions to measure on; a domain or topic without any is measured on a typical one.

    loadings: (m, d). difficulty, shrink, guess: (m,); shrink averages out the unknown difficulty.
    domain_shares (D, m), topic_shares (T, m): rows that add up to 1.
    topic_marks: (T,) the share of the exam's scored questions each topic stands for.
    """

    subject: Subject
    parameters: ModelParameters
    loadings: Array
    difficulty: Array
    shrink: Array
    guess: Array
    domain_shares: Array
    topic_shares: Array
    topic_marks: Array

    @cached_property
    def domain_guess(self) -> Array:
        """Mastery of somebody who only guesses, per domain, shape (D,)."""
        return self.domain_shares @ self.guess

    @cached_property
    def topic_guess(self) -> Array:
        return self.topic_shares @ self.guess

    def chances(self, abilities: Array) -> Array:
        """Chance of a right answer, memory left out: c + (1 − c)·σ(k(h·θ − b)).

        abilities: (k, d) logits. Returns shape (m, k), guess…1.
        """
        limit = self.parameters.logit_limit
        # One large table, worked on in place: this is where a forecast spends its time.
        table = self._scaled_loadings @ abilities.T
        table -= self._scaled_difficulty
        np.clip(table, -limit, limit, out=table)
        np.negative(table, out=table)
        np.exp(table, out=table)
        table += 1.0
        np.divide((1.0 - self.guess)[:, None], table, out=table)
        table += self.guess[:, None]
        return table

    @cached_property
    def _scaled_loadings(self) -> Array:
        return self.loadings * self.shrink[:, None]

    @cached_property
    def _scaled_difficulty(self) -> Array:
        return (self.difficulty * self.shrink)[:, None]

    def slopes(self, chances: Array) -> Array:
        """dp/dη = k(p − c)(1 − p)/(1 − c): change of each chance per logit, from `chances`.

        Returns  shape (m, k), per logit, ≥ 0.
        """
        guess = self.guess[:, None]
        return self.shrink[:, None] * (chances - guess) * (1.0 - chances) / (1.0 - guess)

    @cached_property
    def start_spread(self) -> tuple[Array, Array]:
        """Standard deviation of domain (D,) and topic (T,) mastery before any answer."""
        state = start_state(self.subject, self.parameters)
        normals = standard_draws(np.random.default_rng(0), self.parameters.draws, self.subject.size)
        chances = self.chances(state.mean + normals * np.sqrt(np.diag(state.covariance)))
        return (self.domain_shares @ chances).std(axis=1), (self.topic_shares @ chances).std(axis=1)


def standard_draws(rng: np.random.Generator, count: int, size: int) -> Array:
    """Antithetic standard normal draws, shape (count, size): z and −z, so their mean is exactly 0.

    With more pairs than dimensions their covariance is made exactly the identity too, which takes
    the sampling noise out of every mean and variance that is linear in ability.
    """
    half = rng.standard_normal((count // 2, size))
    if count // 2 > size:
        factor = np.linalg.cholesky(half.T @ half / len(half))
        half = np.linalg.solve(factor, half.T).T
    return np.concatenate([half, -half])


def yardstick(
    subject: Subject,
    parameters: ModelParameters,
    loadings: Array,
    difficulty: Array,
    difficulty_variance: Array,
    guess: Array,
    domain: Sequence[int],
    topics: Sequence[tuple[int, ...]],
) -> Yardstick:
    """The yardstick of the m given published questions.

    loadings: (m, d). difficulty, difficulty_variance, guess: (m,). domain: place of each, −1 for none.
    topics: places of each. A domain or topic without a question is measured on a typical one.
    """
    domains, count = subject.domain_count, len(domain)
    domain_shares = np.zeros((domains, count))
    topic_shares = np.zeros((subject.topic_count, count))
    for row, (place, members) in enumerate(zip(domain, topics, strict=True)):
        if place >= 0:
            domain_shares[place, row] = 1.0
        for topic in members:
            topic_shares[topic, row] += 1.0 / len(members)
    extra = _typical_questions(subject, parameters, domain_shares, topic_shares, difficulty, guess)
    added, added_difficulty, added_guess, added_domains, added_topics = extra
    domain_shares = np.hstack([domain_shares, added_domains])
    topic_shares = np.hstack([topic_shares, added_topics])
    variance = np.concatenate([difficulty_variance, np.full(len(added), parameters.author_level_variance)])
    return Yardstick(
        subject=subject,
        parameters=parameters,
        loadings=np.vstack([loadings, added]),
        difficulty=np.concatenate([difficulty, added_difficulty]),
        shrink=1.0 / np.sqrt(1.0 + math.pi * variance / 8.0),
        guess=np.concatenate([guess, added_guess]),
        domain_shares=domain_shares / domain_shares.sum(axis=1, keepdims=True),
        topic_marks=_topic_marks(subject, topic_shares),
        topic_shares=topic_shares / topic_shares.sum(axis=1, keepdims=True),
    )


def _topic_marks(subject: Subject, topic_shares: Array) -> Array:
    """Marks per topic: those of its domain, split by the number of questions."""
    amount = topic_shares.sum(axis=1)
    marks = np.zeros(subject.topic_count)
    for domain in range(subject.domain_count):
        inside = np.array([place == domain for place in subject.topic_domains], dtype=bool)
        if inside.any():
            marks[inside] = subject.scored_counts[domain] * amount[inside] / amount[inside].sum()
    return marks


def _typical_questions(
    subject: Subject,
    parameters: ModelParameters,
    domain_shares: Array,
    topic_shares: Array,
    difficulty: Array,
    guess: Array,
) -> tuple[Array, Array, Array, Array, Array]:
    """A question of middling difficulty for each domain and topic that has none."""
    rows: list[tuple[int, int | None]] = []
    rows += [(d, None) for d in range(subject.domain_count) if not domain_shares[d].any()]
    rows += [(subject.topic_domains[t], t) for t in range(subject.topic_count) if not topic_shares[t].any()]
    loadings = np.zeros((len(rows), subject.size))
    difficulties, guesses = np.zeros(len(rows)), np.zeros(len(rows))
    in_domain = np.zeros((subject.domain_count, len(rows)))
    in_topic = np.zeros((subject.topic_count, len(rows)))
    for row, (domain, topic) in enumerate(rows):
        loadings[row, [0, 1 + domain]] = 1.0
        known = domain_shares[domain] > 0
        difficulties[row] = difficulty[known].mean() if known.any() else parameters.author_level_difficulty[2]
        guesses[row] = guess[known].mean() if known.any() else 0.25 * parameters.guess_factor
        if topic is None:
            in_domain[domain, row] = 1.0
        else:
            loadings[row, 1 + subject.domain_count + topic] = 1.0
            in_topic[topic, row] = 1.0
    return loadings, difficulties, guesses, in_domain, in_topic
