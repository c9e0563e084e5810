from collections import Counter

import numpy as np
import pytest

from engine.ability import outlook, rebuild
from engine.parameters import DEFAULTS
from engine.responses import Response
from engine.selection import (
    NothingToAsk,
    Purpose,
    Sitting,
    contrast_order,
    domain_deficit,
    next_question,
    score_information,
    target_mix,
)
from engine.state import start_state
from tests.engine.exam import BANK, SUBJECT

START = start_state(SUBJECT, DEFAULTS)
EMPTY = Sitting((0,) * 6)
DAY = 86_400.0


def choose(state=START, sitting=EMPTY, purpose=Purpose.DIAGNOSTIC, seed=0, now=0.0, **more):
    return next_question(BANK, state, sitting, purpose=purpose, now=now, rng=np.random.default_rng(seed), **more)


def test_next_question_works():
    choice = choose()
    assert choice.domain == SUBJECT.domain_index["enterprise"]  # the heaviest is owed the first
    assert choice.relaxed == ()
    assert 0 < choice.probability < 1


def test_the_same_seed_asks_the_same():
    assert choose(seed=5) == choose(seed=5)
    assert len({choose(seed=seed).question for seed in range(40)}) == 5  # one of the five best


def test_a_diagnostic_follows_the_blueprint():
    served, asked = [0] * 6, set()
    for number in range(60):
        choice = choose(sitting=Sitting(tuple(served), frozenset(asked)), seed=number)
        served[choice.domain] += 1
        asked.add(choice.question)
    assert served == [6, 10, 9, 17, 9, 9]
    assert len(asked) == 60


def test_a_drill_leans_to_where_the_marks_are():
    priorities = [5.0, 0, 0, 0, 0, 0]
    served: Counter[int] = Counter()
    for number in range(50):
        sitting = Sitting(tuple(served[d] for d in range(6)))
        served[choose(sitting=sitting, purpose=Purpose.DRILL, priorities=priorities, seed=number).domain] += 1
    assert served[0] == pytest.approx(50 * (0.4 * 0.10 + 0.6), abs=1)


def test_a_drill_asks_what_is_neither_too_easy_nor_too_hard():
    assert all(abs(choose(purpose=Purpose.DRILL, seed=seed).probability - 0.7) < 0.05 for seed in range(10))


def test_a_diagnostic_asks_what_tells_most():
    worth = score_information(BANK, START)
    rows = np.flatnonzero(BANK.domain == 3)
    best = set(rows[np.argsort(-worth[rows])[:5]].tolist())
    assert {BANK.row(choose(seed=seed).question) for seed in range(30)} <= best


def test_what_was_seen_lately_rests():
    seen = [Response(i, q, True, 0.0) for i, q in enumerate(BANK.ids) if BANK.domain[i] == 3 and i % 5]
    state = rebuild(BANK, seen)
    fresh = {q for i, q in enumerate(BANK.ids) if BANK.domain[i] == 3 and not i % 5}
    assert choose(state, now=DAY).question in fresh
    later = {choose(state, now=20 * DAY, seed=seed).question for seed in range(30)}
    assert later - fresh


def test_worn_questions_are_left_out():
    worn = {q: 0.3 for i, q in enumerate(BANK.ids) if BANK.domain[i] == 3 and i % 7}
    assert choose(sitting=Sitting((0,) * 6, exposure=worn)).question not in worn


def test_rules_give_way_in_their_order():
    one = BANK.ids[3]
    worn = Sitting((0,) * 6, exposure={one: 0.9}, allowed=[one])
    assert choose(sitting=worn).relaxed == ("exposure",)
    state = rebuild(BANK, [Response(1, one, True, 0.0)])
    assert choose(state, sitting=worn, now=DAY).relaxed == ("exposure", "rest")


def test_nothing_left_is_said():
    with pytest.raises(NothingToAsk, match="asked"):
        choose(sitting=Sitting((0,) * 6, asked=frozenset(BANK.ids)))


def test_target_mix_and_deficit():
    assert target_mix(BANK, None, 0.6).tolist() == pytest.approx(SUBJECT.domain_weights)
    assert target_mix(BANK, [0] * 6, 0.6).tolist() == pytest.approx(SUBJECT.domain_weights)
    mix = target_mix(BANK, [1, 0, 0, 0, 0, 1], 0.6)
    assert mix.sum() == pytest.approx(1)
    assert mix[0] == pytest.approx(0.4 * 0.10 + 0.3)
    assert domain_deficit(mix, [1, 0, 0, 0, 0, 0])[0] == pytest.approx(2 * mix[0] - 1)


@pytest.mark.parametrize(("priorities", "share"), [([-1, 0, 0, 0, 0, 0], 0.5), ([1], 0.5), (None, 1.5)])
def test_impossible_mixes_are_refused(priorities, share):
    with pytest.raises(ValueError, match=r"must lie|need one value"):
        target_mix(BANK, priorities, share)


def test_information_falls_once_the_answer_is_known():
    state = rebuild(BANK, [Response(i, q, bool(i % 3), 0.0) for i, q in enumerate(BANK.ids)])
    assert score_information(BANK, state).mean() < score_information(BANK, START).mean()
    assert np.all(outlook(BANK, START).information >= 0)


def test_contrast_order_serves_both_sides():
    order = contrast_order(list("abcdef"), list("UVWXYZ"), 8, np.random.default_rng(0))
    assert len(order) == len(set(order)) == 8
    for first, second in zip(order[::2], order[1::2], strict=True):
        assert first.isupper() != second.isupper()
    starts = {contrast_order(["a"], ["B"], 2, np.random.default_rng(seed))[0] for seed in range(20)}
    assert starts == {"a", "B"}


def test_a_contrast_drill_needs_both_sides():
    with pytest.raises(NothingToAsk, match="both sides"):
        contrast_order(["a"], [], 4, np.random.default_rng(0))
