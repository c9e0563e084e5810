"""What must hold in the database whatever happened: killed processes, races, clocks, corrections.

I1 every acknowledged revision is in the log, and the newest is the current answer · I2 an attempt is graded from
exactly its current answers · I3 one final transition per attempt · I4 no stored answer arrived after the deadline and
its allowance. I5 (stored weakness) is analytics' to check, I6 (no stack trace in a reply) the house's: both extend
the command.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from exams.models import SAVE_ALLOWANCE, AnswerEvent, Attempt, AttemptChange, AttemptQuestion
from exams.selectors.grading import domain_scores_of, exactly_the_keys

FINISHED = Q(status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED))


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that cannot be. `attempt` and `position` say where."""

    invariant: str
    what: str
    attempt: str
    position: int | None = None


def violations() -> list[Violation]:
    """Every broken invariant of I1–I4, in that order. Reads every attempt."""
    return [*_log_breaks(), *_grading_breaks(), *_transition_breaks(), *_late_answers()]


def _log_breaks() -> Iterator[Violation]:
    """I1: revisions 1…n are logged without a gap, and the log's last entry is the current answer."""
    logged = AttemptQuestion.objects.annotate(logged=Count("events"), newest=Max("events__revision"))
    for answer in logged.exclude(revision=0, logged=0).exclude(revision=F("logged"), newest=F("revision")):
        what = f"stands at revision {answer.revision}, the log has {answer.logged} up to {answer.newest}"
        yield _at(answer, "I1", what)
    current = {
        name: OuterRef(name)
        for name in ("revision", "selected", "eliminated", "flagged", "confidence", "note", "seconds_spent")
    }
    as_logged = AnswerEvent.objects.filter(attempt_question=OuterRef("pk"), **current)
    last_logged = AnswerEvent.objects.filter(attempt_question=OuterRef("pk"), revision=OuterRef("revision"))
    for changed in AttemptQuestion.objects.filter(Exists(last_logged), ~Exists(as_logged)):
        yield _at(changed, "I1", f"differs from revision {changed.revision} in the log")


def _grading_breaks() -> Iterator[Violation]:
    """I2: marks follow from the stored answers, scores from the marks."""
    graded = AttemptQuestion.objects.filter(
        Q(attempt__status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED)) | Q(checked_at__isnull=False)
    ).annotate(is_right=exactly_the_keys())
    for answer in graded.filter(Q(is_correct=None) | ~Q(is_correct=F("is_right"))):
        yield _at(answer, "I2", f"is marked {answer.is_correct}, its keys say {answer.is_right}")
    for attempt in Attempt.objects.filter(FINISHED).exclude(score_status=Attempt.ScoreStatus.DONE):
        yield Violation("I2", f"is {attempt.status} and not scored", str(attempt.pk))
    scored = Attempt.objects.filter(FINISHED, score_status=Attempt.ScoreStatus.DONE).order_by("pk")
    for some in _batches(scored):
        scores = domain_scores_of([attempt.pk for attempt in some])
        for attempt in some:
            yield from _score_breaks(attempt, scores[attempt.pk])


def _score_breaks(attempt: Attempt, scores: list[dict[str, Any]]) -> Iterator[Violation]:
    right, total = sum(score["right"] for score in scores), sum(score["total"] for score in scores)
    if (attempt.scored_right, attempt.scored_total) != (right, total):
        what = f"has {attempt.scored_right} of {attempt.scored_total}, its answers say {right} of {total}"
        yield Violation("I2", what, str(attempt.pk))
    elif attempt.domain_scores != scores:
        yield Violation("I2", "has domain scores that its answers do not give", str(attempt.pk))
    if attempt.kind == Attempt.Kind.MOCK and attempt.passed != (right >= (attempt.pass_count or 0)):
        yield Violation("I2", f"says passed: {attempt.passed} with {right} right", str(attempt.pk))


def _transition_breaks() -> Iterator[Violation]:
    """I3: each grading is the one final transition, or a logged regrade, or follows a logged reopening."""
    logged = Counter(
        AttemptChange.objects.filter(
            Q(kind=AttemptChange.Kind.REGRADED)
            | Q(kind=AttemptChange.Kind.REOPENED, before__score_status=Attempt.ScoreStatus.DONE)
        ).values_list("attempt_id", flat=True)
    )
    for attempt in Attempt.objects.order_by("pk").iterator():
        explained = logged[attempt.pk] + (attempt.score_status == Attempt.ScoreStatus.DONE)
        if attempt.score_version != explained:
            what = f"was graded {attempt.score_version} times, the log explains {explained}"
            yield Violation("I3", what, str(attempt.pk))
        if not attempt.is_final and attempt.score_status == Attempt.ScoreStatus.DONE:
            yield Violation("I3", "is scored and still in progress", str(attempt.pk))
    ended = Attempt.objects.filter(FINISHED, deadline_at__isnull=False)
    for attempt in ended.filter(finished_at__gt=F("deadline_at")):
        yield Violation("I3", "ended after its deadline", str(attempt.pk))
    for attempt in ended.filter(status=Attempt.Status.EXPIRED).exclude(finished_at=F("deadline_at")):
        yield Violation("I3", "expired at another time than its deadline", str(attempt.pk))


def _late_answers() -> Iterator[Violation]:
    """I4."""
    late = AnswerEvent.objects.filter(
        arrived_at__gt=F("attempt_question__attempt__deadline_at") + SAVE_ALLOWANCE
    ).select_related("attempt_question")
    for event in late:
        yield _at(event.attempt_question, "I4", f"revision {event.revision} arrived at {event.arrived_at:%H:%M:%S.%f}")


def _at(answer: AttemptQuestion, invariant: str, what: str) -> Violation:
    return Violation(invariant, what, str(answer.attempt_id), answer.position)


def _batches(attempts: Any, size: int = 500) -> Iterator[tuple[Attempt, ...]]:
    rows = attempts.iterator(chunk_size=size)
    while some := tuple(row for _, row in zip(range(size), rows, strict=False)):
        yield some
