"""What a final attempt shows: the outcome, and every question explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exams.models import Attempt, AttemptQuestion
from questions.selectors import (
    ExplainedMisconception,
    ExplainedQuestion,
    ExplainedReference,
    explained_question,
)


@dataclass(frozen=True, slots=True)
class ResultOption:
    id: int
    html: str
    is_key: bool
    is_selected: bool
    rationale_html: str
    misconception: ExplainedMisconception | None


@dataclass(frozen=True, slots=True)
class ResultQuestion:
    """A question as answered, with its keys and reasons; options in the order that the candidate saw."""

    position: int
    version_id: int
    slug: str
    domain_code: str
    domain_name: str
    domain_letters: str
    domain_order: int
    topic_names: tuple[str, ...]
    scenario_html: str
    stem_html: str
    select_count: int
    is_pilot: bool
    is_correct: bool | None
    selected: list[int]
    flagged: bool
    confidence: str
    note: str
    seconds_spent: int
    revision: int
    answered_at: datetime | None
    options: tuple[ResultOption, ...]
    references: tuple[ExplainedReference, ...]
    attempt_question_id: int

    @property
    def is_answered(self) -> bool:
        return bool(self.selected)


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """Outcome of a final attempt. `passed` is None but for mocks; `domain_scores` stand in blueprint order."""

    attempt: Attempt
    passed: bool | None
    scored_right: int
    scored_total: int
    percent: int
    pass_percent: int
    pass_count: int
    domain_scores: list[dict[str, Any]]
    questions: list[ResultQuestion]


class ResultNotReady(Exception):
    """The attempt is still in progress, or was voided: it has no result."""


def result_of(attempt: Attempt) -> AttemptResult:
    """The result of a graded attempt, with every question.

    Raises ResultNotReady, so that no key can leave before the end.
    """
    if not attempt.is_graded:
        raise ResultNotReady
    return AttemptResult(
        attempt=attempt,
        passed=attempt.passed,
        scored_right=attempt.scored_right or 0,
        scored_total=attempt.scored_total or 0,
        percent=attempt.percent or 0,
        pass_percent=attempt.pass_percent,
        pass_count=attempt.pass_count or 0,
        domain_scores=attempt.domain_scores,
        questions=explained_answers(list(attempt.questions.order_by("position"))),
    )


def explained_answers(answers: Sequence[AttemptQuestion]) -> list[ResultQuestion]:
    """Answers with keys and rationales. Only for answers that can no longer change: final attempts, or checked.

    Raises ResultNotReady for any other.
    """
    if any(answer.is_correct is None for answer in answers):
        raise ResultNotReady
    explained = explained_question(answer.question_version_id for answer in answers)
    return [_explained(answer, explained[answer.question_version_id]) for answer in answers]


def _explained(answer: AttemptQuestion, question: ExplainedQuestion) -> ResultQuestion:
    options = {option.id: option for option in question.options}
    return ResultQuestion(
        position=answer.position,
        version_id=answer.question_version_id,
        slug=question.slug,
        domain_code=question.domain_code,
        domain_name=question.domain_name,
        domain_letters=question.domain_letters,
        domain_order=question.domain_order,
        topic_names=question.topic_names,
        scenario_html=question.scenario_html,
        stem_html=question.stem_html,
        select_count=answer.select_count,
        is_pilot=answer.is_pilot,
        is_correct=answer.is_correct,
        selected=answer.selected,
        flagged=answer.flagged,
        confidence=answer.confidence,
        note=answer.note,
        seconds_spent=answer.seconds_spent,
        revision=answer.revision,
        answered_at=answer.answered_at,
        options=tuple(
            ResultOption(
                id=pk,
                html=options[pk].html,
                is_key=options[pk].is_key,
                is_selected=pk in answer.selected,
                rationale_html=options[pk].rationale_html,
                misconception=options[pk].misconception,
            )
            for pk in answer.option_order
        ),
        references=question.references,
        attempt_question_id=answer.pk,
    )
