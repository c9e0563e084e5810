"""A key was corrected: attempts that showed the version are graded anew, once; the log keeps the old score."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from exams.models import Attempt, AttemptChange, AttemptQuestion
from exams.selectors import domain_scores_of, exactly_the_keys
from exams.services.finishing import SCORE_FIELDS, set_score
from exams.signals import answer_checked, attempt_finished

FINISHED = (Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED)


@transaction.atomic
def regrade_version(version_id: int, now: datetime, by: User | None, reason: str) -> int:
    """Grade the version's answers by its present keys; how many finished attempts got a new score.

    An attempt none of whose answers changes between right and wrong is left alone, so a second call does nothing.
    Attempts in progress are graded by the new key when they end; what a tutored sitting has checked is put right.
    A handful of statements, whatever the number of attempts.
    """
    # Also those in progress: a submit that is under way has graded by the old key, and must be waited for.
    list(
        Attempt.objects.select_for_update(no_key=True)
        .filter(pk__in=AttemptQuestion.objects.filter(question_version=version_id).values("attempt"))
        .order_by("pk")
        .values_list("pk")
    )
    graded = AttemptQuestion.objects.filter(question_version=version_id, is_correct__isnull=False)
    wrongly = graded.annotate(is_right=exactly_the_keys()).exclude(is_correct=F("is_right"))
    changed = dict(wrongly.values_list("pk", "attempt_id"))
    AttemptQuestion.objects.filter(pk__in=changed).update(is_correct=exactly_the_keys())
    attempts = list(Attempt.objects.filter(pk__in=changed.values(), status__in=FINISHED).order_by("pk"))
    scores = domain_scores_of([attempt.pk for attempt in attempts])
    changes = []
    for attempt in attempts:
        before = {field: getattr(attempt, field) for field in SCORE_FIELDS}
        set_score(attempt, scores[attempt.pk])
        changes.append(
            AttemptChange(
                attempt=attempt,
                kind=AttemptChange.Kind.REGRADED,
                reason=reason[:300],
                changed_by=by,
                changed_at=now,
                before={"version": version_id, **before},
            )
        )
    Attempt.objects.bulk_update(attempts, SCORE_FIELDS, batch_size=200)
    AttemptChange.objects.bulk_create(changes)
    for attempt in attempts:
        attempt_finished.send(sender=Attempt, attempt=attempt)
    _tell_of_running(changed.values())
    return len(attempts)


def _tell_of_running(attempt_ids: Iterable[uuid.UUID]) -> None:
    """Tutored sittings that go on and had fixed an answer that is now marked otherwise."""
    running = Attempt.objects.filter(pk__in=attempt_ids, status=Attempt.Status.IN_PROGRESS)
    running.update(checked_version=F("checked_version") + 1)
    for attempt in running:
        answer_checked.send(sender=Attempt, attempt=attempt)
