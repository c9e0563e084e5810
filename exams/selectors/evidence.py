"""What a candidate's answers say, one row an answer: all that analysis reads of this app."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from exams.models import Attempt, AttemptQuestion
from questions.models import QuestionTopic

COLUMNS = (
    "pk",
    "attempt_id",
    "attempt__kind",
    "attempt__is_tutored",
    "attempt__started_at",
    "attempt__finished_at",
    "position",
    "question_version__question_id",
    "question_version_id",
    "question_version__question__domain_id",
    "is_pilot",
    "selected",
    "confidence",
    "flagged",
    "seconds_spent",
    "revision",
    "answered_at",
    "checked_at",
    "is_correct",
    "stands_for_id",
)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One question that was put to the candidate, and what became of it. Unanswered ones are wrong, `answered` False.

    finished_at: None while the (tutored) attempt is open. seconds_spent: as the browser counted.
    stands_for_id: the question whose memory this one asked for in other words.
    happened_at: when the answer became final: checked, or the end of the attempt.
    """

    attempt_question_id: int
    attempt_id: uuid.UUID
    attempt_kind: str
    is_tutored: bool
    started_at: datetime
    finished_at: datetime | None
    position: int
    question_id: int
    version_id: int
    domain_id: int
    is_pilot: bool
    selected: tuple[int, ...]
    confidence: str
    flagged: bool
    seconds_spent: int
    revision: int
    answered_at: datetime | None
    checked_at: datetime | None
    is_correct: bool
    stands_for_id: int | None
    topic_ids: tuple[int, ...]

    @property
    def answered(self) -> bool:
        return bool(self.selected)

    @property
    def happened_at(self) -> datetime:
        moment = self.checked_at or self.finished_at or self.answered_at
        assert moment is not None, "evidence is checked, finished or answered"
        return moment


def evidence_of(candidate: User) -> list[EvidenceRow]:
    """Every answer that counts for the exam people prepare for, in the order of the sittings; two queries.

    All answers of attempts that were submitted or expired, and the checked ones of open tutored sittings.
    Nothing of voided attempts and tutorials.
    """
    counts = Q(
        attempt__status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
        attempt__score_status=Attempt.ScoreStatus.DONE,
    ) | Q(attempt__status=Attempt.Status.IN_PROGRESS, checked_at__isnull=False)
    return _rows(
        AttemptQuestion.objects.filter(
            counts,
            attempt__candidate=candidate,
            attempt__blueprint__code=settings.EXAM_CODE,
            is_correct__isnull=False,
        ).exclude(attempt__kind=Attempt.Kind.TUTORIAL)
    )


def running_evidence_of(attempt: Attempt) -> list[EvidenceRow]:
    """The answers given so far in an attempt in progress, graded as if it ended now, for choosing what comes next.

    Never to be shown: it tells right from wrong. Unanswered places are left out. Three queries.
    """
    keys = dict(attempt.questions.values_list("question_version_id", "question_version__key_ids").order_by())
    answered = AttemptQuestion.objects.filter(attempt=attempt, revision__gt=0).exclude(selected=[])
    return [replace(row, is_correct=list(row.selected) == keys[row.version_id]) for row in _rows(answered)]


def _rows(answers: QuerySet[AttemptQuestion]) -> list[EvidenceRow]:
    ordered = answers.order_by("attempt__started_at", "attempt_id", "position").values_list(*COLUMNS)
    rows = [list(row) for row in ordered]
    topics = _topics_by_question({row[_QUESTION] for row in rows})
    for row in rows:
        row[_SELECTED] = tuple(row[_SELECTED])
        row.append(topics.get(row[_QUESTION], ()))
    return [EvidenceRow(*row) for row in rows]


_QUESTION = COLUMNS.index("question_version__question_id")
_SELECTED = COLUMNS.index("selected")


def _topics_by_question(question_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    topics: dict[int, list[int]] = defaultdict(list)
    links = QuestionTopic.objects.filter(question__in=list(question_ids)).order_by("question", "order")
    for question_id, topic_id in links.values_list("question_id", "topic_id"):
        topics[question_id].append(topic_id)
    return {question_id: tuple(ids) for question_id, ids in topics.items()}
