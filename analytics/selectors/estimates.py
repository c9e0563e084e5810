"""Stored estimates: the current set, how fresh it is, how it moved."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import User
from analytics.models import AnalysedAttempt, CandidateModel, DomainEstimate, EstimateSet, TopicEstimate
from exams.models import Attempt, AttemptQuestion

FINAL = (Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED, Attempt.Status.VOIDED)
SETTLE = timedelta(seconds=20)
MOST_FAILURES = 3
RETRY_AFTER = timedelta(hours=1)
# Estimates drift from night to night; a slice that came late in one night must not make the next one wait for it.
REFRESH_AFTER = timedelta(hours=20)
# Who has finished nothing for so long is not followed any further.
FOLLOWED_FOR = timedelta(days=60)


def _with_parts(sets: QuerySet[EstimateSet]) -> QuerySet[EstimateSet]:
    return sets.select_related("forecast", "last_attempt", "blueprint").prefetch_related(
        Prefetch("domains", DomainEstimate.objects.select_related("domain")),
        Prefetch("topics", TopicEstimate.objects.select_related("topic__domain")),
    )


def current_estimates(candidate: User) -> EstimateSet | None:
    """The newest set with its domains, topics and forecast; None before any answer to the exam people prepare for."""
    sets = EstimateSet.objects.filter(candidate=candidate, blueprint__code=settings.EXAM_CODE)
    return _with_parts(sets).first()


def estimates_before(attempt: Attempt) -> EstimateSet | None:
    """What was believed when the attempt began."""
    return (
        EstimateSet.objects.filter(candidate=attempt.candidate_id, as_of__lte=attempt.started_at)
        .order_by("-as_of", "-number")
        .select_related("forecast")
        .first()
    )


def is_analysed(attempt: Attempt) -> bool:
    """Whether the estimates know the attempt as it is now."""
    return AnalysedAttempt.objects.filter(
        attempt=attempt, status=attempt.status, score_version=attempt.score_version
    ).exists()


def estimates_after(attempt: Attempt) -> EstimateSet | None:
    """What was believed right after the attempt: its own set, else the newest that knows it; None until analysed."""
    if attempt.finished_at is None or not is_analysed(attempt):
        return None
    sets = EstimateSet.objects.filter(candidate=attempt.candidate_id).select_related("forecast")
    own = sets.filter(last_attempt=attempt, as_of=attempt.finished_at).first()
    return own or sets.filter(as_of__gte=attempt.finished_at).order_by("as_of", "-number").first()


def _overlooked() -> QuerySet[Attempt]:
    """Attempts that ended, or changed since the estimates knew them: voided, regraded, reopened, an answer checked."""
    known = AnalysedAttempt.objects.filter(attempt=OuterRef("pk"))
    return (
        Attempt.objects.exclude(kind=Attempt.Kind.TUTORIAL)
        .annotate(
            known_status=Subquery(known.values("status")[:1]),
            known_version=Subquery(known.values("score_version")[:1]),
            known_checked=Subquery(known.values("checked_version")[:1]),
        )
        .filter(
            (Q(known_status=None) & (Q(status__in=FINAL) | Q(checked_version__gt=0)))
            | (
                Q(known_status__isnull=False)
                & (
                    ~Q(known_status=F("status"))
                    | ~Q(known_version=F("score_version"))
                    | ~Q(known_checked=F("checked_version"))
                )
            )
        )
    )


def is_overlooked(candidate_id: uuid.UUID) -> bool:
    """Whether anything was answered, checked or changed that this candidate's estimates do not know."""
    return _overlooked().filter(candidate=candidate_id).exists()


def unanalysed_candidates(*, now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """Candidates with an attempt that was overlooked for longer than a healthy queue takes.

    One whose analysis failed three times or more waits an hour between tries, so that it holds up nobody.
    """
    failing = CandidateModel.objects.filter(failure_count__gte=MOST_FAILURES, failed_at__gt=now - RETRY_AFTER)
    just_checked = AttemptQuestion.objects.filter(attempt=OuterRef("pk"), checked_at__gte=now - SETTLE)
    return list(
        _overlooked()
        .exclude(finished_at__gte=now - SETTLE)
        .exclude(Exists(just_checked), status=Attempt.Status.IN_PROGRESS)
        .exclude(candidate__in=failing.values("candidate"))
        .order_by()
        .values_list("candidate_id", flat=True)
        .distinct()[:limit]
    )


def candidates_behind(*, parameter_set_id: uuid.UUID, now: datetime, limit: int = 50) -> list[uuid.UUID]:
    """Candidates whose model was last rebuilt with other parameters than the current set, a batch at a time."""
    behind = _computed(now).filter(Q(parameter_set=None) | ~Q(parameter_set=parameter_set_id))
    return list(behind.order_by("computed_at", "pk").values_list("candidate_id", flat=True)[:limit])


def candidates_to_refresh(*, now: datetime, limit: int = 500) -> list[uuid.UUID]:
    """Candidates who are still at it and whose estimates were not looked at this night, the longest ago first."""
    since = now - FOLLOWED_FOR
    at_it = Q(finished_at__gt=since) | Q(status=Attempt.Status.IN_PROGRESS, started_at__gt=since)
    lately = Attempt.objects.filter(at_it, candidate=OuterRef("candidate"))
    due = _computed(now).filter(Exists(lately), computed_at__lte=now - REFRESH_AFTER)
    return list(due.order_by("computed_at", "pk").values_list("candidate_id", flat=True)[:limit])


def _computed(now: datetime) -> QuerySet[CandidateModel]:
    """Models of active candidates that were computed once, but for those whose next try is still to wait."""
    failing = Q(failure_count__gte=MOST_FAILURES, failed_at__gt=now - RETRY_AFTER)
    return CandidateModel.objects.filter(computed_at__isnull=False, candidate__is_active=True).exclude(failing)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the shown numbers were computed, and since when a change is still to be heard (None: they are current)."""

    computed_at: datetime | None
    number: int
    waiting_since: datetime | None

    @property
    def is_waiting(self) -> bool:
        return self.waiting_since is not None

    def is_late(self, now: datetime) -> bool:
        """Longer than a healthy queue takes: time to say so."""
        return self.waiting_since is not None and now - self.waiting_since > SETTLE


def freshness_of(candidate: User, estimates: EstimateSet | None) -> Freshness:
    waiting = (
        _overlooked().filter(candidate=candidate).annotate(checked_at=Max("questions__checked_at")).order_by("pk").all()
    )
    since = min((one.finished_at or one.checked_at or one.started_at for one in waiting), default=None)
    if estimates is None:
        return Freshness(None, 0, since)
    return Freshness(estimates.computed_at, estimates.number, since)


def mastery_history(candidate: User, *, limit: int = 12) -> list[EstimateSet]:
    """What was believed right after each of the last sittings, oldest first, with domains and forecast."""
    newest = (
        EstimateSet.objects.filter(
            candidate=candidate, blueprint__code=settings.EXAM_CODE, as_of=F("last_attempt__finished_at")
        )
        .order_by("-as_of", "-number")
        .select_related("forecast", "last_attempt")
        .prefetch_related(Prefetch("domains", DomainEstimate.objects.select_related("domain")))
    )
    after: dict[uuid.UUID | None, EstimateSet] = {}
    for estimates in newest[: 3 * limit]:
        after.setdefault(estimates.last_attempt_id, estimates)
    return list(after.values())[:limit][::-1]


def mock_results(candidate: User) -> QuerySet[Attempt]:
    """Finished mocks, newest first."""
    return Attempt.objects.filter(
        candidate=candidate,
        blueprint__code=settings.EXAM_CODE,
        kind=Attempt.Kind.MOCK,
        status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
    ).order_by("-finished_at")
