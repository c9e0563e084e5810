"""The simulated learners: a process that behaves, and a comparison that is fair."""

import numpy as np
import pytest

from engine.planning.simulation import Nature, Policy, Setting, compare, simulate_study
from engine.planning.simulation.desk import Desk
from engine.planning.simulation.learner import FACTS_PER_TOPIC, Learner, heroku_world, sit_exam

pytestmark = [pytest.mark.pure, pytest.mark.slow]
NATURE = Nature(0.5)
COUNTS = (6, 10, 9, 17, 9, 9)


def learner(seed=1, nature=NATURE):
    return Learner(heroku_world(), nature, seed)


def test_simulate_study_works():
    trials = simulate_study(Setting(Nature(0.55), 4), range(6))
    found = compare(trials, Policy.RANDOM)
    assert found.n == 6
    assert found.percent_gain[1] <= found.percent_gain[0] <= found.percent_gain[2]


def test_the_same_seeds_give_the_same_trials():
    setting = Setting(NATURE, 2)
    assert simulate_study(setting, range(2)) == simulate_study(setting, range(2))


def test_everybody_gets_the_same_start_and_equal_minutes():
    trials = simulate_study(Setting(NATURE, 2), range(3))
    for seed in range(3):
        mine = [trial for trial in trials if trial.seed == seed]
        assert {trial.policy for trial in mine} == set(Policy)
        assert len({trial.start_percent for trial in mine}) == 1
        assert len({trial.minutes for trial in mine}) == 1


def test_the_plan_beats_weight_alone_and_random_topics_also_in_the_same_frame():
    trials = simulate_study(Setting(Nature(0.55), 8), range(10))
    for other in (Policy.WEIGHT, Policy.RANDOM, Policy.WEIGHT_KIT):
        assert compare(trials, other).percent_gain[1] > 0


def test_what_is_left_alone_is_forgotten():
    one = learner()
    shares = [one.expected_share(float(day)) for day in (0, 30, 90, 2000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.2, abs=0.02)


def test_studying_a_topic_teaches_that_topic():
    one = learner(nature=Nature(0.2))
    desk = Desk(one, np.random.default_rng(1))
    before = one.recall(1.0).reshape(-1, FACTS_PER_TOPIC).mean(axis=1)
    desk.read(0, 30, 1.0)
    for day in (1.0, 2.0, 3.0):
        desk.drill(0, 60, day)
    after = one.recall(3.0).reshape(-1, FACTS_PER_TOPIC).mean(axis=1)
    assert after[0] > before[0] + 0.3
    assert (after[1:] <= before[1:]).all()


def test_spaced_answers_hold_longer_than_massed_ones():
    def stability(days):
        one = learner()
        one.stability[:] = 10.0
        one.last_day[:] = 0.0
        for day in days:
            one.answer(np.arange(one.world.fact_count), day, np.random.default_rng(2), feedback=True)
        return one.stability.mean()

    assert stability((3.0, 6.0, 9.0)) > stability((0.1, 0.2, 0.3))


def test_missing_foundations_slow_learning_down():
    world = heroku_world()
    late = next(topic for topic, below in enumerate(world.foundations) if below)

    def learned(foundations_known):
        one = learner()
        one.stability[:] = 365.0 if foundations_known else 0.0
        one.stability[world.facts(late)] = 0.0
        for round_ in range(3):
            one.answer(world.facts(late), float(round_) / 10, np.random.default_rng(round_), feedback=True)
        return (one.stability[world.facts(late)] > 0).mean()

    assert learned(True) > learned(False)


def test_a_mock_teaches_nothing_until_its_misses_are_gone_through():
    one = learner()
    unknown = one.stability == 0
    desk = Desk(one, np.random.default_rng(3))
    desk.sit(COUNTS, 1.0)
    assert (one.stability[unknown] == 0).all()
    assert desk.missed
    desk.go_through_mistakes(200, 2.0)
    assert (one.stability[unknown] > 0).any()


def test_the_exam_follows_its_expectation():
    one = learner()
    scores = [sit_exam(one, 0.0, seed, COUNTS) for seed in range(400)]
    assert np.mean(scores) / 60 == pytest.approx(one.expected_share(0.0), abs=0.02)
