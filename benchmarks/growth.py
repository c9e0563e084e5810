"""How few people tell how much a mock teaches, and how often chance alone would be taken for growth.

Run: python -m benchmarks.growth [--people 480]

People sit four mocks, and are looked at in groups as small as a young exam has them. "Taken" is the share of
groups whose gain `engine.recalibration.refit_growth` would adopt.
"""

import argparse

import numpy as np

from benchmarks.readiness import LEARNING, STATIC, histories
from benchmarks.table import markdown
from engine.recalibration import fit_growth
from engine.recalibration.population import CLEAR
from engine.simulation.world import simulated_world

SEED = 31
GROUPS = (20, 30, 60)
COLUMNS = ("world", "people in a group", "groups", "mean gain found", "sd between groups", "sd claimed", "taken")


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=480)
    options = parser.parse_args(arguments)
    found: list[dict[str, object]] = []
    for name, shape in (("nobody learns", STATIC), ("people learn .15", LEARNING)):
        world = simulated_world(np.random.default_rng(SEED), shape)
        people = histories(world, options.people, SEED)
        for size in GROUPS:
            groups = [
                fit_growth(world.bank, people[start : start + size]) for start in range(0, len(people) - size + 1, size)
            ]
            cells: list[object] = [
                name,
                str(size),
                str(len(groups)),
                float(np.mean([group.mean for group in groups])),
                float(np.std([group.mean for group in groups])),
                float(np.mean([group.sd for group in groups])),
                float(np.mean([abs(group.mean) > CLEAR * group.sd for group in groups])),
            ]
            found.append(dict(zip(COLUMNS, cells, strict=True)))
    print(markdown(COLUMNS, found))
    return found


if __name__ == "__main__":
    main()
