"""Published parameters for section 6 of the Law School Admission Test, five items, 1,000 people.

Table: Bock & Lieberman (1970). Parameters: the manual and output of the R package ltm (Rizopoulos 2006),
Gauss–Hermite quadrature, ability N(0, 1).
"""

import numpy as np
import pytest

from engine.marginal import fit_items
from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, compile_bank
from engine.recalibration import recalibrate
from engine.responses import Response
from engine.subject import Subject

# People per pattern, from 00000, 00001, … to 11111.
PEOPLE = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173,
    11, 61, 28, 298,
)  # fmt: skip
PATTERNS = np.array([[int(mark) for mark in f"{number:05b}"] for number in range(32)], dtype=float)
TABLE = np.repeat(PATTERNS, PEOPLE, axis=0)


def test_the_table_is_the_published_one():
    assert TABLE.sum(axis=0).tolist() == [924, 709, 553, 763, 870]


def test_rasch_with_slope_one():
    found = fit_items(TABLE, slope=1.0)
    np.testing.assert_allclose(found.difficulty, [-2.8720, -1.0630, -0.2576, -1.3881, -2.2188], atol=5e-4)
    assert found.log_likelihood == pytest.approx(-2473.054, abs=0.001)


def test_rasch_with_a_common_slope():
    found = fit_items(TABLE, equal_slopes=True)
    np.testing.assert_allclose(found.slope, 0.7551, atol=2e-4)
    np.testing.assert_allclose(found.difficulty, [-3.6153, -1.3224, -0.3176, -1.7301, -2.7802], atol=1e-3)
    assert found.log_likelihood == pytest.approx(-2466.938, abs=0.001)


def test_two_parameter_logistic():
    found = fit_items(TABLE)
    np.testing.assert_allclose(found.slope, [0.8254, 0.7229, 0.8905, 0.6886, 0.6575], atol=2e-3)
    np.testing.assert_allclose(found.difficulty, [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], atol=5e-3)
    assert found.log_likelihood == pytest.approx(-2466.653, abs=0.001)


def test_the_adaptive_model_finds_the_same_difficulties():
    """Filtering and one-at-a-time MAP against full marginal likelihood, with slope 1 and N(0, 1) ability."""
    parameters = DEFAULTS.replace(
        ability_variance=1.0, memory_variance=1e-6, ability_variance_per_answer=0.0,
        author_level_variance=4.0,
    )  # fmt: skip
    subject = Subject((), (), (), (), ())
    bank = compile_bank(subject, [QuestionParameters(i, None, difficulty_variance=4.0) for i in range(5)], parameters)
    people = [[Response(i, i, bool(mark), 0.0) for i, mark in enumerate(row)] for row in TABLE]
    found = [question.difficulty for question in recalibrate(bank, people, rounds=8).questions]
    np.testing.assert_allclose(found, [-2.8720, -1.0630, -0.2576, -1.3881, -2.2188], atol=0.1)


def test_an_incomplete_table_is_refused():
    with pytest.raises(ValueError, match="complete"):
        fit_items([[1.0, np.nan]])


def test_an_item_that_everybody_got_right_is_refused():
    with pytest.raises(ValueError, match="everybody"):
        fit_items([[1.0, 0.0], [1.0, 1.0]])
