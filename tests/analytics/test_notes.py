"""Notes on mistakes, and notes from a mentor."""

from datetime import timedelta

import pytest

from analytics import services
from analytics.models import MentorNote
from analytics.selectors import mistakes_of
from analytics.selectors.mistakes import rules_of
from exams import services as exams
from questions.models import Question
from tests.analytics.sittings import START, drill, mock, share

NOW = START + timedelta(hours=4)


@pytest.fixture
def missed(bank, candidate):
    attempt = mock(candidate, share(60))
    return attempt.questions.filter(is_correct=False).first()


def test_noting_a_mistake_works(candidate, missed):
    services.note_mistake(
        candidate=candidate, attempt_question_id=missed.pk, now=NOW, reason="misread", rule=" A, not B,\n because C "
    )
    note = services.note_mistake(candidate=candidate, attempt_question_id=missed.pk, now=NOW, reason="time")
    assert (note.reason, note.rule) == ("time", "A, not B, because C")


def test_a_resolved_mistake_leaves_the_list_and_comes_back(candidate, missed):
    before = len(mistakes_of(candidate))
    services.resolve_mistake(candidate=candidate, attempt_question_id=missed.pk, now=NOW)
    assert len(mistakes_of(candidate)) == before - 1
    services.resolve_mistake(candidate=candidate, attempt_question_id=missed.pk, now=NOW, resolved=False)
    assert len(mistakes_of(candidate)) == before


def test_a_missed_again_question_comes_back_after_being_resolved(candidate, missed):
    services.resolve_mistake(candidate=candidate, attempt_question_id=missed.pk, now=NOW)
    drill(candidate, [missed.question_version_id], lambda row: False, now=START + timedelta(days=1))
    newest = mistakes_of(candidate)[0]
    assert (newest.version_id, newest.times_missed) == (missed.question_version_id, 2)


def test_ones_rule_comes_back_when_the_question_is_missed_again(candidate, missed):
    services.note_mistake(
        candidate=candidate, attempt_question_id=missed.pk, now=NOW, reason="misread", rule="A, not B, because."
    )
    again = drill(candidate, [missed.question_version_id], lambda row: False, now=NOW + timedelta(days=1))
    mistake = next(one for one in mistakes_of(candidate) if one.version_id == missed.question_version_id)
    assert mistake.attempt_question_id == again.questions.get().pk
    assert (mistake.note, mistake.rule) == (None, "A, not B, because.")
    services.note_mistake(
        candidate=candidate, attempt_question_id=mistake.attempt_question_id, now=NOW + timedelta(days=2), rule="B."
    )
    assert next(one for one in mistakes_of(candidate) if one.note).rule == "B."


def test_rules_are_ones_own(candidate, outsider, missed):
    services.note_mistake(candidate=candidate, attempt_question_id=missed.pk, now=NOW, rule="Mine.")
    question_id = missed.question_version.question_id
    assert rules_of(candidate, [question_id])[question_id].rule == "Mine."
    assert rules_of(outsider, [question_id]) == {}


def test_somebody_elses_mistake_is_not_there(outsider, missed):
    with pytest.raises(services.NotAMistake):
        services.note_mistake(candidate=outsider, attempt_question_id=missed.pk, now=NOW, reason="time")


def test_an_answer_that_is_not_yet_marked_tells_nothing(bank, candidate):
    """Otherwise trying to note a mistake would tell right from wrong during an exam."""
    import numpy as np

    running = exams.start_mock(candidate=candidate, now=NOW, rng=np.random.default_rng(1))
    for row in running.questions.all()[:5]:
        with pytest.raises(services.NotAMistake):
            services.note_mistake(candidate=candidate, attempt_question_id=row.pk, now=NOW, reason="time")


def test_mistakes_tell_how_often_and_how_far_put_right(bank, candidate):
    versions = [Question.objects.filter(is_pilot=False).first().current_version_id]
    drill(candidate, versions, lambda row: False)
    drill(candidate, versions, lambda row: True, now=START + timedelta(days=1))
    (mistake,) = mistakes_of(candidate)
    assert (mistake.times_missed, mistake.right_days) == (1, 1)


def test_a_mentors_note_is_read_once(membership, candidate, outsider):
    note = services.write_mentor_note(membership=membership, text=" Well done so far. ", now=NOW)
    assert (note.text, note.mentor, note.candidate) == ("Well done so far.", membership.cohort.mentor, candidate)
    assert not services.read_mentor_note(candidate=outsider, note_id=note.pk, now=NOW)
    assert services.read_mentor_note(candidate=candidate, note_id=note.pk, now=NOW)
    assert not services.read_mentor_note(candidate=candidate, note_id=note.pk, now=NOW)


def test_a_suggestion_keeps_only_what_belongs_to_it(bank, membership):
    note = services.write_mentor_note(membership=membership, text="", suggestion="mock", topic=bank.topics[0], now=NOW)
    assert note.topic is None
    note = services.write_mentor_note(membership=membership, text="", suggestion="drill", topic=bank.topics[0], now=NOW)
    assert note.topic == bank.topics[0]


def test_an_empty_note_is_refused(membership):
    with pytest.raises(services.NoteEmpty):
        services.write_mentor_note(membership=membership, text="  ", now=NOW)
    assert not MentorNote.objects.exists()
