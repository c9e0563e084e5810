"""What the model knows of each question, and a bank of them compiled into arrays."""

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array
from engine.parameters import DEFAULTS, ModelParameters
from engine.subject import Subject
from engine.yardstick import Yardstick, yardstick

QuestionId = Hashable


def guess_level(option_count: int, select_count: int = 1) -> float:
    """Chance of a blind guess: 1 / C(option_count, select_count), in (0, 1].

    All or nothing: every right option and no other.
    Raises   ValueError unless 1 ≤ select_count ≤ option_count.
    Source   Birnbaum (1968), the floor of the three-parameter logistic.
    """
    if not 1 <= select_count <= option_count:
        raise ValueError(f"cannot select {select_count} of {option_count} options")
    return 1.0 / math.comb(option_count, select_count)


@dataclass(frozen=True, slots=True)
class QuestionParameters:
    """One question as the model sees it.

    id:                   hashable; str or int where a state is to be stored as JSON.
    domain:               domain index, or None for a log without domains.
    topics:               topic indices, equally shared; may be empty.
    difficulty:           logits; higher is harder. difficulty_variance: squared logits.
    guess:                chance level before the bank-wide guess factor, 0…1.
    published:            whether it counts as part of the bank that mastery is measured on.
    """

    id: QuestionId
    domain: int | None
    topics: tuple[int, ...] = ()
    difficulty: float = 0.0
    difficulty_variance: float = DEFAULTS.author_level_variance
    guess: float = 0.0
    published: bool = True


def authored_question(
    id: QuestionId,
    domain: int | None,
    topics: Iterable[int],
    *,
    author_level: int,
    option_count: int,
    select_count: int = 1,
    published: bool = True,
    parameters: ModelParameters = DEFAULTS,
) -> QuestionParameters:
    """A question nobody has answered yet: difficulty from the author's level, guess level from its form.

    Raises   ValueError for a level outside 1…5 or an impossible number of options.
    """
    if not 1 <= author_level <= 5:
        raise ValueError(f"author level {author_level} is not one of 1 to 5")
    return QuestionParameters(
        id=id,
        domain=domain,
        topics=tuple(topics),
        difficulty=parameters.author_level_difficulty[author_level - 1],
        difficulty_variance=parameters.author_level_variance,
        guess=guess_level(option_count, select_count),
        published=published,
    )


@dataclass(frozen=True, eq=False)
class Bank:
    """Questions compiled for one subject and parameter set; n questions, d = subject.size abilities.

    loadings:  (n, d); 1 on the global ability and the domain, 1/|topics| on each topic.
    difficulty, difficulty_variance, guess: (n,); guess already scaled by the guess factor.
    domain:    (n,) domain index, −1 for none. published: (n,) bool.
    """

    subject: Subject
    parameters: ModelParameters
    ids: tuple[QuestionId, ...]
    topics: tuple[tuple[int, ...], ...]
    domain: NDArray[np.int64]
    loadings: Array
    difficulty: Array
    difficulty_variance: Array
    guess: Array
    published: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def with_parameters(self, parameters: ModelParameters) -> "Bank":
        """The same questions under another parameter set with the same guess factor."""
        return replace(self, parameters=parameters)

    @cached_property
    def index(self) -> Mapping[QuestionId, int]:
        return MappingProxyType({identity: row for row, identity in enumerate(self.ids)})

    def row(self, question: QuestionId) -> int:
        """Row of a question. Raises KeyError naming the question when the bank lacks it."""
        try:
            return self.index[question]
        except KeyError:
            raise KeyError(f"question {question!r} is not in this bank") from None

    @cached_property
    def rows(self) -> tuple[Array, ...]:
        """The loadings row by row, for loops that touch one question at a time."""
        return tuple(self.loadings)

    @cached_property
    def constants(self) -> tuple[tuple[float, float, float], ...]:
        """(difficulty, difficulty variance, guess) as plain floats, row by row."""
        columns = (self.difficulty, self.difficulty_variance, self.guess)
        return tuple(zip(*(column.tolist() for column in columns), strict=True))

    @cached_property
    def domain_of(self) -> tuple[int, ...]:
        return tuple(self.domain.tolist())

    @cached_property
    def following(self) -> "Bank":
        """The same questions under the parameters that follow practice."""
        return replace(self, parameters=self.parameters.following())

    @cached_property
    def yardstick(self) -> Yardstick:
        """The published questions, as what mastery is measured on."""
        rows = self.published.nonzero()[0]
        return yardstick(
            self.subject,
            self.parameters,
            self.loadings[rows],
            self.difficulty[rows],
            self.difficulty_variance[rows],
            self.guess[rows],
            self.domain[rows].tolist(),
            [self.topics[row] for row in rows],
        )


def compile_bank(
    subject: Subject,
    questions: Iterable[QuestionParameters],
    parameters: ModelParameters = DEFAULTS,
) -> Bank:
    """Arrays for a set of questions; compile once, use for every candidate.

    Raises   ValueError for a repeated id, an index outside the subject or a value out of range.
    """
    listed = list(questions)
    loadings = np.zeros((len(listed), subject.size))
    first_topic = 1 + subject.domain_count
    for row, question in enumerate(listed):
        _check(subject, question)
        loadings[row, 0] = 1.0
        if question.domain is not None:
            loadings[row, 1 + question.domain] = 1.0
        for topic in question.topics:
            loadings[row, first_topic + topic] += 1.0 / len(question.topics)
    bank = Bank(
        subject=subject,
        parameters=parameters,
        ids=tuple(question.id for question in listed),
        topics=tuple(question.topics for question in listed),
        domain=np.array([-1 if q.domain is None else q.domain for q in listed], dtype=np.int64),
        loadings=loadings,
        difficulty=np.array([q.difficulty for q in listed], dtype=np.float64),
        difficulty_variance=np.array([q.difficulty_variance for q in listed], dtype=np.float64),
        guess=np.array([q.guess for q in listed], dtype=np.float64) * parameters.guess_factor,
        published=np.array([q.published for q in listed], dtype=np.bool_),
    )
    if len(bank.index) != len(listed):
        raise ValueError("a question id appears twice in the bank")
    return bank


def _check(subject: Subject, question: QuestionParameters) -> None:
    if question.domain is not None and not 0 <= question.domain < subject.domain_count:
        raise ValueError(f"question {question.id!r}: no domain {question.domain}")
    if any(not 0 <= topic < subject.topic_count for topic in question.topics):
        raise ValueError(f"question {question.id!r}: a topic outside the subject")
    if not 0 <= question.guess < 1:
        raise ValueError(f"question {question.id!r}: guess level {question.guess} outside [0, 1)")
    if not math.isfinite(question.difficulty) or not question.difficulty_variance >= 0:
        raise ValueError(f"question {question.id!r}: difficulty or its variance is not usable")
