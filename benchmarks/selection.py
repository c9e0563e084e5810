"""Chosen against random questions: error of the expected score after 60 of them, and exposure.

Run: python -m benchmarks.selection [--quick] [--people 300]
"""

import argparse

import numpy as np

from benchmarks.table import markdown
from engine.simulation.selection import simulate_selection
from engine.simulation.world import WorldShape, simulated_world

SEED = 31
COLUMNS = ("people", "questions", "chosen, marks RMSE", "random, marks RMSE", "ratio", "largest exposure")


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="40 people, 60 questions")
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args(arguments)
    found: list[dict[str, object]] = []
    world = simulated_world(np.random.default_rng(SEED), WorldShape(difficulty_mean=-0.65))
    for questions in (60,) if options.quick else (30, 60):
        report = simulate_selection(
            world,
            people=40 if options.quick else options.people,
            questions=questions,
            rng=np.random.default_rng(SEED + questions),
        )
        cells = (
            report.people, report.questions, report.chosen_rmse, report.random_rmse, report.ratio,
            report.largest_exposure,
        )  # fmt: skip
        found.append(dict(zip(COLUMNS, cells, strict=True)))
    print(markdown(COLUMNS, found))
    return found


if __name__ == "__main__":
    main()
