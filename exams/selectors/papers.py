"""A paper as the exam room shows it. Nothing here tells a key, a rationale or a pilot question."""

from dataclasses import dataclass
from datetime import datetime

from exams.models import Attempt
from questions.selectors import shown_question


@dataclass(frozen=True, slots=True)
class PaperQuestionOption:
    id: int
    html: str


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One place of the paper with the candidate's current answer; options in the order frozen for this attempt."""

    position: int
    version_id: int
    scenario_html: str
    stem_html: str
    select_count: int
    options: tuple[PaperQuestionOption, ...]
    selected: list[int]
    eliminated: list[int]
    flagged: bool
    confidence: str
    note: str
    seconds_spent: int
    revision: int
    answered_at: datetime | None
    is_checked: bool


def paper_of(attempt: Attempt, *, position: int | None = None) -> list[PaperQuestion]:
    """Every question of the attempt in order, or the one at a position. Three queries."""
    questions = attempt.questions.order_by("position")
    answers = list(questions if position is None else questions.filter(position=position))
    shown = shown_question(answer.question_version_id for answer in answers)
    paper = []
    for answer in answers:
        question = shown[answer.question_version_id]
        html = {option.id: option.html for option in question.options}
        paper.append(
            PaperQuestion(
                position=answer.position,
                version_id=answer.question_version_id,
                scenario_html=question.scenario_html,
                stem_html=question.stem_html,
                select_count=answer.select_count,
                options=tuple(PaperQuestionOption(pk, html[pk]) for pk in answer.option_order),
                selected=answer.selected,
                eliminated=answer.eliminated,
                flagged=answer.flagged,
                confidence=answer.confidence,
                note=answer.note,
                seconds_spent=answer.seconds_spent,
                revision=answer.revision,
                answered_at=answer.answered_at,
                is_checked=answer.checked_at is not None,
            )
        )
    return paper
