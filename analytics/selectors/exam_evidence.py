"""A real exam's report in the words of the engine.

The report says a whole percentage for each domain and shows no question. So a domain with n scored questions becomes n
answers to stand-ins: questions as hard as the domain's on average, about no topic, that are never served, measured or
fitted. Each stand-in is met once, so repeats weigh nothing here either, and everything follows from the stored reports:
reading them twice gives the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from engine.parameters import ModelParameters
from engine.questions import QuestionParameters
from engine.responses import Response
from engine.subject import Subject
from study_plans.models import ExamReport

# Ids below zero belong to no row: −1 … −1000 are the first exam's first domain.
PER_DOMAIN = 1_000
PER_EXAM = 1_000_000
STAND_INS = range(-1_000 * PER_EXAM, 0)


def stand_in_id(exam: int, domain: int, number: int) -> int:
    """Of the question `number` in a domain of the candidate's first, second … reported exam; all count from 0."""
    return -(exam * PER_EXAM + domain * PER_DOMAIN + number + 1)


def exam_questions(
    subject: Subject, questions: Sequence[QuestionParameters], parameters: ModelParameters, *, exams: int
) -> list[QuestionParameters]:
    """Stand-ins for so many exams. How unlike each other a domain's questions are makes each one's answer say less."""
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


def exam_responses(reports: Iterable[ExamReport], subject: Subject) -> list[Response]:
    """The answers that the reports stand for, oldest exam first; right and wrong ones take turns evenly.

    Reports without percentages, or with others than the subject's domains, say nothing.
    """
    return [
        Response(
            id=stand_in_id(exam, domain, number),
            question=stand_in_id(exam, domain, number),
            correct=_is_right(number, round(count * report.percents[code] / 100), count),
            at=report.sat_at.timestamp(),
            batch=f"exam {exam}",
            learned=False,
        )
        for exam, report in enumerate(telling_reports(reports, subject.domain_codes))
        for domain, (code, count) in enumerate(zip(subject.domain_codes, subject.scored_counts, strict=True))
        for number in range(count)
    ]


def telling_reports(reports: Iterable[ExamReport], domain_codes: Iterable[str]) -> list[ExamReport]:
    """Those with a percentage for every domain, oldest first."""
    codes = set(domain_codes)
    return sorted((one for one in reports if set(one.percents) == codes), key=lambda one: one.sat_on)


def _is_right(number: int, right: int, count: int) -> bool:
    return (number + 1) * right // count > number * right // count
