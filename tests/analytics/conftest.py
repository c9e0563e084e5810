"""A candidate with a history, and the mentor who may see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services as people
from accounts.models import Membership, User
from analytics import services
from tests.analytics.sittings import mock, share


def days_ago(days: float):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def sat(bank, candidate) -> User:
    """Two mocks, analysed after each, weak in one domain."""
    for days, percent in ((9, 45), (2, 65)):
        mock(
            candidate,
            lambda row, percent=percent: (
                row.question_version.question.domain.code != "enterprise" and share(percent)(row)
            ),
            now=days_ago(days),
            seed=days,
        )
        services.analyse_candidate(candidate_id=candidate.pk, now=days_ago(days - 0.1))
    return candidate


@pytest.fixture
def membership(candidate, mentor) -> Membership:
    """The candidate's consent to be seen by the mentor, with mocks and plan."""
    cohort = people.create_cohort(mentor=mentor, name="Autumn")
    return people.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=days_ago(10)
    )
