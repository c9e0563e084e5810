"""Staff screens of attempts."""

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exams import services
from exams.models import AttemptChange, MinutesGrant
from tests.exams.conftest import keys_of, save

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


def steer(staff, attempt, what, **fields):
    return staff.post(reverse("admin:exams_attempt_steer", args=[attempt.pk, what]), fields, follow=True)


def links_of(staff, attempt):
    html = staff.get(reverse("admin:exams_attempt_change", args=[attempt.pk])).content.decode()
    offered = {what for what in ("minutes", "void", "reopen") if f"/steer/{what}/" in html}
    return offered | ({"copy"} if f"{attempt.pk}/copy/" in html else set())


def test_an_attempt_offers_what_fits_it(staff, mock, start_drill, candidate, now):
    assert links_of(staff, mock) == {"minutes", "void"}
    assert links_of(staff, start_drill(2)) == {"void"}
    services.submit_attempt(attempt_id=mock.pk, candidate=candidate, now=now)
    assert links_of(staff, mock) == {"reopen", "void", "copy"}
    steer(staff, mock, "void", reason="x")
    assert links_of(staff, mock) == {"reopen"}


def test_the_course_of_one_attempt_is_changed_on_its_page(staff, mock, author):
    page = staff.get(reverse("admin:exams_attempt_steer", args=[mock.pk, "minutes"])).content.decode()
    assert "It is in progress, with 9" in page
    done = steer(staff, mock, "minutes", minutes="15", reason="fire alarm").content.decode()
    assert "Grant minutes is in the log below" in done
    assert "in progress" not in AttemptChange.objects.get().before
    assert "120 (from 105)" in done
    assert "105 minutes" in done  # as it was before
    steer(staff, mock, "void", reason="somebody else sat it")
    steer(staff, mock, "reopen", minutes="30", reason="it was him after all")
    changes = AttemptChange.objects.order_by("pk").values_list("kind", "minutes", "reason", "changed_by__email")
    assert list(changes) == [
        ("minutes_granted", 15, "fire alarm", author.email),
        ("voided", None, "somebody else sat it", author.email),
        ("reopened", 30, "it was him after all", author.email),
    ]
    history = staff.get(reverse("admin:exams_attempt_history", args=[mock.pk])).content.decode()
    assert "Void: somebody else sat it" in history


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        ("minutes", {"minutes": "0", "reason": "x"}, "Give 1 to 600 minutes."),
        ("minutes", {"minutes": "601", "reason": "x"}, "Give 1 to 600 minutes."),
        ("minutes", {"minutes": "5", "reason": "  "}, "Say why: it is logged."),
        ("void", {}, "Say why: it is logged."),
        ("reopen", {"minutes": "5", "reason": "x"}, "Mock exam 1 is still in progress."),
    ],
)
def test_what_cannot_be_done_is_said_beside_what_was_typed(staff, mock, what, fields, words):
    page = steer(staff, mock, what, **fields).content.decode()
    assert words in page
    assert "Nothing was changed" in page
    assert f'value="{fields.get("reason", "").strip()}"' in page or not fields.get("reason", "").strip()
    assert not AttemptChange.objects.exists()


def test_nobody_steers_without_the_right(mock, author, candidate, signed_in):
    from django.contrib.auth.models import Permission

    address = reverse("admin:exams_attempt_steer", args=[mock.pk, "void"])
    assert signed_in(candidate).post(address, {"reason": "x"}).status_code == 302
    author.is_superuser = False
    author.save()
    author.user_permissions.add(Permission.objects.get(codename="view_attempt"))
    assert signed_in(author).post(address, {"reason": "x"}).status_code == 403
    assert links_of(signed_in(author), mock) == set()
    assert not AttemptChange.objects.exists()


def test_unknown_steering_and_attempt_lead_nowhere(staff, mock):
    assert steer(staff, mock, "delete", reason="x").redirect_chain
    assert staff.get(reverse("admin:exams_attempt_steer", args=[uuid4(), "void"])).status_code == 404
    assert not AttemptChange.objects.exists()


def test_answers_are_shown_by_their_letters(staff, mock, now):
    place = mock.questions.filter(select_count=1).select_related("question_version").order_by("position")[0]
    save(mock, place.position, keys_of(place), now)
    letter = chr(65 + place.option_order.index(keys_of(place)[0]))
    html = staff.get(reverse("admin:exams_attempt_change", args=[mock.pk])).content.decode()
    row = html[html.index(f'id="questions-{place.position - 1}"') :][:2500]
    assert row.count(f"<p>{letter}</p>") == 2


def test_a_void_attempt_takes_no_copy(staff, mock, now):
    save(mock, 1, [], now)
    steer(staff, mock, "void", reason="x")
    copy = {"attempt": str(mock.pk), "not_handed_in": []}
    file = SimpleUploadedFile("copy.json", json.dumps(copy).encode())
    address = reverse("admin:exams_attempt_copy", args=[mock.pk])
    page = staff.post(address, {"file": file, "reason": "x", "takes_unsealed": "on"}, follow=True).content.decode()
    assert "This attempt is void; reopen it first." in page
    mock.refresh_from_db()
    assert mock.status == "voided"


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


@pytest.mark.parametrize("minutes", ["0", "601", "-5", "x"])
def test_unfit_minutes_ahead_are_refused_beside_the_field(staff, candidate, minutes):
    body = {"candidate": str(candidate.pk), "minutes": minutes, "reason": "slow network"}
    page = staff.post(reverse("admin:exams_minutesgrant_add"), body)
    assert "Give 1 to 600 minutes." in page.content.decode()
    assert not MinutesGrant.objects.exists()


def test_minutes_ahead_are_refused_where_they_add_up_to_too_many(staff, candidate):
    body = {"candidate": str(candidate.pk), "minutes": "400", "reason": "slow network"}
    staff.post(reverse("admin:exams_minutesgrant_add"), body)
    page = staff.post(reverse("admin:exams_minutesgrant_add"), body).content.decode()
    assert "400 minutes wait already; together at most 600 can be given." in page
    assert MinutesGrant.objects.get().minutes == 400


def test_every_change_of_extra_time_stays_in_the_log(staff, candidate, author):
    body = {"user": str(candidate.pk), "time_factor": "1.5", "reason": "certificate of May"}
    staff.post(reverse("admin:accounts_accommodation_add"), body)
    row = candidate.accommodation
    address = reverse("admin:accounts_accommodation_change", args=[row.pk])
    staff.post(address, {"time_factor": "2", "reason": "certificate of June"})
    row.refresh_from_db()
    assert (row.user, row.time_factor, row.granted_by) == (candidate, 2, author)
    history = staff.get(reverse("admin:accounts_accommodation_history", args=[row.pk])).content.decode()
    assert "Time × 1.5: certificate of May" in history
    assert "Time × 2: certificate of June" in history


def test_candidate_sees_no_admin(mock, candidate, signed_in):
    assert signed_in(candidate).get(reverse(LIST)).status_code == 302
