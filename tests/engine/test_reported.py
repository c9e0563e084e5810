"""A real exam known by its report alone."""

import numpy as np
import pytest

from engine.ability import rebuild
from engine.mastery import domain_mastery, posterior_sample
from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, compile_bank
from engine.reported import STAND_INS, ReportedExam, reported_responses, stand_ins
from engine.simulation.world import simulated_world

WORLD = simulated_world(np.random.default_rng(3))
SUBJECT = WORLD.bank.subject
QUESTIONS = [
    QuestionParameters(
        id=int(row),
        domain=int(WORLD.bank.domain[row]),
        topics=WORLD.bank.topics[row],
        difficulty=float(WORLD.bank.difficulty[row]),
        difficulty_variance=float(WORLD.bank.difficulty_variance[row]),
        guess=float(WORLD.bank.guess[row]),
    )
    for row in range(len(WORLD.bank))
]


def bank(exams: int = 1):
    return compile_bank(SUBJECT, [*QUESTIONS, *stand_ins(SUBJECT, QUESTIONS, DEFAULTS, exams=exams)])


def means(exams: list[ReportedExam]) -> dict[str, float]:
    held = bank(len(exams))
    state = rebuild(held, reported_responses(SUBJECT, exams))
    sample = posterior_sample(held, state, np.random.default_rng(0))
    return {mastery.code: mastery.mean for mastery in domain_mastery(held, state, sample)}


def percents(percent: float, **others: float) -> dict[str, float]:
    return dict.fromkeys(SUBJECT.domain_codes, percent) | others


def test_a_report_works():
    told = reported_responses(SUBJECT, [ReportedExam(0.0, percents(70, security=33))])
    assert len(told) == 60
    security = [r for r in told if -3_000 <= r.question < -2_000]
    assert (len(security), sum(r.correct for r in security)) == (9, 3)
    assert all(r.question in STAND_INS and r.id == r.question for r in told)


def test_a_better_percentage_raises_its_domain_most():
    low, high = means([ReportedExam(0.0, percents(60))]), means([ReportedExam(0.0, percents(60, security=90))])
    gains = {code: high[code] - low[code] for code in low}
    assert max(gains, key=gains.__getitem__) == "security"
    assert all(gain > 0 for gain in gains.values())


def test_two_exams_say_more_than_one():
    one = means([ReportedExam(0.0, percents(95))])
    two = means([ReportedExam(0.0, percents(95)), ReportedExam(86_400.0, percents(95))])
    assert all(two[code] > one[code] for code in one)


def test_right_and_wrong_take_turns():
    told = reported_responses(SUBJECT, [ReportedExam(0.0, percents(50))])
    enterprise = [r.correct for r in told if -4_000 <= r.question < -3_000]
    assert all(abs(sum(enterprise[: n + 1]) - (n + 1) / 2) <= 1 for n in range(17))


def test_stand_ins_change_nothing_that_is_measured():
    plain, held = compile_bank(SUBJECT, QUESTIONS), bank(3)
    assert len(held) == len(plain) + 180
    assert not held.published[len(plain) :].any()
    assert np.array_equal(held.yardstick.domain_shares, plain.yardstick.domain_shares)


def test_a_domain_without_a_percentage_is_named():
    with pytest.raises(KeyError, match="security"):
        reported_responses(SUBJECT, [ReportedExam(0.0, {"platform": 50, "data": 50})])
