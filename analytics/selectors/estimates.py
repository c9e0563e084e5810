"""Stored estimates: the current set, how fresh it is, how it moved."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import User
from analytics.models import AnalysedAttempt, DomainEstimate, EstimateSet, TopicEstimate
from exams.models import Attempt

FINAL = (Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED, Attempt.Status.VOIDED)
SETTLE = timedelta(seconds=20)


def current_estimates(candidate: User) -> EstimateSet | None:
    """The newest set with its domains, topics and forecast; None before any answer."""
    return (
        EstimateSet.objects.filter(candidate=candidate)
        .select_related("forecast", "last_attempt", "blueprint")
        .prefetch_related(
            Prefetch("domains", DomainEstimate.objects.select_related("domain")),
            Prefetch("topics", TopicEstimate.objects.select_related("topic__domain")),
        )
        .first()
    )


def _overlooked() -> QuerySet[Attempt]:
    """Final attempts that no estimate knows at their present score version."""
    analysed = AnalysedAttempt.objects.filter(attempt=OuterRef("pk")).values("score_version")
    return (
        Attempt.objects.filter(status__in=FINAL)
        .exclude(kind=Attempt.Kind.TUTORIAL)
        .annotate(analysed_version=Subquery(analysed[:1]))
        .filter(Q(analysed_version=None) | ~Q(analysed_version=F("score_version")))
    )


def unanalysed_candidates(*, now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """Candidates with an attempt that was overlooked for longer than a healthy queue takes."""
    return list(
        _overlooked()
        .filter(finished_at__lt=now - SETTLE)
        .order_by()
        .values_list("candidate_id", flat=True)
        .distinct()[:limit]
    )


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the shown numbers were computed, and whether a finished attempt is still to be heard."""

    computed_at: datetime | None
    is_waiting: bool


def freshness_of(candidate: User, estimates: EstimateSet | None) -> Freshness:
    waiting = _overlooked().filter(candidate=candidate).exists()
    return Freshness(estimates.computed_at if estimates else None, waiting)


def mastery_history(candidate: User, *, limit: int = 12) -> list[EstimateSet]:
    """The last sets that an attempt caused, oldest first, with their domains and forecast."""
    newest = (
        EstimateSet.objects.filter(candidate=candidate, last_attempt__isnull=False)
        .select_related("forecast", "last_attempt")
        .prefetch_related(Prefetch("domains", DomainEstimate.objects.select_related("domain")))[:limit]
    )
    return list(newest)[::-1]


def mock_results(candidate: User) -> QuerySet[Attempt]:
    """Finished mocks, newest first."""
    return Attempt.objects.filter(
        candidate=candidate,
        kind=Attempt.Kind.MOCK,
        status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
    ).order_by("-finished_at")
