"""The parts of the replay, each against something worked out in another way."""

import numpy as np
import pytest

from engine.parameters import REPLAY
from engine.questions import QuestionParameters, compile_bank
from engine.recalibration.difficulties import Difficulties
from engine.replay import kinship
from engine.replay.effects import fit_effects
from engine.replay.filter import NOTES, followed
from engine.replay.history import History, Past, lines_of
from engine.replay.items import fit_items
from engine.replay.kinship import fit_kinship, kin_surplus
from engine.replay.log import read_log
from engine.replay.trees import boost
from engine.replay.tuning import tuned_parameters
from engine.responses import Response
from engine.state import start_state
from engine.subject import Subject
from engine.tracker import Tracker

HEADER = "user,item,skill,correct,timestamp,split"


def log_of(*rows):
    return read_log([HEADER, *rows])


def practice(answers=200, items=40, skills=5, seed=0):
    rng = np.random.default_rng(seed)
    item = rng.integers(items, size=answers)
    return item, rng.integers(2, size=answers), np.cumsum(rng.exponential(5_000, answers)), item % skills


def test_the_filter_is_the_dense_model_for_items_of_one_skill():
    item, correct, at, _ = practice()
    still = REPLAY.replace(ability_variance_per_answer=0.0, ability_variance_per_day=0.0, forgetting_days=1e12)
    skills_of = [(s,) for s in (np.arange(40) % 5).tolist()]
    difficulty = np.linspace(-1, 1, 40)
    constants = [(b, 0.1, 0.2) for b in difficulty.tolist()]
    notes = followed(item.tolist(), correct.tolist(), at.tolist(), skills_of, constants, still)

    subject = Subject((), (), (), tuple("abcde"), (-1,) * 5)
    questions = [QuestionParameters(i, None, skills_of[i], difficulty[i], 0.1, 0.2) for i in range(40)]
    tracker = Tracker(compile_bank(subject, questions, still), start_state(subject, still))
    for number, (i, y, moment) in enumerate(zip(item.tolist(), correct.tolist(), at.tolist(), strict=True)):
        tracker.advance(moment)
        logit, shrink = tracker.logit(i, tracker.memories.get(i))
        assert notes[number, NOTES.index("logit")] == pytest.approx(shrink * logit, abs=1e-6)
        assert notes[number, NOTES.index("shrink")] == pytest.approx(shrink, abs=1e-6)
        tracker.sit(moment, [Response(number, i, bool(y), moment)])


def test_the_filter_costs_the_same_with_many_skills():
    item, correct, at, _ = practice(answers=3_000, items=2_000)
    constants = [(0.0, 0.2, 0.0)] * 2_000
    notes = followed(item.tolist(), correct.tolist(), at.tolist(), [(i,) for i in range(2_000)], constants, REPLAY)
    assert np.isfinite(notes).all()


def test_the_filter_takes_several_skills_and_none():
    skills_of = [(), (0, 1, 2), (2,)]
    notes = followed([0, 1, 2] * 200, [1, 0, 1] * 200, list(range(600)), skills_of, [(0.0, 0.3, 0.0)] * 3, REPLAY)
    assert np.isfinite(notes).all()
    assert (notes[:, NOTES.index("shrink")] > 0).all()


def naive(group, correct, at):
    for row in range(len(group)):
        yield [before for before in range(row) if group[before] == group[row]]


def test_counts_streaks_and_windows_are_those_of_a_plain_loop():
    rng = np.random.default_rng(1)
    group, correct = rng.integers(7, size=300), rng.integers(2, size=300).astype(float)
    at = np.cumsum(rng.exponential(900, 300))
    past = Past(group, correct, at)
    window = past.window(3_600.0)
    for row, before in enumerate(naive(group, correct, at)):
        outcomes = [correct[one] for one in before]
        recent = [one for one in before if at[one] >= at[row] - 3_600.0]
        streak = 0
        for outcome in reversed(outcomes):
            if outcome != outcomes[-1]:
                break
            streak += 1 if outcome else -1
        assert past.tries()[row] == len(before)
        assert past.wins()[row] == sum(outcomes)
        assert past.streak()[row] == streak
        assert past.outcome(2)[row] == (2 * outcomes[-2] - 1 if len(before) > 1 else 0)
        assert past.recent(5)[row] == pytest.approx((sum(outcomes[-5:]) + 1) / (min(len(before), 5) + 2))
        assert past.pause()[row] == pytest.approx(at[row] - at[before[-1]] if before else -1)
        assert (window[0][row], window[1][row]) == (len(recent), sum(correct[one] for one in recent))


def test_no_column_sees_its_own_or_a_later_outcome():
    log = log_of(*(f"u{n // 30},i{n % 7},s{n % 3},{n % 2},{n},train" for n in range(90)))
    lines = lines_of(log, np.arange(3))
    before = History(lines).columns()
    changed = lines_of(log, np.arange(3))
    changed.correct[50:60] = 1.0 - changed.correct[50:60]
    after = History(changed).columns()
    for name, column in before.items():
        assert np.array_equal(column[:51], after[name][:51]), name
        assert np.array_equal(column[60:], after[name][60:]) or name not in ("calendar",), name
        assert np.isfinite(column).all(), name


def test_rows_of_one_user_say_nothing_of_another():
    log = log_of(*(f"u{n // 30},i{n % 7},s{n % 3},{n % 2},{n},train" for n in range(90)))
    lines = lines_of(log, np.arange(3))
    before = History(lines).columns()
    changed = lines_of(log, np.arange(3))
    changed.correct[:30] = 1.0 - changed.correct[:30]
    after = History(changed).columns()
    assert all(np.array_equal(before[name][30:], after[name][30:]) for name in before)


def test_an_item_nobody_met_gets_the_difficulty_of_its_skill():
    rows = [f"u{u},i{i},{'hard' if i < 5 else 'easy'},{int(i >= 5)},,train" for u in range(40) for i in range(10)]
    log = log_of(*rows, "t,new,hard,1,,test", "t,other,easy,1,,test")
    lines = lines_of(log, np.arange(40))
    fit = fit_items(log, lines, History(lines).by_item.tries() == 0, REPLAY)
    assert fit.difficulties.mean[10] > fit.difficulties.mean[11] + 1.0


def test_the_pace_follows_the_log():
    rng = np.random.default_rng(2)
    rows = []
    for user in range(60):
        level = rng.normal(0, 1)
        for step in range(60):
            level = rng.normal(0, 1.5) if step % 10 == 0 else level
            rows.append(f"u{user},i{rng.integers(30)},s,{int(rng.random() < 1 / (1 + np.exp(-level)))},,train")
    log = log_of(*rows)
    flat = Difficulties(np.zeros(30), np.full(30, 0.01), np.full(30, 100))
    found = tuned_parameters(log, [(lines_of(log, np.arange(60)), flat)], REPLAY)
    moved = found.topic_variance_per_answer + found.ability_variance_per_answer
    assert moved > REPLAY.topic_variance_per_answer + REPLAY.ability_variance_per_answer


def test_a_short_log_leaves_the_pace_alone():
    log = log_of(*(f"u,i{n},s,{n % 2},,train" for n in range(100)))
    flat = Difficulties(np.zeros(100), np.full(100, 0.5), np.zeros(100, dtype=int))
    assert tuned_parameters(log, [(lines_of(log, np.arange(1)), flat)], REPLAY) is REPLAY


def test_effects_find_groups_that_differ_and_leave_alone_those_that_do_not():
    rng = np.random.default_rng(3)
    group, column = rng.integers(20, size=20_000), rng.normal(size=(20_000, 1))
    slope = np.where(np.arange(20) < 10, 0.8, -0.8)[group]
    chance = 1 / (1 + np.exp(-slope * column[:, 0]))
    outcome = (rng.random(20_000) < chance).astype(float)
    found = fit_effects(group, 21, column, outcome, np.zeros(20_000))
    assert np.allclose(found.coefficients[:20, 0] / found.scale[0], np.where(np.arange(20) < 10, 0.8, -0.8), atol=0.25)
    assert found.coefficients[20, 0] == 0
    noise = fit_effects(group, 21, column, (rng.random(20_000) < 0.5).astype(float), np.zeros(20_000))
    assert np.abs(noise.coefficients).max() < 0.15


def test_kin_skills_speak_for_each_other():
    rng = np.random.default_rng(4)
    rows = []
    for user in range(200):
        concept = rng.normal(0, 2, 2)
        for step in range(60):
            skill = step % 10
            right = int(rng.random() < 1 / (1 + np.exp(-concept[skill % 2])))
            rows.append(f"u{user},i{skill},s{skill},{right},,train")
    log = log_of(*rows)
    lines = lines_of(log, np.arange(200))
    surplus = lines.correct - 0.5
    kin = fit_kinship(lines, surplus, log.skill_count)
    same = kin.weights[np.add.outer(np.arange(10), np.arange(10)) % 2 == 0]
    assert same.mean() > 3 * abs(kin.weights[np.add.outer(np.arange(10), np.arange(10)) % 2 == 1].mean())
    assert np.corrcoef(kin_surplus(lines, surplus, kin)[30:], surplus[30:])[0, 1] > 0.3


def test_kinship_leaves_out_the_least_practised_of_very_many_skills(monkeypatch):
    monkeypatch.setattr(kinship, "MOST_SKILLS", 4)
    rows = [
        f"u{user},i{n},{'rare' if n == user else f's{n % 4}'},{(n + user) % 2},,train"
        for user in range(9)
        for n in range(9)
    ]
    log = log_of(*rows)
    lines = lines_of(log, np.arange(9))
    kin = fit_kinship(lines, lines.correct - 0.5, log.skill_count)
    assert kin.weights.shape == (4, 4)
    assert kin.place[log.item_skills[0][0]] == -1
    assert np.isfinite(kin_surplus(lines, lines.correct - 0.5, kin)).all()


def test_trees_find_what_no_line_does_and_stop_where_there_is_nothing():
    rng = np.random.default_rng(5)
    inputs = rng.normal(size=(12_000, 4))
    both = (inputs[:, 0] > 0) & (inputs[:, 1] > 0)
    outcome = (rng.random(12_000) < np.where(both, 0.8, 0.2)).astype(float)
    judging = np.arange(12_000) % 5 == 0
    found, number = boost(inputs, outcome, np.zeros(12_000), judging=judging, rounds=60, rng=rng)
    assert number > 20
    surplus = found.surplus(inputs[judging])
    assert ((surplus > 0) == both[judging]).mean() > 0.95
    coin = (rng.random(12_000) < 0.5).astype(float)
    assert boost(inputs, coin, np.zeros(12_000), judging=judging, rounds=60, rng=rng)[1] < 12
