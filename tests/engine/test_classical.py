"""Hand-worked tables: every expected figure below was worked out on paper from the definitions."""

import numpy as np
import pytest

from engine.classical import option_shares, question_statistics, quiz_statistics

# Six attempts, four questions. Totals 4, 3, 2, 2, 1, 0.
MARKS = np.array(
    [
        [1, 1, 1, 1],
        [1, 1, 1, 0],
        [1, 0, 1, 0],
        [1, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
    ]
)


def first():
    return question_statistics(MARKS, fewest=2)[0]


def test_question_statistics_by_hand():
    # Question 1: marks 1 1 1 1 0 0; rest 3 2 1 1 1 0. Means 2/3 and 4/3.
    # cov = Σ(x−x̄)(r−r̄)/5 = (7 − 6·(2/3)(4/3))/5 = (7 − 16/3)/5 = 1/3
    # var x = 6·(2/3)(1/3)/5 = 4/15; var r = (16 − 6·16/9)/5 = 16/15
    # sorted x 0 0 1 1 1 1, sorted r 0 1 1 1 2 3: cov = (7 − 16/3)/5 = 1/3: it could not be larger
    found = first()
    assert found.facility == pytest.approx(100 * 4 / 6)
    assert found.sd == pytest.approx(100 * (4 / 15) ** 0.5)
    assert found.discrimination_index == pytest.approx(100 * (1 / 3) / ((4 / 15) * (16 / 15)) ** 0.5)
    assert found.discriminative_efficiency == pytest.approx(100)


def test_discriminative_efficiency_by_hand():
    # Question 4: marks 1 0 0 0 1 0; rest 3 3 2 2 0 0. Σxr = 3, means 1/3 and 5/3.
    # cov = (3 − 6·5/9)/5 = −1/15; sorted: 0 0 0 0 1 1 with 0 0 2 2 3 3, Σ = 6, cov = (6 − 10/3)/5 = 8/15
    found = question_statistics(MARKS, fewest=2)[3]
    assert found.discriminative_efficiency == pytest.approx(-12.5)
    assert found.discrimination_index < 0


def test_effective_weights_by_hand():
    # Covariance of each question with the total (mean 2): Σx·t − 6·x̄·2, over 5:
    # Q1 (11 − 8)/5, Q2 (9 − 6)/5, Q3 (9 − 6)/5, Q4 (5 − 4)/5 = 0.6, 0.6, 0.6, 0.2
    pulls = np.sqrt([0.6, 0.6, 0.6, 0.2])
    found = [question.effective_weight for question in question_statistics(MARKS, fewest=2)]
    assert found == pytest.approx(list(100 * pulls / pulls.sum()))
    assert sum(found) == pytest.approx(100)


def test_quiz_statistics_by_hand():
    # Totals 4 3 2 2 1 0 of 4: mean 2, variance 10/5 = 2 marks².
    # Question variances 4/15, 3/10, 3/10, 4/15: sum 17/15. α = 4/3·(1 − 17/30) = 26/45.
    found = quiz_statistics(MARKS, fewest=2)
    assert (found.mean, found.median) == (50, 50)
    assert found.sd == pytest.approx(25 * 2**0.5)
    assert found.consistency == pytest.approx(100 * 26 / 45)
    assert found.error_ratio == pytest.approx(100 * (19 / 45) ** 0.5)
    assert found.standard_error == pytest.approx(25 * 2**0.5 * (19 / 45) ** 0.5)


def test_skewness_and_kurtosis_by_hand():
    # Totals 2 1 0 of 2 in percent: symmetric. For 0 0 0 100: k₂ = 2500, m₃ = 93750,
    # k₃ = 16·93750/6 = 250000, skewness 2; m₄ = 8203125·… worked out: kurtosis 4.
    assert quiz_statistics(np.array([[1, 1], [1, 0], [0, 0]]), fewest=2).skewness == pytest.approx(0)
    lone = quiz_statistics(np.array([[0], [0], [0], [1]]), fewest=2)
    assert lone.skewness == pytest.approx(2)
    assert lone.kurtosis == pytest.approx(4)
    assert lone.consistency is None


def test_marks_other_than_one():
    scaled = question_statistics(MARKS * 5.0, largest=np.full(4, 5.0), fewest=2)[0]
    assert scaled.facility == pytest.approx(first().facility)
    assert scaled.discrimination_index == pytest.approx(first().discrimination_index)


def test_a_question_that_everybody_gets_right_tells_nobody_apart():
    found = question_statistics(np.array([[1, 1], [1, 0], [1, 1]]), fewest=2)[0]
    assert found.discrimination_index is None
    assert any("alike" in flag for flag in found.flags)


def test_under_twenty_attempts_nothing_is_told():
    found = question_statistics(np.tile(MARKS, (3, 1)))[0]
    assert (found.attempts, found.facility, found.flags) == (18, None, ())
    assert quiz_statistics(MARKS).mean is None


def test_under_a_hundred_attempts_a_warning_is_due():
    assert not question_statistics(np.tile(MARKS, (4, 1)))[0].reliable
    assert question_statistics(np.tile(MARKS, (17, 1)))[0].reliable


def test_a_wrong_key_shows_in_what_the_strong_choose():
    chosen = [["B"] if total >= 3 else ["A"] for total in MARKS.sum(axis=1)]
    picks = [[pick[0]] * 4 for pick in chosen]
    keys = [{"A": True, "B": False, "C": False}] * 4
    found = question_statistics(MARKS, chosen=picks, keys=keys, fewest=2)[0]
    assert "strong people choose B: check the key" in found.flags
    assert "nobody chooses C" in found.flags
    share = {option.option: option for option in found.options}
    assert share["B"].strong == 1.0
    assert share["B"].weak == 0.0
    assert share["B"].chosen == pytest.approx(1 / 3)


def test_several_options_may_be_chosen_at_once():
    shares = option_shares([["A", "C"], ["A"], ["B"]], {"A": True, "B": False, "C": True}, [0], [2])
    assert [share.chosen for share in shares] == pytest.approx([2 / 3, 1 / 3, 1 / 3])


def test_option_shares_need_attempts():
    with pytest.raises(ValueError, match="attempts"):
        option_shares([], {"A": True}, [], [])


@pytest.mark.parametrize(
    ("marks", "largest"),
    [([[2.0]], None), ([[-1.0]], None), ([[float("nan")]], None), ([1.0], None), ([[1.0]], [0.0])],
)
def test_unusable_tables_are_refused(marks, largest):
    with pytest.raises(ValueError, match="mark"):
        quiz_statistics(np.array(marks), largest=None if largest is None else np.array(largest))
