"""Time by pass and changes of mind, read from the log."""

from datetime import datetime, timedelta

import pytest

from exams import services
from exams.models import Attempt
from exams.selectors.traces import AnswerTrace, traces_of
from tests.exams.conftest import keys_of, save, wrong_of


def traced(mock: Attempt, now: datetime) -> dict[int, AnswerTrace]:
    attempt = services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    return traces_of(attempt)


def test_traces_works(mock: Attempt, now: datetime) -> None:
    first, second = list(mock.questions.filter(select_count=1).select_related("question_version")[:2])
    save(mock, first.position, wrong_of(first), now, seconds_spent=40)
    save(mock, second.position, keys_of(second), now + timedelta(seconds=50), seconds_spent=30)
    save(mock, first.position, keys_of(first), now + timedelta(seconds=90), base_revision=1, seconds_spent=65)
    traces = traced(mock, now + timedelta(seconds=95))
    assert (traces[first.position].first_pass_seconds, traces[first.position].later_seconds) == (40, 25)
    assert traces[first.position].change == "wrong_to_right"
    assert (traces[second.position].first_pass_seconds, traces[second.position].later_seconds) == (30, 0)
    assert traces[second.position].change == ""


@pytest.mark.parametrize(
    ("way", "change"),
    [
        (["right", "wrong"], "right_to_wrong"),
        (["wrong", "other"], "wrong_to_wrong"),
        (["right", "wrong", "right"], ""),
        (["right", "right"], ""),
        (["blank", "right"], ""),
    ],
)
def test_change_compares_first_and_last_complete_answer(
    mock: Attempt, now: datetime, way: list[str], change: str
) -> None:
    place = mock.questions.filter(select_count=1).select_related("question_version").first()
    assert place is not None
    wrong = [option for option in place.option_order if option not in keys_of(place)]
    choices = {"right": keys_of(place), "wrong": wrong[:1], "other": wrong[1:2], "blank": []}
    for revision, name in enumerate(way):
        save(mock, place.position, choices[name], now + timedelta(seconds=revision), base_revision=revision)
    assert traced(mock, now + timedelta(minutes=1))[place.position].change == change


def test_incomplete_choice_is_no_answer_yet(mock: Attempt, now: datetime) -> None:
    place = mock.questions.filter(select_count=2).select_related("question_version").first()
    assert place is not None
    save(mock, place.position, keys_of(place)[:1], now)
    save(mock, place.position, keys_of(place), now, base_revision=1)
    trace = traced(mock, now)[place.position]
    assert trace.choices == (tuple(keys_of(place)),)


def test_open_attempt_is_refused(mock: Attempt) -> None:
    with pytest.raises(ValueError, match="after the end"):
        traces_of(mock)
