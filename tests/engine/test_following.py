"""Estimates that follow practice: what they do to a topic, and what they leave alone."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ability import rebuild
from engine.assessment import assess, masteries, study_mastery
from engine.parameters import DEFAULTS
from engine.responses import Response
from tests.engine.exam import BANK, SUBJECT, exam_bank

DAY = 86_400.0
FOLLOWING = BANK.following
TOPIC = [question for row, question in enumerate(BANK.ids) if BANK.topics[row] == (0,)]
OTHERS = slice(1 + SUBJECT.domain_count + 1, None)


def practice(outcomes, *, questions=TOPIC, start=0.0, gap=DAY, first=0):
    return [
        Response(first + i, questions[i % len(questions)], bool(y), start + i * gap) for i, y in enumerate(outcomes)
    ]


def mock(share, number=0):
    return [
        Response(
            1000 + 60 * number + i, BANK.ids[60 * number + i], (i * share) % 1 + share >= 1, number * DAY, batch=number
        )
        for i in range(60)
    ]


def topic_mean(responses, bank=FOLLOWING, topic=0, now=100 * DAY):
    _, topics = masteries(bank, rebuild(bank, responses), now=now)
    return topics[topic].mean


def test_following_practice_works():
    """A bank's questions are used up after a while; what somebody then practises still counts."""
    before = mock(0.4) + practice([0] * len(TOPIC), start=2 * DAY, gap=60.0)
    again = practice([1] * 2 * len(TOPIC), start=5 * DAY, gap=DAY / 3, first=500)
    seen = {response.question for response in before}
    assert {response.question for response in again} <= seen
    now = again[-1].at
    assert topic_mean(before + again, now=now) > topic_mean(before, now=now) + 0.10
    assert topic_mean(before + again, BANK, now=now) == pytest.approx(topic_mean(before, BANK, now=now))


def test_mocks_alone_say_the_same_either_way():
    answers = mock(0.6) + mock(0.7, number=1)
    state, following = rebuild(BANK, answers), rebuild(FOLLOWING, answers)
    assert state.to_dict() == following.to_dict()
    found = assess(BANK, answers, now=9 * DAY, seed=3)
    assert (found.domains, found.topics) == masteries(BANK, state, now=9 * DAY, seed=3)


def test_readiness_does_not_follow_practice_of_seen_questions():
    answers = mock(0.6)
    seen = [response.question for response in answers]
    again = practice([1] * 120, questions=seen, start=3 * DAY, gap=DAY / 4, first=5000)
    once, more = (assess(BANK, known, now=40 * DAY) for known in (answers, answers + again))
    assert more.readiness.probability == pytest.approx(once.readiness.probability, rel=1e-9)
    assert sum(topic.weakness for topic in more.topics) < sum(topic.weakness for topic in once.topics)


def test_the_set_that_follows_keeps_what_was_fitted():
    fitted = DEFAULTS.replace(start_ability=0.4, ability_gain_per_batch=0.1, guess_factor=0.8)
    following = fitted.following()
    assert following.follows_practice
    assert not fitted.follows_practice
    assert following.replace(**{name: getattr(fitted, name) for name in PRACTICE}) == fitted


PRACTICE = ("practice_gain_right", "practice_gain_wrong", "practice_variance", "practice_repeat")


def test_practice_moves_its_own_topic_most():
    before, after = (
        rebuild(FOLLOWING, mock(0.5)),
        rebuild(FOLLOWING, mock(0.5) + practice([1] * 12, start=DAY, gap=9.0)),
    )
    moved = after.mean - before.mean
    own = 1 + SUBJECT.domain_count
    assert moved[own] > 3 * np.abs(moved[OTHERS]).max()


def test_going_over_one_question_all_day_moves_no_topic():
    once = practice([1])
    again = [Response(10 + i, TOPIC[0], True, 60.0 * i + 60.0) for i in range(50)]
    one, many = rebuild(FOLLOWING, once), rebuild(FOLLOWING, once + again)
    assert np.array_equal(one.mean, many.mean)
    assert np.array_equal(one.covariance, many.covariance)


def test_one_question_every_day_says_little_about_its_topic():
    one_question = practice([1] * 30, questions=TOPIC[:1])
    every_question = practice([1] * len(TOPIC))
    start = topic_mean([])
    assert topic_mean(one_question, now=30 * DAY) - start < 0.6 * (topic_mean(every_question, now=30 * DAY) - start)


def test_an_answer_nobody_looked_at_teaches_nothing():
    unseen = [Response(i, question, True, 0.0, learned=False) for i, question in enumerate(TOPIC)]
    assert np.array_equal(rebuild(FOLLOWING, unseen).mean, rebuild(BANK, unseen).mean)


def test_the_answers_of_a_month_ago_weigh_less_than_those_of_this_week():
    half = len(TOPIC) // 2
    worse = practice([1] * half + [0] * half, gap=3600.0)
    better = practice([0] * half + [1] * half, gap=3600.0)
    follow = topic_mean(better, now=2 * DAY) - topic_mean(worse, now=2 * DAY)
    hold = topic_mean(better, BANK, now=2 * DAY) - topic_mean(worse, BANK, now=2 * DAY)
    assert follow > hold + 0.02


HISTORY = st.lists(st.tuples(st.integers(0, 39), st.booleans(), st.floats(0, 60)), min_size=1, max_size=60)


def history(rows):
    return [Response(i, BANK.ids[q], y, day * DAY) for i, (q, y, day) in enumerate(rows)]


@settings(max_examples=40, deadline=None)
@given(HISTORY, st.data())
def test_one_more_right_answer_never_lowers_mastery(rows, data):
    which = data.draw(st.integers(0, len(rows) - 1))
    question, _, day = rows[which]
    states = [
        rebuild(FOLLOWING, history([*rows[:which], (question, right, day), *rows[which + 1 :]]))
        for right in (True, False)
    ]
    high, low = (BANK.yardstick.domain_shares @ BANK.yardstick.chances(state.mean[None, :]) for state in states)
    assert np.all(high >= low - 1e-3)


@settings(max_examples=25, deadline=None)
@given(HISTORY, st.randoms(use_true_random=False))
def test_recomputed_from_shuffled_answers_it_is_the_same(rows, shuffler):
    answers = history(rows)
    shuffled = [*answers, *answers]
    shuffler.shuffle(shuffled)
    assert study_mastery(BANK, answers, now=70 * DAY) == study_mastery(BANK, shuffled, now=70 * DAY)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=20, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_independent_answers_hardly_matters(outcomes, shuffler):
    numbered = list(enumerate(outcomes))
    shuffler.shuffle(numbered)
    one = rebuild(FOLLOWING, [Response(i, BANK.ids[i], y, i * 100.0) for i, y in enumerate(outcomes)])
    other = rebuild(FOLLOWING, [Response(i, BANK.ids[n], y, i * 100.0) for i, (n, y) in enumerate(numbered)])
    assert np.all(np.abs(one.mean - other.mean) < 0.25 * np.sqrt(np.diag(one.covariance)))


def test_the_covariance_stays_positive_definite():
    rng = random.Random(5)
    at, answers = 0.0, []
    for number in range(3_000):
        at += rng.choice([30.0, 7 * 3600.0, 2 * DAY])
        answers.append(Response(number, BANK.ids[rng.randrange(120)], rng.random() < 0.6, at))
    covariance = rebuild(FOLLOWING, answers).covariance
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_a_negative_gain_is_refused():
    with pytest.raises(ValueError, match="practice_gain_right"):
        exam_bank(SUBJECT, DEFAULTS.replace(practice_gain_right=-0.1))
