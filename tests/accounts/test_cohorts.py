"""Cohorts, consent, and losing access."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import selectors, services
from accounts.models import Membership, ReportView

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def cohort(mentor):
    return services.create_cohort(mentor=mentor, name="Autumn")


@pytest.fixture
def membership(cohort, candidate):
    return services.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=False, now=NOW
    )


def test_consent_works(cohort, membership, mentor, candidate):
    seen = selectors.shared_membership(mentor, cohort.pk, candidate.pk)
    assert seen == membership
    assert (seen.shares_mocks, seen.shares_plan, seen.consented_at) == (True, False, NOW)
    assert selectors.cohorts_of(mentor).get().member_count == 1


def test_consenting_twice_changes_what_is_shared_and_nothing_else(cohort, membership, candidate):
    again = services.accept_invitation(
        candidate=candidate,
        token=cohort.invitation_token,
        shares_mocks=False,
        shares_plan=True,
        now=NOW + timedelta(days=3),
    )
    assert again.pk == membership.pk
    assert (again.shares_mocks, again.shares_plan, again.consented_at) == (False, True, NOW)


def test_leaving_ends_access_at_once_and_joining_again_is_a_new_consent(cohort, membership, mentor, candidate):
    services.leave_cohort(membership=membership, now=NOW)
    assert selectors.shared_membership(mentor, cohort.pk, candidate.pk) is None
    again = services.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
    )
    assert again.pk != membership.pk


def test_removing_and_closing_end_access(cohort, membership, mentor, candidate):
    assert services.remove_member(cohort=cohort, candidate=candidate, now=NOW)
    assert not services.remove_member(cohort=cohort, candidate=candidate, now=NOW)
    assert selectors.shared_membership(mentor, cohort.pk, candidate.pk) is None


def test_closed_cohort_lets_nobody_in_or_see(cohort, membership, mentor, candidate, outsider):
    services.close_cohort(cohort=cohort, now=NOW)
    assert selectors.shared_membership(mentor, cohort.pk, candidate.pk) is None
    with pytest.raises(services.InvitationNotValid):
        services.accept_invitation(
            candidate=outsider, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
        )


def test_renewed_link_stops_the_old_one(cohort, outsider):
    old = cohort.invitation_token
    services.renew_invitation(cohort=cohort)
    with pytest.raises(services.InvitationNotValid):
        services.accept_invitation(candidate=outsider, token=old, shares_mocks=True, shares_plan=True, now=NOW)


def test_mentor_cannot_join_their_own_cohort(cohort, mentor):
    with pytest.raises(services.OwnCohort):
        services.accept_invitation(
            candidate=mentor, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
        )


def test_another_mentor_sees_nothing(cohort, membership, outsider, candidate):
    own = services.create_cohort(mentor=outsider, name="Elsewhere")
    assert selectors.shared_membership(outsider, cohort.pk, candidate.pk) is None
    assert selectors.shared_membership(outsider, own.pk, candidate.pk) is None


def test_candidate_sees_when_the_mentor_looked(membership, candidate):
    services.record_report_view(membership=membership, now=NOW)
    assert selectors.memberships_of(candidate).get().last_viewed_at == NOW
    assert list(selectors.report_views_of(candidate)) == [ReportView.objects.get()]


def test_database_refuses_two_present_memberships(membership, cohort, candidate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(cohort=cohort, candidate=candidate, consented_at=NOW)


def test_database_refuses_a_membership_that_ends_before_it_began(cohort, candidate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            cohort=cohort, candidate=candidate, consented_at=NOW, left_at=NOW - timedelta(seconds=1)
        )
