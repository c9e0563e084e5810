"""What is a real exam's report worth as evidence? Simulated people: `python -m benchmarks.exam_report [--people 2000]`.

Everybody sits two mocks, then a real exam that is harder or easier than the bank by a shift of sd .15 logits, the same
for all of its questions. Of it the model knows nothing, the report (whole percentages per domain), or every answer.
A week later comes a mock of unseen questions: how good is the chance of passing it, and how far off are the domains?
"""

import argparse
from dataclasses import dataclass, field

import numpy as np

from benchmarks.table import markdown
from engine.ability import advance, rebuild
from engine.mastery import posterior_sample
from engine.metrics import brier, calibration_error, root_mean_square
from engine.normal import Array
from engine.parameters import DEFAULTS
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.readiness import readiness
from engine.reported import ReportedExam, reported_responses, stand_ins
from engine.responses import Response
from engine.simulation.world import DAY, World, WorldShape, simulated_abilities, simulated_answers, simulated_world

SEED = 11
WAYS = ("nothing of the exam", "its report", "every answer")


@dataclass
class Tally:
    """Forecasts of one way of knowing, beside what came to pass."""

    chances: list[float] = field(default_factory=list)
    passed: list[bool] = field(default_factory=list)
    misses: list[Array] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=2000)
    asked = parser.parse_args()
    world = simulated_world(np.random.default_rng(SEED), WorldShape(difficulty_mean=-0.65))
    rng = np.random.default_rng(SEED + 1)
    held = _with_stand_ins(world.bank)
    tallies = {way: Tally() for way in WAYS}
    for _ in range(asked.people):
        _person(world, held, tallies, rng)
    rows = [
        {
            "the model knows": way,
            "people": len(tally.chances),
            "Brier": brier(tally.chances, tally.passed),
            "ECE": calibration_error(tally.chances, tally.passed),
            "domain RMSE": root_mean_square(np.array(tally.misses)),
        }
        for way, tally in tallies.items()
    ]
    print(markdown(list(rows[0]), rows))


def _person(world: World, held: Bank, tallies: dict[str, Tally], rng: np.random.Generator) -> None:
    subject = world.bank.subject
    abilities = simulated_abilities(world, rng)
    used = np.zeros(len(world.bank), dtype=bool)
    papers = [world.paper(rng, used) for _ in range(4)]
    shifted = abilities.copy()
    shifted[0] += rng.normal(0.0, DEFAULTS.exam_difficulty_sd)
    sat = [
        simulated_answers(world, able, paper, mock=number, at=number * 7 * DAY, rng=rng)
        for number, (paper, able) in enumerate(zip(papers, (abilities, abilities, shifted, abilities), strict=True))
    ]
    right = np.bincount(
        [int(world.bank.domain[row]) for row in papers[2]], weights=[r.correct for r in sat[2]], minlength=6
    )
    percents = np.round(100 * right / np.array(subject.scored_counts))
    report = ReportedExam(2 * 7 * DAY, dict(zip(subject.domain_codes, percents.tolist(), strict=True)))
    mocks = [*sat[0], *sat[1]]
    known: dict[str, list[Response]] = {
        WAYS[0]: mocks,
        WAYS[1]: [*_renamed(mocks), *reported_responses(subject, [report])],
        WAYS[2]: [*mocks, *sat[2]],
    }
    passed = sum(response.correct for response in sat[3]) >= subject.pass_score
    for way, responses in known.items():
        sample = posterior_sample(held, advance(held, rebuild(held, responses), 3 * 7 * DAY), np.random.default_rng(1))
        tallies[way].chances.append(readiness(held, sample).probability)
        tallies[way].passed.append(passed)
        tallies[way].misses.append(sample.domains.mean(axis=1) - world.mastery(abilities))


def _renamed(responses: list[Response]) -> list[Response]:
    """With whole numbers as ids, which compare with those of stand-ins."""
    return [
        Response(number, r.question, r.correct, r.at, batch=f"mock {r.batch}") for number, r in enumerate(responses)
    ]


def _with_stand_ins(bank: Bank) -> Bank:
    questions = [
        QuestionParameters(
            id=identity,
            domain=int(bank.domain[row]),
            topics=bank.topics[row],
            difficulty=float(bank.difficulty[row]),
            difficulty_variance=float(bank.difficulty_variance[row]),
            guess=float(bank.guess[row]),
        )
        for row, identity in enumerate(bank.ids)
    ]
    extra = stand_ins(bank.subject, questions, bank.parameters, exams=1)
    return compile_bank(bank.subject, [*questions, *extra], bank.parameters)


if __name__ == "__main__":
    main()
