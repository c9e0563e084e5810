"""Is the plan worth it? Simulated learners follow it, or study by weight alone or at random, for equal minutes.

Run: python -m benchmarks.plan_worth [--learners 2000] [--first-seed 10000] [--only PART]
Set OMP_NUM_THREADS=1: the matrices are small, and threads only get in each other's way.
"""

import argparse
import time

from engine.planning.simulation import Nature, Policy, Setting, compare, simulate_study

SETTINGS = {
    "know little, 4 weeks": Setting(Nature(0.40), 4),
    "know little, 8 weeks": Setting(Nature(0.40), 8),
    "know half, 4 weeks": Setting(Nature(0.55), 4),
    "know half, 8 weeks": Setting(Nature(0.55), 8),
    "know much, 4 weeks": Setting(Nature(0.70), 4),
    "know much, 8 weeks": Setting(Nature(0.70), 8),
    "know half, 8 weeks, forget fast": Setting(Nature(0.55, stability_days=6.0), 8),
    "know half, 8 weeks, forget slowly": Setting(Nature(0.55, stability_days=30.0), 8),
    "know half, 8 weeks, know all topics alike": Setting(Nature(0.55, spread=0.5), 8),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--only", default="", help="only settings whose name holds this")
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.learners)
    print("| setting | against | pass rate | gain in pass rate | expected % | gain in expected % | n |")
    print("|---|---|---|---|---|---|---|")
    for name, setting in SETTINGS.items():
        if given.only not in name:
            continue
        start = time.perf_counter()
        trials = simulate_study(setting, seeds)
        for other in (Policy.WEIGHT, Policy.RANDOM, Policy.WEIGHT_KIT):
            c = compare(trials, other)
            gain, low, high = (100 * value for value in c.pass_gain)
            more, least, most = c.percent_gain
            print(
                f"| {name} | {other} | {100 * c.pass_rate:.1f} : {100 * c.other_pass_rate:.1f} "
                f"| {gain:+.1f} ({low:+.1f} to {high:+.1f}) | {c.percent:.1f} : {c.other_percent:.1f} "
                f"| {more:+.2f} ({least:+.2f} to {most:+.2f}) | {c.n} |",
                flush=True,
            )
        begun = sum(trial.start_percent for trial in trials) / len(trials)
        hours = sum(trial.minutes for trial in trials) / len(trials) / 60
        seconds = time.perf_counter() - start
        print(f"<!-- {name}: {begun:.1f}% at the start, {hours:.1f} h studied, {seconds:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
