"""Reading people: who mentors whom, who may be seen, whose token this is."""

import hashlib
import uuid
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Accommodation, ApiToken, Cohort, Membership, ReportView, User


def token_digest(token: str) -> str:
    """SHA-256 of a token, hexadecimal; tokens carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_token(token: str, *, now: datetime) -> ApiToken | None:
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=token_digest(token), expires_at__gt=now, user__is_active=True)
        .first()
    )


def time_factor_of(user: User) -> Decimal:
    """1 where no extra time was granted."""
    factor = Accommodation.objects.filter(user=user).values_list("time_factor", flat=True).first()
    return factor or Decimal(1)


def cohorts_of(mentor: User) -> QuerySet[Cohort]:
    """The mentor's open cohorts with `member_count`."""
    return Cohort.objects.filter(mentor=mentor, closed_at=None).annotate(
        member_count=Count("memberships", filter=Q(memberships__left_at=None))
    )


def cohort_of(mentor: User, cohort_id: uuid.UUID) -> Cohort | None:
    return cohorts_of(mentor).filter(pk=cohort_id).first()


def members_of(cohort: Cohort) -> QuerySet[Membership]:
    """Present members, by name."""
    return (
        cohort.memberships.filter(left_at=None)
        .select_related("candidate")
        .order_by("candidate__display_name", "candidate__email")
    )


def shared_membership(mentor: User, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> Membership | None:
    """The consent under which this mentor may see this candidate, or None."""
    return (
        Membership.objects.select_related("cohort", "candidate")
        .filter(
            cohort_id=cohort_id,
            cohort__mentor=mentor,
            cohort__closed_at=None,
            candidate_id=candidate_id,
            left_at=None,
        )
        .first()
    )


def memberships_of(candidate: User) -> QuerySet[Membership]:
    """Where the candidate is seen now, with `last_viewed_at`."""
    return (
        Membership.objects.filter(candidate=candidate, left_at=None)
        .select_related("cohort__mentor")
        .annotate(last_viewed_at=Max("views__viewed_at"))
        .order_by("cohort__name")
    )


def report_views_of(candidate: User) -> QuerySet[ReportView]:
    """Every time a mentor looked, newest first."""
    return ReportView.objects.filter(membership__candidate=candidate).select_related("membership__cohort__mentor")


def invited_cohort(token: str) -> Cohort | None:
    return Cohort.objects.select_related("mentor").filter(invitation_token=token, closed_at=None).first()
