"""Do the estimates agree with what simulated learners know of topics and domains, week after week?

The same answers, read by the parameters of the forecast and by those that follow practice. Correlations are within a
learner, so what tells learners apart does not help; errors are in points of expected percent.

Run: python -m benchmarks.topic_agreement [--quick] [--learners 100] [--first-seed 10000] [--only PART]
"""

import argparse

import numpy as np

from benchmarks.plan_worth import SETTINGS
from benchmarks.table import markdown
from engine.planning.simulation.agreement import measure_agreement

WORLDS = ("know half, 8 weeks", "know half, 8 weeks, forget fast", "know half, 8 weeks, forget slowly")
DAYS = (14, 28, 42, 55)


def main(arguments: list[str] | None = None) -> list[dict[str, object]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="6 learners of the first world")
    parser.add_argument("--learners", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--only", default="", help="only worlds whose name holds this")
    options = parser.parse_args(arguments)
    count = 6 if options.quick else options.learners
    seeds = range(options.first_seed, options.first_seed + count)
    columns = ("learners", "study by", "part", "set", *(f"r, day {day}" for day in DAYS), "error", "bias", "n")
    rows: list[dict[str, object]] = []
    for name in WORLDS[:1] if options.quick else [name for name in WORLDS if options.only in name]:
        found = measure_agreement(SETTINGS[name], seeds, DAYS)
        keys = sorted({(one.part, one.policy, one.follows) for one in found}, reverse=True)
        for part, policy, follows in keys:
            own = [one for one in found if (one.part, one.policy, one.follows) == (part, policy, follows)]
            by_day = np.array([one.correlation for one in own]).reshape(count, len(DAYS)).mean(axis=0)
            error = 100 * float(np.sqrt(np.mean([one.error**2 for one in own])))
            bias = 100 * float(np.mean([one.bias for one in own]))
            cells = (
                name, str(policy), part, "follows practice" if follows else "forecast",
                *(f"{value:+.2f}" for value in by_day), f"{error:.1f}", f"{bias:+.1f}", count,
            )  # fmt: skip
            rows.append(dict(zip(columns, cells, strict=True)))
    print(markdown(columns, rows))
    return rows


if __name__ == "__main__":
    main()
