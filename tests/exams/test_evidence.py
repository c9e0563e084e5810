"""What analysis reads."""

import time
from datetime import timedelta

import pytest

from exams import services
from exams.models import Attempt, AttemptQuestion
from exams.selectors import evidence_of, questions_met_by, running_evidence_of
from tests.exams.conftest import answer_right, keys_of, save, wrong_of


def submit(attempt, now):
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def test_evidence_works(mock, now, candidate, django_assert_num_queries):
    answer_right(mock, 10, now)
    submit(mock, now)
    with django_assert_num_queries(2):
        rows = evidence_of(candidate)
    assert len(rows) == 65
    assert sum(row.is_correct for row in rows) == sum(row.answered for row in rows) == 10
    row = next(row for row in rows if row.answered)
    answer = AttemptQuestion.objects.select_related("question_version__question").get(pk=row.attempt_question_id)
    question = answer.question_version.question
    assert (row.question_id, row.domain_id, row.version_id) == (
        question.pk,
        question.domain_id,
        answer.question_version_id,
    )
    assert row.topic_ids == tuple(question.topics.values_list("pk", flat=True))
    assert (row.attempt_kind, row.finished_at, row.answered_at, row.happened_at) == ("mock", now, now, now)
    assert row.selected == tuple(answer.selected)
    assert sum(row.is_pilot for row in rows) == 5


def test_open_attempts_say_nothing_yet(mock, now, candidate):
    answer_right(mock, 3, now)
    assert evidence_of(candidate) == []


def test_checked_answers_of_an_open_drill_count(start_drill, now, candidate):
    drill = start_drill(is_tutored=True)
    for position in (1, 2):
        answer = drill.questions.select_related("question_version").get(position=position)
        save(drill, position, keys_of(answer), now)
    services.check_answer(attempt_id=drill.pk, candidate=candidate, position=1, now=now)
    (row,) = evidence_of(candidate)
    assert (row.position, row.is_correct, row.finished_at, row.happened_at) == (1, True, None, now)


def test_tutorials_say_nothing(start_drill, now, candidate):
    submit(start_drill(kind="tutorial"), now)
    assert evidence_of(candidate) == []
    assert questions_met_by(candidate) == {}


def test_evidence_is_ones_own(mock, now, other_candidate):
    submit(mock, now)
    assert evidence_of(other_candidate) == []


def test_running_evidence_grades_as_it_stands(start_drill, now, candidate, django_assert_max_num_queries):
    drill = start_drill(kind="diagnostic", is_adaptive=True)
    first, second = drill.questions.select_related("question_version")[:2]
    save(drill, first.position, keys_of(first), now)
    save(drill, second.position, wrong_of(second), now)
    with django_assert_max_num_queries(3):
        rows = running_evidence_of(drill)
    assert [(row.position, row.is_correct) for row in rows] == [(1, True), (2, False)]
    assert set(drill.questions.values_list("is_correct", flat=True)) == {None}


def test_questions_met_count_papers(start_drill, candidate, now, bank):
    start_drill(count=2, now=now - timedelta(days=1))
    start_drill(count=1)
    first, second = (question.pk for question in bank.questions[:2])
    assert questions_met_by(candidate) == {first: (2, now), second: (1, now - timedelta(days=1))}


@pytest.mark.slow
def test_three_thousand_answers_are_read_fast(bank, candidate, now, rng, start_drill):
    for _ in range(30):
        drill = start_drill(count=100)
        submit(drill, now)
    assert Attempt.objects.count() == 30
    evidence_of(candidate)
    begun = time.process_time()
    assert len(evidence_of(candidate)) == 3000
    assert time.process_time() - begun < 0.5
