"""Reviews timed for recall on the exam day."""

import os

import pytest
from fsrs import Scheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.planning import Memory, recall_chance, review_day, reviews_due
from engine.planning.recall import DECAY
from tests.engine.planning.inputs import TODAY, days

pytestmark = pytest.mark.pure
many = settings(max_examples=int(os.environ.get("PREP_EXAMPLES", "200")), deadline=None)
memories = st.builds(Memory, st.floats(0.1, 400), st.integers(0, 60).map(lambda ago: TODAY - days(ago)))


def test_recall_chance_works():
    memory = Memory(20.0, TODAY)
    assert recall_chance(memory, TODAY) == 1.0
    assert recall_chance(memory, TODAY + days(20)) == pytest.approx(0.9)


def test_the_curve_is_that_of_fsrs():
    assert pytest.approx(Scheduler().parameters[20]) == DECAY


def test_what_holds_until_the_exam_is_not_asked_again():
    assert review_day(Memory(100.0, TODAY), TODAY, TODAY + days(30)) is None


def test_what_falls_due_the_day_before_the_exam_comes_before_the_eve():
    assert review_day(Memory(29.0, TODAY), TODAY, TODAY + days(30)) == TODAY + days(28)


def test_what_is_late_is_due_today():
    assert review_day(Memory(2.0, TODAY - days(9)), TODAY, TODAY + days(30)) == TODAY


def test_without_an_exam_day_the_due_day_is_fsrs_own():
    assert review_day(Memory(12.0, TODAY), TODAY, None) == TODAY + days(12)


@many
@given(memories, st.integers(1, 90))
def test_no_question_falls_below_nine_tenths_on_the_exam_day_unasked(memory, ahead):
    exam_on = TODAY + days(ahead)
    on = review_day(memory, TODAY, exam_on)
    if on is None:
        assert recall_chance(memory, exam_on) >= 0.9
    else:
        assert TODAY <= on < exam_on
        assert on <= max(exam_on - days(2), TODAY)


@many
@given(st.lists(memories, max_size=30))
def test_due_counts_are_of_questions(known):
    assert sum(reviews_due(known, TODAY, None).values()) == len(known)
