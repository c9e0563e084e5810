"""A simulated exam and simulated people, of whom the truth is known.

The world is not quite what the model assumes: questions differ in slope, which the model has no
parameter for, and the bank's difficulties are estimates with an error.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.responses import Response
from engine.state import start_variances
from engine.subject import Subject

DAY = 86_400.0

DOMAINS = (
    ("platform", 10.0), ("data", 17.0), ("security", 15.0), ("enterprise", 28.0),
    ("applications", 15.0), ("integrations", 15.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorldShape:
    """What a simulated world looks like; variances in squared logits.

    slope_sd:        spread of the questions' slopes around 1, unknown to the model.
    difficulty_error: variance of the bank's difficulty estimates around the truth.
    guess_levels:    (chance level, share of questions) pairs.
    interaction:     variance of person × question luck that lasts (a memory before any meeting).
    learning:        gain of global ability after each mock.
    learning_sd:     how much that gain differs between people.
    """

    questions: int = 900
    topics_per_domain: int = 8
    slope_sd: float = 0.25
    difficulty_mean: float = -0.3
    difficulty_sd: float = 0.8
    difficulty_error: float = 0.09
    guess_levels: tuple[tuple[float, float], ...] = ((0.25, 0.75), (0.05, 0.25))
    interaction: float = 0.0
    learning: float = 0.0
    learning_sd: float = 0.0


@dataclass(frozen=True, eq=False)
class World:
    """True question parameters and the bank a model would work with; n questions."""

    shape: WorldShape
    bank: Bank
    slope: Array
    difficulty: Array
    guess: Array

    @cached_property
    def domain_rows(self) -> list[NDArray[np.int64]]:
        domains = range(self.bank.subject.domain_count)
        return [np.flatnonzero(self.bank.domain == domain) for domain in domains]

    def chances(self, abilities: Array, rows: NDArray[np.int64] | slice = slice(None)) -> Array:
        """True chance of a right answer of one person, abilities (d,) → one value per row."""
        logit = self.slope[rows] * (self.bank.loadings[rows] @ abilities - self.difficulty[rows])
        return self.guess[rows] + (1.0 - self.guess[rows]) * logistic(logit)

    def mastery(self, abilities: Array) -> Array:
        """True expected share per domain, shape (D,)."""
        chances = self.chances(abilities)
        return np.array([chances[rows].mean() for rows in self.domain_rows])

    def paper(self, rng: np.random.Generator, used: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Rows of a random balanced mock of questions not used yet; marks them as used."""
        rows = []
        for domain, count in enumerate(self.bank.subject.scored_counts):
            free = self.domain_rows[domain]
            free = free[~used[free]]
            rows.append(rng.choice(free, size=count, replace=False))
        paper = np.concatenate(rows)
        used[paper] = True
        return paper


def simulated_world(
    rng: np.random.Generator,
    shape: WorldShape | None = None,
    parameters: ModelParameters = DEFAULTS,
) -> World:
    """A world drawn at random: same rng seed and shape, same world."""
    shape = shape or WorldShape()
    topics = [(f"{code}-{i}", code) for code, _ in DOMAINS for i in range(shape.topics_per_domain)]
    subject = Subject.from_blueprint(DOMAINS, topics)
    count = shape.questions
    slope = np.exp(rng.normal(0.0, shape.slope_sd, count) - shape.slope_sd**2 / 2)
    difficulty = rng.normal(shape.difficulty_mean, shape.difficulty_sd, count)
    levels, shares = zip(*shape.guess_levels, strict=True)
    guess = rng.choice(levels, size=count, p=np.array(shares) / sum(shares))
    estimate = difficulty + rng.normal(0.0, np.sqrt(shape.difficulty_error), count)
    # An estimate with an error is shrunk towards the mean, as a recalibration would do.
    trust = shape.difficulty_sd**2 / (shape.difficulty_sd**2 + shape.difficulty_error)
    estimate = shape.difficulty_mean + trust * (estimate - shape.difficulty_mean)
    questions = [
        QuestionParameters(
            id=row,
            domain=subject.topic_domains[row % subject.topic_count],
            topics=(row % subject.topic_count,),
            difficulty=float(estimate[row]),
            difficulty_variance=trust * shape.difficulty_error,
            guess=float(guess[row]),
        )
        for row in range(count)
    ]
    return World(shape, compile_bank(subject, questions, parameters), slope, difficulty, guess)


def simulated_abilities(world: World, rng: np.random.Generator) -> Array:
    """One person drawn from the population the model assumes, shape (d,), logits."""
    variances = start_variances(world.bank.subject, world.bank.parameters)
    abilities = rng.normal(0.0, np.sqrt(variances))
    abilities[0] += world.bank.parameters.start_ability
    return np.asarray(abilities)


def simulated_answers(
    world: World,
    abilities: Array,
    paper: NDArray[np.int64],
    *,
    mock: int,
    at: float,
    rng: np.random.Generator,
) -> list[Response]:
    """One person's answers to a paper, as a submitted mock."""
    chances = world.chances(abilities, paper)
    if world.shape.interaction:
        logit = np.log(np.maximum(chances - world.guess[paper], 1e-9) / (1.0 - chances))
        logit = logit + np.log1p(0.0) + rng.normal(0.0, np.sqrt(world.shape.interaction), len(paper))
        chances = world.guess[paper] + (1.0 - world.guess[paper]) * logistic(logit)
    right = rng.random(len(paper)) < chances
    return [Response((mock, place), int(row), bool(right[place]), at, batch=mock) for place, row in enumerate(paper)]
