"""The learning curve and the best use of minutes: limits, monotonicity, optimality."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.learning import HALF_MINUTES, WORTH_WHILE, best_minutes, marks_won, worthwhile_minutes

pytestmark = pytest.mark.pure
marks_lists = st.lists(st.floats(0, 5), min_size=1, max_size=40).map(np.array)


def test_marks_won_works():
    assert marks_won(2.0, 0) == 0
    assert marks_won(2.0, HALF_MINUTES) == pytest.approx(1.0)
    assert marks_won(2.0, 1e9) == pytest.approx(2.0)


@given(st.floats(0, 5), st.floats(0, 500), st.floats(0, 500))
def test_minutes_win_less_and_less_and_add_up(marks, first, more):
    together = marks_won(marks, first + more)
    assert together == pytest.approx(marks_won(marks, first) + marks_won(marks, more, after=first))
    assert marks_won(marks, more, after=first) <= marks_won(marks, more) + 1e-12


@given(st.floats(0.2, 5))
def test_worthwhile_minutes_end_where_an_hour_wins_too_little(marks):
    enough = worthwhile_minutes(marks)
    rate = marks_won(marks, 0.01, after=enough) / 0.01 * 60
    assert rate == pytest.approx(WORTH_WHILE, rel=1e-3)


def test_nothing_to_win_is_worth_no_minutes():
    assert worthwhile_minutes(0.0) == 0


@given(marks_lists, st.floats(1, 5000))
def test_best_minutes_add_up_and_are_optimal(marks, minutes):
    given_minutes = best_minutes(marks, minutes)
    assert (given_minutes >= -1e-9).all()
    if not (marks > 0).any():
        assert given_minutes.sum() == 0
        return
    assert given_minutes.sum() == pytest.approx(minutes)
    rates = marks / HALF_MINUTES / (1 + given_minutes / HALF_MINUTES) ** 2
    used = given_minutes > 1e-6
    assert rates[used].max() <= rates[used].min() * (1 + 1e-6)
    assert rates.max() <= rates[used].min() * (1 + 1e-6)
