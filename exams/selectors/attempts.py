"""Attempts of one person."""

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, QuerySet

from accounts.models import User
from exams.models import Attempt, AttemptQuestion


def attempt_of(candidate: User, attempt_id: uuid.UUID) -> Attempt | None:
    """The candidate's own attempt; None if there is none or it is somebody else's."""
    return Attempt.objects.select_related("blueprint").filter(pk=attempt_id, candidate=candidate).first()


def attempts_of(candidate: User) -> QuerySet[Attempt]:
    """All of the candidate's attempts, newest first."""
    return (
        Attempt.objects.filter(candidate=candidate)
        .select_related("blueprint", "rehearsal")
        .order_by("-started_at", "pk")
    )


def open_attempts_of(candidate: User) -> QuerySet[Attempt]:
    """Attempts in progress, newest first."""
    return attempts_of(candidate).filter(status=Attempt.Status.IN_PROGRESS)


def open_mock_of(candidate: User) -> Attempt | None:
    return open_attempts_of(candidate).filter(kind=Attempt.Kind.MOCK).first()


def revisions_of(attempt: Attempt) -> list[int]:
    """The revision of every answer, in the order of the paper."""
    return list(attempt.questions.order_by("position").values_list("revision", flat=True))


def answered_count_of(attempt: Attempt) -> int:
    """How many questions have as many options chosen as they ask for."""
    chosen = attempt.questions.values_list("selected", "select_count")
    return sum(len(selected) == select_count for selected, select_count in chosen)


_MET = """
SELECT version.question_id, count(*), max(attempt.started_at)
FROM exams_attempt AS attempt
JOIN exams_attemptquestion AS place ON place.attempt_id = attempt.id
JOIN questions_questionversion AS version ON version.id = place.question_version_id
WHERE attempt.candidate_id = %s AND attempt.kind <> 'tutorial'
GROUP BY version.question_id
"""


def questions_met_by(candidate: User) -> dict[int, tuple[int, datetime]]:
    """By question: on how many papers the candidate has met it in any version, and when last."""
    if connection.vendor == "postgresql":
        # The same as below, without the ORM's work of putting it together, which takes longer than asking it.
        with connection.cursor() as cursor:
            cursor.execute(_MET, [candidate.pk])
            return {question_id: (count, last) for question_id, count, last in cursor.fetchall()}
    question = "question_version__question"
    rows = (
        AttemptQuestion.objects.filter(attempt__candidate=candidate)
        .exclude(attempt__kind=Attempt.Kind.TUTORIAL)
        .values_list(question)
        .annotate(Count("pk"), Max("attempt__started_at"))
        .order_by()
    )
    return {question_id: (count, last) for question_id, count, last in rows}
