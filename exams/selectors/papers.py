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
    options: tuple[PaperQuestionOption, ...]
    is_checked: bool
    select_count: int
    selected: list[int]
    eliminated: list[int]
    flagged: bool
    confidence: str
    note: str
    seconds_spent: int
    revision: int
    answered_at: datetime | None


def paper_of(attempt: Attempt, *, position: int | None = None) -> list[PaperQuestion]:
    """Every question of the attempt in order, or the one at a position. Three queries."""
    questions = attempt.questions.order_by("position")
    answers = list((questions if position is None else questions.filter(position=position)).values_list(*_COLUMNS))
    shown = shown_question(version_id for _, version_id, *_ in answers)
    paper = []
    for place, version_id, option_order, checked_at, *answer in answers:
        question = shown[version_id]
        html = {option.id: option.html for option in question.options}
        options = tuple(PaperQuestionOption(pk, html[pk]) for pk in option_order)
        paper.append(
            PaperQuestion(
                place,
                version_id,
                question.scenario_html,
                question.stem_html,
                options,
                checked_at is not None,
                *answer,
            )
        )
    return paper


# Columns alone: a paper is shown thousands of times, and whole rows take twice as long.
_COLUMNS = (
    *("position", "question_version_id", "option_order", "checked_at"),
    *("select_count", "selected", "eliminated", "flagged", "confidence", "note"),
    *("seconds_spent", "revision", "answered_at"),
)
