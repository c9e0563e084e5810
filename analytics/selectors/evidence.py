"""A candidate's answers in the words of the engine."""

import hashlib
import json
import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from analytics.selectors.exam_evidence import exam_responses, telling_reports
from analytics.selectors.model_bank import ModelBank, model_bank
from engine.reported import STAND_INS
from engine.responses import Response, response_weight
from exams.models import Attempt
from exams.selectors import EvidenceRow, evidence_of, running_evidence_of
from questions.models import ExamBlueprint
from questions.selectors import domain_weights
from study_plans.models import ExamReport
from study_plans.selectors import exam_reports_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the estimates rest on: sittings, answers that count, and what the engine reads of them."""

    attempts: tuple[Attempt, ...]
    rows: tuple[EvidenceRow, ...]
    responses: tuple[Response, ...]
    reports: tuple[ExamReport, ...] = ()

    @property
    def newest(self) -> EvidenceRow | None:
        """Of the sitting that ended last, or of one that goes on and had an answer checked later."""
        return max(self.rows, key=lambda row: (_known_since(row), row.attempt_question_id), default=None)

    @property
    def moment(self) -> datetime | None:
        """What an analysis speaks of; None without evidence.

        The end of the last sitting, the last answer that one going on has fixed, or the last real exam that counts.
        """
        moments = [_known_since(self.newest)] if self.newest else []
        return max([*moments, *(report.sat_at for report in self.reports)], default=None)

    @property
    def reported_count(self) -> int:
        """How many of the responses stand for questions of real exams instead of answers given here."""
        return sum(response.question in STAND_INS for response in self.responses)

    def digest(self, bank: ModelBank, as_of: datetime | None) -> str:
        """Of all that decides the estimates, with the moment that they are to speak of."""
        content = sorted([r.id, r.question, r.correct, r.at, r.weight, r.batch] for r in self.responses)
        text = json.dumps([bank.digest, as_of.isoformat() if as_of else "", content])
        return hashlib.sha256(text.encode()).hexdigest()


def _known_since(row: EvidenceRow) -> datetime:
    return row.finished_at or row.happened_at


def candidate_bank(candidate: User, blueprint: ExamBlueprint) -> ModelBank:
    """The bank with room for the real exams that the candidate told us about."""
    codes = [weight.domain.code for weight in domain_weights(blueprint)]
    return model_bank(blueprint, exams=len(telling_reports(exam_reports_of(candidate, blueprint.code), codes)))


def model_evidence(candidate: User, bank: ModelBank) -> Evidence:
    """The candidate's evidence. Sittings are read before answers: what is graded in between is heard once more."""
    attempts = tuple(Attempt.objects.filter(candidate=candidate).exclude(kind=Attempt.Kind.TUTORIAL))
    rows = tuple(evidence_of(candidate))
    timed = frozenset(attempt.pk for attempt in attempts if attempt.deadline_at is not None)
    responses = _responses(rows, bank, timed)
    reports: tuple[ExamReport, ...] = ()
    if bank.exams:
        reports = _reports(candidate, bank)
        responses += exam_responses(reports, bank.bank.subject)
    return Evidence(attempts, rows, tuple(responses), reports)


def _reports(candidate: User, bank: ModelBank) -> tuple[ExamReport, ...]:
    """Real exams that count: those the bank has room for. One told of since is heard with the next analysis."""
    reports = exam_reports_of(candidate, bank.exam_code)
    telling = telling_reports(reports, bank.bank.subject.domain_codes)
    return tuple(telling[: bank.exams])


def running_responses(attempt: Attempt, bank: ModelBank) -> list[Response]:
    """The answers so far of a sitting that goes on, for choosing what to ask next; nothing was explained yet."""
    timed = frozenset([attempt.pk] if attempt.deadline_at is not None else [])
    return [replace(one, learned=False) for one in _responses(running_evidence_of(attempt), bank, timed)]


def _responses(rows: Iterable[EvidenceRow], bank: ModelBank, timed: Container[uuid.UUID]) -> list[Response]:
    """Pilots and questions outside the bank take no part.

    A mock's answers are one batch at its end; so are those of any sitting that shows its rationales only then.
    Blanks count as wrong with half weight in timed sittings, and not at all where nobody asked for speed.
    """
    return [
        Response(
            id=row.attempt_question_id,
            question=row.question_id,
            correct=row.is_correct,
            at=row.happened_at.timestamp(),
            weight=response_weight(answered=row.answered, timed=row.attempt_id in timed),
            batch=None if row.is_tutored else str(row.attempt_id),
        )
        for row in rows
        if row.question_id in bank.bank.index and not row.is_pilot and (row.answered or row.attempt_id in timed)
    ]
