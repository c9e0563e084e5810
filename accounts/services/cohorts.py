"""Cohorts: made by a mentor, joined by consent, left at any moment."""

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import Cohort, Membership, ReportView, User


class InvitationNotValid(Exception):
    """The link is unknown, was renewed, or its cohort is closed."""


class OwnCohort(Exception):
    """A mentor cannot join their own cohort as a candidate."""


def _new_token() -> str:
    return secrets.token_urlsafe(24)


@transaction.atomic
def create_cohort(*, mentor: User, name: str) -> Cohort:
    """A new cohort with an invitation link of its own."""
    return Cohort.objects.create(mentor=mentor, name=name, invitation_token=_new_token())


@transaction.atomic
def rename_cohort(*, cohort: Cohort, name: str) -> Cohort:
    cohort.name = name
    cohort.save(update_fields=["name"])
    return cohort


@transaction.atomic
def renew_invitation(*, cohort: Cohort) -> Cohort:
    """A new link; the old one stops working at once. Members stay."""
    cohort.invitation_token = _new_token()
    cohort.save(update_fields=["invitation_token"])
    return cohort


@transaction.atomic
def close_cohort(*, cohort: Cohort, now: datetime) -> None:
    """Ends the cohort: nobody joins any more and the mentor sees no report of it any more."""
    Cohort.objects.filter(pk=cohort.pk, closed_at=None).update(closed_at=now)
    cohort.memberships.filter(left_at=None).update(left_at=now)


@transaction.atomic
def accept_invitation(
    *,
    candidate: User,
    token: str,
    shares_mocks: bool,
    shares_plan: bool,
    shares_outcome: bool = False,
    now: datetime,
) -> Membership:
    """Consent: the mentor may see this candidate's domain report, and mocks, plan and real outcome if shared.

    Accepting twice changes what is shared and nothing else. Raises InvitationNotValid, OwnCohort.
    """
    cohort = Cohort.objects.select_for_update().filter(invitation_token=token, closed_at=None).first()
    if cohort is None:
        raise InvitationNotValid
    if cohort.mentor_id == candidate.pk:
        raise OwnCohort
    shared = {"shares_mocks": shares_mocks, "shares_plan": shares_plan, "shares_outcome": shares_outcome}
    membership, _ = Membership.objects.update_or_create(
        cohort=cohort,
        candidate=candidate,
        left_at=None,
        defaults=shared,
        create_defaults=shared | {"consented_at": now},
    )
    return membership


@transaction.atomic
def share_with_cohort(
    *, membership: Membership, shares_mocks: bool, shares_plan: bool, shares_outcome: bool = False
) -> Membership:
    """Changes what the mentor sees from now on."""
    membership.shares_mocks, membership.shares_plan = shares_mocks, shares_plan
    membership.shares_outcome = shares_outcome
    membership.save(update_fields=["shares_mocks", "shares_plan", "shares_outcome"])
    return membership


@transaction.atomic
def leave_cohort(*, membership: Membership, now: datetime) -> None:
    """The candidate withdraws consent: the mentor loses access at once."""
    Membership.objects.filter(pk=membership.pk, left_at=None).update(left_at=now)


@transaction.atomic
def remove_member(*, cohort: Cohort, candidate: User, now: datetime) -> bool:
    """The mentor takes a candidate out. False where they were not in it."""
    return bool(cohort.memberships.filter(candidate=candidate, left_at=None).update(left_at=now))


@transaction.atomic
def record_report_view(*, membership: Membership, now: datetime) -> None:
    """Notes that the mentor looked; the candidate sees it under “Who sees my results”."""
    ReportView.objects.create(membership=membership, viewed_at=now)
