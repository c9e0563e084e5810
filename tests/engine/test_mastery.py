import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ability import rebuild
from engine.assessment import assess
from engine.mastery import Label, domain_mastery, posterior_sample, sample_of, topic_mastery, weakness
from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, compile_bank
from engine.responses import Response
from engine.state import start_state
from engine.subject import Subject
from engine.yardstick import standard_draws
from tests.engine.exam import BANK, SUBJECT


def mock(share, *, count=60, number=0):
    """Answers to one mock, right with the given period pattern."""
    return [
        Response((number, i), BANK.ids[number * count + i], (i * share) % 1 + share >= 1, number * 1e6, batch=number)
        for i in range(count)
    ]


def test_domain_mastery_works():
    found = assess(BANK, mock(0.7), now=0.0)
    assert [domain.code for domain in found.domains] == list(SUBJECT.domain_codes)
    for domain in found.domains:
        assert 0 < domain.low < domain.mean < domain.high < 1
        assert domain.weakness_low <= domain.weakness <= domain.weakness_high
        assert 0 < domain.confidence < 100
        assert domain.answers == 10
    assert len(found.topics) == 12


def test_nothing_is_claimed_before_any_answer():
    found = assess(BANK, [], now=0.0)
    assert {domain.label for domain in found.domains + found.topics} == {Label.UNCLEAR}
    assert all(domain.confidence < 5 for domain in found.domains)


def test_the_same_seed_gives_the_same_figures():
    assert assess(BANK, mock(0.6), now=5e6, seed=4).domains == assess(BANK, mock(0.6)[::-1], now=5e6, seed=4).domains


def test_four_answers_never_make_a_weak_domain_but_fifty_wrong_ones_do():
    few = [Response(i, BANK.ids[12 * i], False, 0.0) for i in range(4)]
    many = [Response(i, q, False, 0.0) for i, q in enumerate(BANK.ids) if BANK.domain[i] == 0]
    assert assess(BANK, few, now=0.0).domains[0].label is Label.UNCLEAR
    weak = assess(BANK, many, now=0.0).domains[0]
    assert weak.label is Label.WEAK
    assert weak.weakness > 80


def test_all_right_is_strong():
    right = [Response(i, q, True, 0.0) for i, q in enumerate(BANK.ids)]
    for domain in assess(BANK, right, now=0.0).domains:
        assert domain.label is Label.STRONG
        assert domain.weakness < 20


def test_priority_shows_its_arithmetic():
    found = assess(BANK, mock(0.5), now=0.0)
    for domain in found.domains:
        priority = domain.priority
        assert priority.marks == pytest.approx(priority.weight * 60 * priority.expected_gap)
        assert priority.expected_gap == pytest.approx(priority.gap + priority.uncertainty_gap)
        assert priority.uncertainty_gap >= 0
        assert priority.target == pytest.approx(0.80)
    by_domain = [sum(t.priority.weight for t in found.topics if t.code.startswith(d.code)) for d in found.domains]
    assert by_domain == pytest.approx([domain.priority.weight for domain in found.domains])


def test_mastery_agrees_with_brute_force():
    state = rebuild(BANK, mock(0.7))
    rng = np.random.default_rng(9)
    draws = rng.multivariate_normal(state.mean, state.covariance, size=4_000)
    expected = sample_of(BANK, draws).domains
    found = posterior_sample(BANK, state, np.random.default_rng(0)).domains
    np.testing.assert_allclose(found.mean(axis=1), expected.mean(axis=1), atol=0.006)
    np.testing.assert_allclose(found.std(axis=1), expected.std(axis=1), rtol=0.08)


def test_draws_are_antithetic_and_white():
    draws = standard_draws(np.random.default_rng(3), 256, 20)
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(draws.T @ draws / 256, np.eye(20), atol=1e-9)


def test_weakness_ends():
    assert weakness(0.95, 0.25) == 0
    assert weakness(0.25, 0.25) == 100
    assert weakness(0.60, 0.25) == pytest.approx(50)


def test_weakness_refuses_a_guess_level_of_an_expert():
    with pytest.raises(ValueError, match="guess"):
        weakness(0.5, 0.95)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 299), st.booleans(), st.floats(0, 1e8)), max_size=60))
def test_weakness_always_lies_between_0_and_100(rows):
    answers = [Response(i, BANK.ids[q], y, at) for i, (q, y, at) in enumerate(rows)]
    found = assess(BANK, answers, now=2e8)
    for part in found.domains + found.topics:
        assert 0 <= part.weakness_low <= part.weakness <= part.weakness_high <= 100
        assert 0 <= part.confidence <= 100
        assert part.priority.marks >= 0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), min_size=3, max_size=50), st.data())
def test_one_more_right_answer_never_lowers_domain_mastery(outcomes, data):
    which = data.draw(st.integers(0, len(outcomes) - 1))

    def mean(value):
        ys = [*outcomes[:which], value, *outcomes[which + 1 :]]
        answers = [Response(i, BANK.ids[i], y, 0.0) for i, y in enumerate(ys)]
        return np.array([domain.mean for domain in assess(BANK, answers, now=0.0).domains])

    assert np.all(mean(True) >= mean(False) - 0.004)  # two posteriors, the same 256 draws each


def test_a_domain_without_questions_is_measured_on_a_typical_one():
    subject = Subject.from_blueprint([("a", 50), ("b", 50)], [("a1", "a"), ("b1", "b")])
    bank = compile_bank(subject, [QuestionParameters(1, 0, (0,), guess=0.2)])
    state = start_state(subject, DEFAULTS)
    sample = posterior_sample(bank, state, np.random.default_rng(0))
    empty = domain_mastery(bank, state, sample)[1]
    assert 0.4 < empty.mean < 0.8
    assert empty.confidence < 5
    assert topic_mastery(bank, state, sample)[1].priority.weight == 0.5


def test_unpublished_questions_count_for_ability_but_not_for_the_yardstick():
    kept = compile_bank(SUBJECT, [QuestionParameters(1, 0, (0,)), QuestionParameters(2, 0, (0,), 3.0, published=False)])
    alone = compile_bank(SUBJECT, [QuestionParameters(1, 0, (0,))])
    with_retired = assess(kept, [Response(1, 2, True, 0.0)], now=0.0).domains[0]
    assert with_retired.mean > assess(alone, [], now=0.0).domains[0].mean
    assert assess(kept, [], now=0.0).domains[0].mean == assess(alone, [], now=0.0).domains[0].mean
