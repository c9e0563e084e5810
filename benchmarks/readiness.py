"""Do chance of passing, score interval and domain estimates keep their word? Simulated people.

Run: python -m benchmarks.readiness [--quick] [--people 5000] [--learning-only]

900 questions with slopes the model does not know (sd .25), guess levels .25 and .05, difficulties known
with an error of .3 logits. Everybody sits one mock a week; each forecast is checked against the next,
unseen one. A second table lets people learn .15 logits per mock (sd .10), with the drift as it comes and
with the drift refitted on 300 other people (`engine.recalibration.refit_parameters`).
"""

import argparse
from dataclasses import asdict, replace

import numpy as np

from benchmarks.table import markdown
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import QuestionParameters
from engine.recalibration import refit_parameters
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


def refitted(world: World, people: int, seed: int) -> ModelParameters:
    """Parameters refitted on people of the same world who are not in the trial."""
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
    columns = (bank.ids, bank.domain_of, bank.topics, bank.constants)
    questions = [
        QuestionParameters(identity, domain, topics, difficulty, variance, guess)
        for identity, domain, topics, (difficulty, variance, guess) in zip(*columns, strict=True)
    ]
    proposal = refit_parameters(bank, questions, candidates)
    if proposal is None or not proposal.worthwhile:
        return bank.parameters
    print(
        f"refitted on {people} people: gain {proposal.parameters.ability_gain_per_batch} per mock, guess "
        f"factor {proposal.parameters.guess_factor}, mean ability {proposal.parameters.start_ability}; "
        f"log loss {proposal.log_loss_before:.4f} → {proposal.log_loss_after:.4f}\n"
    )
    return proposal.parameters


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="200 people, the world without learning only")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--learning-only", action="store_true", help="leave out the world without learning")
    options = parser.parse_args(arguments)
    people = 200 if options.quick else options.people
    found: list[dict[str, object]] = []
    if not options.learning_only:
        static = simulated_world(np.random.default_rng(SEED), STATIC)
        found += rows("nobody learns", static, people, SEED)
    if not options.quick:
        learning = simulated_world(np.random.default_rng(SEED), LEARNING)
        better = refitted(learning, 300, SEED + 1)
        found += rows("people learn, default drift", learning, people // 2, SEED)
        # The same questions with the refitted set; the simulated people stay who they are.
        bank = replace(learning.bank, parameters=_drift_only(better))
        found += rows("people learn, refitted drift", replace(learning, bank=bank), people // 2, SEED)
    print(markdown(COLUMNS, found))
    return found


def _drift_only(better: ModelParameters) -> ModelParameters:
    """Only the drift: a refitted population mean would change the simulated people as well."""
    return DEFAULTS.replace(ability_gain_per_batch=better.ability_gain_per_batch)


if __name__ == "__main__":
    main()
