"""A real exam that is known only by its report: a whole percentage per domain, and no question.

A domain with n scored questions becomes n answers to stand-ins: questions as hard as the domain's on average, about no
topic, that are never served, measured or fitted. Each stand-in is met once, so the rule that repeats say nothing about
ability is left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.parameters import ModelParameters
from engine.questions import QuestionParameters
from engine.responses import Response
from engine.subject import Subject

# Ids below zero, apart from those of any row of a database: −1 … −1000 are the first exam's first domain.
PER_DOMAIN = 1_000
PER_EXAM = 1_000_000
STAND_INS = range(-1_000 * PER_EXAM, 0)


@dataclass(frozen=True, slots=True)
class ReportedExam:
    """What a report says: percentages 0–100 by domain code. at: seconds, as in `Response`."""

    at: float
    percents: Mapping[str, float]


def stand_in_id(exam: int, domain: int, number: int) -> int:
    """Of the question `number` in a domain of somebody's first, second … exam; all count from 0. Always negative."""
    return -(exam * PER_EXAM + domain * PER_DOMAIN + number + 1)


def stand_ins(
    subject: Subject, questions: Sequence[QuestionParameters], parameters: ModelParameters, *, exams: int
) -> list[QuestionParameters]:
    """Stand-ins for so many exams, to be compiled into a bank beside `questions`.

    difficulty = mean b of the domain's published questions; its variance = mean v_b + var(b) + exam_difficulty_sd²,
    so the less alike a domain's questions are, the less one answer says. guess = mean guess.
    """
    found = []
    for domain, count in enumerate(subject.scored_counts):
        own = [question for question in questions if question.domain == domain and question.published]
        typical = _typical(own or [q for q in questions if q.published], domain, parameters)
        found += [
            replace(typical, id=stand_in_id(exam, domain, number)) for exam in range(exams) for number in range(count)
        ]
    return found


def _typical(own: Sequence[QuestionParameters], domain: int, parameters: ModelParameters) -> QuestionParameters:
    difficulty = np.array([question.difficulty for question in own] or [0.0])
    variance = np.array([question.difficulty_variance for question in own] or [parameters.author_level_variance])
    return QuestionParameters(
        id=0,
        domain=domain,
        difficulty=float(difficulty.mean()),
        difficulty_variance=float(variance.mean() + difficulty.var() + parameters.exam_difficulty_sd**2),
        guess=float(np.mean([question.guess for question in own] or [0.25])),
        published=False,
    )


def reported_responses(subject: Subject, exams: Sequence[ReportedExam]) -> list[Response]:
    """The answers that the reports stand for, in the order of `exams`; right and wrong ones take turns evenly.

    round(n·p/100) of n are right, all in one batch, and none was looked at afterwards.
    Raises   KeyError for a domain without a percentage.
    """
    return [
        Response(
            id=stand_in_id(at, domain, number),
            question=stand_in_id(at, domain, number),
            correct=_is_right(number, round(count * exam.percents[code] / 100), count),
            at=exam.at,
            batch=f"exam {at}",
            learned=False,
        )
        for at, exam in enumerate(exams)
        for domain, (code, count) in enumerate(zip(subject.domain_codes, subject.scored_counts, strict=True))
        for number in range(count)
    ]


def _is_right(number: int, right: int, count: int) -> bool:
    return (number + 1) * right // count > number * right // count
