"""Reading attempts. Overdue ones are settled by `services.settle_attempt` before they come here."""

from exams.selectors.attempts import (
    answered_count_of,
    attempt_of,
    attempts_of,
    open_attempts_of,
    open_mock_of,
    questions_met_by,
    revisions_of,
)
from exams.selectors.evidence import EvidenceRow, evidence_of, running_evidence_of
from exams.selectors.grading import domain_scores_of, exactly_the_keys
from exams.selectors.invariants import Violation, violations
from exams.selectors.papers import PaperQuestion, PaperQuestionOption, paper_of
from exams.selectors.rehearsals import rehearsal_of
from exams.selectors.results import (
    AttemptResult,
    ResultNotReady,
    ResultOption,
    ResultQuestion,
    explained_answers,
    result_of,
)

__all__ = [
    "AttemptResult",
    "EvidenceRow",
    "PaperQuestion",
    "PaperQuestionOption",
    "ResultNotReady",
    "ResultOption",
    "ResultQuestion",
    "Violation",
    "answered_count_of",
    "attempt_of",
    "attempts_of",
    "domain_scores_of",
    "evidence_of",
    "exactly_the_keys",
    "explained_answers",
    "open_attempts_of",
    "open_mock_of",
    "paper_of",
    "questions_met_by",
    "rehearsal_of",
    "result_of",
    "revisions_of",
    "running_evidence_of",
    "violations",
]
