import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ability import rebuild
from engine.assessment import assess
from engine.mastery import posterior_sample, sample_of
from engine.readiness import (
    daily_gain,
    pass_probability,
    readiness,
    ready_forecast,
    score_distribution,
    study_moves,
)
from engine.responses import Response
from tests.engine.exam import BANK


def candidate(share, count=60):
    wrong = round(count * (1 - share))
    answers = [Response(i, BANK.ids[i], i >= wrong, 0.0, batch="m") for i in range(count)]
    rng = np.random.default_rng(1)
    rng.shuffle(answers)
    return answers


def test_readiness_works():
    found = assess(BANK, candidate(0.75), now=0.0).readiness
    assert 0.02 <= found.low <= found.shown <= found.high <= 0.98
    assert found.score_low < found.score_mean < found.score_high
    assert (found.pass_score, found.scored_count, found.answers) == (44, 60, 60)


def test_pass_probability_agrees_with_simulated_exams():
    sample = posterior_sample(BANK, rebuild(BANK, candidate(0.8)), np.random.default_rng(0))
    rng = np.random.default_rng(2)
    counts = BANK.subject.scored_counts
    drawn = sum(rng.binomial(count, sample.domains[d], (4_000, 256)) for d, count in enumerate(counts))
    assert pass_probability(BANK, sample) == pytest.approx((drawn >= 44).mean(), abs=0.004)
    cumulative = score_distribution(BANK, sample)
    for score in (36, 44, 50):
        assert cumulative[score] == pytest.approx((drawn <= score).mean(), abs=0.005)


def test_the_shown_figure_never_promises():
    sure = assess(BANK, candidate(1.0, 300), now=0.0).readiness
    assert sure.probability > 0.99
    assert sure.shown == 0.98
    assert assess(BANK, candidate(0.0, 300), now=0.0).readiness.shown == 0.02


def test_more_answers_narrow_the_range():
    few = assess(BANK, candidate(0.72, 20), now=0.0).readiness
    many = assess(BANK, candidate(0.72, 300), now=0.0).readiness
    assert many.high - many.low < few.high - few.low


def test_repeats_never_raise_it():
    once = candidate(0.6)
    before = assess(BANK, once, now=1e6).readiness.probability
    for number in range(1, 4):
        once = once + [Response(1000 * number + r.id, r.question, True, number * 1e5) for r in once[:60]]
        assert assess(BANK, once, now=1e6).readiness.probability <= before + 1e-12


@settings(max_examples=15, deadline=None)
@given(st.floats(-2, 2), st.floats(0.05, 2))
def test_pass_probability_rises_with_ability(start, gain):
    sample = posterior_sample(BANK, rebuild(BANK, candidate(0.6, 30)), np.random.default_rng(0))
    lower = sample.abilities.copy()
    lower[:, 0] += start
    higher = lower.copy()
    higher[:, 0] += gain
    assert pass_probability(BANK, sample_of(BANK, higher)) >= pass_probability(BANK, sample_of(BANK, lower))


def test_study_moves_are_ordered_and_agree_with_moving_the_ability():
    sample = posterior_sample(BANK, rebuild(BANK, candidate(0.65)), np.random.default_rng(0))
    moves = study_moves(BANK, sample, minutes=120)
    assert [move.gain for move in moves] == sorted((move.gain for move in moves), reverse=True)
    assert len({move.domain for move in moves}) == 6
    abilities = sample.abilities.copy()
    abilities[:, 1 + 3] += BANK.parameters.study_gain_per_hour * 2
    expected = pass_probability(BANK, sample_of(BANK, abilities)) - pass_probability(BANK, sample)
    enterprise = next(move for move in moves if move.domain == "enterprise")
    assert enterprise.gain == pytest.approx(expected, abs=1e-6)


def test_no_minutes_move_nothing():
    sample = posterior_sample(BANK, rebuild(BANK, []), np.random.default_rng(0))
    assert all(move.gain == pytest.approx(0, abs=1e-9) for move in study_moves(BANK, sample, minutes=0))


def test_negative_minutes_are_refused():
    sample = posterior_sample(BANK, rebuild(BANK, []), np.random.default_rng(0))
    with pytest.raises(ValueError, match="negative"):
        study_moves(BANK, sample, minutes=-1)


def test_ready_forecast_works():
    sample = posterior_sample(BANK, rebuild(BANK, candidate(0.65)), np.random.default_rng(0))
    found = ready_forecast(BANK, sample, gain_per_day=0.02, gain_sd=0.01)
    assert found.low < found.days < found.high
    abilities = sample.abilities.copy()
    abilities[:, 0] += found.needed_gain
    assert pass_probability(BANK, sample_of(BANK, abilities)) == pytest.approx(0.8, abs=0.002)


def test_who_is_ready_needs_no_day():
    sample = posterior_sample(BANK, rebuild(BANK, candidate(1.0, 200)), np.random.default_rng(0))
    assert ready_forecast(BANK, sample, gain_per_day=0.01).days == 0


def test_without_gain_there_is_no_day():
    sample = posterior_sample(BANK, rebuild(BANK, candidate(0.4)), np.random.default_rng(0))
    found = ready_forecast(BANK, sample, gain_per_day=0.0)
    assert (found.days, found.low, found.high) == (None, None, None)


def test_a_certain_target_is_refused():
    sample = posterior_sample(BANK, rebuild(BANK, []), np.random.default_rng(0))
    with pytest.raises(ValueError, match="target"):
        ready_forecast(BANK, sample, gain_per_day=0.1, target=1.0)


def test_the_daily_gain_follows_the_past_once_there_is_one():
    promised, wide = daily_gain(BANK, [], minutes_per_day=60)
    assert promised == pytest.approx(BANK.parameters.study_gain_per_hour / 6)
    seen, narrow = daily_gain(BANK, [(day, 0.005 * day, 0.1) for day in range(0, 90, 10)], minutes_per_day=60)
    assert seen < promised
    assert narrow < wide


def test_a_forecast_takes_less_than_5_ms():
    state = rebuild(BANK, candidate(0.7))
    spans = []
    for _ in range(10):
        start = time.process_time()
        readiness(BANK, posterior_sample(BANK, state, np.random.default_rng(0)))
        spans.append(time.process_time() - start)
    assert min(spans) < 0.005
