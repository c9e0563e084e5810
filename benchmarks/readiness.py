"""Do chance of passing, score interval and domain estimates keep their word? Simulated people.

Run: python -m benchmarks.readiness [--quick] [--people 5000] [--worlds NAME ...]

900 questions with slopes the model does not know (sd .25), guess levels .25 and .05, difficulties known
with an error of .3 logits. Everybody sits one mock a week; each forecast is checked against the next,
unseen one. In other worlds, with half as many people, they learn .15 logits per mock (sd .10), with the drift
as it comes and with the gain per mock estimated from 30 other people (`engine.recalibration.refit_growth`) and from 300
(`refit_parameters`); `benchmarks.growth` says how often chance is taken for growth.
"""

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np

from benchmarks.table import markdown
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import QuestionParameters
from engine.recalibration import refit_growth, refit_parameters
from engine.responses import Response
from engine.simulation.readiness import readiness_report, simulate_readiness
from engine.simulation.world import (
    DAY,
    World,
    WorldShape,
    simulated_abilities,
    simulated_answers,
    simulated_world,
)

SEED = 5
FEW = 30
STATIC = WorldShape(difficulty_mean=-0.65)
LEARNING = WorldShape(difficulty_mean=-0.45, learning=0.15, learning_sd=0.10)
COLUMNS = (
    "people", "world", "mocks", "pass rate", "Brier", "ECE", "ECE floor", "90 % covers", "range keeps",
    "domain RMSE", "domain AUC", "domain ECE", "domain floor",
)  # fmt: skip
FIELDS = (
    "pass_rate", "brier", "calibration", "floor", "covered", "kept", "domain_rmse", "domain_auc",
    "domain_calibration", "domain_floor",
)  # fmt: skip


def rows(name: str, world: World, people: int, seed: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    trials = simulate_readiness(world, people=people, rng=rng)
    found = []
    for report in readiness_report(trials, pass_fraction=world.bank.subject.pass_fraction, rng=rng):
        values = asdict(report)
        cells = [report.people, name, str(report.mocks), *(values[field] for field in FIELDS)]
        found.append(dict(zip(COLUMNS, cells, strict=True)))
    return found


def histories(world: World, people: int, seed: int) -> list[list[Response]]:
    """Four mocks each of people of the same world who are not in the trial."""
    rng = np.random.default_rng(seed)
    bank = world.bank
    candidates = []
    for _ in range(people):
        abilities = simulated_abilities(world, rng)
        used = np.zeros(len(bank), dtype=bool)
        gain = world.shape.learning + world.shape.learning_sd * float(rng.standard_normal())
        answers = []
        for mock in range(4):
            paper = world.paper(rng, used)
            answers += simulated_answers(world, abilities, paper, mock=mock, at=mock * 7 * DAY, rng=rng)
            abilities[0] += gain
        candidates.append(answers)
    return candidates


def after_few(world: World, people: int, seed: int) -> ModelParameters:
    """The gain per mock as estimated from few people."""
    proposal = refit_growth(world.bank, histories(world, people, seed))
    if proposal is None:
        print(f"{people} people show no gain worth a change\n")
        return world.bank.parameters
    print(f"{people} people show a gain of {proposal.parameters.ability_gain_per_batch:.3f} per mock\n")
    return proposal.parameters


def refitted(world: World, people: int, seed: int) -> ModelParameters:
    """Parameters refitted on people of the same world who are not in the trial."""
    bank = world.bank
    columns = (bank.ids, bank.domain_of, bank.topics, bank.constants)
    questions = [
        QuestionParameters(identity, domain, topics, difficulty, variance, guess)
        for identity, domain, topics, (difficulty, variance, guess) in zip(*columns, strict=True)
    ]
    proposal = refit_parameters(bank, questions, histories(world, people, seed))
    if proposal is None or not proposal.worthwhile:
        return bank.parameters
    print(
        f"refitted on {people} people: gain {proposal.parameters.ability_gain_per_batch:.3f} per mock, guess "
        f"factor {proposal.parameters.guess_factor}, mean ability {proposal.parameters.start_ability}; "
        f"log loss {proposal.log_loss_before:.4f} → {proposal.log_loss_after:.4f}\n"
    )
    return proposal.parameters


def still() -> World:
    return simulated_world(np.random.default_rng(SEED), STATIC)


def growing() -> World:
    return simulated_world(np.random.default_rng(SEED), LEARNING)


TRIALS: dict[str, Callable[[], World]] = {
    "nobody learns": still,
    "people learn, nobody seen": growing,
    f"people learn, gain from {FEW}": lambda: _with_gain(growing(), after_few(growing(), FEW, SEED + 1)),
    "people learn, gain from 300": lambda: _with_gain(growing(), refitted(growing(), 300, SEED + 1)),
}


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="200 people, the world without learning only")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--worlds", nargs="*", choices=list(TRIALS), default=list(TRIALS))
    options = parser.parse_args(arguments)
    people = 200 if options.quick else options.people
    found: list[dict[str, object]] = []
    for name in ["nobody learns"] if options.quick else options.worlds:
        found += rows(name, TRIALS[name](), people if name == "nobody learns" else people // 2, SEED)
    print(markdown(COLUMNS, found))
    return found


def _with_gain(world: World, better: ModelParameters) -> World:
    """The same questions under another gain; a refitted population mean would change the simulated people as well."""
    gain = DEFAULTS.replace(ability_gain_per_batch=better.ability_gain_per_batch)
    return replace(world, bank=world.bank.with_parameters(gain))


if __name__ == "__main__":
    main()
