"""Chosen against random questions: error of the expected score after 60, 30 and as many as a first map asks.

Run: python -m benchmarks.selection [--quick] [--people 300]
"""

import argparse

import numpy as np

from benchmarks.table import markdown
from engine.selection import StoppingRule
from engine.simulation.selection import simulate_selection
from engine.simulation.world import WorldShape, simulated_world

SEED = 31
COLUMNS = (
    "sitting", "people", "questions", "shortest", "chosen, marks RMSE", "random, marks RMSE", "ratio",
    "largest exposure", "fewest in a domain",
)  # fmt: skip
MAP = StoppingRule()
LENGTHS: dict[str, int | StoppingRule] = {
    f"first map, {MAP.fewest} to {MAP.most}": MAP,
    "30 questions": 30,
    "60 questions": 60,
}


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="40 people, without the 30 questions")
    parser.add_argument("--people", type=int, default=300)
    options = parser.parse_args(arguments)
    found: list[dict[str, object]] = []
    world = simulated_world(np.random.default_rng(SEED), WorldShape(difficulty_mean=-0.65))
    for title, questions in LENGTHS.items():
        if options.quick and title == "30 questions":
            continue
        report = simulate_selection(
            world,
            people=40 if options.quick else options.people,
            questions=questions,
            rng=np.random.default_rng(SEED),
        )
        cells = (
            title, report.people, round(report.questions, 1), report.shortest, report.chosen_rmse, report.random_rmse,
            report.ratio, report.largest_exposure, report.fewest_in_domain,
        )  # fmt: skip
        found.append(dict(zip(COLUMNS, cells, strict=True)))
    print(markdown(COLUMNS, found))
    return found


if __name__ == "__main__":
    main()
