"""Submitting, expiring and grading."""

from datetime import timedelta

import pytest

from exams import services
from exams.models import CLOSING_GRACE, Attempt
from exams.selectors import domain_scores_of, exactly_the_keys
from exams.signals import attempt_finished
from tests.exams.conftest import answer_right, keys_of, save, wrong_of

LATE = CLOSING_GRACE + timedelta(seconds=1)


@pytest.fixture
def heard():
    """Attempts that the signal told of."""
    told: list[Attempt] = []

    def listen(sender, attempt, **more):
        told.append(attempt)

    attempt_finished.connect(listen)
    yield told
    attempt_finished.disconnect(listen)


def submit(attempt, now, **more):
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now, **more)


def test_submit_attempt_works(mock, now, heard):
    answer_right(mock, 45, now)
    done = submit(mock, now)
    done.refresh_from_db()
    assert (done.status, done.finished_at, done.score_status, done.score_version) == ("submitted", now, "done", 1)
    assert (done.scored_right, done.scored_total, done.passed, done.percent) == (45, 60, True, 75)
    assert [score["domain"] for score in done.domain_scores] == [
        "platform",
        "data",
        "security",
        "enterprise",
        "applications",
        "integrations",
    ]
    assert [score["total"] for score in done.domain_scores] == [6, 10, 9, 17, 9, 9]
    assert all(type(score["percent"]) is int for score in done.domain_scores)
    assert heard == [done]


@pytest.mark.parametrize(("right", "passed"), [(43, False), (44, True)])
def test_pass_mark_is_44_of_60(mock, now, right, passed):
    answer_right(mock, right, now)
    assert submit(mock, now).passed is passed


def test_pilots_are_graded_but_do_not_count(mock, now):
    pilots = mock.questions.filter(is_pilot=True).select_related("question_version")
    for pilot in pilots:
        save(mock, pilot.position, keys_of(pilot), now)
    done = submit(mock, now)
    assert (done.scored_right, done.scored_total) == (0, 60)
    assert set(pilots.values_list("is_correct", flat=True)) == {True}


def test_part_of_the_keys_is_wrong(mock, now):
    double = mock.questions.filter(select_count=2, is_pilot=False).first()
    save(mock, double.position, keys_of(double)[:1], now)
    assert submit(mock, now).scored_right == 0


def test_changed_answer_is_graded_as_it_stands_last(mock, now):
    answer = mock.questions.filter(is_pilot=False).first()
    save(mock, answer.position, keys_of(answer), now)
    save(mock, answer.position, wrong_of(answer), now, base_revision=1)
    assert submit(mock, now).scored_right == 0


def test_second_submit_changes_nothing(mock, now, heard):
    first = submit(mock, now)
    second = submit(mock, now + timedelta(minutes=3))
    assert first.finished_at == second.finished_at
    assert second.score_version == 1
    assert len(heard) == 1


def test_submit_within_the_grace_counts_as_at_the_deadline(mock):
    done = submit(mock, mock.deadline_at + timedelta(seconds=30))
    assert (done.status, done.finished_at) == (Attempt.Status.SUBMITTED, mock.deadline_at)


def test_submit_after_the_grace_finds_it_expired(mock):
    done = submit(mock, mock.deadline_at + LATE)
    assert (done.status, done.finished_at) == (Attempt.Status.EXPIRED, mock.deadline_at)


def test_browser_that_is_early_is_told_the_time(mock, now):
    with pytest.raises(services.TimeNotUp):
        submit(mock, now, only_when_time_is_up=True)
    mock.refresh_from_db()
    assert not mock.is_final
    assert submit(mock, mock.deadline_at, only_when_time_is_up=True).status == Attempt.Status.SUBMITTED


def test_other_candidate_cannot_submit(mock, other_candidate, now):
    with pytest.raises(services.AttemptNotFound):
        services.submit_attempt(attempt_id=mock.pk, candidate=other_candidate, now=now)


def test_listener_that_fails_leaves_the_attempt_open(mock, now):
    def fail(sender, **more):
        raise RuntimeError("listener")

    attempt_finished.connect(fail)
    try:
        with pytest.raises(RuntimeError, match="listener"):
            submit(mock, now)
    finally:
        attempt_finished.disconnect(fail)
    mock.refresh_from_db()
    assert not mock.is_final


def test_reading_settles_only_after_the_grace(mock):
    assert not services.settle_attempt(mock, mock.deadline_at + CLOSING_GRACE).is_final
    settled = services.settle_attempt(mock, mock.deadline_at + LATE)
    assert (settled.status, settled.finished_at) == (Attempt.Status.EXPIRED, mock.deadline_at)


def test_remaining_is_zero_between_deadline_and_grace(mock):
    assert mock.remaining_ms_at(mock.deadline_at - timedelta(seconds=1)) == 1000
    assert mock.remaining_ms_at(mock.deadline_at + timedelta(seconds=1)) == 0


def test_sweep_closes_what_is_overdue(mock, heard):
    assert services.close_overdue_attempts(mock.deadline_at + CLOSING_GRACE) == 0
    assert services.close_overdue_attempts(mock.deadline_at + LATE) == 1
    assert services.close_overdue_attempts(mock.deadline_at + LATE) == 0
    mock.refresh_from_db()
    assert (mock.status, mock.finished_at, mock.score_version) == ("expired", mock.deadline_at, 1)
    assert len(heard) == 1


def test_sweep_is_bounded(start_drill, now):
    for _ in range(3):
        start_drill(deadline_minutes=10)
    assert services.close_overdue_attempts(now + timedelta(hours=3), limit=2) == 2
    assert services.close_overdue_attempts(now + timedelta(hours=3), limit=2) == 1


def test_sweep_goes_on_past_one_that_fails(start_drill, now, caplog):
    bad, good = start_drill(deadline_minutes=10), start_drill(deadline_minutes=11)

    def fail(sender, attempt, **more):
        if attempt.pk == bad.pk:
            raise RuntimeError("poison")

    attempt_finished.connect(fail)
    try:
        assert services.close_overdue_attempts(now + timedelta(hours=1)) == 1
    finally:
        attempt_finished.disconnect(fail)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.is_final, good.is_final) == (False, True)
    assert "attempt_not_closed" in caplog.text


def test_untimed_sitting_never_expires(start_drill, now):
    drill = start_drill()
    assert drill.deadline_at is None
    assert services.close_overdue_attempts(now + timedelta(days=400)) == 0
    assert drill.remaining_ms_at(now) is None


def test_drill_has_a_score_but_no_pass(start_drill, now):
    drill = start_drill()
    answer_right(drill, 3, now)
    done = submit(drill, now)
    assert (done.passed, done.scored_right, done.scored_total, done.percent) == (None, 3, 4, 75)


def test_settling_all_of_a_candidate(start_drill, now, other_candidate):
    mine = start_drill(deadline_minutes=10)
    theirs = start_drill(deadline_minutes=10, candidate=other_candidate)
    assert services.settle_attempts_of(mine.candidate, now + timedelta(hours=1)) == 1
    theirs.refresh_from_db()
    assert not theirs.is_final


def test_both_ways_of_grading_agree(mock, now):
    """PostgreSQL grades in one statement; what it stores is what the selectors read."""
    answer_right(mock, 30, now)
    graded = services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    assert graded.domain_scores == domain_scores_of([mock.pk])[mock.pk]
    rows = mock.questions.annotate(is_right=exactly_the_keys()).values_list("is_correct", "is_right")
    assert {stored == right for stored, right in rows} == {True}
    assert {stored for stored, _ in rows} == {True, False}
