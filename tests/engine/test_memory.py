from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Rating

from engine.memory import Recall, recall_rating, review_plan

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def recalls(outcomes, gap=3):
    return [Recall(START + timedelta(days=gap * i), bool(y)) for i, y in enumerate(outcomes)]


def test_review_plan_works():
    plan = review_plan(recalls([1, 1, 1]), exam_at=START + timedelta(days=60))
    assert plan.due_at > START + timedelta(days=6)
    assert plan.stability > review_plan(recalls([1])).stability
    assert 0 < plan.exam_recall < 1


def test_the_order_of_answers_in_the_list_makes_no_difference():
    assert review_plan(recalls([1, 0, 1])) == review_plan(recalls([1, 0, 1])[::-1])


def test_wrong_comes_back_sooner_than_unsure_and_unsure_sooner_than_right():
    def due(**more):
        return review_plan([Recall(START, **{"correct": True, **more})]).stability

    assert due(correct=False) < due(sure=False) < due()
    assert due(seconds=400.0) == due(sure=False)


def test_ratings():
    assert recall_rating(Recall(START, False, sure=True)) is Rating.Again
    assert recall_rating(Recall(START, True, seconds=90.0)) is Rating.Good
    assert recall_rating(Recall(START, True, seconds=300.0)) is Rating.Hard


def test_a_review_is_brought_forward_for_the_exam():
    history = recalls([1, 1, 1, 1], gap=10)
    due = review_plan(history).due_at
    exam = due - timedelta(days=2)
    plan = review_plan(history, exam_at=exam)
    assert plan.due_at == due if plan.exam_recall >= 0.9 else plan.due_at < exam


def test_a_review_never_falls_after_the_exam_when_recall_would_be_low():
    plan = review_plan([Recall(START, True)], exam_at=START + timedelta(days=30))
    assert plan.due_at < START + timedelta(days=30)


def test_nothing_to_plan_from_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        review_plan([])


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        review_plan([Recall(datetime(2026, 1, 1), True)])  # noqa: DTZ001
