"""Staff screens of attempts."""

import pytest
from django.urls import reverse

from exams.models import AttemptChange, MinutesGrant

LIST = "admin:exams_attempt_changelist"


@pytest.fixture
def staff(author, signed_in):
    return signed_in(author)


def act(staff, attempt, action, **fields):
    body = {"action": action, "_selected_action": [str(attempt.pk)], **fields}
    return staff.post(reverse(LIST), body, follow=True)


def test_list_and_attempt_show(staff, mock):
    assert "Mock exam 1" in staff.get(reverse(LIST)).content.decode()
    page = staff.get(reverse("admin:exams_attempt_change", args=[mock.pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()


def test_minutes_are_granted_with_a_reason(staff, mock, author):
    page = act(staff, mock, "grant_minutes", minutes="15", reason="fire alarm")
    assert "done" in page.content.decode()
    change = AttemptChange.objects.get()
    assert (change.minutes, change.reason, change.changed_by) == (15, "fire alarm", author)


@pytest.mark.parametrize("fields", [{"minutes": "15"}, {"reason": "x"}, {"minutes": "0", "reason": "x"}, {}])
def test_incomplete_grant_changes_nothing(staff, mock, fields):
    act(staff, mock, "grant_minutes", **fields)
    assert not AttemptChange.objects.exists()


def test_void_then_reopen(staff, mock):
    act(staff, mock, "void", reason="power cut")
    mock.refresh_from_db()
    assert mock.status == "voided"
    act(staff, mock, "reopen", reason="power is back", minutes="60")
    mock.refresh_from_db()
    assert mock.status == "in_progress"
    assert list(AttemptChange.objects.order_by("pk").values_list("kind", flat=True)) == ["voided", "reopened"]


def test_refusal_is_told(staff, mock):
    page = act(staff, mock, "reopen", reason="x", minutes="5")
    assert "is still in progress" in page.content.decode()
    act(staff, mock, "void", reason="x")
    assert "reopen it to give more time" in act(staff, mock, "grant_minutes", reason="x", minutes="5").content.decode()
    assert "is void already" in act(staff, mock, "void", reason="x").content.decode()


def test_attempts_cannot_be_added_changed_or_deleted(staff, mock):
    assert staff.get(reverse("admin:exams_attempt_add")).status_code == 403
    assert staff.post(reverse("admin:exams_attempt_change", args=[mock.pk]), {"status": "submitted"}).status_code == 403
    assert staff.post(reverse("admin:exams_attempt_delete", args=[mock.pk]), {"post": "yes"}).status_code == 403


def test_staff_who_only_look_have_no_actions(mock, author, signed_in):
    from django.contrib.auth.models import Permission

    author.is_superuser = False
    author.save()
    author.user_permissions.add(Permission.objects.get(codename="view_attempt"))
    act(signed_in(author), mock, "void", reason="x")
    mock.refresh_from_db()
    assert mock.status == "in_progress"


def test_minutes_ahead_add_up(staff, candidate, author):
    for minutes in (10, 5):
        body = {"candidate": str(candidate.pk), "minutes": str(minutes), "reason": "slow network"}
        assert staff.post(reverse("admin:exams_minutesgrant_add"), body).status_code == 302
    grant = MinutesGrant.objects.get()
    assert (grant.minutes, grant.granted_by) == (15, author)


def test_candidate_sees_no_admin(mock, candidate, signed_in):
    assert signed_in(candidate).get(reverse(LIST)).status_code == 302
