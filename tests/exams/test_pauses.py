"""Practice on the clock can be paused; a mock cannot, by the service, the pages and the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from exams import services
from exams.models import Attempt
from exams.selectors import violations
from tests.exams.conftest import keys_of, save

FIVE = timedelta(minutes=5)


@pytest.fixture
def drill(start_drill) -> Attempt:
    """Twenty minutes on the clock."""
    return start_drill(deadline_minutes=20)


@pytest.fixture
def own(candidate, signed_in):
    return signed_in(candidate)


def pause(attempt, now):
    return services.pause_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def resume(attempt, now):
    return services.resume_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def test_pausing_works(drill, now):
    paused = pause(drill, now + FIVE)
    assert (paused.paused_ms, paused.deadline_at, paused.paused_minutes) == (15 * 60_000, None, 15)
    assert pause(drill, now + 2 * FIVE).paused_ms == 15 * 60_000
    # Hours later nobody has closed it.
    assert services.close_overdue_attempts(now + timedelta(hours=9)) == 0
    resumed = resume(drill, now + timedelta(hours=9))
    assert resumed.deadline_at == now + timedelta(hours=9, minutes=15)
    assert resume(drill, now + timedelta(hours=9, minutes=1)).deadline_at == resumed.deadline_at
    first = drill.questions.select_related("question_version").get(position=1)
    save(drill, 1, keys_of(first), now + timedelta(hours=9, minutes=1))
    ended = services.submit_attempt(
        attempt_id=drill.pk, candidate=drill.candidate, now=now + timedelta(hours=9, minutes=2)
    )
    assert ended.scored_right == 1
    assert list(violations()) == []


def test_result_leaves_the_pause_out(drill, now, own):
    pause(drill, now + FIVE)
    resume(drill, now + timedelta(hours=9))
    services.submit_attempt(attempt_id=drill.pk, candidate=drill.candidate, now=now + timedelta(hours=9, minutes=2))
    page = own.get(reverse("exams:result_show", args=[drill.pk])).content.decode()
    assert "7 of 20 minutes" in page


def test_handing_in_ends_the_pause(drill, now):
    pause(drill, now + FIVE)
    ended = services.submit_attempt(attempt_id=drill.pk, candidate=drill.candidate, now=now + timedelta(hours=1))
    ended.refresh_from_db()
    assert (ended.status, ended.paused_ms) == ("submitted", None)
    assert ended.deadline_at == now + timedelta(hours=1, minutes=15)


def test_voiding_ends_the_pause(drill, now):
    pause(drill, now + FIVE)
    services.void_attempt(attempt_id=drill.pk, reason="x", by=None, now=now + 2 * FIVE)
    assert Attempt.objects.get(pk=drill.pk).paused_ms is None


def test_voided_in_its_pause_it_has_a_clock_again_when_reopened(drill, now):
    pause(drill, now + FIVE)
    services.void_attempt(attempt_id=drill.pk, reason="x", by=None, now=now + 2 * FIVE)
    later = now + timedelta(hours=3)
    services.reopen_attempt(attempt_id=drill.pk, minutes=9, reason="y", by=None, now=later)
    assert Attempt.objects.get(pk=drill.pk).deadline_at == later + timedelta(minutes=9)
    assert list(violations()) == []


def test_mock_is_not_paused(mock, now):
    with pytest.raises(services.NotPausable):
        pause(mock, now)


def test_sitting_without_a_clock_is_not_paused(start_drill, now):
    with pytest.raises(services.NotPausable):
        pause(start_drill(), now)


def test_pause_comes_too_late(drill, now):
    with pytest.raises(services.AttemptClosed):
        pause(drill, now + timedelta(minutes=20))


@pytest.mark.parametrize("act", [services.pause_attempt, services.resume_attempt])
def test_nobody_else_finds_it(drill, outsider, now, act):
    with pytest.raises(services.AttemptNotFound):
        act(attempt_id=drill.pk, candidate=outsider, now=now)


def test_mock_that_is_paused_cannot_be_stored(mock):
    with pytest.raises(IntegrityError, match="paused_attempt_is_open_and_has_no_deadline"), transaction.atomic():
        Attempt.objects.filter(pk=mock.pk).update(paused_ms=1)
    with pytest.raises(IntegrityError, match="mock_has_a_deadline"), transaction.atomic():
        Attempt.objects.filter(pk=mock.pk).update(paused_ms=1, deadline_at=None)


def test_pages_of_a_pause(drill, own):
    room, sittings = reverse("exams:room_show", args=[drill.pk]), reverse("exams:attempt_list")
    assert 'id="pause"' in own.get(room).content.decode()
    assert own.post(reverse("exams:attempt_pause", args=[drill.pk]))["Location"] == room
    page = own.get(room).content.decode()
    assert "Paused, with 19 minutes left" in page
    assert "0 of 4 questions are answered and saved" in page
    assert "option" not in page  # nothing of the paper
    assert "paused with 19 min left" in own.get(sittings).content.decode()
    own.post(reverse("exams:attempt_resume", args=[drill.pk]))
    assert 'id="question-view"' in own.get(room).content.decode()


def test_mock_has_no_button_and_refuses(mock, own):
    assert 'id="pause"' not in own.get(reverse("exams:room_show", args=[mock.pk])).content.decode()
    answer = own.post(reverse("exams:attempt_pause", args=[mock.pk]), follow=True)
    assert "cannot be paused" in answer.content.decode()
    assert Attempt.objects.get(pk=mock.pk).deadline_at == mock.deadline_at


@pytest.mark.parametrize("name", ["attempt_pause", "attempt_resume"])
def test_other_people_get_404(drill, outsider, signed_in, name):
    assert signed_in(outsider).post(reverse(f"exams:{name}", args=[drill.pk])).status_code == 404
