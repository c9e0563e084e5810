from functools import cache

import numpy as np
import pytest

from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, compile_bank
from engine.recalibration import (
    Difficulties,
    fit_difficulties,
    fit_growth,
    group_effects,
    observe,
    question_flags,
    recalibrate,
    refit_growth,
    refit_parameters,
    with_difficulties,
)
from engine.recalibration.growth import POPULATION_SD
from engine.recalibration.population import forecast_loss
from engine.responses import Response
from engine.simulation.world import DAY, WorldShape, simulated_abilities, simulated_answers, simulated_world

SHAPE = WorldShape(questions=180, topics_per_domain=3, difficulty_mean=-0.5)


def world_and_people(people, *, mocks=1, shape=SHAPE, seed=4):
    rng = np.random.default_rng(seed)
    world = simulated_world(rng, shape)
    histories = []
    for _ in range(people):
        abilities = simulated_abilities(world, rng)
        used = np.zeros(len(world.bank), dtype=bool)
        history = []
        for mock in range(mocks):
            paper = world.paper(rng, used)
            history += simulated_answers(world, abilities, paper, mock=mock, at=mock * 7 * DAY, rng=rng)
            abilities[0] += shape.learning
        histories.append(history)
    return world, histories


def blank(world):
    """The same bank as if nothing were known of its difficulties."""
    flat = Difficulties(
        np.full(len(world.bank), -0.5),
        np.full(len(world.bank), 0.55),
        np.zeros(len(world.bank), dtype=np.int64),
    )
    return with_difficulties(world.bank, flat)


def test_recalibrate_works():
    world, people = world_and_people(250)
    found = recalibrate(blank(world), people)
    fitted = np.array([question.difficulty for question in found.questions])
    assert found.answers == 250 * 60
    assert np.corrcoef(fitted, world.difficulty)[0, 1] > 0.85
    assert np.sqrt(np.mean((fitted - world.difficulty) ** 2)) < 0.42
    assert found.log_loss_after < found.log_loss_before
    assert all(q.difficulty_variance < 0.55 for q in found.questions if q.answers)


def test_it_gives_the_same_twice():
    world, people = world_and_people(40)
    assert recalibrate(blank(world), people).questions == recalibrate(blank(world), people).questions


def test_without_answers_everything_stays():
    world, _ = world_and_people(0)
    found = recalibrate(world.bank, [])
    assert [q.difficulty for q in found.questions] == world.bank.difficulty.tolist()
    assert np.isnan(found.log_loss_before)


def test_an_answer_does_not_explain_itself():
    world, people = world_and_people(60)
    seen = observe(world.bank, people)
    flipped = [[*people[0]], *people[1:]]
    first = flipped[0][0]
    flipped[0][0] = Response(first.id, first.question, not first.correct, first.at, batch=first.batch)
    again = observe(world.bank, flipped)
    row = world.bank.row(first.question)
    place = int(np.flatnonzero((seen.person == 0) & (seen.row == row))[0])
    moved = abs(again.ability[place] - seen.ability[place])
    others = np.delete(np.abs(again.ability - seen.ability)[seen.person == 0], place)
    assert moved < 0.02
    assert others.max() > 0.05


def test_repeats_and_half_weights_are_no_first_answers():
    world, people = world_and_people(1)
    extra = [
        Response(("again", r.id), r.question, True, r.at + DAY) for r in people[0][:30]
    ]  # fmt: skip
    unanswered = Response("left", 179, False, 0.0, weight=0.5)
    seen = observe(world.bank, [people[0] + extra])
    assert len(seen) == 60
    assert len(observe(world.bank, [[unanswered]])) == 0


def test_known_questions_hold_the_scale():
    world, people = world_and_people(700)
    stronger = Difficulties(world.bank.difficulty, np.full(len(world.bank), 0.05), np.full(len(world.bank), 400))
    bank = with_difficulties(world.bank, stronger)
    lucky = [
        [Response(r.id, r.question, r.correct or i % 3 == 0, r.at, batch=r.batch) for i, r in enumerate(history)]
        for history in people
    ]
    found = recalibrate(bank, lucky)
    known = [q for q in found.questions if q.answers >= 200]
    assert len(known) > 50
    assert np.mean([q.difficulty - q.previous for q in known]) == pytest.approx(0, abs=0.05)


def test_a_wrong_key_is_flagged():
    world, people = world_and_people(400)
    bad = 7
    turned = [
        [Response(r.id, r.question, r.correct ^ (r.question == bad), r.at, batch=r.batch) for r in history]
        for history in people
    ]
    flags = {q.question: q.flags for q in recalibrate(world.bank, turned).questions}
    assert any("harder than it was" in flag for flag in flags[bad])
    assert any("strong from weak" in flag for flag in flags[bad])
    clean = sum(bool(f) for question, f in flags.items() if question != bad)
    assert clean < 0.15 * len(flags)


def test_few_answers_raise_no_flag():
    assert question_flags(19, 0.0, -1.0, 9.0) == ()
    assert len(question_flags(200, 0.1, -0.5, 9.0)) == 3


def test_map_agrees_with_a_search_over_a_grid():
    bank = compile_bank(*_one_question())
    people = [[Response(1, "q", bool(y), 0.0)] for y in [1, 1, 0, 1, 0, 1, 1]]
    seen = observe(bank, people)
    found = fit_difficulties(seen, bank.guess, np.array([0.2]), 0.55)
    grid = np.linspace(-3, 3, 60_001)
    shrink = 1 / np.sqrt(1 + np.pi / 8 * seen.spread)
    value = -((grid - 0.2) ** 2) / (2 * 0.55)
    for ability, k, y in zip(seen.ability, shrink, seen.correct, strict=True):
        p = 0.2 + 0.8 / (1 + np.exp(-k * (ability - grid)))
        value = value + np.where(y == 1, np.log(p), np.log(1 - p))
    assert found.mean[0] == pytest.approx(grid[value.argmax()], abs=1e-3)


def _one_question():
    from tests.engine.exam import SUBJECT

    return SUBJECT, [QuestionParameters("q", 0, (0,), 0.2, 0.55, 0.2)], DEFAULTS


def test_group_effects_are_shrunk():
    fitted = Difficulties(np.array([1.0] * 30 + [1.0, 0.0]), np.full(32, 0.1), np.full(32, 50))
    effect = group_effects(fitted, np.zeros(32), [0] * 30 + [1, -1])
    assert 0.85 < effect[0] < 1.0
    assert 0.2 < effect[30] < 0.5
    assert effect[31] == 0.0


def test_too_few_candidates_keep_the_parameters():
    world, people = world_and_people(20)
    assert refit_parameters(world.bank, [], people) is None


@cache
def crowd(gain):
    shape = WorldShape(questions=420, topics_per_domain=2, difficulty_mean=-0.5, learning=gain)
    return world_and_people(220, mocks=3, shape=shape)


def test_learning_is_found_by_the_refit():
    world, people = crowd(0.2)
    bank = world.bank
    questions = [
        QuestionParameters(i, int(bank.domain[i]), bank.topics[i], *bank.constants[i]) for i in range(len(bank))
    ]
    proposal = refit_parameters(bank, questions, people, guess_factors=(1.0,), population=(0.0,))
    assert proposal.parameters.ability_gain_per_batch == pytest.approx(0.2, abs=0.06)
    assert proposal.worthwhile
    assert proposal.log_loss_after == pytest.approx(
        forecast_loss(compile_bank(bank.subject, questions, proposal.parameters), people[1::2])
    )


def test_few_people_move_the_gain_part_of_the_way():
    world, people = crowd(0.2)
    few, many = fit_growth(world.bank, people[:20]), fit_growth(world.bank, people)
    assert 0.03 < few.mean < 0.3
    assert many.mean == pytest.approx(0.2, abs=0.05)
    assert many.sd < few.sd < POPULATION_SD
    assert fit_growth(world.bank, []).mean == DEFAULTS.ability_gain_per_batch


def test_where_nobody_learns_hardly_any_gain_is_seen():
    world, people = crowd(0.0)
    assert fit_growth(world.bank, people).mean == pytest.approx(0.0, abs=0.04)


def test_a_fitted_gain_is_no_news_the_next_night():
    world, people = crowd(0.2)
    once = fit_growth(world.bank, people[:40]).mean
    parameters = world.bank.parameters.replace(ability_gain_per_batch=once)
    assert fit_growth(world.bank.with_parameters(parameters), people[:40]).mean == pytest.approx(once, abs=0.01)


def test_a_single_mock_says_nothing_of_growth():
    world, people = crowd(0.2)
    first = [[response for response in history if response.batch == history[0].batch] for history in people[:30]]
    assert fit_growth(world.bank, first).people == 0
    assert refit_growth(world.bank, first) is None


def test_the_gain_alone_is_refitted_from_twenty_people_on():
    world, people = crowd(0.2)
    assert refit_growth(world.bank, people[:19]) is None
    proposal = refit_growth(world.bank, people[:60])
    assert proposal.people == 60
    assert proposal.log_loss_after < proposal.log_loss_before
    assert proposal.parameters.replace(ability_gain_per_batch=0.0) == DEFAULTS.replace(ability_gain_per_batch=0.0)
    assert refit_growth(world.bank.with_parameters(proposal.parameters), people[:60]) is None


def test_columns_of_another_length_are_refused():
    world, people = world_and_people(1)
    with pytest.raises(ValueError, match="one value per question"):
        recalibrate(world.bank, people, author_levels=[3])
