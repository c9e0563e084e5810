"""How well recalibration finds the questions' true difficulties, from author levels and first answers.

Run: python -m benchmarks.difficulty [--quick]

600 questions known only by an author's level, answered in two mocks per person. The floor is what the same
fit reaches when every ability is known exactly.
"""

import argparse
from dataclasses import asdict

import numpy as np

from benchmarks.table import markdown
from engine.simulation.difficulty import authored_world, simulate_difficulty
from engine.simulation.world import WorldShape

SEED = 21
COLUMNS = ("world", "answers per question", "people", "RMSE", "floor", "RMSE of author levels", "correlation")
WORLDS = {
    "slopes sd .25, guess .25/.05": WorldShape(questions=600, difficulty_mean=-0.65),
    "slopes 1, guess .25/.05": WorldShape(questions=600, difficulty_mean=-0.65, slope_sd=0.0),
    "slopes sd .25, no guessing": WorldShape(questions=600, difficulty_mean=-0.65, guess_levels=((0.0, 1.0),)),
}


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="the first world only")
    options = parser.parse_args(arguments)
    found: list[dict[str, object]] = []
    for name, shape in list(WORLDS.items())[: 1 if options.quick else None]:
        world = authored_world(np.random.default_rng(SEED), shape)
        for answers in (50, 100):
            rng = np.random.default_rng(SEED + answers)
            report = asdict(simulate_difficulty(world, answers_per_question=answers, rng=rng))
            found.append(
                {
                    "world": name,
                    "answers per question": str(answers),
                    "people": report["people"],
                    "RMSE": report["rmse"],
                    "floor": report["floor"],
                    "RMSE of author levels": report["start_rmse"],
                    "correlation": report["correlation"],
                }
            )
    print(markdown(COLUMNS, found))
    return found


if __name__ == "__main__":
    main()
