"""Reads of the blueprint and the question bank."""

from questions.selectors.blueprint import current_blueprint, domain_weights, note_html, topics_of
from questions.selectors.drawing import DrawableQuestion, drawable_questions, stale_questions, with_checked_on
from questions.selectors.remembering import bank_as_of_now, remembered
from questions.selectors.showing import (
    ExplainedMisconception,
    ExplainedOption,
    ExplainedQuestion,
    ExplainedReference,
    ShownOption,
    ShownQuestion,
    explained_misconception,
    explained_question,
    shown_question,
)
from questions.selectors.written import (
    published_questions,
    written_bank,
    written_blueprint,
    written_question,
    written_questions,
)

__all__ = [
    "DrawableQuestion",
    "ExplainedMisconception",
    "ExplainedOption",
    "ExplainedQuestion",
    "ExplainedReference",
    "ShownOption",
    "ShownQuestion",
    "bank_as_of_now",
    "current_blueprint",
    "domain_weights",
    "drawable_questions",
    "explained_misconception",
    "explained_question",
    "note_html",
    "published_questions",
    "remembered",
    "shown_question",
    "stale_questions",
    "topics_of",
    "with_checked_on",
    "written_bank",
    "written_blueprint",
    "written_question",
    "written_questions",
]
