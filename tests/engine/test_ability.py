import json
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ability import advance, faded, item_information, outlook, predictions, rebuild, update
from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, compile_bank
from engine.responses import Response
from engine.state import CandidateState, start_state
from engine.subject import Subject
from tests.engine.exam import BANK, SUBJECT, exam_bank

DAY = 86_400.0


def answers(outcomes, *, start=0.0, gap=100.0, batch=None, first=0):
    return [
        Response(first + i, BANK.ids[(first + i) % len(BANK)], bool(y), start + i * gap, batch=batch)
        for i, y in enumerate(outcomes)
    ]


def same(one: CandidateState, other: CandidateState) -> bool:
    return one.to_dict() == other.to_dict()


def test_rebuild_works():
    state = rebuild(BANK, answers([1, 1, 0, 1] * 15, batch="mock"))
    assert state.answers == 60
    assert state.wins == 45
    assert state.first_answers == 60
    assert sum(state.domain_answers) == 60
    assert state.covariance[0, 0] < DEFAULTS.ability_variance
    assert np.linalg.eigvalsh(state.covariance).min() > 0


def test_first_update_is_the_formula_of_the_model():
    subject = Subject(("a",), (1.0,), (10,), ("t",), (0,))
    question = QuestionParameters(1, 0, (0,), difficulty=0.4, difficulty_variance=0.3, guess=0.2)
    bank = compile_bank(subject, [question])
    state = update(bank, start_state(subject, DEFAULTS), Response(1, 1, True, 0.0, learned=False))
    prior = np.diag([0.6, 0.2, 0.15])
    h = np.ones(3)
    spread = h @ prior @ h + 0.2 + 0.3
    k = (1 + np.pi * spread / 8) ** -0.5
    s = 1 / (1 + np.exp(-k * -0.4))
    p = 0.2 + 0.8 * s
    slope, noise = k * 0.8 * s * (1 - s), p * (1 - p)
    pull = prior @ h
    drift = [DEFAULTS.ability_variance_per_answer, 0, DEFAULTS.topic_variance_per_answer]
    expected = prior - np.outer(pull, pull) * slope**2 / noise + np.diag(drift)
    np.testing.assert_allclose(state.mean, pull * slope * (1 - p) / noise, rtol=1e-12)
    np.testing.assert_allclose(state.covariance, expected, rtol=1e-12)
    assert state.memories[1].mean == pytest.approx(0.2 * slope * (1 - p) / noise)


def test_input_order_makes_no_difference():
    given_answers = answers([1, 0, 1, 1, 0] * 10, batch="m") + answers([0, 1] * 9, start=DAY, first=50)
    shuffled = given_answers[:]
    random.Random(3).shuffle(shuffled)
    assert same(rebuild(BANK, given_answers), rebuild(BANK, shuffled))


def test_the_same_answer_twice_counts_once():
    given_answers = answers([1, 0, 1])
    assert same(rebuild(BANK, given_answers), rebuild(BANK, given_answers + given_answers))


def test_contradicting_answers_are_refused():
    with pytest.raises(ValueError, match="twice with different content"):
        rebuild(BANK, [Response(1, "q001", True, 0.0), Response(1, "q001", False, 0.0)])


def test_an_unknown_question_is_named():
    with pytest.raises(KeyError, match="'gone'"):
        rebuild(BANK, [Response(1, "gone", True, 0.0)])


def test_a_state_of_another_subject_is_refused():
    other = Subject(("a",), (1.0,), (10,), (), ())
    with pytest.raises(ValueError, match="another subject"):
        advance(BANK, start_state(other, DEFAULTS), 5.0)


def test_an_answer_from_the_past_is_refused():
    state = rebuild(BANK, answers([1], start=DAY))
    with pytest.raises(ValueError, match="older than the state"):
        update(BANK, state, Response(99, "q200", True, 0.0))


def test_updates_one_by_one_equal_a_rebuild():
    given_answers = answers([1, 0, 0, 1, 1, 1, 0] * 3, gap=0.7 * DAY)
    state = start_state(SUBJECT, DEFAULTS)
    for response in given_answers:
        state = update(BANK, state, response)
    assert same(state, rebuild(BANK, given_answers))


def test_state_survives_json():
    state = rebuild(BANK, answers([1, 0, 1, 1]))
    assert same(CandidateState.from_dict(json.loads(json.dumps(state.to_dict()))), state)


def test_a_stored_state_of_another_format_is_refused():
    with pytest.raises(ValueError, match="rebuilt"):
        CandidateState.from_dict({"format": 0})


def test_repeats_leave_ability_alone():
    once = answers([1, 0, 1, 0, 1])
    again = [Response(100 + i, r.question, True, r.at + 1000.0) for i, r in enumerate(once)]
    before, after = rebuild(BANK, once), rebuild(BANK, once + again)
    assert np.array_equal(before.mean, after.mean)
    assert np.array_equal(before.covariance, after.covariance)
    assert after.memories["q000"].mean > before.memories["q000"].mean
    assert after.first_answers == 5
    assert after.answers == 10


def test_a_batch_is_predicted_before_it_counts():
    batch = answers([1] * 10, batch="mock")
    state = start_state(SUBJECT, DEFAULTS)
    chances = outlook(BANK, state).probability
    for prediction in predictions(BANK, batch):
        assert prediction.probability == pytest.approx(chances[BANK.row(prediction.question)])
    alone = predictions(BANK, answers([1] * 10))
    assert alone[9].probability > chances[BANK.row(alone[9].question)]


def test_an_unanswered_question_counts_half():
    start = start_state(SUBJECT, DEFAULTS)
    full = update(BANK, start, Response(1, "q001", False, 0.0, learned=False))
    half = update(BANK, start, Response(1, "q001", False, 0.0, weight=0.5, learned=False))
    np.testing.assert_allclose(half.mean, full.mean / 2)


def test_forgetting_returns_topics_to_the_population():
    state = rebuild(BANK, answers([1] * 100, batch="m"))
    later = advance(BANK, state, state.at + 600 * DAY)
    topics = slice(7, None)
    assert np.abs(later.mean[topics]).max() < 1e-3
    np.testing.assert_allclose(np.diag(later.covariance)[topics], 0.15, atol=1e-3)
    assert later.mean[0] == state.mean[0]
    gained = later.covariance[0, 0] - state.covariance[0, 0]
    assert gained == pytest.approx(60 * DEFAULTS.ability_variance_per_day)


def test_forgetting_in_two_steps_is_forgetting_in_one():
    state = rebuild(BANK, answers([1, 0, 1] * 20, batch="m"))
    once = advance(BANK, state, state.at + 20 * DAY)
    twice = advance(BANK, advance(BANK, state, state.at + 7 * DAY), state.at + 20 * DAY)
    np.testing.assert_allclose(once.mean, twice.mean, atol=1e-12)
    np.testing.assert_allclose(once.covariance, twice.covariance, atol=1e-12)


def test_memory_fades():
    memory = rebuild(BANK, answers([1])).memories["q000"]
    assert faded(memory, memory.last_at, BANK) == (memory.mean, memory.variance)
    mean, variance = faded(memory, memory.last_at + 1000 * DAY, BANK)
    assert mean == pytest.approx(0, abs=1e-6)
    assert variance == pytest.approx(DEFAULTS.memory_variance)


def test_covariance_stays_positive_definite_over_10_000_random_updates():
    rng = np.random.default_rng(5)
    bank = exam_bank(SUBJECT, DEFAULTS.replace(repeat_weight=1.0))
    gaps = rng.choice([0.0, 60.0, 40 * DAY], size=10_000, p=[0.5, 0.45, 0.05]).cumsum()
    picks, outcomes = rng.integers(len(bank), size=10_000), rng.random(10_000) < 0.5
    responses = [
        Response(i, bank.ids[picks[i]], bool(outcomes[i]), float(gaps[i]), weight=float(rng.random()))
        for i in range(10_000)
    ]
    for stop in (100, 1_000, 10_000):
        covariance = rebuild(bank, responses[:stop]).covariance
        assert np.array_equal(covariance, covariance.T)
        assert np.linalg.eigvalsh(covariance).min() > 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_one_more_right_answer_never_lowers_mastery(outcomes, data):
    which = data.draw(st.integers(0, len(outcomes) - 1))
    better = list(outcomes)
    better[which] = True
    worse = list(outcomes)
    worse[which] = False
    high = outlook(BANK, rebuild(BANK, answers(better)), memory=False).probability
    low = outlook(BANK, rebuild(BANK, answers(worse)), memory=False).probability
    domains = BANK.yardstick.domain_shares
    assert np.all(domains @ high >= domains @ low - 1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=20, max_size=60), st.randoms(use_true_random=False))
def test_order_of_independent_answers_hardly_matters(outcomes, shuffler):
    numbered = list(enumerate(outcomes))
    shuffler.shuffle(numbered)
    one = rebuild(BANK, answers(outcomes))
    other = rebuild(BANK, [Response(i, BANK.ids[n], y, i * 100.0) for i, (n, y) in enumerate(numbered)])
    sd = np.sqrt(np.diag(one.covariance))
    assert np.all(np.abs(one.mean - other.mean) < 0.25 * sd)


def test_information_is_the_squared_slope_over_the_variance():
    difficulty, guess = np.array([-1.0, 0.0, 1.2]), np.array([0.25, 0.0, 0.1])

    def chance(ability):
        return guess + (1 - guess) / (1 + np.exp(difficulty - ability))

    slope = (chance(0.3 + 1e-6) - chance(0.3 - 1e-6)) / 2e-6
    expected = slope**2 / (chance(0.3) * (1 - chance(0.3)))
    np.testing.assert_allclose(item_information(0.3, difficulty, guess), expected, rtol=1e-6)
    assert item_information(0.0, np.zeros(1), np.zeros(1))[0] == pytest.approx(0.25)


def test_information_agrees_with_lords_form_of_the_three_parameter_formula():
    # I = a² (q/p) ((p − c)/(1 − c))²: written differently, derived independently (Lord 1980, eq. 4-43).
    rng = np.random.default_rng(0)
    b, c, a = rng.normal(0, 1, 200), rng.uniform(0, 0.4, 200), rng.uniform(0.4, 2.0, 200)
    for ability in (-2.0, 0.0, 1.7):
        p = c + (1 - c) / (1 + np.exp(-a * (ability - b)))
        expected = a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2
        np.testing.assert_allclose(item_information(ability, b, c, a), expected, rtol=1e-9)


def test_information_is_that_of_an_independent_package():
    """`adaptivetesting` differentiates numerically, question by question."""
    from adaptivetesting.math.estimators import item_information_function

    draws = np.random.default_rng(5)
    for _ in range(200):
        ability, slope, difficulty = draws.uniform(-3, 3), draws.uniform(0.4, 2.0), draws.uniform(-2, 2)
        guess = draws.choice([0.0, 0.05, 0.1, 0.2, 0.25, 1 / 3])
        theirs = item_information_function(*(np.array([value]) for value in (ability, slope, difficulty, guess, 1.0)))
        found = item_information(ability, np.array([difficulty]), np.array([guess]), slope)
        assert found[0] == pytest.approx(float(theirs), rel=1e-4, abs=1e-9)


# (ability, slope, difficulty, guess level, information) by `catsim.irt.inf`, a second opinion: `pip install
# catsim==0.21.0` in an environment of its own gives these again.
BY_CATSIM = [
    (1.65, 1.4, 0.3, 0.0, 0.2234779430134348),
    (2.24, 0.76, -0.45, 0.05, 0.05532698686580892),
    (1.78, 0.41, 1.34, 0.2, 0.02857609938250868),
    (-1.33, 1.15, 0.49, 0.25, 0.03201979362722576),
    (0.03, 0.81, -0.93, 0.3333, 0.08182635079587176),
    (1.76, 1.29, -1.34, 0.1, 0.026430314724557986),
    (-1.71, 1.4, -1.29, 0.0, 0.4499725673358797),
    (-2.74, 0.66, -1.27, 0.05, 0.0728632884045734),
    (-0.2, 0.46, -0.19, 0.2, 0.03523940099835958),
    (0.08, 1.87, -0.05, 0.25, 0.5401757372658436),
    (-1.85, 1.19, -0.48, 0.3333, 0.047862941896542),
    (-0.78, 1.51, 1.06, 0.1, 0.04331742694385773),
]


@pytest.mark.parametrize(("ability", "slope", "difficulty", "guess", "expected"), BY_CATSIM)
def test_information_is_that_of_a_second_package(ability, slope, difficulty, guess, expected):
    found = item_information(ability, np.array([difficulty]), np.array([guess]), slope)
    assert found[0] == pytest.approx(expected, rel=1e-9)


def test_information_refuses_a_slope_that_is_not_positive():
    with pytest.raises(ValueError, match="slopes"):
        item_information(0.0, np.zeros(1), np.zeros(1), np.zeros(1))


def test_information_refuses_an_impossible_guess_level():
    with pytest.raises(ValueError, match="guess"):
        item_information(0.0, np.zeros(1), np.ones(1))


def test_rebuild_is_fast():
    rng = np.random.default_rng(2)
    responses = [
        Response(i, BANK.ids[int(rng.integers(len(BANK)))], bool(rng.random() < 0.7), i * 3000.0) for i in range(3000)
    ]
    rebuild(BANK, responses)
    best = min(_timed(lambda: rebuild(BANK, responses)) for _ in range(5))
    assert best < 0.150


def _timed(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
