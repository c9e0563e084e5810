"""A key was wrong."""

import pytest

from exams import services
from exams.models import AttemptChange
from exams.selectors import violations
from exams.signals import attempt_finished
from questions.models import QuestionVersion
from questions.services import correct_key
from tests.exams.conftest import answer_right, keys_of, save, wrong_of


@pytest.fixture
def told():
    heard = []

    def listen(sender, attempt, **more):
        heard.append(attempt.pk)

    attempt_finished.connect(listen)
    yield heard
    attempt_finished.disconnect(listen)


def submit(attempt, now):
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def correct(answer, author, now):
    """The wrong option that was chosen turns out to be the key."""
    return correct_key(
        version=answer.question_version, keys=wrong_of(answer), by=author, reason="the page changed", now=now
    )


def test_regrade_works(mock, author, now, told):
    answer_right(mock, 43, now)
    blank = mock.questions.filter(is_pilot=False, revision=0).select_related("question_version").first()
    save(mock, blank.position, wrong_of(blank), now)
    assert submit(mock, now).passed is False
    correct(blank, author, now)
    mock.refresh_from_db()
    assert (mock.scored_right, mock.passed, mock.score_version, mock.score_status) == (44, True, 2, "done")
    assert sum(score["right"] for score in mock.domain_scores) == 44
    change = AttemptChange.objects.get()
    assert (change.kind, change.reason, change.changed_by) == ("regraded", "the page changed", author)
    assert (change.before["scored_right"], change.before["passed"]) == (43, False)
    assert told == [mock.pk, mock.pk]
    assert violations() == []


def test_regrade_twice_does_nothing(mock, author, now):
    answer = mock.questions.select_related("question_version").first()
    save(mock, answer.position, wrong_of(answer), now)
    submit(mock, now)
    correct(answer, author, now)
    assert services.regrade_version(answer.question_version_id, now, author, "again") == 0
    assert AttemptChange.objects.count() == 1


def test_attempts_that_it_does_not_touch_stay(mock, start_drill, author, now, bank):
    answer = mock.questions.select_related("question_version").first()
    submit(mock, now)
    other = submit(start_drill(version_ids=[bank.questions[20].current_version_id]), now)
    correct(answer, author, now)
    mock.refresh_from_db()
    other.refresh_from_db()
    # Blank was wrong before and is wrong now.
    assert (mock.score_version, other.score_version) == (1, 1)


def test_attempt_in_progress_is_graded_by_the_new_key(mock, author, now):
    answer = mock.questions.filter(is_pilot=False).select_related("question_version").first()
    save(mock, answer.position, wrong_of(answer), now)
    correct(answer, author, now)
    assert submit(mock, now).scored_right == 1
    assert not AttemptChange.objects.exists()


def test_checked_answer_of_an_open_drill_is_put_right(start_drill, author, now):
    drill = start_drill(is_tutored=True)
    answer = drill.questions.select_related("question_version").get(position=1)
    save(drill, 1, wrong_of(answer), now)
    services.check_answer(attempt_id=drill.pk, candidate=drill.candidate, position=1, now=now)
    correct(answer, author, now)
    answer.refresh_from_db()
    assert answer.is_correct is True
    assert violations() == []


def test_many_attempts_cost_no_more_statements(
    start_drill, author, now, bank, django_assert_max_num_queries, other_candidate, candidate
):
    version = QuestionVersion.objects.get(pk=bank.questions[0].current_version_id)
    for person in (candidate, other_candidate) * 5:
        drill = start_drill(count=1, candidate=person)
        save(drill, 1, keys_of(drill.questions.select_related("question_version").get()), now)
        submit(drill, now)
    QuestionVersion.objects.filter(pk=version.pk).update(key_ids=[max(version.options.values_list("pk", flat=True))])
    with django_assert_max_num_queries(14):
        assert services.regrade_version(version.pk, now, author, "typo") == 10
