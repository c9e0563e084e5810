import json

import numpy as np
import pytest

from engine.features import FEATURES, head_features
from engine.head import answer_chance, fit_head, head_rows
from engine.regression import LogisticRegression, fit_logistic
from engine.responses import Response
from engine.state import start_state
from engine.tracker import Tracker
from tests.engine.exam import BANK, SUBJECT


def practice(person, count=120):
    rng = np.random.default_rng(person)
    ability = rng.normal(0, 1)
    answers, met = [], set()
    for i in range(count):
        row = int(rng.integers(60))
        chance = 1 / (1 + np.exp(-(ability - BANK.difficulty[row] + 1.5 * (row in met))))
        met.add(row)
        answers.append(Response(i, BANK.ids[row], bool(rng.random() < chance), i * 1000.0))
    return answers


def test_fit_head_works():
    people = [practice(person) for person in range(60)]
    head = fit_head(BANK, people)
    assert head.rows == 60 * 120
    state = start_state(SUBJECT, BANK.parameters)
    chance = answer_chance(BANK, state, "q000", now=0.0, head=head)
    assert 0.2 < chance < 0.95
    held_out = [head_rows(BANK, practice(person)) for person in range(100, 130)]
    chances = head.predict(np.vstack([rows.inputs for rows in held_out]))
    outcome = np.concatenate([rows.outcome for rows in held_out])
    assert abs(chances.mean() - outcome.mean()) < 0.03


def test_too_few_answers_give_no_head():
    assert fit_head(BANK, [practice(1)]) is None


def test_without_a_head_the_filter_answers():
    state = start_state(SUBJECT, BANK.parameters)
    tracker = Tracker(BANK, state)
    assert answer_chance(BANK, state, "q000", now=0.0) == tracker.foresee("q000")[0]


def test_a_batch_is_seen_from_before_it():
    batch = [Response(i, BANK.ids[i], True, 0.0, batch="m") for i in range(20)]
    counts = head_rows(BANK, batch).inputs[:, FEATURES.index("log answers")]
    assert not counts.any()


def test_features_count_what_happened():
    tracker = Tracker(BANK, start_state(SUBJECT, BANK.parameters))
    for i, correct in enumerate((True, False, True)):
        tracker.sit(i * 3600.0, [Response(i, "q000", correct, i * 3600.0)])
    tracker.advance(4 * 3600.0)
    found = dict(zip(FEATURES, head_features(tracker, 0), strict=True))
    assert found["log question answers"] == pytest.approx(np.log(4))
    assert found["log question wins"] == pytest.approx(np.log(3))
    assert found["last outcome on question"] == 1.0
    assert found["seen before"] == 1.0
    assert found["log hours since question"] == pytest.approx(np.log(3))
    assert found["log hours since topic"] == pytest.approx(np.log(3))


def test_regression_finds_known_weights():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(40_000, 3)) * [1.0, 5.0, 0.1]
    logit = inputs @ [1.0, -0.2, 4.0] + 0.5
    outcome = rng.random(40_000) < 1 / (1 + np.exp(-logit))
    found = fit_logistic(inputs, outcome)
    np.testing.assert_allclose(found.weights / found.scale, [1.0, -0.2, 4.0], rtol=0.08)
    standard = (inputs - found.centre) / found.scale
    gradient = standard.T @ (found.predict(inputs) - outcome) + found.weights
    assert np.abs(gradient).max() < 0.05  # converged: the penalised gradient is nil


def test_regression_finds_what_comes_on_top_of_a_known_logit():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(40_000, 2))
    offset = 1.5 * inputs[:, 0] - 0.3
    outcome = rng.random(40_000) < 1 / (1 + np.exp(-(offset + 0.7 * inputs[:, 1])))
    found = fit_logistic(inputs, outcome, offset=offset)
    np.testing.assert_allclose(found.weights / found.scale, [0.0, 0.7], atol=0.05)
    nothing = fit_logistic(inputs, outcome, offset=offset + 0.7 * inputs[:, 1], penalty=1e6)
    assert np.abs(nothing.logit(inputs)).max() < 0.05


def test_a_constant_input_is_harmless():
    found = fit_logistic(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 1]))
    assert np.isfinite(found.predict(np.ones((1, 2)))).all()


def test_a_head_survives_json():
    found = fit_logistic(np.arange(10.0)[:, None], np.arange(10) > 4)
    again = LogisticRegression.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again.predict(np.array([[3.0]])) == found.predict(np.array([[3.0]]))


@pytest.mark.parametrize(
    ("inputs", "outcome", "message"),
    [(np.ones(3), np.ones(3), "one row"), (np.array([[np.inf]]), np.ones(1), "finite")],
)
def test_unusable_inputs_are_refused(inputs, outcome, message):
    with pytest.raises(ValueError, match=message):
        fit_logistic(inputs, outcome)


def test_another_number_of_inputs_is_refused():
    with pytest.raises(ValueError, match="2 inputs given, 1 expected"):
        fit_logistic(np.arange(4.0)[:, None], np.array([0, 1, 0, 1])).predict(np.ones((1, 2)))
