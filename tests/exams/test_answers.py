"""Saving and checking answers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from exams import services
from exams.models import CLOSING_GRACE, SAVE_ALLOWANCE, AnswerEvent, Attempt
from tests.exams.conftest import keys_of, save, wrong_of

WAYS = ["one statement", "long way"]


@pytest.fixture(autouse=True, params=WAYS)
def _way(request, monkeypatch):
    """Every rule holds on both ways that a save can take; only PostgreSQL has both."""
    if request.param == "long way":
        monkeypatch.setattr("exams.services.answers.save_in_one_statement", lambda *args: None)
    elif connection.vendor != "postgresql":
        pytest.skip("SQLite always goes the long way")


def test_save_answer_works(mock, now):
    first = mock.questions.get(position=1)
    receipt = save(
        mock,
        1,
        list(reversed(keys_of(first))),
        now,
        flagged=True,
        eliminated=wrong_of(first)[:1],
        confidence="sure",
        note="dyno",
        seconds_spent=41,
    )
    assert receipt.revision == 1
    first.refresh_from_db()
    assert first.selected == keys_of(first)
    assert (first.flagged, first.confidence, first.note, first.seconds_spent) == (True, "sure", "dyno", 41)
    assert first.answered_at == now
    event = AnswerEvent.objects.get(attempt_question=first)
    assert (event.revision, event.selected, event.note, event.arrived_at) == (1, first.selected, "dyno", now)


def test_fields_left_out_stay(mock, now):
    answer = mock.questions.get(position=1)
    save(mock, 1, keys_of(answer), now, note="keep me", flagged=True)
    left_out = dict.fromkeys(["eliminated", "flagged", "confidence", "note", "seconds_spent"])
    save(mock, 1, wrong_of(answer), now, base_revision=1, **left_out)
    answer.refresh_from_db()
    assert (answer.note, answer.flagged, answer.selected) == ("keep me", True, wrong_of(answer))
    assert answer.events.get(revision=2).note == "keep me"


def test_same_save_again_gives_the_same_receipt(mock, now):
    save_id = uuid4()
    first = save(mock, 1, [], now, save_id=save_id, note="once")
    again = save(mock, 1, [], now + timedelta(seconds=40), save_id=save_id, note="once")
    assert first.revision == again.revision == 1
    assert AnswerEvent.objects.count() == 1


def test_same_save_again_is_acknowledged_after_the_end(mock, now):
    save_id = uuid4()
    save(mock, 1, [], now, save_id=save_id, note="once")
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    again = save(mock, 1, [], now, save_id=save_id, note="once")
    assert (again.revision, again.status) == (1, Attempt.Status.SUBMITTED)


def test_save_id_used_for_another_change_stores_nothing(mock, now):
    save_id = uuid4()
    save(mock, 1, [], now, save_id=save_id, note="first")
    save(mock, 1, [], now, save_id=save_id, base_revision=1, note="second")
    assert mock.questions.get(position=1).note == "first"


def test_older_revision_loses_with_the_stored_answer(mock, now):
    answer = mock.questions.get(position=1)
    save(mock, 1, keys_of(answer), now)
    with pytest.raises(services.AnswerConflict) as conflict:
        save(mock, 1, wrong_of(answer), now)
    assert conflict.value.answer.selected == keys_of(answer)
    assert conflict.value.answer.revision == 1


def test_revision_from_the_future_is_a_conflict(mock, now):
    with pytest.raises(services.AnswerConflict):
        save(mock, 1, [], now, base_revision=3)


def test_save_within_the_allowance_counts(mock):
    save(mock, 1, [], mock.deadline_at + SAVE_ALLOWANCE, note="just in time")
    assert mock.questions.get(position=1).revision == 1


def test_save_after_the_allowance_is_refused(mock):
    late = mock.deadline_at + SAVE_ALLOWANCE + timedelta(milliseconds=1)
    with pytest.raises(services.AttemptClosed) as closed:
        save(mock, 1, [], late)
    assert closed.value.finished_at == mock.deadline_at
    assert closed.value.attempt.status == Attempt.Status.IN_PROGRESS
    assert not AnswerEvent.objects.exists()


def test_save_after_the_grace_closes_the_attempt(mock):
    with pytest.raises(services.AttemptClosed) as closed:
        save(mock, 1, [], mock.deadline_at + CLOSING_GRACE + timedelta(seconds=1))
    assert closed.value.attempt.status == Attempt.Status.EXPIRED
    mock.refresh_from_db()
    assert (mock.status, mock.finished_at) == (Attempt.Status.EXPIRED, mock.deadline_at)


def test_save_after_submit_is_refused(mock, now):
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    with pytest.raises(services.AttemptClosed) as closed:
        save(mock, 1, [], now)
    assert closed.value.finished_at == now


def test_other_candidate_finds_nothing(mock, other_candidate, now):
    change = services.AnswerChange(selected=[], base_revision=0, save_id=uuid4())
    with pytest.raises(services.AttemptNotFound):
        services.save_answer(attempt_id=mock.pk, candidate=other_candidate, position=1, change=change, now=now)


def test_position_off_the_paper_is_not_found(mock, now):
    with pytest.raises(services.AttemptNotFound):
        save(mock, 66, [], now)


def test_misfits_are_refused_by_field(mock, now):
    answer = mock.questions.filter(select_count=1).first()
    foreign = mock.questions.filter(select_count=1).last().option_order[0]
    for changes, field in (
        ({"selected": answer.option_order[:2]}, "selected"),
        ({"selected": [foreign]}, "selected"),
        ({"selected": [answer.option_order[0]] * 2}, "selected"),
        ({"selected": [], "eliminated": [foreign]}, "eliminated"),
        ({"selected": [], "eliminated": [answer.option_order[0]] * 2}, "eliminated"),
    ):
        with pytest.raises(services.AnswerInvalid) as invalid:
            save(mock, answer.position, changes.pop("selected"), now, **changes)
        assert invalid.value.field == field
    assert not AnswerEvent.objects.exists()


def test_check_answer_works(start_drill, now):
    drill = start_drill(is_tutored=True)
    answer = drill.questions.get(position=1)
    save(drill, 1, keys_of(answer), now)
    checked = services.check_answer(attempt_id=drill.pk, candidate=drill.candidate, position=1, now=now)
    again = services.check_answer(
        attempt_id=drill.pk, candidate=drill.candidate, position=1, now=now + timedelta(minutes=1)
    )
    assert checked.is_correct is again.is_correct is True
    assert checked.checked_at == again.checked_at == now


def test_checked_answer_is_fixed_but_can_be_flagged(start_drill, now):
    drill = start_drill(is_tutored=True)
    answer = drill.questions.get(position=1)
    save(drill, 1, wrong_of(answer), now)
    services.check_answer(attempt_id=drill.pk, candidate=drill.candidate, position=1, now=now)
    with pytest.raises(services.AnswerFixed):
        save(drill, 1, keys_of(answer), now, base_revision=1)
    save(drill, 1, wrong_of(answer), now, base_revision=1, flagged=True)
    answer.refresh_from_db()
    assert (answer.selected, answer.flagged) == (wrong_of(answer), True)


def test_check_needs_a_whole_answer(start_drill, now):
    drill = start_drill(is_tutored=True)
    with pytest.raises(services.AnswerIncomplete):
        services.check_answer(attempt_id=drill.pk, candidate=drill.candidate, position=1, now=now)


def test_check_is_for_tutored_sittings_only(mock, now):
    with pytest.raises(services.SittingNotTutored):
        services.check_answer(attempt_id=mock.pk, candidate=mock.candidate, position=1, now=now)
