"""Pages about people, as each of the cast."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import ApiToken, Cohort, Membership, User

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def cohort(mentor):
    return services.create_cohort(mentor=mentor, name="Autumn")


def test_settings_work(candidate, signed_in):
    page = signed_in(candidate)
    answer = page.post(reverse("accounts:settings_change"), {"display_name": "Amara", "time_zone": "Asia/Kathmandu"})
    assert answer.status_code == 302
    assert User.objects.get(pk=candidate.pk).time_zone == "Asia/Kathmandu"


def test_settings_name_the_wrong_field(candidate, signed_in):
    answer = signed_in(candidate).post(reverse("accounts:settings_change"), {"time_zone": "Mars/Olympus"})
    assert "time_zone" in answer.context["form"].errors
    assert User.objects.get(pk=candidate.pk).time_zone == "Europe/Berlin"


def test_mentor_makes_a_cohort_and_a_candidate_joins_it(mentor, candidate, signed_in):
    answer = signed_in(mentor).post(reverse("accounts:cohort_list"), {"name": "Winter"}, follow=True)
    link = answer.context["link"]
    assert link in answer.content.decode()
    page = signed_in(candidate)
    assert "Jordan Lee" in page.get(link).content.decode()
    page.post(f"{link}accept/", {"shares_mocks": "on"})
    membership = Membership.objects.get(candidate=candidate)
    assert (membership.shares_mocks, membership.shares_plan) == (True, False)
    assert "Jordan Lee" in page.get(reverse("accounts:sharing_show")).content.decode()


def test_candidate_leaves(cohort, candidate, signed_in):
    membership = services.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
    )
    signed_in(candidate).post(reverse("accounts:cohort_leave", args=[membership.pk]))
    assert Membership.objects.get().left_at is not None


@pytest.mark.parametrize("name", ["cohort_manage", "invitation_renew", "cohort_close"])
def test_outsider_finds_no_cohort(cohort, outsider, signed_in, name):
    page = signed_in(outsider)
    address = reverse(f"accounts:{name}", args=[cohort.pk])
    assert page.post(address).status_code == 404
    assert Cohort.objects.get().closed_at is None


def test_outsider_changes_no_membership(cohort, candidate, outsider, signed_in):
    membership = services.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=NOW
    )
    page = signed_in(outsider)
    assert page.post(reverse("accounts:cohort_leave", args=[membership.pk])).status_code == 404
    assert page.post(reverse("accounts:sharing_change", args=[membership.pk])).status_code == 404
    assert page.post(reverse("accounts:member_remove", args=[cohort.pk, candidate.pk])).status_code == 404
    assert Membership.objects.get().left_at is None


def test_unknown_invitation_is_not_there(candidate, signed_in):
    assert signed_in(candidate).get(reverse("accounts:invitation_show", args=["nope"])).status_code == 404


def test_token_is_shown_once(candidate, signed_in):
    page = signed_in(candidate)
    first = page.post(reverse("accounts:token_create"), follow=True).content.decode()
    assert "shown this once" in first
    assert "shown this once" not in page.get(reverse("accounts:own_data_show")).content.decode()
    page.post(reverse("accounts:token_revoke", args=[ApiToken.objects.get().pk]))
    assert not ApiToken.objects.exists()


def test_account_is_deleted_only_with_the_right_address(candidate, signed_in):
    page = signed_in(candidate)
    refused = page.post(reverse("accounts:account_delete"), {"email": "other@example.com"})
    assert refused.status_code == 400
    assert "not the address of your account" in refused.content.decode()
    page.post(reverse("accounts:account_delete"), {"email": candidate.email})
    assert User.objects.get(pk=candidate.pk).deleted_at is not None
    assert page.get(reverse("accounts:settings_change")).status_code == 302


def test_staff_without_second_factor_see_no_admin_page(author, signed_in, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    answer = signed_in(author).get(reverse("admin:index"))
    assert answer.status_code == 302
    assert answer.url == reverse("mfa_activate_totp")
