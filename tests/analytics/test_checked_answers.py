"""Estimates follow every answer that a tutored sitting fixes; the plan follows the end of the sitting."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from analytics import receivers, services, tasks
from analytics.models import EstimateSet
from analytics.selectors import current_estimates, freshness_of, mastery_history, unanalysed_candidates
from analytics.selectors.insights import insight_of
from analytics.services import stored_difference
from exams import services as exams
from exams.models import Attempt
from questions.models import Question
from questions.services import correct_key
from study_plans import services as plans
from tests.analytics.sittings import START, mock, share
from tests.analytics.test_analysis import values
from tests.exams.conftest import keys_of, save, wrong_of

SOON = timedelta(seconds=30)


def tutored(candidate: User, count: int = 4, *, now: datetime = START, **more: Any) -> Attempt:
    """A drill of the data domain that shows its reasons at once."""
    questions = Question.objects.filter(is_pilot=False, domain__code="data").order_by("pk")[:count]
    return exams.start_sitting(
        candidate=candidate,
        kind=Attempt.Kind.DRILL,
        version_ids=[question.current_version_id for question in questions],
        now=now,
        rng=np.random.default_rng(1),
        focus={},
        is_tutored=True,
        question_target=count,
        **more,
    )


def check(attempt: Attempt, position: int, *, right: bool = True, now: datetime | None = None) -> datetime:
    """Answer and check one question; when."""
    now = now or START + timedelta(minutes=position)
    answer = attempt.questions.select_related("question_version").get(position=position)
    save(attempt, position, keys_of(answer) if right else wrong_of(answer), now)
    exams.check_answer(attempt_id=attempt.pk, candidate=attempt.candidate, position=position, now=now)
    return now


def finish(attempt: Attempt, now: datetime) -> Attempt:
    return exams.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def analyse(candidate: User, now: datetime = START + timedelta(hours=1)) -> EstimateSet | None:
    return services.analyse_candidate(candidate_id=candidate.pk, now=now)


@pytest.fixture
def told(monkeypatch) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(plans, "adjust_plan", lambda **given: heard.append(given))
    return heard


def data_weakness(candidate: User) -> float:
    estimates = current_estimates(candidate)
    assert estimates is not None
    return estimates.domains.get(domain__code="data").weakness


def test_weakness_moves_with_every_checked_answer_works(bank, candidate, told):
    drill = tutored(candidate)
    seen = []
    for position in range(1, 5):
        at = check(drill, position)
        stored = analyse(candidate, at)
        assert stored is not None
        assert (stored.number, stored.as_of, stored.answer_count) == (position, at, position)
        seen.append(data_weakness(candidate))
    assert seen == sorted(seen, reverse=True)
    assert seen[0] - seen[-1] > 3
    assert told == []


def test_the_end_of_the_sitting_tells_the_plan_once(bank, candidate, told):
    drill = tutored(candidate)
    for position in range(1, 5):
        analyse(candidate, check(drill, position))
    finished = finish(drill, START + timedelta(minutes=9))
    assert insight_of(finished).after is None
    stored = analyse(candidate)
    assert stored is not None
    assert stored.as_of == finished.finished_at
    assert [(given["attempt_id"], given["reason"]) for given in told] == [(drill.pk, "attempt")]
    assert analyse(candidate) is None
    assert insight_of(finished).after == stored
    assert mastery_history(candidate) == [stored]
    assert EstimateSet.objects.count() == 1


def test_analysed_on_the_way_and_only_at_the_end_agree(bank, candidate, other_candidate, told):
    for person in (candidate, other_candidate):
        drill = tutored(person)
        for position in range(1, 4):
            check(drill, position, right=position != 2)
            if person == candidate:
                analyse(candidate)
        finish(drill, START + timedelta(minutes=9))
        analyse(person)
    mine, theirs = current_estimates(candidate), current_estimates(other_candidate)
    assert mine is not None
    assert theirs is not None
    assert values(mine) == values(theirs)
    assert mine.answer_count == 3
    assert stored_difference(candidate) == 0.0


def test_the_sweep_finds_a_checked_answer_that_no_message_told_of(bank, candidate, told):
    drill = tutored(candidate)
    assert unanalysed_candidates(now=START + timedelta(days=1)) == []
    at = check(drill, 1)
    assert unanalysed_candidates(now=at + timedelta(seconds=5)) == []
    assert unanalysed_candidates(now=at + SOON) == [candidate.pk]
    assert freshness_of(candidate, None).waiting_since == at
    tasks.analyse_overlooked_attempts_task()
    assert unanalysed_candidates(now=at + SOON) == []
    assert not freshness_of(candidate, current_estimates(candidate)).is_waiting
    check(drill, 2)
    assert unanalysed_candidates(now=START + timedelta(hours=1)) == [candidate.pk]


def test_a_sitting_left_open_reaches_the_plan_at_night(bank, candidate, told):
    drill = tutored(candidate, now=timezone.now() - timedelta(days=1))
    check(drill, 1, now=timezone.now() - timedelta(hours=23))
    analyse(candidate, timezone.now() - timedelta(hours=22))
    assert told == []
    tasks.refresh_estimates_task()
    assert [given["reason"] for given in told] == ["nightly"]


def test_an_open_mock_tells_nothing(bank, candidate, told):
    running = exams.start_mock(candidate=candidate, now=START, rng=np.random.default_rng(1))
    answer = running.questions.select_related("question_version").get(position=1)
    save(running, 1, keys_of(answer), START + SOON)
    assert unanalysed_candidates(now=START + timedelta(hours=1)) == []
    assert analyse(candidate) is None
    drill = tutored(candidate)
    check(drill, 1)
    stored = analyse(candidate)
    assert stored is not None
    assert stored.answer_count == 1


def test_answers_that_can_still_change_tell_nothing(bank, candidate, told):
    drill = tutored(candidate)
    check(drill, 1)
    answer = drill.questions.select_related("question_version").get(position=2)
    save(drill, 2, keys_of(answer), START + SOON)
    stored = analyse(candidate)
    assert stored is not None
    assert stored.answer_count == 1
    assert analyse(candidate) is None


def test_a_block_is_completed_at_the_end_and_not_by_a_checked_answer(bank, candidate, told, monkeypatch):
    completed: list[dict[str, Any]] = []
    monkeypatch.setattr(plans, "complete_block", lambda **given: completed.append(given))
    drill = tutored(candidate, block_id=uuid.UUID(int=7))
    check(drill, 1)
    analyse(candidate)
    assert completed == []
    finish(drill, START + timedelta(minutes=9))
    analyse(candidate)
    analyse(candidate)
    assert [given["block_id"] for given in completed] == [uuid.UUID(int=7)]


def test_a_corrected_key_reaches_a_sitting_that_goes_on(bank, candidate, author, told):
    drill = tutored(candidate)
    check(drill, 1, right=False)
    analyse(candidate)
    before = data_weakness(candidate)
    answer = drill.questions.select_related("question_version").get(position=1)
    correct_key(
        version=answer.question_version, keys=answer.selected, by=author, reason="the other one is right", now=START
    )
    assert unanalysed_candidates(now=START + timedelta(hours=1)) == [candidate.pk]
    assert analyse(candidate) is not None
    assert data_weakness(candidate) < before
    assert analyse(candidate) is None


def test_a_forecast_that_a_mock_met_outlives_the_drill_after_it(bank, candidate, told):
    mock(candidate, share(60), seed=3)
    analyse(candidate, START + timedelta(hours=3))
    day = START + timedelta(days=1)
    drill = tutored(candidate, now=day)
    for position in (1, 2):
        analyse(candidate, check(drill, position, now=day + timedelta(minutes=position)))
    exams.start_mock(candidate=candidate, now=day + timedelta(minutes=5), rng=np.random.default_rng(2))
    for position in (3, 4):
        analyse(candidate, check(drill, position, now=day + timedelta(minutes=5 + position)))
    assert list(EstimateSet.objects.order_by("number").values_list("number", flat=True)) == [1, 3, 5]


def test_a_checked_answer_is_heard_after_commit(bank, candidate, api, told, django_capture_on_commit_callbacks):
    from prep.celery import app

    drill = tutored(candidate, now=timezone.now())
    answer = drill.questions.select_related("question_version").get(position=1)
    save(drill, 1, keys_of(answer), timezone.now())
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            response = api(candidate).post(reverse("api_answer_check", args=[drill.pk, 1]))
    finally:
        app.conf.task_always_eager = False
    assert response.status_code == 200
    assert EstimateSet.objects.get().answer_count == 1


def test_messages_for_one_candidate_are_bundled(candidate, other_candidate, monkeypatch):
    submitted: list[uuid.UUID] = []
    monkeypatch.setattr(receivers._publisher, "submit", lambda send, pk: submitted.append(pk))
    monkeypatch.setattr(receivers.analyse_candidate_task, "delay", lambda pk: None)
    for person in (candidate, other_candidate, candidate, candidate):
        receivers._publish(person.pk)
    assert submitted == [candidate.pk, other_candidate.pk]
    for pk in submitted[:]:
        receivers._send(pk)
    receivers._publish(candidate.pk)
    assert submitted[2:] == [candidate.pk]
    receivers._send(candidate.pk)


def test_a_blank_sitting_ends_the_waiting(bank, candidate, told):
    finished = finish(tutored(candidate), START + timedelta(minutes=9))
    assert insight_of(finished).is_waiting
    assert analyse(candidate) is None
    assert not insight_of(finished).is_waiting
    assert insight_of(finished).after is None
    mock(candidate, share(50), now=START + timedelta(days=1))
    analyse(candidate, START + timedelta(days=2))
    assert not freshness_of(candidate, current_estimates(candidate)).is_waiting
    assert insight_of(finished).after is not None
