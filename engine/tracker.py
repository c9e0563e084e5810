"""The loop over one candidate's answers, written for speed: a rebuild costs microseconds per answer."""

import math
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.normal import Array
from engine.parameters import SECONDS_PER_DAY, SECONDS_PER_HOUR
from engine.questions import Bank, QuestionId
from engine.responses import Response
from engine.state import CandidateState, Memory, start_variances


class Tracker:
    """Mutable working copy of a candidate's state; private to one call of `engine.ability`."""

    __slots__ = (
        "answers", "asked", "at", "averages", "bank", "covariance", "diagonal", "domain_answers",
        "first_answers", "follows", "mean", "memories", "moment", "outlooks", "parameters", "start",
        "topic_answers", "topic_at", "topic_attempts", "topic_average", "topic_offset", "topic_wins", "version",
        "wins",
    )  # fmt: skip

    def __init__(self, bank: Bank, state: CandidateState) -> None:
        if len(state.mean) != bank.subject.size:
            raise ValueError("the state was built for another subject: rebuild it")
        self.bank = bank
        self.parameters = bank.parameters
        self.follows = bank.parameters.follows_practice
        self.version = 0
        self.asked: tuple[int, float, float, int] | None = None
        self.outlooks: tuple[float, float, Array] = (0.0, 1.0, np.zeros(0))
        self.start = start_variances(bank.subject, bank.parameters)
        self.topic_offset = 1 + bank.subject.domain_count
        self.mean = state.mean.copy()
        self.covariance = state.covariance.copy()
        self.diagonal = self.covariance.reshape(-1)[:: len(self.mean) + 1]  # a view
        self.at = state.at
        self.moment = state.at or 0.0
        self.answers, self.wins = state.answers, state.wins
        self.first_answers = state.first_answers
        self.averages = [state.slow_average, state.fast_average]
        self.domain_answers = list(state.domain_answers)
        self.topic_answers = list(state.topic_answers)
        self.topic_attempts = list(state.topic_attempts)
        self.topic_wins = list(state.topic_wins)
        self.topic_average = list(state.topic_average)
        self.topic_at = list(state.topic_at)
        self.memories: dict[QuestionId, list[Any]] = {
            question: [m.mean, m.variance, m.attempts, m.wins, m.last_correct, m.last_at]
            for question, m in state.memories.items()
        }

    def state(self) -> CandidateState:
        """The frozen state at this point."""
        covariance = self.covariance.copy()
        np.fill_diagonal(covariance, np.maximum(self.diagonal, self.parameters.variance_floor))
        return CandidateState(
            mean=self.mean.copy(),
            covariance=covariance,
            at=self.at,
            answers=self.answers,
            wins=self.wins,
            first_answers=self.first_answers,
            slow_average=self.averages[0],
            fast_average=self.averages[1],
            domain_answers=tuple(self.domain_answers),
            topic_answers=tuple(self.topic_answers),
            topic_attempts=tuple(self.topic_attempts),
            topic_wins=tuple(self.topic_wins),
            topic_average=tuple(self.topic_average),
            topic_at=tuple(self.topic_at),
            memories=MappingProxyType({q: Memory(*row) for q, row in self.memories.items()}),
        )

    def sit(self, moment: float, members: Sequence[Response]) -> None:
        """Take in one answer, or one submitted mock whose answers are looked at only afterwards."""
        self.advance(moment)
        for response in members:
            self.absorb(response)
        self.close(members)

    def close(self, members: Sequence[Response]) -> None:
        """Learn from the answers of a sitting, once all of them are in."""
        self.version += 1
        for response in members:
            if response.learned:
                self._learn(response)
        if members[0].batch is not None and members[0].learned:
            self.mean[0] += self.parameters.ability_gain_per_batch

    def advance(self, moment: float) -> None:
        """Forget and drift up to a moment (seconds); pauses below the forgetting step are added up first.

        Topics: mean ρm, variance ρ²v + (1 − ρ²)v₀, covariances × ρ, ρ = exp(−Δ/60 days); the global ability
        gains variance per day. Nothing happens for a moment that is not later.
        """
        self.moment = max(moment, self.moment) if self.at is not None else moment
        if self.at is None:
            self.at = moment
            return
        parameters = self.parameters
        days = (moment - self.at) / SECONDS_PER_DAY
        if days <= 0 or days * 24 < parameters.forgetting_step_hours:
            return
        self.at = moment
        self.version += 1
        kept = math.exp(-days / parameters.forgetting_days)
        topics = slice(self.topic_offset, None)
        self.mean[topics] *= kept
        self.covariance[topics, :] *= kept
        self.covariance[:, topics] *= kept
        self.diagonal[topics] += (1.0 - kept * kept) * self.start[topics]
        days = min(days, parameters.ability_variance_days)
        self.diagonal[0] += parameters.ability_variance_per_day * days

    def foresee(self, question: QuestionId) -> tuple[float, bool]:
        """(chance of a right answer at the tracker's moment, whether the question is new)."""
        row = self.bank.row(question)
        memory = self.memories.get(question)
        mean, variance = self._memory_now(memory)
        return self._predict(row, mean, variance)[0], memory is None

    def expected_score(self, questions: Sequence[QuestionId]) -> tuple[float, float]:
        """Expected right answers among n questions not met before, and their variance.

        Σ p and Σ p(1 − p) + rᵀPr, r = Σ dp/dη·h: the chance in each, and the ability they share.
        Returns  (right answers, right answers squared), 0…n and ≥ 0.
        Raises   KeyError for a question the bank lacks.
        """
        expected = chance = 0.0
        reach = np.zeros(len(self.mean))
        for question in questions:
            row = self.bank.row(question)
            probability, slope, _ = self._predict(row, 0.0, self.parameters.memory_variance)
            expected += probability
            chance += probability * (1.0 - probability)
            reach += slope * self.bank.rows[row]
        return expected, chance + float(reach.dot(self.covariance.dot(reach)))

    def _memory_now(self, memory: list[Any] | None) -> tuple[float, float]:
        start = self.parameters.memory_variance
        if memory is None:
            return 0.0, start
        kept = math.exp((memory[5] - self.moment) / SECONDS_PER_DAY / self.parameters.forgetting_days)
        return memory[0] * kept, kept * kept * memory[1] + (1.0 - kept * kept) * start

    def logit(self, row: int, memory: list[Any] | None) -> tuple[float, float]:
        """(η, k) of one question: k·η is the averaged logit of a right answer that is no guess."""
        logit, shrink, _ = self._outlook(row, *self._memory_now(memory))
        return logit, shrink

    def standing(self, row: int) -> tuple[float, float]:
        """(h·m, hᵀPh): the ability a question is answered with, and its variance."""
        loading = self.bank.rows[row]
        return float(loading.dot(self.mean)), float(loading.dot(self.covariance.dot(loading)))

    def _outlook(self, row: int, memory: float, variance: float) -> tuple[float, float, Array]:
        """(η, k, P·h) for one question; asked twice in a row, worked out once."""
        asked = (row, memory, variance, self.version)
        if asked == self.asked:
            return self.outlooks
        loading = self.bank.rows[row]
        difficulty, difficulty_variance, _ = self.bank.constants[row]
        pull = self.covariance.dot(loading)
        logit = float(loading.dot(self.mean)) + memory - difficulty
        spread = float(loading.dot(pull)) + variance + difficulty_variance
        self.asked = asked
        self.outlooks = (logit, 1.0 / math.sqrt(1.0 + math.pi / 8.0 * spread), pull)
        return self.outlooks

    def _predict(self, row: int, memory: float, variance: float) -> tuple[float, float, Array]:
        """(probability, slope dp/dη, P·h) for one question."""
        logit, shrink, pull = self._outlook(row, memory, variance)
        guess = self.bank.constants[row][2]
        limit = self.parameters.logit_limit
        right = 1.0 / (1.0 + math.exp(-min(max(shrink * logit, -limit), limit)))
        slope = shrink * (1.0 - guess) * right * (1.0 - right)
        return guess + (1.0 - guess) * right, slope, pull

    def absorb(self, response: Response) -> tuple[float, float]:
        """Filter one outcome into ability and memory, and count it.

        Returns the step De/V and the information D²/V it was taken with.
        """
        parameters = self.parameters
        row = self.bank.row(response.question)
        memory = self.memories.get(response.question)
        mean, variance = self._memory_now(memory)
        probability, slope, pull = self._predict(row, mean, variance)
        outcome = 1.0 if response.correct else 0.0
        noise = max(probability * (1.0 - probability), parameters.outcome_variance_floor)
        step = slope * (outcome - probability) / noise
        information = slope * slope / noise
        practised = self._practised(response, memory) if self.follows else 0.0
        weight = response.weight if memory is None else response.weight * max(parameters.repeat_weight, practised)
        self.version += 1
        if weight > 0.0:
            self.mean += pull * (weight * step)
            pull *= math.sqrt(weight * information)
            self.covariance -= pull[:, None] * pull
            self._drift(row, weight)
        if practised > 0.0:
            self._practise(row, response, practised)
        attempts, wins = (memory[2], memory[3]) if memory else (0, 0)
        gain = response.weight * variance
        self.memories[response.question] = [
            mean + gain * step,
            variance * (1.0 - gain * information) + parameters.memory_variance_per_answer,
            attempts + 1,
            wins + response.correct,
            response.correct,
            self.moment,
        ]
        self._count(row, response.correct, outcome, memory is None)
        return step, information

    def _drift(self, row: int, weight: float) -> None:
        self.diagonal[0] += weight * self.parameters.ability_variance_per_answer
        for topic in self.bank.topics[row]:
            self.diagonal[self.topic_offset + topic] += weight * self.parameters.topic_variance_per_answer

    def _practised(self, response: Response, memory: list[Any] | None) -> float:
        """How much an answer counts as practice of its topics, 0…1.

        A question met before says little about its topic, the less the oftener it was met, and nothing on the same day:
        going over one question again and again is no way to look strong.
        """
        if response.batch is not None or not response.learned:
            return 0.0
        if memory is None:
            return 1.0
        rested = self.moment - memory[5] >= self.parameters.practice_rest_hours * SECONDS_PER_HOUR
        return self.parameters.practice_repeat / memory[2] if rested else 0.0

    def _practise(self, row: int, response: Response, share: float) -> None:
        """Seeing the answer teaches its topics; how much is uncertain, so what was known of them widens."""
        parameters = self.parameters
        gain = parameters.practice_gain_right if response.correct else parameters.practice_gain_wrong
        for topic in self.bank.topics[row]:
            self.mean[self.topic_offset + topic] += share * gain
            self.diagonal[self.topic_offset + topic] += share * parameters.practice_variance

    def _count(self, row: int, correct: bool, outcome: float, first: bool) -> None:
        parameters = self.parameters
        self.answers += 1
        self.wins += correct
        self.averages[0] += parameters.slow_rate * (outcome - self.averages[0])
        self.averages[1] += parameters.fast_rate * (outcome - self.averages[1])
        for topic in self.bank.topics[row]:
            self.topic_attempts[topic] += 1
            self.topic_wins[topic] += correct
            self.topic_average[topic] += parameters.topic_rate * (outcome - self.topic_average[topic])
            self.topic_at[topic] = self.moment
            self.topic_answers[topic] += first
        if first:
            self.first_answers += 1
            if (domain := self.bank.domain_of[row]) >= 0:
                self.domain_answers[domain] += 1

    def _learn(self, response: Response) -> None:
        """Seeing the right answer teaches: the question itself most, its topics a little."""
        parameters = self.parameters
        memory = self.memories[response.question]
        memory[0] += parameters.memory_gain_right if response.correct else parameters.memory_gain_wrong
        share = 1.0 if memory[2] == 1 else parameters.repeat_weight
        gain = parameters.topic_gain_right if response.correct else parameters.topic_gain_wrong
        if share > 0.0:
            for topic in self.bank.topics[self.bank.row(response.question)]:
                self.mean[self.topic_offset + topic] += share * gain
