"""What staff may do, and that it is logged."""

from datetime import timedelta

import pytest

from exams import services
from exams.models import CLOSING_GRACE, Attempt, AttemptChange
from exams.selectors import evidence_of, violations
from tests.exams.conftest import answer_right, save


def submit(attempt, now):
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def grant(attempt, author, now, **more):
    return services.grant_minutes(
        **{"attempt_id": attempt.pk, "minutes": 15, "reason": "fire alarm", "by": author, "now": now, **more}
    )


def reopen(attempt, author, now, **more):
    return services.reopen_attempt(
        **{"attempt_id": attempt.pk, "minutes": 20, "reason": "wrong button", "by": author, "now": now, **more}
    )


def test_grant_minutes_works(mock, author, now):
    deadline = mock.deadline_at
    grown = grant(mock, author, deadline - timedelta(minutes=1))
    assert grown.deadline_at == deadline + timedelta(minutes=15)
    assert grown.minutes_allowed == 120
    change = AttemptChange.objects.get()
    assert (change.kind, change.minutes, change.reason, change.changed_by) == (
        "minutes_granted",
        15,
        "fire alarm",
        author,
    )
    assert change.before == {"deadline_at": deadline.isoformat(), "minutes_allowed": 105}
    save(mock, 1, [], deadline + timedelta(minutes=14), note="still open")


def test_minutes_come_too_late_once_time_is_up(mock, author):
    for late in (timedelta(0), timedelta(seconds=30), CLOSING_GRACE + timedelta(minutes=1)):
        with pytest.raises(services.AttemptClosed):
            grant(mock, author, mock.deadline_at + late)
    assert not AttemptChange.objects.exists()


def test_minutes_need_a_reason_and_a_measure(mock, author, now):
    with pytest.raises(services.ReasonMissing):
        grant(mock, author, now, reason="  ")
    for minutes in (0, -5, 601):
        with pytest.raises(services.MinutesUnfit):
            grant(mock, author, now, minutes=minutes)


def test_untimed_sitting_takes_no_minutes(start_drill, author, now):
    with pytest.raises(services.MinutesUnfit):
        grant(start_drill(), author, now)


def test_void_attempt_works(mock, author, now):
    answer_right(mock, 50, now)
    submit(mock, now)
    voided = services.void_attempt(attempt_id=mock.pk, reason="cheated", by=author, now=now)
    assert (voided.status, voided.passed) == ("voided", None)
    assert evidence_of(mock.candidate) == []
    assert AttemptChange.objects.get().before["status"] == "submitted"
    with pytest.raises(services.AttemptVoided):
        services.void_attempt(attempt_id=mock.pk, reason="again", by=author, now=now)


def test_voided_while_running_takes_no_more_answers(mock, author, now):
    services.void_attempt(attempt_id=mock.pk, reason="power cut", by=author, now=now)
    with pytest.raises(services.AttemptClosed):
        save(mock, 1, [], now)
    assert violations() == []


def test_reopen_attempt_works(mock, author, now):
    answer_right(mock, 50, now)
    submit(mock, now)
    again = reopen(mock, author, now)
    assert (again.status, again.finished_at, again.score_status, again.passed) == ("in_progress", None, "stale", None)
    assert again.deadline_at == now + timedelta(minutes=20)
    assert again.minutes_allowed == 30
    assert set(mock.questions.values_list("is_correct", flat=True)) == {None}
    change = AttemptChange.objects.get()
    assert (change.before["scored_right"], change.before["status"]) == (50, "submitted")
    assert evidence_of(mock.candidate) == []
    assert violations() == []
    done = submit(again, now + timedelta(minutes=5))
    assert (done.scored_right, done.score_version, done.passed) == (50, 2, True)
    assert violations() == []


def test_expired_attempt_reopens_thirty_seconds_after(mock, author):
    """B8: not by a grant, but by reopening, and the log shows both."""
    moment = mock.deadline_at + timedelta(seconds=30)
    again = reopen(mock, author, moment)
    assert again.deadline_at == moment + timedelta(minutes=20)
    assert AttemptChange.objects.get().before["status"] == "expired"
    assert violations() == []


def test_running_attempt_cannot_be_reopened(mock, author, now):
    with pytest.raises(services.AttemptOpen):
        reopen(mock, author, now)


def test_mock_cannot_reopen_beside_another(mock, author, now, rng):
    submit(mock, now)
    other = services.start_mock(candidate=mock.candidate, now=now, rng=rng)
    with pytest.raises(services.MockAlreadyOpen) as refusal:
        reopen(mock, author, now)
    assert refusal.value.attempt == other


def test_untimed_sitting_reopens_without_deadline(start_drill, author, now):
    drill = start_drill()
    submit(drill, now)
    assert reopen(drill, author, now).deadline_at is None


def test_minutes_ahead_have_a_limit(candidate, author, now):
    services.grant_minutes_ahead(candidate=candidate, minutes=600, reason="a", by=author, now=now)
    with pytest.raises(services.MinutesUnfit):
        services.grant_minutes_ahead(candidate=candidate, minutes=1, reason="b", by=author, now=now)


def test_unknown_attempt(author, now, candidate):
    from uuid import uuid4

    with pytest.raises(services.AttemptNotFound):
        services.void_attempt(attempt_id=uuid4(), reason="x", by=author, now=now)
    assert not Attempt.objects.exists()
