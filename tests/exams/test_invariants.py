"""The checker sees each kind of damage."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from exams import services
from exams.models import AnswerEvent, Attempt
from exams.selectors import violations
from tests.exams.conftest import answer_right, save


@pytest.fixture
def done(mock, now):
    answer_right(mock, 50, now)
    return services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)


def one_event():
    return AnswerEvent.objects.filter(
        attempt_question__position=AnswerEvent.objects.values("attempt_question__position")[:1]
    )


def broken():
    return {violation.invariant for violation in violations()}


def test_sound_database_has_no_violations(done, start_drill, now):
    save(start_drill(), 1, [], now, note="x")
    assert violations() == []


def test_report_says_what_each_invariant_is_and_where_it_breaks(done, capsys):
    call_command("check_invariants")
    sound = capsys.readouterr().out
    assert "I1: holds        every acknowledged answer is in the log" in sound
    assert "1 attempt looked at: nothing that cannot be." in sound
    place = done.questions.filter(is_correct=True).first()
    done.questions.filter(pk=place.pk).update(is_correct=False)
    with pytest.raises(SystemExit):
        call_command("check_invariants")
    told = capsys.readouterr().out
    assert "I2: BROKEN 2 ×" in told
    assert f"attempt {done.pk}, question {place.position}: is marked False, its keys say True" in told
    assert "2 that cannot be." in told


def test_lost_event_is_seen(done):
    one_event().delete()
    assert "I1" in broken()


def test_answer_without_revision_but_with_log_is_seen(done):
    done.questions.filter(revision=1).update(revision=0)
    assert "I1" in broken()


def test_answer_that_differs_from_its_log_is_seen(done):
    done.questions.filter(pk=done.questions.filter(revision=1).first().pk).update(note="overwritten")
    assert broken() == {"I1"}


def test_wrong_mark_is_seen(done):
    done.questions.filter(pk=done.questions.filter(is_correct=True).first().pk).update(is_correct=False)
    assert broken() == {"I2"}


def test_missing_mark_is_seen(done):
    done.questions.filter(pk=done.questions.filter(is_correct=False).first().pk).update(is_correct=None)
    assert broken() == {"I2"}


@pytest.mark.parametrize(
    "change", [{"scored_right": 12}, {"passed": False}, {"domain_scores": []}, {"score_status": "pending"}]
)
def test_wrong_score_is_seen(done, change):
    Attempt.objects.filter(pk=done.pk).update(**change)
    assert "I2" in broken()


def test_second_grading_is_seen(done):
    Attempt.objects.filter(pk=done.pk).update(score_version=2)
    assert broken() == {"I3"}


def test_end_after_the_deadline_is_seen(done):
    Attempt.objects.filter(pk=done.pk).update(finished_at=done.deadline_at + timedelta(seconds=1))
    assert broken() == {"I3"}


def test_early_expiry_is_seen(done):
    Attempt.objects.filter(pk=done.pk).update(status="expired")
    assert broken() == {"I3"}


def test_late_answer_is_seen(done):
    one_event().update(arrived_at=done.deadline_at + timedelta(seconds=3))
    assert broken() == {"I4"}


def test_command_is_silent_about_a_sound_database(done, capsys):
    call_command("check_invariants")
    told = capsys.readouterr().out
    assert all(f"I{number}: holds" in told for number in range(1, 7))


def test_command_fails_with_a_list(done, capsys):
    Attempt.objects.filter(pk=done.pk).update(scored_right=12)
    with pytest.raises(SystemExit) as left:
        call_command("check_invariants")
    assert left.value.code == 1
    assert f"attempt {done.pk}: has 12 of 60, its answers say 50 of 60" in capsys.readouterr().out


def test_command_speaks_json(done, capsys):
    Attempt.objects.filter(pk=done.pk).update(score_version=2)
    with pytest.raises(SystemExit):
        call_command("check_invariants", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["checked"]["I3"] == 1
    assert report["violations"][0]["attempt"] == str(done.pk)
