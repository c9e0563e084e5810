"""Accounts: one address, granted time, deletion, tokens."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import selectors, services
from accounts.models import Accommodation, ApiToken, User
from tests.conftest import PASSWORD

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_address_belongs_to_one_user_whatever_its_case(candidate):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="AMARA@example.com")


def test_names_for_greeting(candidate, db):
    assert (candidate.short_name, candidate.initials) == ("Amara", "AO")
    nameless = User.objects.create_user("kim@example.com")
    assert (nameless.short_name, nameless.initials) == ("kim", "KE")


def test_granted_time_works(candidate, author):
    assert selectors.time_factor_of(candidate) == Decimal(1)
    services.grant_accommodation(
        user=candidate, time_factor=Decimal("1.5"), reason="dyslexia", granted_by=author, now=NOW
    )
    assert selectors.time_factor_of(candidate) == Decimal("1.5")


@pytest.mark.parametrize("factor", ["0.99", "3.01"])
def test_database_refuses_a_time_factor_outside_1_to_3(candidate, factor):
    with pytest.raises(IntegrityError), transaction.atomic():
        Accommodation.objects.create(user=candidate, time_factor=Decimal(factor), reason="x")


def test_token_works_once_issued_and_is_kept_as_a_digest(candidate):
    text, token = services.issue_api_token(user=candidate, now=NOW)
    assert selectors.live_token(text, now=NOW) == token
    assert text not in str(vars(ApiToken.objects.get()))


def test_token_ends(candidate):
    text, token = services.issue_api_token(user=candidate, now=NOW)
    assert selectors.live_token(text, now=token.expires_at) is None
    assert services.revoke_api_token(user=candidate, token_id=str(token.pk))
    assert selectors.live_token(text, now=NOW) is None


def test_nobody_revokes_somebody_elses_token(candidate, outsider):
    _, token = services.issue_api_token(user=candidate, now=NOW)
    assert not services.revoke_api_token(user=outsider, token_id=str(token.pk))


def test_expired_tokens_are_forgotten(candidate):
    _, token = services.issue_api_token(user=candidate, now=NOW)
    assert services.forget_expired_rows(now=token.expires_at + timedelta(days=31))["tokens"] == 1


def test_deleted_account_keeps_nothing_personal(candidate, mentor):
    cohort = services.create_cohort(mentor=mentor, name="Autumn")
    services.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
    )
    services.issue_api_token(user=candidate, now=NOW)
    services.delete_account(user=candidate, now=NOW)
    row = User.objects.get(pk=candidate.pk)
    assert row.display_name == ""
    assert "amara" not in row.email
    assert not row.is_active
    assert not row.has_usable_password()
    assert not ApiToken.objects.exists()
    assert selectors.shared_membership(mentor, cohort.pk, candidate.pk) is None


def test_password_buys_a_token(candidate):
    text, token = services.trade_password(email="Amara@Example.com", password=PASSWORD, now=NOW)
    assert token.user == candidate
    assert selectors.live_token(text, now=NOW)


def test_wrong_password_buys_none(candidate):
    with pytest.raises(services.SignInRefused):
        services.trade_password(email=candidate.email, password="wrong", now=NOW)
